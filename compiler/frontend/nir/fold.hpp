// SPDX-License-Identifier: Apache-2.0
/// Folds the linear nodes between populations: what is left are the paths from one population to
/// another and a constant input for each.
#pragma once

#include "compiler/frontend/nir/graph.hpp"
#include "compiler/frontend/nir/linear_map.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace spikeloom::frontend::nir {

/// Linear nodes from population `from` to population (or sink) `to`: first `joined`, where several
/// ways of the graph meet, then the nodes of `chain`, first to last.
struct Path {
    std::size_t from = 0;
    std::size_t to   = 0;
    std::shared_ptr<const Entries> joined;  ///< null: the chain begins at `from`
    std::vector<std::size_t> chain;
};

struct Folded {
    std::vector<Path> paths;                    ///< in order of (to, edge)
    std::vector<std::vector<double>> constant;  ///< for each node the input by biases; empty: none
};

/// No more entries than this are written out for one path.
inline constexpr std::uint64_t entry_limit = std::uint64_t{1} << 25;

/// The shapes are known. Codes "nir.cycle" (a cycle of linear nodes alone), "nir.too-large".
Folded fold(const Graph& graph, Findings& findings);

/// The path's entries from population to population; nothing beyond entry_limit.
std::optional<Entries> entries_of(const Graph& graph, const Path& path);

/// True for nodes that fold away; sources, neurons and sinks stay.
bool is_linear(const Node& node);

}  // namespace spikeloom::frontend::nir
