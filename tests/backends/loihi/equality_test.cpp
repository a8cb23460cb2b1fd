// SPDX-License-Identifier: Apache-2.0
/// The fast model against the plain integers, on random networks: spikes, states, learned weights,
/// counts.
#include "runs.hpp"
#include "tests/conformance/random_network.hpp"

#include <gtest/gtest.h>

namespace spikeloom::backends::loihi::test {
namespace {

constexpr std::uint64_t ticks = 40;

/// What differs from seed to seed beside the network.
Sets sets_for(std::uint64_t seed) {
    Sets sets;
    if (seed % 5 == 1) sets["capacities.compartments"] = "16";
    if (seed % 7 == 2) sets["arithmetic.noise_exponent"] = "9";
    if (seed % 14 == 2) sets["arithmetic.noise_at_membrane"] = "1";
    return sets;
}

void expect_equal(const Trail& got, const Trail& want, std::uint64_t seed) {
    ASSERT_EQ(got.spikes, want.spikes) << "seed " << seed;
    ASSERT_EQ(got.states, want.states) << "seed " << seed;
    ASSERT_EQ(got.synapses, want.synapses) << "seed " << seed;
    ASSERT_EQ(got.counters, want.counters) << "seed " << seed;
}

void compare(const std::string& device, std::uint64_t first, std::uint64_t last) {
    std::uint64_t spikes = 0, updates = 0, several_cores = 0;
    for (std::uint64_t seed = first; seed < last && !::testing::Test::HasFatalFailure(); ++seed) {
        const ir::Network network     = conformance::random_network(seed);
        const hw::HardwareImage image = compiled(network, sets_for(seed));
        const auto input              = conformance::random_input(network, ticks, 0.4, seed);
        const Trail want              = run(image, "plain", input, ticks);
        const Trail got               = run(image, device, input, ticks);
        expect_equal(got, want, seed);
        ASSERT_EQ(got.times.size(), ticks);
        spikes += want.spikes.size();
        updates += want.counters.at("weight_updates");
        several_cores += image.cores.size() > 1 ? 1 : 0;
    }
    EXPECT_GT(spikes, 10 * (last - first));  // else they were silent and nothing was compared
    EXPECT_GT(updates, 10 * (last - first));
    EXPECT_GT(several_cores, (last - first) / 4);
}

TEST(LoihiEquality, AnalyticOnAHundredNetworks) {
    compare("analytic", 300, 400);
}
TEST(LoihiEquality, Event) {
    compare("event", 400, 440);
}
TEST(LoihiEquality, Cycle) {
    compare("cycle", 440, 460);
}

TEST(LoihiEquality, EmulatorsAgreeWhereNothingOverflows) {
    for (std::uint64_t seed = 500; seed < 520; ++seed) {
        const ir::Network network     = conformance::random_network(seed, {.plasticity = false});
        const hw::HardwareImage image = compiled(network);
        auto input                    = conformance::random_input(network, ticks, 0.2, seed);
        for (runtime::InputEvent& event : input)
            event.value = 1;  // the scale leaves room for one event of every source a tick
        const Trail want = run(image, "plain", input, ticks);
        expect_equal(run(image, "plain:lava", input, ticks), want, seed);
        expect_equal(run(image, "plain:brian2loihi", input, ticks), want, seed);
        expect_equal(run(image, "golden:lava", input, ticks), want, seed);
        expect_equal(run(image, "golden:brian2loihi", input, ticks), want, seed);
    }
}

TEST(LoihiEquality, ReloadingBeginsAnew) {
    const ir::Network network     = conformance::random_network(301);
    const hw::HardwareImage image = compiled(network);
    const auto input              = conformance::random_input(network, ticks, 0.4, 1);
    const auto device             = loaded(image, "event");
    std::vector<runtime::SpikeEvent> first;
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(device->load(image));
        ASSERT_TRUE(device->push(input));
        ASSERT_TRUE(device->advance(ticks));
        const auto spikes = *device->drain();
        if (round == 1) {
            EXPECT_EQ(spikes, first);
        }
        first = spikes;
        EXPECT_EQ(device->activity()->at("ticks").value, ticks);
    }
    EXPECT_FALSE(first.empty());
}

}  // namespace
}  // namespace spikeloom::backends::loihi::test
