// SPDX-License-Identifier: Apache-2.0
/// Random networks for the lockstep runs, laid out as the core's memories hold them.
#pragma once

#include "tests/cosim/core_port.hpp"

#include <random>
#include <vector>

namespace spikeloom::cosim {

struct Synapse {
    int target   = 0;
    int weight   = 0;  ///< in 2^-weight_fraction
    int delay    = 0;  ///< 0: no synapse here
    bool plastic = false;
};

struct Row {
    std::uint32_t base = 0;  ///< first synapse word
    int first          = 0;  ///< first target, span rows only
    std::vector<Synapse> synapses;
    [[nodiscard]] bool plastic() const;
};

struct Network {
    CoreShape shape;
    int neurons = 0;
    int sources = 0;
    std::vector<Row> rows;  ///< those of the neurons, then those of the sources
    std::vector<neuron::emulator::ParameterSet> sets;
    std::vector<int> set_of;
    std::vector<std::int32_t> bias;
    neuron::emulator::StdpRule rule;
    bool plasticity = false;

    /// Number of row `index` in the core.
    [[nodiscard]] std::uint32_t row_number(int index) const {
        return static_cast<std::uint32_t>(index < neurons ? index
                                                          : shape.neurons + index - neurons);
    }
};

using Random = std::mt19937;

/// A uniform number in low..high.
int between(Random& random, int low, int high);
bool chance(Random& random, double p);

Network random_network(const CoreShape& shape, Random& random);

}  // namespace spikeloom::cosim
