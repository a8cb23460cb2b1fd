// SPDX-License-Identifier: Apache-2.0
#include "Vsl_core_mutant.h"
#include "tests/cosim/verilated_core.hpp"

namespace spikeloom::cosim {

std::unique_ptr<CorePort> make_mutant_core(std::uint32_t seed) {
    return std::make_unique<VerilatedCore<Vsl_core_mutant>>(seed);
}

}  // namespace spikeloom::cosim
