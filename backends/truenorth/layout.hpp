// SPDX-License-Identifier: Apache-2.0
/// Fourth step: nodes onto cores, lines onto axons, splitters where a spike has several ways to go.
///
/// A neuron sends one packet to one axon. Where its spikes are wanted on more axons, the deliveries
/// that have 2 ticks or more go through a splitter: an axon of a relay core, whose neurons pass the
/// spike on, one for each delivery, for one tick of the delay. Those of 1 tick have a copy of the
/// neuron each, on the neuron's own core, where it has the same axons.
#pragma once

#include "backends/truenorth/coding.hpp"
#include "backends/truenorth/program.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::backends::truenorth {

struct Layout {
    ChipProgram program;  ///< inputs: for each source element
    /// For each node: where it is.
    struct Place {
        std::uint32_t core = 0, slot = 0;
    };
    std::vector<Place> places;
    std::uint32_t copies      = 0;  ///< neurons doubled
    std::uint32_t relays      = 0;  ///< neurons of splitters
    std::uint32_t relay_cores = 0;
};

struct LayoutOptions {
    std::uint64_t seed = 0;
    std::string file;  ///< for diagnostics
};

/// Partition and placement by compiler/mapping; axons and slots bind.
/// Errors: "truenorth.fan-in" (one neuron needs more axons than a core has), "truenorth.fan-out"
/// (more copies than a core has neurons), "truenorth.delay" (more than two packets can wait),
/// "truenorth.cores", "truenorth.reach", and those of the mapping room.
Checked<Layout> lay_out(const CodedNetwork& coded, std::uint32_t sources, const Machine& machine,
                        const LayoutOptions& options);

}  // namespace spikeloom::backends::truenorth
