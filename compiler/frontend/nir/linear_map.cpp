// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/linear_map.hpp"

#include <algorithm>
#include <tuple>

namespace spikeloom::frontend::nir {
namespace {

using Visit = std::function<void(const Entry&)>;

std::uint32_t narrow(std::uint64_t x) {
    return static_cast<std::uint32_t>(x);
}

void visit_affine(const Node& node, const Visit& visit) {
    const Tensor& weight     = *node.tensor("weight");
    const std::uint64_t rows = *(weight.shape.end() - 2);
    const std::uint64_t cols = weight.shape.back();
    for (std::uint64_t k = 0; k < weight.values.size(); ++k) {
        const std::uint64_t row   = k / cols;  // over all blocks: row = block * rows + own row
        const std::uint64_t block = row / rows;
        visit({narrow(block * cols + k % cols), narrow(row), 0, weight.values[k]});
    }
}

void visit_diagonal(const Node& node, const Visit& visit) {
    const std::uint64_t size = size_of(*node.in);
    const Tensor* scale      = node.kind == NodeKind::scale ? node.tensor("scale") : nullptr;
    const Tensor* delay      = node.kind == NodeKind::delay ? node.tensor("delay") : nullptr;
    const auto weights       = scale == nullptr ? std::vector<double>{} : spread(*scale, *node.in);
    const auto ticks         = delay == nullptr ? std::vector<double>{} : spread(*delay, *node.in);
    for (std::uint64_t k = 0; k < size; ++k)
        visit({narrow(k), narrow(k), ticks.empty() ? 0 : static_cast<std::uint32_t>(ticks[k]),
               weights.empty() ? 1.0 : weights[k]});
}

/// The two spatial extents of (channels, [y,] x); y is 1 where there is one axis only.
std::array<std::uint64_t, 2> plane(const Node& node, const Shape& shape) {
    return node.two_axes ? std::array{shape[1], shape[2]} : std::array{std::uint64_t{1}, shape[1]};
}

/// Calls visit(pre pixel, post pixel, kernel place) for one kernel place over the whole plane.
template <class VisitPixels>
void visit_place(const Node& node, std::uint64_t ky, std::uint64_t kx, const VisitPixels& visit) {
    const Window& w = node.window;
    const auto in   = plane(node, *node.in);
    const auto out  = plane(node, *node.out);
    for (std::uint64_t y = 0; y < out[0]; ++y) {
        // Below the padding the difference wraps around and is above the extent.
        const std::uint64_t in_y = y * w.stride[0] + ky * w.dilation[0] - w.pad_before[0];
        if (in_y >= in[0]) continue;
        for (std::uint64_t x = 0; x < out[1]; ++x) {
            const std::uint64_t in_x = x * w.stride[1] + kx * w.dilation[1] - w.pad_before[1];
            if (in_x < in[1]) visit(in_y * in[1] + in_x, y * out[1] + x);
        }
    }
}

void visit_kernel(const Node& node, std::uint64_t in_channel, std::uint64_t out_channel,
                  const double* kernel, const Visit& visit) {
    const auto in            = plane(node, *node.in);
    const auto out           = plane(node, *node.out);
    const std::uint64_t from = in_channel * in[0] * in[1];
    const std::uint64_t to   = out_channel * out[0] * out[1];
    for (std::uint64_t ky = 0; ky < node.window.kernel[0]; ++ky)
        for (std::uint64_t kx = 0; kx < node.window.kernel[1]; ++kx) {
            const double weight = kernel[ky * node.window.kernel[1] + kx];
            visit_place(node, ky, kx, [&](std::uint64_t pre, std::uint64_t post) {
                visit({narrow(from + pre), narrow(to + post), 0, weight});
            });
        }
}

void visit_convolution(const Node& node, const Visit& visit) {
    const Tensor& weight          = *node.tensor("weight");
    const std::uint64_t outs      = weight.shape[0];
    const std::uint64_t ins       = weight.shape[1];
    const std::uint64_t per_group = outs / node.window.groups;
    const std::uint64_t area      = std::uint64_t{node.window.kernel[0]} * node.window.kernel[1];
    for (std::uint64_t out = 0; out < outs; ++out)
        for (std::uint64_t in = 0; in < ins; ++in)
            visit_kernel(node, out / per_group * ins + in, out,
                         weight.values.data() + (out * ins + in) * area, visit);
}

void visit_pool(const Node& node, const Visit& visit) {
    const std::uint64_t area = std::uint64_t{node.window.kernel[0]} * node.window.kernel[1];
    const double weight      = node.type == "AvgPool2d" ? 1.0 / static_cast<double>(area) : 1.0;
    const std::vector<double> kernel(area, weight);
    for (std::uint64_t channel = 0; channel < (*node.in)[0]; ++channel)
        visit_kernel(node, channel, channel, kernel.data(), visit);
}

bool before(const Entry& a, const Entry& b) {
    return std::tie(a.pre, a.post, a.delay) < std::tie(b.pre, b.post, b.delay);
}
bool meet(const Entry& a, const Entry& b) {
    return std::tie(a.pre, a.post, a.delay) == std::tie(b.pre, b.post, b.delay);
}

void sort_and_sum(Entries& entries) {
    std::ranges::stable_sort(entries, before);
    std::size_t kept = 0;
    for (std::size_t k = 0; k < entries.size(); ++k) {
        if (kept > 0 && meet(entries[kept - 1], entries[k]))
            entries[kept - 1].weight += entries[k].weight;
        else
            entries[kept++] = entries[k];
    }
    entries.resize(kept);
}

/// First entry of `entries` with pre >= p, for each p.
std::vector<std::size_t> row_starts(const Entries& entries, std::uint64_t rows) {
    std::vector<std::size_t> starts(rows + 1, 0);
    for (const Entry& entry : entries)
        if (entry.pre < rows) ++starts[entry.pre + 1];
    for (std::size_t k = 1; k < starts.size(); ++k)
        starts[k] += starts[k - 1];
    return starts;
}

void add_bias(const Node& node, std::vector<double>& out) {
    const Tensor* bias = node.tensor("bias");
    if (bias == nullptr) return;
    const std::uint64_t size = size_of(*node.out);
    out.resize(size, 0.0);
    if (node.kind == NodeKind::convolution) {
        const std::uint64_t channels = (*node.out)[0];
        const auto values            = spread(*bias, {channels});
        for (std::uint64_t k = 0; k < size; ++k)
            out[k] += values[k / (size / channels)];
        return;
    }
    // A bias of fewer extents repeats over the leading ones.
    for (std::uint64_t k = 0; k < size; ++k)
        out[k] += bias->values[k % bias->values.size()];
}

}  // namespace

std::vector<double> spread(const Tensor& tensor, const Shape& shape) {
    const std::uint64_t size = size_of(shape);
    if (tensor.values.size() == size) return tensor.values;
    if (tensor.values.size() == 1) return std::vector<double>(size, tensor.values.front());
    std::vector<double> values(size);
    for (std::uint64_t k = 0; k < size; ++k) {
        std::uint64_t rest = k, index = 0, stride = 1;
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            if (tensor.shape[axis] != 1) index += rest % shape[axis] * stride;
            stride *= tensor.shape[axis];
            rest /= shape[axis];
        }
        values[k] = tensor.values[index];
    }
    return values;
}

void for_each_entry(const Node& node, const Visit& visit) {
    switch (node.kind) {
        case NodeKind::affine:
            return visit_affine(node, visit);
        case NodeKind::convolution:
            return visit_convolution(node, visit);
        case NodeKind::pool:
            return visit_pool(node, visit);
        default:
            return visit_diagonal(node, visit);
    }
}

std::uint64_t entry_bound(const Node& node) {
    const std::uint64_t area = std::uint64_t{node.window.kernel[0]} * node.window.kernel[1];
    switch (node.kind) {
        case NodeKind::affine:
            return node.tensor("weight")->values.size();
        case NodeKind::convolution:
            return size_of({size_of(*node.out), node.tensor("weight")->shape[1], area});
        case NodeKind::pool:
            return size_of({size_of(*node.out), area});
        default:
            return size_of(*node.in);
    }
}

Entries entries_of(const Node& node) {
    Entries entries;
    for_each_entry(node, [&](const Entry& entry) { entries.push_back(entry); });
    sort_and_sum(entries);
    return entries;
}

std::optional<Entries> compose(const Entries& a, const Entries& b, std::uint64_t limit) {
    const auto starts = row_starts(b, b.empty() ? 0 : std::uint64_t{b.back().pre} + 1);
    const auto row    = [&](std::uint32_t k) {
        return k + 1 < starts.size() ? std::pair{starts[k], starts[k + 1]}
                                        : std::pair{std::size_t{0}, std::size_t{0}};
    };
    std::uint64_t products = 0;
    for (const Entry& first : a)
        products += row(first.post).second - row(first.post).first;
    if (products > limit) return std::nullopt;

    Entries result;
    for (std::size_t begin = 0, end = 0; begin < a.size(); begin = end) {
        Entries same_pre;
        for (; end < a.size() && a[end].pre == a[begin].pre; ++end)
            for (auto [k, last] = row(a[end].post); k < last; ++k)
                same_pre.push_back({a[end].pre, b[k].post, a[end].delay + b[k].delay,
                                    a[end].weight * b[k].weight});
        sort_and_sum(same_pre);
        result.insert(result.end(), same_pre.begin(), same_pre.end());
    }
    return result;
}

Entries sum(Entries a, const Entries& b) {
    a.insert(a.end(), b.begin(), b.end());
    sort_and_sum(a);
    return a;
}

std::vector<double> respond(const Node& node, const std::vector<double>& in) {
    std::vector<double> out;
    if (!in.empty()) {
        out.assign(size_of(*node.out), 0.0);
        for_each_entry(
            node, [&](const Entry& entry) { out[entry.post] += entry.weight * in[entry.pre]; });
    }
    add_bias(node, out);
    return out;
}

}  // namespace spikeloom::frontend::nir
