// SPDX-License-Identifier: Apache-2.0
/// Greedy filling of cores, one after the other, under all limits at once. Every node
/// alone must fit an empty core. Internal to the room.
#pragma once

#include "compiler/mapping/recursive.hpp"

#include <cstdint>

namespace spikeloom::mapping {

struct Filled {
    Parts part;
    std::uint32_t count = 0;
};

/// Fills each core with the node that shares the most spike weight with it (nets already there).
Filled fill_by_overlap(const Hypergraph& graph, const PartLimits& limits);

/// Fills cores in the given order of the nodes; empty: by id. `kind`, where given, is one for each
/// node: a core holds one kind only.
Filled fill_in_sequence(const Hypergraph& graph, const PartLimits& limits,
                        std::span<const std::uint32_t> order = {},
                        std::span<const std::uint32_t> kind  = {});

/// Moves what exceeds a limit to further cores and numbers the cores anew without gaps.
Filled legalise(const Hypergraph& graph, const PartLimits& limits, const Filled& filled);

}  // namespace spikeloom::mapping
