// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/connector.hpp"

#include <algorithm>
#include <memory>

namespace spikeloom::frontend::nir {
namespace {

ir::Array share(std::vector<double> values) {
    return std::make_shared<const std::vector<double>>(std::move(values));
}

bool all_equal(const std::vector<double>& values) {
    return std::ranges::all_of(values, [&](double x) { return x == values.front(); });
}

/// A chain without what moves nothing: one factor and one delay for all elements are taken out.
struct Essence {
    double factor       = 1;
    std::uint32_t delay = 0;
    std::vector<const Node*> nodes;
};

/// The one value of a Scale or Delay node; nothing where its elements differ.
std::optional<double> single_value(const Node& node) {
    const Tensor* tensor = node.tensor(node.kind == NodeKind::scale ? "scale" : "delay");
    return all_equal(tensor->values) ? std::optional{tensor->values.front()} : std::nullopt;
}

Essence essence_of(const Graph& graph, const Path& path) {
    Essence essence;
    for (const std::size_t k : path.chain) {
        const Node& node = graph.nodes[k];
        if (node.kind == NodeKind::port || node.kind == NodeKind::flatten) continue;
        const bool may_be_single = node.kind == NodeKind::scale || node.kind == NodeKind::delay;
        const auto value         = may_be_single ? single_value(node) : std::nullopt;
        if (!value)
            essence.nodes.push_back(&node);
        else if (node.kind == NodeKind::scale)
            essence.factor *= *value;
        else
            essence.delay += static_cast<std::uint32_t>(*value);
    }
    return essence;
}

std::vector<double> scaled(std::vector<double> values, double factor) {
    if (factor != 1)
        for (double& value : values)
            value *= factor;
    return values;
}

/// One value per channel of (channels, y, x); nothing where a Scale varies within a channel.
std::optional<std::vector<double>> per_channel(const Node& scale) {
    const Shape& shape = *scale.in;
    const auto values  = spread(*scale.tensor("scale"), shape);
    const auto area    = static_cast<std::ptrdiff_t>(values.size() / shape[0]);
    std::vector<double> channels;
    for (auto at = values.begin(); at != values.end(); at += area) {
        if (!all_equal({at, at + area})) return std::nullopt;
        channels.push_back(*at);
    }
    return channels;
}

ir::Conv2d conv2d_of(const Node& node) {
    const Window& w = node.window;
    ir::Conv2d conv;
    conv.kernel_y     = w.kernel[0];
    conv.kernel_x     = w.kernel[1];
    conv.out_channels = static_cast<std::uint32_t>((*node.out)[0]);
    conv.stride_y     = w.stride[0];
    conv.stride_x     = w.stride[1];
    conv.pad_top      = w.pad_before[0];
    conv.pad_bottom   = w.pad_after[0];
    conv.pad_left     = w.pad_before[1];
    conv.pad_right    = w.pad_after[1];
    conv.dilation_y   = w.dilation[0];
    conv.dilation_x   = w.dilation[1];
    conv.groups       = w.groups;
    return conv;
}

/// Both ends have the node's own shapes, so that a connector may count on them.
bool keeps_shapes(const Graph& graph, const Path& path, const Node& node) {
    return graph.nodes[path.from].out == node.in && graph.nodes[path.to].in == node.out;
}

std::optional<Connection> as_convolution(const Graph& graph, const Path& path,
                                         const Essence& essence) {
    const std::size_t count = essence.nodes.size();
    const bool has_scale    = count == 2 && essence.nodes[1]->kind == NodeKind::scale;
    if (count != 1 && !has_scale) return std::nullopt;
    const Node& node = *essence.nodes[0];
    if (node.kind != NodeKind::convolution || !node.two_axes || !keeps_shapes(graph, path, node))
        return std::nullopt;
    std::vector<double> weights = scaled(node.tensor("weight")->values, essence.factor);
    if (has_scale) {
        const auto factors = per_channel(*essence.nodes[1]);
        if (!factors) return std::nullopt;
        const std::size_t kernel = weights.size() / factors->size();
        for (std::size_t k = 0; k < weights.size(); ++k)
            weights[k] *= (*factors)[k / kernel];
    }
    return Connection{conv2d_of(node), share(std::move(weights)), essence.delay, {}};
}

std::optional<Connection> as_pool(const Graph& graph, const Path& path, const Essence& essence) {
    const Node& node = *essence.nodes[0];
    if (!keeps_shapes(graph, path, node)) return std::nullopt;
    const Window& w   = node.window;
    const double area = double{1} * w.kernel[0] * w.kernel[1];
    const double one  = node.type == "AvgPool2d" ? 1.0 / area : 1.0;
    const ir::Pool2d pool{w.kernel[0], w.kernel[1],     w.stride[0],
                          w.stride[1], w.pad_before[0], w.pad_before[1]};
    return Connection{pool, one * essence.factor, essence.delay, {}};
}

/// A connector with a name of its own, where the chain comes down to one node.
std::optional<Connection> as_single(const Graph& graph, const Path& path, const Essence& essence) {
    if (essence.nodes.empty()) return Connection{ir::OneToOne{}, essence.factor, essence.delay, {}};
    if (auto convolution = as_convolution(graph, path, essence)) return convolution;
    if (essence.nodes.size() != 1) return std::nullopt;
    const Node& node = *essence.nodes[0];
    if (node.kind == NodeKind::pool) return as_pool(graph, path, essence);
    if (node.kind == NodeKind::scale)
        return Connection{ir::OneToOne{},
                          share(scaled(spread(*node.tensor("scale"), *node.in), essence.factor)),
                          essence.delay,
                          {}};
    if (node.kind == NodeKind::affine && node.tensor("weight")->shape.size() == 2)
        return Connection{ir::Dense{},
                          share(scaled(node.tensor("weight")->values, essence.factor)),
                          essence.delay,
                          {}};
    return std::nullopt;
}

Connection dense_of(const Entries& entries, std::uint64_t pre_size) {
    std::vector<double> weights(entries.size());
    for (const Entry& entry : entries)
        weights[entry.post * pre_size + entry.pre] = entry.weight;
    return {ir::Dense{}, share(std::move(weights)), entries.front().delay, {}};
}

Connection sparse_of(const Entries& entries, std::uint32_t least, bool same_delay) {
    auto pre  = std::make_shared<std::vector<std::uint32_t>>();
    auto post = std::make_shared<std::vector<std::uint32_t>>();
    std::vector<double> weights;
    Connection connection;
    for (const Entry& entry : entries) {
        pre->push_back(entry.pre);
        post->push_back(entry.post);
        weights.push_back(entry.weight);
        if (!same_delay) connection.delays.push_back(entry.delay);
    }
    connection.connector   = ir::Sparse{std::move(pre), std::move(post)};
    connection.weights     = share(std::move(weights));
    connection.least_delay = least;
    return connection;
}

Connection from_entries(const Graph& graph, const Path& path, const Entries& entries) {
    const std::uint64_t pre_size  = size_of(*graph.nodes[path.from].out);
    const std::uint64_t post_size = size_of(*graph.nodes[path.to].in);
    const auto [least, most]      = std::ranges::minmax_element(entries, {}, &Entry::delay);
    if (entries.empty()) return sparse_of(entries, 0, true);
    const bool same_delay = least->delay == most->delay;
    if (same_delay && entries.size() == pre_size * post_size) return dense_of(entries, pre_size);
    return sparse_of(entries, least->delay, same_delay);
}

}  // namespace

std::optional<Connection> connect(const Graph& graph, const Path& path) {
    if (!path.joined)
        if (auto single = as_single(graph, path, essence_of(graph, path))) return single;
    const auto entries = entries_of(graph, path);
    if (!entries) return std::nullopt;
    return from_entries(graph, path, *entries);
}

}  // namespace spikeloom::frontend::nir
