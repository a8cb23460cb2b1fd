// SPDX-License-Identifier: Apache-2.0
/// Names under which the metadata of the outermost graph keep what NIR has no words for.
#pragma once

namespace spikeloom::frontend::nir {

inline constexpr const char* dt_key    = "spikeloom_dt";     ///< length of a tick [s]
inline constexpr const char* reset_key = "spikeloom_reset";  ///< "value" or "subtract"

}  // namespace spikeloom::frontend::nir
