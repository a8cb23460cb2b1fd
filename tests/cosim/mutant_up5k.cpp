// SPDX-License-Identifier: Apache-2.0
#include "Vsl_core_mutant_up5k.h"
#include "tests/cosim/verilated_core.hpp"

namespace spikeloom::cosim {

std::unique_ptr<CorePort> make_up5k_mutant(std::uint32_t seed) {
    return std::make_unique<VerilatedCore<Vsl_core_mutant_up5k>>(seed);
}

}  // namespace spikeloom::cosim
