// SPDX-License-Identifier: Apache-2.0
/// The SpiNNaker machine as a target of the compiler.
#pragma once

#include "compiler/pipeline/target.hpp"

namespace spikeloom::backends::spinnaker {

const compiler::Target& target();

}  // namespace spikeloom::backends::spinnaker
