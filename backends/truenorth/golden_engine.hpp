// SPDX-License-Identifier: Apache-2.0
/// The plain integer reference of this target's chips: slow, and nothing shared with the model.
#pragma once

#include "backends/truenorth/engine.hpp"

#include <memory>

namespace spikeloom::backends::truenorth {

std::unique_ptr<Engine> make_golden_engine(ChipProgram program, std::uint64_t seed);

}  // namespace spikeloom::backends::truenorth
