// SPDX-License-Identifier: Apache-2.0
/// The image executed in plain integers: slow, written apart from the fast model, and by the
/// arithmetic of any of the public emulators.
#pragma once

#include "backends/loihi/engine.hpp"
#include "simulator/neuron/loihi.hpp"

#include <memory>

namespace spikeloom::backends::loihi {

std::unique_ptr<Engine> make_golden_engine(neuron::loihi::Emulator who);

}  // namespace spikeloom::backends::loihi
