// SPDX-License-Identifier: Apache-2.0
/// The last step to an image: synaptic rows, keys, routing tables, symbols and utilisation.
#pragma once

#include "backends/spinnaker/layout.hpp"
#include "backends/spinnaker/quantise.hpp"
#include "compiler/pipeline/target.hpp"

namespace spikeloom::backends::spinnaker {

/// Weights take the left shift of their core and synapse type at which a ring buffer holds the
/// room that quantise() found. Every key of every core is walked through the finished tables.
/// Errors: "spinnaker.sdram" (rows of a chip's cores), "spinnaker.router-entries" (more than a
/// table takes, minimised), "spinnaker.keys", those of make_tables() and verify_routing().
Checked<compiler::CompileOutput> encode(const LegalNetwork& legal, QuantisedNetwork&& quantised,
                                        const Layout& layout, const ir::Network& network,
                                        const Limits& limits, const Costs& costs);

}  // namespace spikeloom::backends::spinnaker
