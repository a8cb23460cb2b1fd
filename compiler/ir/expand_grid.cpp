// SPDX-License-Identifier: Apache-2.0
/// Convolution and pooling: synapses of one input pixel, found from its coordinates.
#include "compiler/ir/rows.hpp"

#include <algorithm>

namespace spikeloom::ir {
namespace {

/// One axis of a sliding window.
struct Axis {
    std::uint32_t in, out;
    std::uint32_t kernel, stride, pad, dilation;
};

/// An output position that an input position reaches, and the kernel element between them.
struct Hit {
    std::uint32_t out;
    std::uint32_t kernel;
};

/// All hits of an input position, out ascending.
void find_hits(const Axis& axis, std::uint32_t position, std::vector<Hit>& hits) {
    hits.clear();
    const std::uint64_t padded = std::uint64_t{position} + axis.pad;
    for (std::uint32_t k = axis.kernel; k-- > 0;) {
        const std::uint64_t offset = std::uint64_t{k} * axis.dilation;
        if (offset > padded || (padded - offset) % axis.stride != 0) continue;
        const std::uint64_t out = (padded - offset) / axis.stride;
        if (out < axis.out) hits.push_back({static_cast<std::uint32_t>(out), k});
    }
}

/// Sum of the hits of all input positions: for each kernel element, the output positions whose
/// input lies inside.
std::uint64_t count_hits(const Axis& axis) {
    std::int64_t count = 0;
    for (std::int64_t k = 0; k < axis.kernel; ++k) {
        const std::int64_t shift = std::int64_t{axis.pad} - k * axis.dilation;
        const std::int64_t first = shift > 0 ? (shift + axis.stride - 1) / axis.stride : 0;
        const std::int64_t end   = std::int64_t{axis.in} + shift;  // of the strided positions
        const std::int64_t last  = end > 0 ? (end - 1) / axis.stride + 1 : 0;
        count += std::max<std::int64_t>(0, std::min<std::int64_t>(last, axis.out) - first);
    }
    return static_cast<std::uint64_t>(count);
}

Axis axis_y(const Conv2d& c, const Population& pre, const Population& post) {
    return {pre.shape[1], post.shape[1], c.kernel_y, c.stride_y, c.pad_top, c.dilation_y};
}
Axis axis_x(const Conv2d& c, const Population& pre, const Population& post) {
    return {pre.shape[2], post.shape[2], c.kernel_x, c.stride_x, c.pad_left, c.dilation_x};
}
Axis axis_y(const Pool2d& c, const Population& pre, const Population& post) {
    return {pre.shape[1], post.shape[1], c.kernel_y, c.stride_y, c.pad_y, 1};
}
Axis axis_x(const Pool2d& c, const Population& pre, const Population& post) {
    return {pre.shape[2], post.shape[2], c.kernel_x, c.stride_x, c.pad_x, 1};
}

/// Which output channels an input channel reaches, and where their kernels lie in the weights.
struct Channels {
    std::uint32_t first, count;       ///< output channels
    std::uint64_t base, per_channel;  ///< weight element of (first, ky = 0, kx = 0), and its step
};

Channels channels(const Conv2d& c, const RowRequest& request, std::uint32_t channel) {
    const std::uint32_t in_group  = request.pre.shape[0] / c.groups;
    const std::uint32_t out_group = c.out_channels / c.groups;
    const std::uint64_t area      = std::uint64_t{c.kernel_y} * c.kernel_x;
    const std::uint32_t first     = channel / in_group * out_group;
    const std::uint64_t step      = in_group * area;
    return {first, out_group, first * step + channel % in_group * area, step};
}

/// A pool's only weight is element 0.
Channels channels(const Pool2d&, const RowRequest&, std::uint32_t channel) {
    return {channel, 1, 0, 0};
}

std::uint64_t element(const Conv2d& c, const Channels& reached, std::uint32_t k, Hit y, Hit x) {
    return reached.base + k * reached.per_channel + std::uint64_t{y.kernel} * c.kernel_x + x.kernel;
}
std::uint64_t element(const Pool2d&, const Channels&, std::uint32_t, Hit, Hit) {
    return 0;
}

/// The hits of one input pixel on both axes.
struct PixelHits {
    std::vector<Hit> y, x;
};

template <class Connector>
void fill_row(const Connector& connector, const RowRequest& request, std::uint32_t pre,
              const PixelHits& hits, std::vector<Synapse>& row) {
    const std::uint32_t area   = request.pre.shape[1] * request.pre.shape[2];
    const Channels reached     = channels(connector, request, pre / area);
    const std::uint32_t height = request.post.shape[1], width = request.post.shape[2];
    for (std::uint32_t k = 0; k < reached.count; ++k)
        for (const Hit y : hits.y) {
            const std::uint32_t line = ((reached.first + k) * height + y.out) * width;
            for (const Hit x : hits.x)
                row.push_back(
                    request.synapse(pre, line + x.out, element(connector, reached, k, y, x)));
        }
}

template <class Connector>
void visit_grid(const Connector& connector, const RowRequest& request, const RowVisitor& visit) {
    const Axis vertical       = axis_y(connector, request.pre, request.post);
    const Axis horizontal     = axis_x(connector, request.pre, request.post);
    const std::uint32_t width = request.pre.shape[2];
    PixelHits hits;
    std::vector<Synapse> row;
    for (std::uint32_t pre = request.first; pre < request.last; ++pre) {
        if (pre == request.first || pre % width == 0)
            find_hits(vertical, pre / width % request.pre.shape[1], hits.y);
        find_hits(horizontal, pre % width, hits.x);
        row.clear();
        fill_row(connector, request, pre, hits, row);
        visit(pre, row);
    }
}

}  // namespace

void visit_rows(const Conv2d& connector, const RowRequest& request, const RowVisitor& visit) {
    visit_grid(connector, request, visit);
}

void visit_rows(const Pool2d& connector, const RowRequest& request, const RowVisitor& visit) {
    visit_grid(connector, request, visit);
}

std::uint64_t count_synapses(const Conv2d& connector, const Population& pre,
                             const Population& post) {
    return count_hits(axis_y(connector, pre, post)) * count_hits(axis_x(connector, pre, post)) *
           pre.shape[0] * (connector.out_channels / connector.groups);
}

std::uint64_t count_synapses(const Pool2d& connector, const Population& pre,
                             const Population& post) {
    return count_hits(axis_y(connector, pre, post)) * count_hits(axis_x(connector, pre, post)) *
           pre.shape[0];
}

}  // namespace spikeloom::ir
