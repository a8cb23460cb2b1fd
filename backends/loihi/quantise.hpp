// SPDX-License-Identifier: Apache-2.0
/// The second step to an image: real numbers become the chip's mantissas and registers.
#pragma once

#include "backends/loihi/legalise.hpp"
#include "backends/loihi/scale.hpp"
#include "backends/loihi/tables.hpp"
#include "hw/image/image.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::backends::loihi {

struct QuantisedSynapse {
    std::uint32_t target;
    std::int16_t weight;  ///< stored mantissa
    std::uint16_t projection;
    std::uint8_t delay;  ///< ticks, 1..62
    bool plastic;
};

struct QuantisedNeuron {
    CompartmentConfig config;
    std::int32_t threshold = 0;  ///< mantissa
    CompartmentEntry state;      ///< bias and initial state; config indices are not set yet
};

struct QuantisedNetwork {
    std::vector<Scale> scales;  ///< one a population
    std::vector<QuantisedNeuron> neurons;
    std::vector<std::uint64_t> row_begin;
    std::vector<QuantisedSynapse> synapses;  ///< without zeros that cannot learn, unless kept
    std::vector<LearningProfile> profiles;   ///< in the order of LegalNetwork::rules
    std::vector<hw::QuantisationEntry> report;
    std::vector<std::string> warnings;
};

/// Errors, all that are found: "loihi.range" (weights vanish beside the threshold),
/// "loihi.stdp-gain" (neurons of one population that learn weigh their input differently),
/// "loihi.stdp-range" (an amplitude beyond mantissa and exponent). `network` gives the names.
Checked<QuantisedNetwork> quantise(LegalNetwork& legal, const ir::Network& network,
                                   const Limits& limits, double dt);

}  // namespace spikeloom::backends::loihi
