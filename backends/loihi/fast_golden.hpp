// SPDX-License-Identifier: Apache-2.0
/// The image executed in integers by the packed rows, blocks and threads of the golden simulator.
#pragma once

#include "backends/loihi/engine.hpp"
#include "simulator/neuron/loihi.hpp"

#include <cstdint>
#include <memory>

namespace spikeloom::backends::loihi {

/// Equal to make_golden_engine() bit for bit, for any number of threads (1..256). Images that learn
/// are run by that engine itself, and so are those that need more than 16 sums a compartment (lava,
/// more than 15 formats of negative exponent on a core).
std::unique_ptr<Engine> make_fast_golden_engine(neuron::loihi::Emulator who, std::uint32_t threads);

}  // namespace spikeloom::backends::loihi
