// SPDX-License-Identifier: Apache-2.0
/// Core-level descriptions: a JSON file that says what every core holds
/// (schemas/cores.schema.json), brought into an image as it is, without mapping.
#pragma once

#include "backends/truenorth/program.hpp"
#include "compiler/pipeline/target.hpp"
#include "support/spike_csv.hpp"

#include <string>
#include <vector>

namespace spikeloom::backends::truenorth {

/// A packet that comes from outside: it arrives at its axon in tick `tick`.
struct CoresInput {
    std::uint64_t tick = 0;
    std::uint32_t core = 0;  ///< index into the program's cores
    std::uint8_t axon  = 0;
};

struct CoresFile {
    ChipProgram program;  ///< one source element for each axon of each core, in their order
    std::uint32_t outputs = 0;
    std::vector<CoresInput> inputs;  ///< ticks ascending
};

/// True for a JSON object with the key "cores" in it (a network file has "populations").
bool is_cores_file(const std::string& path);

/// Reads and checks a description for this machine. All faults up to a dozen, each at its JSON
/// pointer: "file.*", "cores.syntax", "cores.missing", "cores.type", "cores.range" (limit and
/// value), "cores.place" (off the grid, or two at one place), "cores.crossbar" (no hexadecimal
/// digits, or bits beyond the axons), "cores.target" (a packet that leads to no core and no
/// output).
Checked<CoresFile> read_cores(const std::string& path, const Machine& machine);
Checked<CoresFile> parse_cores(std::string_view text, const std::string& file,
                               const Machine& machine);

/// Image with a source population "axons" (cores x axons) and the population "output".
Checked<compiler::CompileOutput> compile_cores(const std::string& path,
                                               const compiler::CompileOptions& options);

/// The inputs of a description as spikes of the image's population "axons". Also
/// "cores.other-image": the description has other cores than the image.
Checked<SpikeRows> cores_input(const std::string& path, const hw::HardwareImage& image);

}  // namespace spikeloom::backends::truenorth
