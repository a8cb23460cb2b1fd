// SPDX-License-Identifier: Apache-2.0
/// Cuts a network into parts for several devices.
#pragma once

#include "compiler/ir/network.hpp"
#include "support/result.hpp"

#include <optional>
#include <vector>

namespace spikeloom::tools {

/// Part of a population's device, by population; nullopt for sources, which belong to all.
using Owners = std::vector<std::optional<std::size_t>>;

/// One network for each of `parts`: its own populations with all projections onto them, and a
/// stand-in, a source population of the same name and size, for each that projects from elsewhere.
/// What is drawn at random is drawn as in the whole network. Poisson sources become stand-ins too.
/// - "platform.cut-plastic" (a learning projection would cross the cut), "platform.cut-graded" (a
///   population that emits values would)
Checked<std::vector<ir::Network>> cut(const ir::Network& network, const Owners& owners,
                                      std::size_t parts);

}  // namespace spikeloom::tools
