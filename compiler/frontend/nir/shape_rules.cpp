// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/shape_rules.hpp"

#include "compiler/frontend/nir/raw_array.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikeloom::frontend::nir {
namespace {

ShapeAnswer wrong(std::string parameter, std::string message) {
    return {std::nullopt, std::move(message), std::move(parameter)};
}

/// Shape that both spread over, by the rules of NumPy.
std::optional<Shape> common_shape(Shape a, Shape b) {
    if (a.size() < b.size()) std::swap(a, b);
    const std::size_t lead = a.size() - b.size();
    for (std::size_t k = 0; k < b.size(); ++k) {
        std::uint64_t& extent = a[lead + k];
        if (extent != b[k] && extent != 1 && b[k] != 1) return std::nullopt;
        extent = std::max(extent, b[k]);
    }
    return a;
}

ShapeAnswer elementwise_input(const Node& node) {
    Shape shape;
    for (const auto& [name, tensor] : node.tensors) {
        auto common = common_shape(shape, tensor.shape);
        if (!common)
            return wrong(name, fmt::format("shape {} does not go with {} of the other parameters",
                                           shape_text(tensor.shape), shape_text(shape)));
        shape = std::move(*common);
    }
    return {shape, {}, {}};
}

ShapeAnswer affine_shape(const Node& node, std::size_t from_end) {
    const Tensor* weight   = node.tensor("weight");
    const std::size_t rank = weight->shape.size();
    if (rank < 2)
        return wrong("weight", fmt::format("shape {}; at least two extents (out, in) are expected",
                                           shape_text(weight->shape)));
    Shape shape(weight->shape.begin(), weight->shape.end() - 2);
    shape.push_back(weight->shape[rank - from_end]);
    return {shape, {}, {}};
}

ShapeAnswer affine_output(const Node& node, const Shape& in) {
    const ShapeAnswer expected = affine_shape(node, 1);
    ShapeAnswer out            = affine_shape(node, 2);
    if (!out.shape) return out;
    if (in != *expected.shape) return {};  // the edge's own check says so
    const Tensor* bias = node.tensor("bias");
    const auto common  = bias == nullptr ? out.shape : common_shape(bias->shape, *out.shape);
    if (common && *common == *out.shape) return out;
    return wrong("bias", fmt::format("shape {} where the output has {}", shape_text(bias->shape),
                                     shape_text(*out.shape)));
}

ShapeAnswer convolution_input(const Node& node) {
    if (!node.given) return {};
    Shape shape{node.tensor("weight")->shape[1] * node.window.groups};
    shape.insert(shape.end(), node.given->begin(), node.given->end());
    return {shape, {}, {}};
}

/// Number of places of a window along one axis; 0 where it does not fit once.
std::uint64_t places(const Window& w, std::size_t axis, std::uint64_t extent) {
    const std::uint64_t room = extent + w.pad_before[axis] + w.pad_after[axis];
    const std::uint64_t span = std::uint64_t{w.dilation[axis]} * (w.kernel[axis] - 1) + 1;
    return span > room ? 0 : (room - span) / w.stride[axis] + 1;
}

/// Applies the window to the last axes of (channels, [y,] x).
ShapeAnswer windowed(const Node& node, const Shape& in, std::uint64_t channels,
                     const std::string& parameter) {
    Shape out{channels};
    for (std::size_t k = 1; k < in.size(); ++k) {
        const std::size_t axis = k - 1 + (node.two_axes ? 0 : 1);
        out.push_back(places(node.window, axis, in[k]));
    }
    if (std::ranges::find(out, 0U) == out.end()) return {out, {}, {}};
    return wrong(parameter,
                 fmt::format("the window does not fit into an input of {}", shape_text(in)));
}

ShapeAnswer convolution_output(const Node& node, const Shape& in) {
    const Tensor& weight         = *node.tensor("weight");
    const std::size_t rank       = node.two_axes ? 3 : 2;
    const std::uint64_t channels = weight.shape[1] * node.window.groups;
    if (in.size() != rank || in[0] != channels)
        return wrong("weight", fmt::format("takes {} channels of {} extents each; the input is {}",
                                           channels, rank - 1, shape_text(in)));
    return windowed(node, in, weight.shape[0], "weight");
}

ShapeAnswer pool_output(const Node& node, const Shape& in) {
    if (in.size() != 3)
        return wrong("kernel_size",
                     fmt::format("takes (channels, y, x); the input is {}", shape_text(in)));
    return windowed(node, in, in[0], "kernel_size");
}

ShapeAnswer flatten_output(const Node& node, const Shape& in) {
    const auto rank  = static_cast<std::int64_t>(in.size());
    const auto first = node.start_dim < 0 ? node.start_dim + rank : node.start_dim;
    const auto last  = node.end_dim < 0 ? node.end_dim + rank : node.end_dim;
    // A rank below start_dim has nothing to flatten.
    if (first >= rank && node.start_dim >= 0) return {in, {}, {}};
    if (first < 0 || last < first || last >= rank)
        return wrong("start_dim", fmt::format("dimensions {} to {} are not in an input of {}",
                                              node.start_dim, node.end_dim, shape_text(in)));
    const Shape middle(in.begin() + first, in.begin() + last + 1);
    Shape out(in.begin(), in.begin() + first);
    out.push_back(size_of(middle));
    out.insert(out.end(), in.begin() + last + 1, in.end());
    return {out, {}, {}};
}

}  // namespace

bool is_elementwise(const Node& node) {
    return node.kind == NodeKind::neuron || node.kind == NodeKind::scale ||
           node.kind == NodeKind::delay;
}

bool spreads_over(const Shape& given, const Shape& shape) {
    if (size_of(given) == 1) return true;
    if (given.size() != shape.size()) return false;
    for (std::size_t k = 0; k < shape.size(); ++k)
        if (given[k] != shape[k] && given[k] != 1) return false;
    return true;
}

ShapeAnswer own_input(const Node& node) {
    switch (node.kind) {
        case NodeKind::affine:
            return affine_shape(node, 1);
        case NodeKind::convolution:
            return convolution_input(node);
        case NodeKind::neuron:
        case NodeKind::scale:
        case NodeKind::delay:
            return elementwise_input(node);
        case NodeKind::unknown:
            return {};
        default:
            return {node.given, {}, {}};
    }
}

ShapeAnswer output_for(const Node& node, const Shape& in) {
    switch (node.kind) {
        case NodeKind::affine:
            return affine_output(node, in);
        case NodeKind::convolution:
            return convolution_output(node, in);
        case NodeKind::pool:
            return pool_output(node, in);
        case NodeKind::flatten:
            return flatten_output(node, in);
        case NodeKind::unknown:
            return {};
        default:
            return {in, {}, {}};
    }
}

}  // namespace spikeloom::frontend::nir
