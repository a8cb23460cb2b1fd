// SPDX-License-Identifier: Apache-2.0
/// Random programs of TrueNorth cores, keyed by a seed: every mode of the neuron, every delay.
#pragma once

#include "backends/truenorth/program.hpp"

#include <cstdint>

namespace spikeloom::backends::truenorth {

struct RandomProgramOptions {
    std::uint32_t cores = 6;
    bool stochastic     = true;  ///< some cores draw
    bool dense          = false;
};

/// A machine of 8 x 4 cores as four chips of 4 x 2, free-running.
Machine small_machine();

ChipProgram random_program(std::uint64_t seed, const RandomProgramOptions& options = {});

}  // namespace spikeloom::backends::truenorth
