// SPDX-License-Identifier: Apache-2.0
/// A folded graph as a Network.
#pragma once

#include "compiler/frontend/nir/fold.hpp"
#include "compiler/ir/network.hpp"

#include <optional>

namespace spikeloom::frontend::nir {

/// Delay nodes in ticks instead of seconds. Codes "nir.delay-needs-dt", "nir.value" (beyond
/// ir::max_delay); warning "nir.delay-rounded".
void discretise_delays(Graph& graph, std::optional<double> dt, Findings& findings);

/// Populations, projections and their retiming. Codes "nir.too-large", "nir.delay-too-long";
/// warnings "nir.no-input", "nir.no-output", "nir.unused", "nir.cycle-delay".
ir::Network lower(const Graph& graph, const Folded& folded, Findings& findings);

}  // namespace spikeloom::frontend::nir
