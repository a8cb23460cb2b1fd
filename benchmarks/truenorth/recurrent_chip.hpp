// SPDX-License-Identifier: Apache-2.0
/// The recurrent networks on which TrueNorth's power was measured: all 4096 cores, every neuron at
/// one mean rate, one axon of a random core each, random delays of 1 to 15 ticks.
#pragma once

#include "backends/truenorth/chip_model.hpp"

#include <cstdint>
#include <memory>

namespace spikeloom::backends::truenorth {

struct RecurrentOptions {
    double rate            = 20;   ///< [Hz] at ticks of 1 ms
    std::uint32_t synapses = 128;  ///< mean of a row; 64, 128 or 256
    std::uint32_t width    = 64;   ///< cores
    std::uint32_t height   = 64;
    std::uint64_t seed     = 1;
};

/// A neuron's leak drives it from a random phase to a threshold that is drawn anew in every tick,
/// at most 15 above leak / rate; its synapses of +1 and -1 balance. So it fires at `rate`, less at
/// most 0.3 %.
std::unique_ptr<ChipModel> recurrent_chip(const Machine& machine, const RecurrentOptions& options);

/// Packets under way: from here on, as many arrive as are sent.
inline constexpr int warm_up_ticks = 16;

/// What was counted between two moments.
Counters between(const Counters& before, const Counters& after);

}  // namespace spikeloom::backends::truenorth
