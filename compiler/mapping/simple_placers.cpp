// SPDX-License-Identifier: Apache-2.0
/// Placers that follow the order of the cores: along the rows, along a Hilbert curve.
#include "compiler/mapping/placers.hpp"

#include <algorithm>
#include <utility>

namespace spikeloom::mapping {
namespace {

/// The position of step `d` of the Hilbert curve that fills a square of side `side` (a power of
/// two).
Position hilbert_position(std::uint32_t side, std::uint64_t d) {
    Position at;
    for (std::uint32_t s = 1; s < side; s *= 2) {
        const auto right = static_cast<std::uint32_t>((d / 2) & 1);
        const auto down  = static_cast<std::uint32_t>((d ^ right) & 1);
        if (down == 0) {
            if (right == 1) at = {s - 1 - at.x, s - 1 - at.y};
            std::swap(at.x, at.y);
        }
        at.x += s * right;
        at.y += s * down;
        d /= 4;
    }
    return at;
}

}  // namespace

Positions place_row_major(const PlaceTask& task) {
    Positions positions;
    for (std::uint32_t core = 0; core < task.traffic.cores; ++core)
        positions.push_back({core % task.region.width, core / task.region.width});
    return positions;
}

Positions place_hilbert(const PlaceTask& task) {
    std::uint32_t side = 1;
    while (side < std::max(task.region.width, task.region.height))
        side *= 2;
    Positions positions;
    for (std::uint64_t d = 0; positions.size() < task.traffic.cores; ++d) {
        const Position at = hilbert_position(side, d);
        if (at.x < task.region.width && at.y < task.region.height) positions.push_back(at);
    }
    return positions;
}

}  // namespace spikeloom::mapping
