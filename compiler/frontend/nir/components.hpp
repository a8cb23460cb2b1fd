// SPDX-License-Identifier: Apache-2.0
/// Strongly connected components of a directed graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::frontend::nir {

/// Component of each node; components are numbered so that an edge never leads from a lower to a
/// higher number. `successors[k]` are the targets of node k.
std::vector<std::uint32_t> strong_components(
    const std::vector<std::vector<std::size_t>>& successors);

}  // namespace spikeloom::frontend::nir
