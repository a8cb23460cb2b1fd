// SPDX-License-Identifier: Apache-2.0
/// Networks with changed values: fewer weight bits, other parameters.
#pragma once

#include "compiler/ir/network.hpp"
#include "support/result.hpp"
#include "sweep/value.hpp"

#include <filesystem>

namespace spikeloom::sweep {

/// Rounds every projection's weights to a symmetric grid of 2^bits - 1 levels whose ends are the
/// projection's largest magnitude, zero among them. Error: "sweep.weights" for bits outside 2 to 24
/// or weights that are drawn from a distribution.
Result<void> round_weights(ir::Network& network, int bits);

/// Whether the settings change the network itself ("weights.bits", "network/POINTER").
bool changes_network(const Settings& settings);

/// Reads `network`, applies the settings and writes the result as JSON to `output`. dt > 0 is what
/// a NIR file's delays are counted in. Errors: those of reading and checking, "sweep.weights",
/// "sweep.pointer" (the file is no JSON, or has nothing at the pointer).
Checked<void> derive_network(const std::filesystem::path& network, const Settings& settings,
                             double dt, const std::filesystem::path& output);

}  // namespace spikeloom::sweep
