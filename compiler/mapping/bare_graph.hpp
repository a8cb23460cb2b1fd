// SPDX-License-Identifier: Apache-2.0
/// The bare graph file: a network reduced to what the mapper needs.
///
/// Little-endian, no padding: u32 n; u64 m; u64 offset[n+1]; u32 target[m] (targets of each
/// neuron); u32 spikes[n]; u32 population[n].
#pragma once

#include "compiler/mapping/problem.hpp"
#include "support/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace spikeloom::mapping {

/// Reads a bare graph into a problem without limits (1 neuron a core: set them) and without a mesh.
/// Errors: "map.graph-truncated", "map.graph-malformed" (offsets or ids out of order or range),
/// and those of read_file().
Result<MappingProblem> read_bare_graph(const std::filesystem::path& path);

/// The same from bytes; `name` goes into diagnostics.
Result<MappingProblem> parse_bare_graph(std::string_view bytes, const std::string& name);

}  // namespace spikeloom::mapping
