// SPDX-License-Identifier: Apache-2.0
/// Third step: room in time for the neurons that have to be put in. A splitter or a partial sum
/// costs a tick; populations behind it become late by as much, so that all spikes keep their order.
#pragma once

#include "backends/truenorth/coding.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::backends::truenorth {

struct RetimeOptions {
    std::uint32_t axons   = 256;  ///< of a core
    std::uint32_t quantum = 255;  ///< what a partial sum passes on with one spike
};

/// Makes populations late (result: ticks by population), stretches the delays of terms to suit, and
/// puts partial sums in front of neurons that listen to more lines than a core has axons.
/// - an edge d of a population whose spikes need several lines gets a delay of 2 at least, where no
///   loop forbids it; the loop's own delays stay as they are (its neurons are doubled instead)
/// - the potentials of late nodes are such that their leak brings them to where they ought to be
/// Errors: "truenorth.fan-in" (partial sums in a loop without the ticks for them).
Checked<std::vector<std::uint32_t>> retime(const LegalNetwork& legal, const ir::Network& network,
                                           const RetimeOptions& options, CodedNetwork& coded);

}  // namespace spikeloom::backends::truenorth
