// SPDX-License-Identifier: Apache-2.0
/// Packing under limits that are unions (axons, rows, tables): fewest cores first.
/// Internal to the room.
#pragma once

#include "compiler/mapping/growth.hpp"

#include <cstdint>
#include <functional>

namespace spikeloom::mapping {

struct PackOptions {
    std::uint64_t seed = 0;
    /// Share of a core's neurons up to which it grows by sharing; the rest is kept for nodes that
    /// need as many axons a neuron as are left, so that neurons and axons run out together.
    double growth_share = 1.0;
    double noise        = 0;  ///< random part of the choice, in axons
    bool restart_near =
        true;  ///< the next core begins beside the last one, else at the first free node
    std::uint32_t start = 0;  ///< node at which the first core begins, where it has axons
};

/// Fills cores one after the other with the node that needs the fewest new axons.
/// Every node alone must fit an empty core. All limits hold in the result.
Filled pack_by_axons(const Hypergraph& graph, const PartLimits& limits, const PackOptions& options);

struct RepackOptions {
    std::uint64_t seed    = 0;
    std::uint32_t threads = 1;
    double effort         = 1;
    std::uint32_t rounds  = 5;  ///< of repack(): each core is in about one group a round
    std::uint32_t group   = 6;  ///< cores taken apart at once
    std::uint32_t tries   = 6;  ///< packings of a group
    std::function<void(double done)> progress{};
};

/// Several packings that differ in where cores begin; the one with the fewest cores.
Filled pack(const Hypergraph& graph, const PartLimits& limits, const RepackOptions& options);

/// Takes groups of neighbouring cores apart and packs them anew. A group becomes fewer cores, or as
/// many of which some are fuller, or stays. All limits hold in the result where they held before.
Filled repack(const Hypergraph& graph, const PartLimits& limits, const RepackOptions& options,
              Filled filled);

}  // namespace spikeloom::mapping
