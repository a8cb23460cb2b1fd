// SPDX-License-Identifier: Apache-2.0
/// `spikeloom compile --partition-only` and `--map-only`: a mapping and its report, no image.
#pragma once

#include "tools/command.hpp"
#include "tools/options.hpp"
#include "tools/rates.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace spikeloom::tools {

/// The mapper's own options. Limits named here go before those of the chip.
struct MapFlags {
    bool partition_only     = false;
    bool map_only           = false;
    std::string partitioner = "multilevel";
    std::string placer      = "fields";
    std::optional<std::uint32_t> neurons, axons, outgoing_axons;  ///< limits of a core
    std::uint32_t threads = 2;
    double effort         = 1;
    RateFlags rates;
    std::string svg;

    void add_to(CLI::App& app);
    [[nodiscard]] bool wanted() const { return partition_only || map_only; }
};

/// Where the results of a mapping go; what is empty is not written.
struct MapOutputs {
    std::string table;   ///< CSV: neuron, population, core, x, y
    std::string report;  ///< JSON
    bool json = false;   ///< the report on standard output as JSON instead of text
};

/// Maps a network file (.json, .nir) or a bare graph (any other file) and reports.
/// - core limits and mesh are those of --chip, else of the first chip of --target; a bare graph
///   needs neither: it gets 256 neurons a core, and the smallest square mesh
/// - --partition-only leaves out the mesh's size: more cores than it has is no fault then
/// Errors: those of the readers, of load_chip() and of map_network(); "usage.chip" (a network
/// without either), "usage.set", "map.unknown-target" (no chip file for it).
Checked<void> map_file(const std::string& path, const CompileFlags& compile, const MapFlags& flags,
                       const MapOutputs& outputs, const Global& global);

}  // namespace spikeloom::tools
