// SPDX-License-Identifier: Apache-2.0
/// The Loihi-like chip as a target of the compiler.
#pragma once

#include "compiler/pipeline/target.hpp"

namespace spikeloom::backends::loihi {

const compiler::Target& target();

}  // namespace spikeloom::backends::loihi
