// SPDX-License-Identifier: Apache-2.0
/// The second step to an image: real numbers become the core's integers.
///
/// Each population has one scale (integer v = network v x scale) and one input shift (a weight of 1
/// counts 2^shift units of v). They are chosen together: the largest weight uses the 8 bits as well
/// as the weights' spread makes sensible, and the shift is as large as the widths allow, so that
/// thresholds, biases and states are as fine as they can be without saturating.
#pragma once

#include "backends/emulator/legalise.hpp"
#include "hw/image/image.hpp"
#include "simulator/neuron/emulator.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::backends::emulator {

/// Scale of one population; sources have none.
struct Scale {
    double v  = 1;  ///< integer = network value x v, for v, threshold, bias
    int shift = 0;  ///< input_shift
};

struct QuantisedSynapse {
    std::uint32_t row;
    std::uint32_t target;
    std::int32_t weight;  ///< with fraction
    std::uint8_t delay;
    bool plastic;
};

struct QuantisedNeuron {
    neuron::emulator::ParameterSet set;
    std::int32_t bias   = 0;
    std::int32_t v_init = 0;
    std::int32_t i_init = 0;
};

struct QuantisedNetwork {
    std::vector<Scale> scales;  ///< one a population
    std::vector<QuantisedNeuron> neurons;
    std::vector<QuantisedSynapse> synapses;  ///< in the order of the legal ones; zeros left out
    std::optional<neuron::emulator::StdpRule> rule;
    std::uint64_t worst_input = 0;  ///< largest sum of |weight| over the synapses of a neuron
    std::vector<hw::QuantisationEntry> report;
    std::vector<std::string> warnings;
};

/// Errors, all that are found: "emulator.accumulator" (the input sum of a neuron could saturate
/// even with weights of 4 bits), "emulator.range" (weights vanish beside the threshold),
/// "emulator.stdp-gain" (neurons that learn weigh their input differently),
/// "emulator.stdp-range" (amplitude negative or above its 12 bits). `network` gives the names.
Checked<QuantisedNetwork> quantise(const LegalNetwork& legal, const ir::Network& network,
                                   const Limits& limits);

/// What a population asks of its scale, in the network's units of v.
struct Demand {
    double largest_weight = 0;  ///< |weight x gain|; for plastic ones the bounds too
    double largest_sum    = 0;  ///< of |weight x gain| over the synapses of one neuron
    double fan_in         = 0;  ///< largest number of synapses of one neuron
    double level          = 0;  ///< largest of |threshold|, |v_reset|, |v_init|
    double bias           = 0;  ///< largest |bias|
    double worst_v = 0;  ///< largest |v| that input and bias could ever cause; may be infinite
    double worst_i = 0;  ///< the same for i
    bool fires     = false;
    /// |weight x gain| of weights without a fraction, at most a few thousand of them ...
    std::vector<double> weights;
    double sample_weight = 1;  ///< ... each of which stands for so many
};

/// Quantisation levels of the largest weight, and the scale that follows.
struct ScaleChoice {
    Scale scale;
    double levels = 0;  ///< integer of the largest weight, before clipping; 0: no weights
};

/// Levels at which the largest input sum just fits, with half a level of rounding for each synapse.
double levels_by_sum(const Demand& demand, const Limits& limits);

ScaleChoice choose_scale(const Demand& demand, const Limits& limits);

}  // namespace spikeloom::backends::emulator
