// SPDX-License-Identifier: Apache-2.0
/// Multilevel bisection: coarsen, cut the small graph several ways, refine on the way back.
/// Internal to the room.
#pragma once

#include "compiler/mapping/coarsen.hpp"
#include "compiler/mapping/two_way.hpp"

#include <array>
#include <cstdint>

namespace spikeloom::mapping {

struct BisectOptions {
    std::uint64_t seed     = 0;
    std::uint32_t coarsest = 100;  ///< nodes at which coarsening ends
    std::uint32_t starts   = 12;  ///< initial cuts of the coarsest graph besides the sequential one
    bool contract_twins    = true;  ///< first of all
    TwoWayOptions refine{};
};

/// Cuts the graph in two within `limits` (sums; unions are not looked at) if it finds a way: the
/// caller judges with excess().
Sides bisect(const Hypergraph& graph, const std::array<PartLimits, 2>& limits,
             const BisectOptions& options);

/// Improves given sides by coarsening within them and refining on the way back.
std::int64_t improve_sides(const Hypergraph& graph, const std::array<PartLimits, 2>& limits,
                           const BisectOptions& options, Sides& side);

}  // namespace spikeloom::mapping
