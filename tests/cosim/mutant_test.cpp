// SPDX-License-Identifier: Apache-2.0
/// A core with one wrong bit (CMakeLists.txt says which) must not pass the lockstep.
#include "tests/cosim/lockstep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikeloom::cosim {
namespace {

TEST(Mutant, IsCaughtByTheLockstep) {
    const CoreKind mutant{shape_of("up5k"), make_mutant_core};
    EXPECT_THAT(lockstep_many(mutant, 1, 20), testing::HasSubstr("synapse of row"));
}

}  // namespace
}  // namespace spikeloom::cosim
