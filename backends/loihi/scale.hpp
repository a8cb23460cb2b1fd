// SPDX-License-Identifier: Apache-2.0
/// How large the integers of one population are to be: the joint scale of its weights, thresholds,
/// biases and states.
#pragma once

#include "backends/loihi/limits.hpp"
#include "simulator/neuron/loihi_weight.hpp"

#include <vector>

namespace spikeloom::backends::loihi {

/// What a population asks of its scale, in the network's units of v.
struct Demand {
    double largest_weight = 0;  ///< |weight x gain|; of plastic ones their bounds too
    double largest_sum    = 0;  ///< of |weight x gain| over the synapses of one neuron
    double level          = 0;  ///< largest threshold or |v_init|
    double bias           = 0;  ///< largest |bias|
    double worst_i        = 0;  ///< largest |i| that input could ever cause; may be infinite
    double worst_v        = 0;  ///< the same for v
    bool fires            = false;
    bool learns           = false;  ///< has plastic synapses
    bool positive         = false;  ///< there are weights above 0
    bool negative         = false;  ///< or below
    bool in_chip_units    = true;   ///< weights, thresholds and biases are what the chip can hold
    std::vector<double> weights{};  ///< |weight x gain|, at most a few thousand of them
};

struct Scale {
    double v    = 1;  ///< integer = network value x v, for u, v, threshold x 64 and bias
    double unit = 1;  ///< stored mantissa of a weight x gain of 1
    neuron::loihi::WeightFormat format{};
    bool split     = false;  ///< weights below 0 take the same format with inhibitory sign
    double levels  = 0;      ///< mantissa of the largest weight; 0: no weights
    double worst_q = 0;      ///< largest input sum of a tick, in integers
};

/// Where everything is a whole number of the chip's units already (a network that was trained for
/// the chip), the scale is 1 unit for 1. Otherwise the largest weight becomes the mantissa (at most
/// `limits.largest_weight`) that suits the weights best, with the largest exponent at which
/// threshold, current and membrane keep their room and the input sum of a tick cannot wrap; for the
/// sum, weights go down to 6 bits, not lower.
Scale choose_scale(const Demand& demand, const Limits& limits);

}  // namespace spikeloom::backends::loihi
