// SPDX-License-Identifier: Apache-2.0
/// Random networks on the RTL and on the reference. `--networks N --seed S` or SPIKELOOM_NETWORKS
/// and SPIKELOOM_SEED change how many and which.
#include "tests/cosim/lockstep.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

namespace spikeloom::cosim {
namespace {

std::uint32_t networks = 110;
std::uint32_t seed     = 1;

void run_all(const CoreKind& kind, const char* name) {
    ASSERT_EQ(lockstep_many(kind, seed, networks), "");
    std::printf("%u networks of %s equal in every tick\n", networks, name);
}

TEST(Lockstep, SimEqualsReference) {
    run_all(sim_kind(), "sim");
}

TEST(Lockstep, Up5kEqualsReference) {
    run_all(up5k_kind(), "up5k");
}

}  // namespace

void set_lockstep(std::string_view option, const char* value) {
    const auto number = static_cast<std::uint32_t>(std::strtoul(value, nullptr, 10));
    if (option == "networks") networks = number;
    if (option == "seed") seed = number;
}

}  // namespace spikeloom::cosim

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    using spikeloom::cosim::set_lockstep;
    if (const char* value = std::getenv("SPIKELOOM_NETWORKS")) set_lockstep("networks", value);
    if (const char* value = std::getenv("SPIKELOOM_SEED")) set_lockstep("seed", value);
    for (int k = 1; k + 1 < argc; k += 2)
        if (std::string_view(argv[k]).starts_with("--")) set_lockstep(argv[k] + 2, argv[k + 1]);
    return RUN_ALL_TESTS();
}
