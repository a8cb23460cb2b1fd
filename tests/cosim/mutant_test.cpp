// SPDX-License-Identifier: Apache-2.0
/// Cores with one wrong bit (CMakeLists.txt says which) must not pass the lockstep.
#include "tests/cosim/lockstep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikeloom::cosim {
namespace {

TEST(Mutant, WeightChangeOfUp5kIsCaught) {
    const CoreKind mutant{shape_of("up5k"), make_up5k_mutant};
    EXPECT_THAT(lockstep_many(mutant, 1, 20), testing::HasSubstr("synapse of row"));
}

TEST(Mutant, DecayOfSimIsCaught) {
    const CoreKind mutant{shape_of("sim"), make_sim_mutant};
    EXPECT_THAT(lockstep_many(mutant, 1, 20), testing::HasSubstr("of neuron"));
}

}  // namespace
}  // namespace spikeloom::cosim
