// SPDX-License-Identifier: Apache-2.0
/// Files that choices of the chip name: a fixed mapping, recorded draws of the noise.
#pragma once

#include "backends/loihi/legalise.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::backends::loihi {

/// Core number of each neuron, from lines "population,neuron,core" (the names may stand in a first
/// line); `cores`: of the chip. Errors: "loihi.mapping" (file, line: what cannot be read, a name or
/// number out of range, a neuron that stands twice or is missing).
Result<std::vector<std::uint32_t>> read_mapping(const std::string& file, const LegalNetwork& legal,
                                                std::uint32_t cores);

/// Whole numbers from -127 to 127 between white space: r of each draw, replayed in the order of
/// ticks, cores and compartments, then from the beginning. Errors: "loihi.noise-stream".
Result<std::vector<std::int8_t>> read_draws(const std::string& file);

}  // namespace spikeloom::backends::loihi
