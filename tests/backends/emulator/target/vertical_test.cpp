// SPDX-License-Identifier: Apache-2.0
/// From a network to an image to spikes: what the words are, and what they do.
#include "networks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikeloom::backends::emulator::test {
namespace {

using ::testing::ElementsAre;

runtime::SpikeEvent spike(std::uint64_t tick, std::uint32_t neuron) {
    return {Tick{tick}, NeuronId{neuron}};
}

/// Two sources into two threshold-1 neurons that forget everything each tick.
Builder two_by_two() {
    Builder b;
    const auto in  = b.sources("in", 2);
    const auto out = b.population("out", "lif", 2, {{"tau", 1e-3}, {"v_threshold", 0.75}});
    b.dense(in, out, array({1.0, 0.5, -1.0, 0.25}), array({1, 3, 2, 15}));
    return b;
}

TEST(Vertical, SparseWordsAreThoseOfTheMemoryMap) {
    const auto image = compiled(two_by_two().network);
    // Weight with fraction in bits 13..0, delay in 17..14, plastic 18, target from 19 on.
    const auto synapse = [](std::int32_t w, std::uint32_t delay, std::uint32_t target) {
        return (static_cast<std::uint32_t>(w * 64) & 0x3FFFU) | (delay << 14) | (target << 19);
    };
    const auto synapses = words(image, "synapses");
    ASSERT_EQ(synapses.size(), 4U);
    const std::int32_t full = 124;  // the most that has a whole half and quarter in 8 bits
    EXPECT_THAT(synapses, ElementsAre(synapse(full, 1, 0), synapse(-full, 2, 1),
                                      synapse(full / 2, 3, 0), synapse(full / 4, 15, 1)));
    const auto rows = words(image, "rows");
    ASSERT_EQ(rows.size(), 2U * (8192 + 2));
    EXPECT_THAT(std::vector<std::uint32_t>(rows.end() - 4, rows.end()), ElementsAre(0, 2, 2, 2));
    EXPECT_THAT(words(image, "registers"), ElementsAre(2, 2, 3, 2, 4, 0));
    EXPECT_THAT(words(image, "neurons"), ElementsAre(0, 0, 0, 0));
    const auto sets = words(image, "sets");
    ASSERT_EQ(sets.size(), 8U);
    EXPECT_EQ(sets[0], 0xFFFFU);  // no synaptic current
    EXPECT_EQ(sets[1], 0xFFFFU);  // tau = dt: nothing stays
    EXPECT_EQ(sets[2], (static_cast<std::uint32_t>(full) << sets[4]) * 3 / 4);
    EXPECT_THAT(words(image, "columns"), ElementsAre(0, 0, 0, 0));
    EXPECT_TRUE(words(image, "column_entries").empty());
}

TEST(Vertical, DelaysAndThresholds) {
    const auto image = compiled(two_by_two().network);
    // Source 0 in tick 0: +1 into neuron 0 at once. Source 1 in tick 4: 0.5 after 2 more ticks.
    EXPECT_THAT(run(image, {{Tick{0}, NeuronId{0}, 1}, {Tick{4}, NeuronId{1}, 1}}, 30),
                ElementsAre(spike(0, 2)));
    // Twice 0.5 in one tick is enough; three times 0.25 is not above 0.75, four times is.
    EXPECT_THAT(run(image, {{Tick{0}, NeuronId{1}, 2}}, 30), ElementsAre(spike(2, 2)));
    EXPECT_THAT(run(image, {{Tick{0}, NeuronId{1}, 3}}, 30), ElementsAre(spike(2, 2)));
    EXPECT_THAT(run(image, {{Tick{0}, NeuronId{1}, 4}}, 30),
                ElementsAre(spike(2, 2), spike(14, 3)));
}

TEST(Vertical, SpanRowsHoldTheSameNetwork) {
    const auto image = compiled(two_by_two().network, options("emulator-up5k"));
    // Weight with fraction in bits 10..0, delay in 14..11.
    const auto synapses = words(image, "synapses");
    ASSERT_EQ(synapses.size(), 4U);
    EXPECT_EQ(synapses[0] >> 11, 1U);
    EXPECT_EQ(synapses[1] >> 11, 2U);
    const auto rows = words(image, "rows");
    ASSERT_EQ(rows.size(), 2U * (256 + 2));
    EXPECT_EQ(rows[2 * 256 + 1], 2U << 16);  // two targets from neuron 0 on
    EXPECT_TRUE(words(image, "columns").empty());
    EXPECT_THAT(run(image, {{Tick{0}, NeuronId{1}, 4}}, 30),
                ElementsAre(spike(2, 2), spike(14, 3)));
}

TEST(Vertical, SameInputSameBytes) {
    const auto network = two_by_two().network;
    EXPECT_EQ(hw::encode(compiled(network)), hw::encode(compiled(network)));
}

}  // namespace
}  // namespace spikeloom::backends::emulator::test
