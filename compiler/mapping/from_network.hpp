// SPDX-License-Identifier: Apache-2.0
/// From a Network and a chip file to a MappingProblem.
#pragma once

#include "compiler/ir/network.hpp"
#include "compiler/mapping/problem.hpp"
#include "compiler/mapping/rates.hpp"
#include "hw/spec/chip_spec.hpp"

#include <optional>

namespace spikeloom::mapping {

struct NetworkMappingOptions {
    /// Absent: estimated. A source population of model `poisson` fires at its rate, all others at
    /// `default_rate`.
    std::optional<Rates> rates;
    double default_rate = 10;  ///< [Hz]
};

/// Sources (populations of input events) become external inputs, all other populations are mapped:
/// neurons of the problem count through those populations in order. Nets weigh the spikes of
/// 10 s, at least 1. Limits are those of the chip that this room understands, see chip_limits().
/// Errors: "map.rates-size" (one rate for each neuron), "map.rates-value" (negative or not finite),
/// "map.network-empty" (nothing but sources), "map.network-too-big" (2^32 synapses or neurons).
Result<MappingProblem> problem_from_network(const ir::Network& network, const hw::ChipSpec& chip,
                                            const NetworkMappingOptions& options = {});

/// Core limits by the capacities' names: "neurons" or "compartments"; "input_axons" or "axons";
/// "output_axons"; "synapse_memory" [bit] with rows of "weight_width" bits a synapse, or "synapses"
/// (a count). What a chip does not name does not bind.
/// Errors: "map.chip-without-neurons".
Result<CoreLimits> chip_limits(const hw::ChipSpec& chip);

/// The chip's cores as a mesh; the cores of one router become neighbours, as square as they go.
Mesh chip_mesh(const hw::ChipSpec& chip);

}  // namespace spikeloom::mapping
