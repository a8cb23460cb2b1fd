// SPDX-License-Identifier: Apache-2.0
/// ChipProgram: what the cores of a TrueNorth-like chip hold, as plain values, and its image form.
#pragma once

#include "hw/image/image.hpp"
#include "hw/spec/chip_spec.hpp"
#include "simulator/neuron/truenorth.hpp"
#include "support/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace spikeloom::backends::truenorth {

inline constexpr std::uint32_t core_axons   = 256;
inline constexpr std::uint32_t core_neurons = 256;
inline constexpr std::uint32_t slots        = 16;   ///< of the scheduler
inline constexpr std::uint32_t longest_hop  = 15;   ///< [ticks] that one packet can wait
inline constexpr std::int32_t reach         = 255;  ///< cores that dx and dy span, either way

/// Row of the crossbar: bit j says that the axon reaches neuron j.
using Row = std::array<std::uint64_t, core_neurons / 64>;

/// Where the one packet of a spike goes.
struct Destination {
    /// silent: no packet, and the host is not told of spikes either.
    enum class Kind : std::uint8_t { none = 0, core = 1, output = 2, silent = 3 };
    Kind kind          = Kind::none;
    std::int16_t dx    = 0;  ///< cores to the east
    std::int16_t dy    = 0;  ///< cores to the north (away from row 0)
    std::uint8_t axon  = 0;  ///< of the core, or the output's number
    std::uint8_t delay = 1;  ///< ticks, 1..15
    friend bool operator==(const Destination&, const Destination&) = default;
};

struct NeuronProgram {
    neuron::truenorth::Parameters parameters;
    std::int32_t potential = 0;  ///< V before tick 0
    Destination to;
    friend bool operator==(const NeuronProgram&, const NeuronProgram&) = default;
};

struct CoreProgram {
    std::uint16_t x = 0, y = 0;
    std::vector<std::uint8_t> axon_types;  ///< at most core_axons, each 0..3
    std::vector<Row> rows;                 ///< one for each axon
    std::vector<NeuronProgram> neurons;    ///< at most core_neurons
    friend bool operator==(const CoreProgram&, const CoreProgram&) = default;
};

/// How the chip works and tells its time, read from the chip file.
struct Machine {
    std::uint32_t width = 64, height = 64;            ///< cores, all chips together
    std::uint32_t chip_width = 64, chip_height = 64;  ///< cores of one chip
    std::uint32_t axons          = core_axons;        ///< of a core
    std::uint32_t neurons        = core_neurons;
    std::int32_t potential_width = neuron::truenorth::potential_width;
    bool dense                   = false;  ///< every neuron visits every axon
    std::uint32_t tick_clocks    = 0;      ///< once a tick and core
    std::uint32_t neuron_clocks  = 1;      ///< each neuron of a core
    std::uint32_t event_clocks   = 1;      ///< each synaptic event; dense: each axon of a neuron
    double clock_hz              = 1e6;
    double tick_seconds          = 0;  ///< of the real-time tick; 0: the next begins at once
    friend bool operator==(const Machine&, const Machine&) = default;
};

/// One packet that an input event becomes.
struct InputPacket {
    std::uint32_t core = 0;  ///< index into ChipProgram::cores
    std::uint8_t axon  = 0;
    std::uint16_t wait = 0;  ///< ticks from the event to its arrival
    friend bool operator==(const InputPacket&, const InputPacket&) = default;
};

struct ChipProgram {
    Machine machine;
    std::vector<CoreProgram> cores;
    /// For each source element, in the order of the symbol table's sources.
    std::vector<std::uint32_t> input_begin{0};
    std::vector<InputPacket> inputs;

    [[nodiscard]] std::span<const InputPacket> input(std::uint32_t element) const {
        return std::span{inputs}.subspan(input_begin[element],
                                         input_begin[element + 1] - input_begin[element]);
    }
};

/// Error: "truenorth.chip" (another target's, or a figure missing or out of range).
Result<Machine> machine_of(const hw::ChipSpec& chip);

/// Writes cores and routing sections: axons, crossbar, neurons; machine, places, inputs.
void encode_program(const ChipProgram& program, hw::HardwareImage& image);

/// The inverse. Error: "device.wrong-image" (another target, sections missing or out of range).
Result<ChipProgram> decode_program(const hw::HardwareImage& image);

}  // namespace spikeloom::backends::truenorth
