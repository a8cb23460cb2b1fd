// SPDX-License-Identifier: Apache-2.0
/// The fast model with a timing model behind it.
#pragma once

#include "backends/loihi/engine.hpp"
#include "simulator/chip/tick_timer.hpp"

#include <memory>

namespace spikeloom::backends::loihi {

std::unique_ptr<Engine> make_timed_engine(chip::Fidelity fidelity);

}  // namespace spikeloom::backends::loihi
