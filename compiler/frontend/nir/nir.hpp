// SPDX-License-Identifier: Apache-2.0
/// The NIR front end: .nir files (HDF5) to and from a Network. docs/nir.md tells what becomes of
/// each node type.
#pragma once

#include "compiler/frontend/nir/raw_graph.hpp"
#include "compiler/ir/network.hpp"
#include "support/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace spikeloom::frontend {

struct NirOptions {
    /// Length of a tick [s], > 0; needed for files with Delay nodes (and to write delays).
    std::optional<double> dt;
    nir::ReadLimits limits;
    /// Where set, receives what is worth knowing but no fault, codes "nir.*" (docs/nir.md).
    Diagnostics* warnings = nullptr;
};

/// Reads a network and checks it (ir::check, codes "network.*"). Fails with all faults of the file,
/// each with its HDF5 path. dt and reset of the
/// network stay empty unless the file was written by write_nir from a network that has them.
Checked<ir::Network> read_nir(const std::filesystem::path& path, const NirOptions& options = {});

/// The same from the bytes of a file; `file` is for diagnostics.
Checked<ir::Network> parse_nir(std::string_view bytes, const std::string& file,
                               const NirOptions& options = {});

/// The same from a graph that is in memory.
Checked<ir::Network> network_from(const nir::RawGraph& graph, const NirOptions& options = {});

/// The network as a NIR graph. Sparse and procedural connectors become Linear nodes with a full
/// matrix; delays beyond what the order of the populations gives become Delay nodes. Code
/// "nir.cannot-express" names what NIR has no words for (plasticity, refractory periods, ...).
Checked<nir::RawGraph> graph_from(const ir::Network& network, const NirOptions& options = {});

/// Writes a network, whole or not at all. The codes of graph_from and "file.write".
Checked<void> write_nir(const ir::Network& network, const std::filesystem::path& path,
                        const NirOptions& options = {}, const nir::WriteOptions& storage = {});

}  // namespace spikeloom::frontend
