// SPDX-License-Identifier: Apache-2.0
/// Pair STDP as sums of products of the chip's learning engine.
#pragma once

#include "backends/loihi/legalise.hpp"
#include "backends/loihi/tables.hpp"
#include "hw/image/image.hpp"
#include "simulator/neuron/loihi_weight.hpp"

#include <string>
#include <vector>

namespace spikeloom::backends::loihi {

struct ProfileOutcome {
    LearningProfile profile;
    std::vector<hw::QuantisationEntry> report;
    std::vector<std::string> warnings;
};

/// dw = S+ y0 x1 - S- x0 y1, with an epoch of one tick (the encoder writes the chip's own).
/// `unit`: stored mantissa of a network weight of 1. The bounds of the rule become those of the
/// sign mode; a warning says where they differ. Errors: "loihi.stdp-range".
Result<ProfileOutcome> make_profile(const LegalRule& rule, double unit,
                                    const neuron::loihi::WeightFormat& format, double dt);

}  // namespace spikeloom::backends::loihi
