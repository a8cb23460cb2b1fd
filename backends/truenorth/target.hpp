// SPDX-License-Identifier: Apache-2.0
/// TrueNorth-like chips as a compile target.
#pragma once

#include "compiler/pipeline/target.hpp"

namespace spikeloom::backends::truenorth {

/// The one instance; it has no state. Reads core-level descriptions beside networks (cores.hpp).
const compiler::Target& target();

}  // namespace spikeloom::backends::truenorth
