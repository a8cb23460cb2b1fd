// SPDX-License-Identifier: Apache-2.0
/// The emulator core as a compiler target: legalise, quantise, encode.
#pragma once

#include "compiler/pipeline/target.hpp"

namespace spikeloom::backends::emulator {

/// The one instance; it has no state.
const compiler::Target& target();

}  // namespace spikeloom::backends::emulator
