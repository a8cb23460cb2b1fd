// SPDX-License-Identifier: Apache-2.0
/// What the compiler must know of a SpiNNaker machine, as plain integers, from its chip file.
#pragma once

#include "backends/spinnaker/machine.hpp"
#include "hw/spec/chip_spec.hpp"
#include "simulator/neuron/spinnaker.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::backends::spinnaker {

inline constexpr std::uint32_t index_bits   = 11;  ///< of a neuron in a row's word
inline constexpr std::uint32_t cores_a_chip = 18;
/// A relay passes a spike on whole multiples of this later [ticks]; each of its stages has the
/// delays 1..15 of the ring buffers after it, so that no delay is left out.
inline constexpr std::uint32_t stage_ticks = neuron::spinnaker::longest_delay;

/// What a core's work takes [clocks], for the event device.
struct Costs {
    std::uint32_t neuron       = 0;
    std::uint32_t spike        = 0;  ///< interrupt, look-up and DMA of one row
    std::uint32_t synapse      = 0;
    std::uint32_t hop          = 0;
    std::uint32_t input_buffer = 0;  ///< keys
    std::uint32_t flush_late   = 0;  ///< 1: spikes still waiting at the tick are dropped
    std::uint32_t tick         = 0;  ///< real-time tick, time scale included
    std::uint32_t core_ns      = 0;  ///< the same [ns]
};

struct Limits {
    std::uint32_t neurons        = 0;  ///< of a core, by capacity and memory
    std::uint64_t sdram          = 0;  ///< bytes of a chip
    std::uint32_t router_entries = 0;
    std::uint32_t delay_stages   = 0;
    double ring_activity         = 0;
    neuron::spinnaker::Rounding rounding{};
    std::uint32_t application_cores = 0;  ///< of a chip
    Machine machine{1, 1, false};
    std::vector<std::uint32_t> chips;  ///< alive, nearest to chip 0 first

    [[nodiscard]] std::uint32_t max_delay() const { return stage_ticks * (delay_stages + 1); }
    [[nodiscard]] std::uint64_t cores() const {
        return std::uint64_t{application_cores} * chips.size();
    }
};

/// Errors: "spinnaker.chip" (a figure is missing or out of its range, says which).
Result<Limits> limits_of(const hw::ChipSpec& chip);

/// Errors: "spinnaker.chip"; a tick must be 1 to 2^31 clocks. `dt` [s].
Result<Costs> costs_of(const hw::ChipSpec& chip, double dt);

}  // namespace spikeloom::backends::spinnaker
