// SPDX-License-Identifier: Apache-2.0
/// The reverse of retiming: which of a Network's delays NIR must spell out as Delay nodes.
#pragma once

#include "compiler/frontend/nir/retime.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::frontend::nir {

/// For each edge (with the least delay of a Network's projection, >= 1, and its `longest`) the
/// ticks to subtract from its delays; what is left, >= 0, goes into a Delay node. Each population
/// is taken to run as late as its earliest input allows, so that every population has an edge
/// without a Delay node; cycles whose edges all take one tick need none at all. retime() gives the
/// delays back, up to how late a population runs.
std::vector<std::int64_t> implied_delays(const std::vector<bool>& is_source,
                                         const std::vector<TimedEdge>& edges,
                                         const std::vector<std::uint32_t>& longest);

}  // namespace spikeloom::frontend::nir
