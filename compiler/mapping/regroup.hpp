// SPDX-License-Identifier: Apache-2.0
/// Regrouping: takes a few neighbouring parts apart and cuts them anew; keeps what is better.
/// Internal to the room.
#pragma once

#include "compiler/mapping/pairwise.hpp"

#include <cstdint>

namespace spikeloom::mapping {

struct RegroupOptions {
    std::uint64_t seed    = 0;
    std::uint32_t rounds  = 1;  ///< each part is in about one group per round
    std::uint32_t size    = 4;  ///< parts in a group
    std::uint32_t threads = 1;
    BisectOptions bisect{};
    PairwiseOptions pairs{.rounds = 3, .deep = 1};
};

/// Never raises the connectivity. Sums only: unions must not be tracked. Returns the gain.
std::int64_t regroup(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
                     const RegroupOptions& options, Parts& part);

/// Do all parts keep the limits of sums?
bool sums_hold(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
               const Parts& part);

}  // namespace spikeloom::mapping
