// SPDX-License-Identifier: Apache-2.0
/// Random networks within the limits of every target, and input for them; keyed by a seed.
#pragma once

#include "compiler/ir/network.hpp"
#include "runtime/device/device.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::conformance {

/// What the network may have; a small core has few parameter sets and rows without repetitions.
struct RandomNetworkOptions {
    std::uint32_t max_population = 40;
    bool parameter_arrays        = true;  ///< parameters that differ from neuron to neuron
    bool repeated_synapses       = true;  ///< several synapses between one pair of neurons
    bool plasticity              = true;
    bool initial_state           = true;
};

/// Sources first: one `spike_source` population, then spiking and graded ones of all models.
ir::Network random_network(std::uint64_t seed, const RandomNetworkOptions& options = {});

/// Spikes of the first population, each element with probability p a tick; now and then several.
std::vector<runtime::InputEvent> random_input(const ir::Network& network, std::uint64_t ticks,
                                              double p, std::uint64_t seed);

}  // namespace spikeloom::conformance
