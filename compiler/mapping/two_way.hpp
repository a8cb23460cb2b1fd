// SPDX-License-Identifier: Apache-2.0
/// Two-way refinement of Fiduccia and Mattheyses (1982) with gain buckets. Internal to the room.
///
/// The room's only refiner: recursive bisection calls it on halves of the network, and pairwise
/// refinement on two cores at a time. Pins outside the two sides change nothing there, so pairs
/// without a common core may be refined at the same time.
#pragma once

#include "compiler/mapping/hypergraph.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace spikeloom::mapping {

using Sides = std::vector<std::uint8_t>;  ///< 0 or 1 for each node

struct TwoWayOptions {
    std::uint32_t passes = 8;    ///< at most
    std::uint32_t stall  = 100;  ///< moves without a better state before a pass ends
};

/// Lowers the spike weight of the nets that touch both sides by moving nodes.
/// - the result is never costlier than the start unless the start exceeds a limit: then the excess
///   of sums comes first
/// - limits of unions and rows that hold at the start hold at the end
/// - returns the gain: weight cut before less weight cut after
std::int64_t refine_two_way(const Hypergraph& graph, const std::array<PartLimits, 2>& limits,
                            const TwoWayOptions& options, Sides& side);

/// How far the sides exceed their sums; 0 when they fit. In thousandths of the limits.
std::int64_t excess(const Hypergraph& graph, const std::array<PartLimits, 2>& limits,
                    const Sides& side);

/// Weight of the nets that touch both sides.
std::int64_t cut_weight(const Hypergraph& graph, const Sides& side);

}  // namespace spikeloom::mapping
