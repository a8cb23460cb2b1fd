// SPDX-License-Identifier: Apache-2.0
/// What can be read of a NIR file, faults or not, so that the passes behind find their faults too.
#pragma once

#include "compiler/frontend/nir/raw_graph.hpp"

#include <string>
#include <string_view>

namespace spikeloom::frontend::nir {

struct ParsedGraph {
    RawGraph graph;
    Diagnostics faults;
    bool has_root = false;  ///< the outermost node could be read, at least in part
};

/// As parse_raw, but keeps what could be read.
ParsedGraph parse_partly(std::string_view bytes, const std::string& file, const ReadLimits& limits);

}  // namespace spikeloom::frontend::nir
