// SPDX-License-Identifier: Apache-2.0
#include "tests/cosim/lockstep.hpp"

namespace spikeloom::cosim {

CoreKind sim_kind() {
    return {shape_of("sim"), make_sim_core};
}

CoreKind up5k_kind() {
    return {shape_of("up5k"), make_up5k_core};
}

}  // namespace spikeloom::cosim
