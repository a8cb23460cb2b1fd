// SPDX-License-Identifier: Apache-2.0
/// Pairwise refinement: two parts at a time, by two-way refinement. Internal to the room.
#pragma once

#include "compiler/mapping/recursive.hpp"

#include <cstdint>
#include <functional>

namespace spikeloom::mapping {

struct PairwiseOptions {
    std::uint64_t seed     = 0;
    std::uint32_t rounds   = 8;  ///< at most
    std::uint32_t threads  = 1;
    std::uint32_t deep     = 0;   ///< rounds that also coarsen within the pairs (first ones)
    std::uint32_t partners = 64;  ///< pairs of each part a round at most, the most promising ones
    double least_gain      = 0.002;  ///< a round that gains less, relatively, is the last
    TwoWayOptions refine{.passes = 4, .stall = 80};
    /// May the parts `a` and `b` become so? Asked in a fixed order, one at a time; for limits that
    /// concern other parts too. Empty: always.
    std::function<bool(const Parts& before, const Parts& after)> accept{};
};

/// Never raises the connectivity; keeps all limits that hold. Returns the gain.
std::int64_t refine_pairs(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
                          const PairwiseOptions& options, Parts& part);

}  // namespace spikeloom::mapping
