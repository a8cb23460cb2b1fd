// SPDX-License-Identifier: Apache-2.0
/// Families of draws that the samplers make; inside of sweep only.
#pragma once

#include "support/keyed_rng.hpp"

namespace spikeloom::sweep {

// Apart from the families of the simulators (support/keyed_rng.hpp), which count from 1.
inline constexpr auto design_stream    = static_cast<Stream>(0x70);
inline constexpr auto slice_stream     = static_cast<Stream>(0x71);
inline constexpr auto offspring_stream = static_cast<Stream>(0x72);

}  // namespace spikeloom::sweep
