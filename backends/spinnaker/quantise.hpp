// SPDX-License-Identifier: Apache-2.0
/// The second step to an image: real numbers become s16.15, by one scale a population.
#pragma once

#include "backends/spinnaker/legalise.hpp"
#include "hw/image/image.hpp"
#include "simulator/neuron/spinnaker.hpp"

#include <array>
#include <string>
#include <vector>

namespace spikeloom::backends::spinnaker {

struct QuantisedNeuron {
    neuron::spinnaker::Parameters parameters;
    neuron::spinnaker::State state;
};

struct Scale {
    double unit = 1;  ///< integer = network value x unit, for v and for weight x gain
    /// Sum that a ring buffer of a neuron must hold, as weight x gain, by synapse type.
    std::array<double, neuron::spinnaker::synapse_types> room{};
    double largest_weight = 0;  ///< |weight x gain|
};

struct QuantisedNetwork {
    std::vector<Scale> scales;  ///< one a population
    std::vector<QuantisedNeuron> neurons;
    std::vector<hw::QuantisationEntry> report;
};

/// Room in a ring buffer: the sum of all weights, or mean and five deviations when each source
/// spikes with probability `ring_activity` a tick if that is less; four times the largest weight at
/// least. The scale is the largest at which neither alpha = I R + v_rest at full ring buffers nor
/// threshold nor reset can leave half of the range of s16.15.
/// Errors: "spinnaker.range" (largest weight or threshold below 16 of the smallest steps).
Checked<QuantisedNetwork> quantise(const LegalNetwork& legal, const ir::Network& network,
                                   const Limits& limits);

}  // namespace spikeloom::backends::spinnaker
