// SPDX-License-Identifier: Apache-2.0
#include "Vsl_core_mutant_sim.h"
#include "tests/cosim/verilated_core.hpp"

namespace spikeloom::cosim {

std::unique_ptr<CorePort> make_sim_mutant(std::uint32_t seed) {
    return std::make_unique<VerilatedCore<Vsl_core_mutant_sim>>(seed);
}

}  // namespace spikeloom::cosim
