// SPDX-License-Identifier: Apache-2.0
/// Loihi's compartment against the golden vectors of the reference sheet (G1 to G7) and at its
/// edges.
#include "simulator/neuron/loihi.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace spikeloom::neuron::loihi {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

constexpr std::array everybody{Emulator::nengo, Emulator::lava, Emulator::brian2loihi};

struct Trail {
    std::vector<std::int64_t> u, v;
    std::vector<int> spikes;
};

/// `input` arrives in the first tick.
Trail run(const Compartment& c, std::int64_t input, int ticks, Emulator who) {
    Trail trail;
    State s;
    for (int t = 0; t < ticks; ++t) {
        trail.spikes.push_back(update(s, c, t == 0 ? input : 0, who) ? 1 : 0);
        trail.u.push_back(s.u);
        trail.v.push_back(s.v);
    }
    return trail;
}

class Loihi : public ::testing::TestWithParam<Emulator> {};
INSTANTIATE_TEST_SUITE_P(Emulators, Loihi, ::testing::ValuesIn(everybody), [](const auto& test) {
    return std::string{emulator_names[static_cast<std::size_t>(test.param)]};
});

TEST_P(Loihi, G1CurrentHalves) {
    const Compartment c{.du = 2047, .dv = 0, .threshold = threshold_limit};
    EXPECT_THAT(run(c, 128 << 6, 8, GetParam()).u,
                ElementsAre(8192, 4096, 2048, 1024, 512, 256, 128, 64));
}

TEST_P(Loihi, G2MembraneHalvesWhileTheCurrentStays) {
    const Compartment c{.du = 0, .dv = 2048, .threshold = 256};
    const std::vector<std::int64_t> want{8192, 12286, 14331, 15351, 15859, 16111, 16235, 16295};
    EXPECT_THAT(run(c, 128 << 6, 8, GetParam()).v, ElementsAreArray(want));
    std::vector<std::int64_t> negative;
    for (const std::int64_t v : run(c, -(128 << 6), 8, GetParam()).v)
        negative.push_back(-v);
    EXPECT_THAT(negative, ElementsAreArray(want));
}

TEST_P(Loihi, G3SpikesAndRefractoriness) {
    const Compartment c{.du = 409, .dv = 128, .threshold = 100, .refractory = 2};
    const Trail t = run(c, 2560, 9, GetParam());
    EXPECT_THAT(t.u, ElementsAre(2560, 2303, 2072, 1864, 1677, 1509, 1357, 1221, 1098));
    EXPECT_THAT(t.v, ElementsAre(2560, 4783, 0, 0, 1677, 3133, 4392, 5475, 0));
    EXPECT_THAT(t.spikes, ElementsAre(0, 0, 1, 0, 0, 0, 0, 0, 1));
}

TEST_P(Loihi, G4NegativeInput) {
    const Compartment c{.du = 409, .dv = 128, .threshold = 100, .refractory = 2};
    EXPECT_THAT(run(c, -2560, 8, GetParam()).v,
                ElementsAre(-2560, -4783, -6705, -8359, -9774, -10977, -11990, -12836));
}

TEST_P(Loihi, G5BiasEverySecondTick) {
    const Compartment c{.threshold = 1, .bias = 33, .refractory = 1};
    const Trail t = run(c, 0, 6, GetParam());
    EXPECT_THAT(t.v, ElementsAre(33, 0, 33, 0, 33, 0));
    EXPECT_THAT(t.spikes, ElementsAre(0, 1, 0, 1, 0, 1));
}

TEST_P(Loihi, G6PeriodIsTheRefractoryRegister) {
    for (const int register_value : {1, 2, 3, 63}) {
        const Compartment c{.threshold = 1, .bias = 65, .refractory = register_value};
        const Trail t = run(c, 0, 200, GetParam());
        for (int k = 0; k < 200; ++k)
            ASSERT_EQ(t.spikes[static_cast<std::size_t>(k)], k % register_value == 0 ? 1 : 0)
                << k << " with " << register_value;
    }
}

TEST_P(Loihi, G7TheThresholdIsStrict) {
    const Compartment c{.threshold = 1, .bias = 64, .refractory = 1};
    EXPECT_THAT(run(c, 0, 3, GetParam()).spikes, ElementsAre(0, 1, 0));
}

TEST_P(Loihi, CurrentIntegratesWhileTheMembraneIsHeld) {
    const Compartment c{.du = 0, .dv = 0, .threshold = 1, .refractory = 4};
    const Trail t = run(c, 6400, 5, GetParam());
    EXPECT_THAT(t.spikes, ElementsAre(1, 0, 0, 0, 1));
    EXPECT_THAT(t.v, ElementsAre(0, 0, 0, 0, 0));
    EXPECT_THAT(t.u, ElementsAre(6400, 6398, 6396, 6394, 6392));
}

TEST(LoihiOverflow, CurrentAtTheEdgeIsWhereTheEmulatorsDiffer) {
    constexpr std::int64_t edge = 1 << 23;
    EXPECT_EQ(wrap_current(edge, Emulator::nengo), -edge);
    EXPECT_EQ(wrap_current(edge, Emulator::lava), edge);
    EXPECT_EQ(wrap_current(edge, Emulator::brian2loihi), edge);
    EXPECT_EQ(wrap_current(-edge, Emulator::nengo), -edge);
    EXPECT_EQ(wrap_current(-edge, Emulator::lava), edge);
    EXPECT_EQ(wrap_current(-edge, Emulator::brian2loihi), -edge);
    for (const Emulator who : everybody)
        EXPECT_EQ(wrap_current(edge - 1, who), edge - 1);
    EXPECT_EQ(wrap_current(edge + 1, Emulator::nengo), -edge + 1);
    EXPECT_EQ(wrap_current(edge + 1, Emulator::lava), -edge + 1);
    EXPECT_EQ(wrap_current(edge + 1, Emulator::brian2loihi), edge + 1);
}

TEST(LoihiOverflow, OnlyNengoWrapsTheDendrite) {
    constexpr std::int64_t edge = 1 << 21;
    EXPECT_EQ(wrap_dendrite(edge - 1, Emulator::nengo), edge - 1);
    EXPECT_EQ(wrap_dendrite(edge, Emulator::nengo), -edge);
    EXPECT_EQ(wrap_dendrite(-edge - 1, Emulator::nengo), edge - 1);
    EXPECT_EQ(wrap_dendrite(edge, Emulator::lava), edge);
    EXPECT_EQ(wrap_dendrite(edge, Emulator::brian2loihi), edge);
}

TEST(LoihiOverflow, TheMembraneClips) {
    Compartment c{.dv = 0, .threshold = threshold_limit, .bias = (1 << 23) - 1};
    c.fires = false;
    State s;
    for (int t = 0; t < 3; ++t)
        update(s, c, 0, Emulator::nengo);
    EXPECT_EQ(s.v, (1 << 23) - 1);
    c.v_max = v_maximum(2);
    update(s, c, 0, Emulator::nengo);
    EXPECT_EQ(s.v, 8191);
    c.bias  = -100000;
    c.v_min = v_minimum(5);
    update(s, c, 0, Emulator::nengo);
    EXPECT_EQ(s.v, -31);
}

TEST(LoihiDecay, RoundsTheMagnitudeDown) {
    EXPECT_EQ(decay(1, 1), 0);
    EXPECT_EQ(decay(-1, 1), 0);
    EXPECT_EQ(decay(4096, 1), 4095);
    EXPECT_EQ(decay(-4096, 1), -4095);
    EXPECT_EQ(decay(4097, 1), 4095);
    EXPECT_EQ(decay(12345, 4096), 0);
    EXPECT_EQ(decay(12345, 0), 12345);
    for (std::int64_t x = -5000; x < 5000; x += 7)
        for (const std::int64_t d : {0, 1, 128, 2048, 4095, 4096}) {
            const std::int64_t magnitude = x < 0 ? -x : x;
            const std::int64_t lost      = (magnitude * d + 4095) / 4096;  // rounded up
            ASSERT_EQ(decay(x, d), x < 0 ? x + lost : x - lost) << x << " " << d;
        }
}

TEST(LoihiReset, BySubtractionKeepsTheRest) {
    const Compartment c{.threshold = 10, .bias = 1000, .refractory = 2, .reset_subtracts = true};
    const Trail t = run(c, 0, 4, Emulator::nengo);
    EXPECT_THAT(t.spikes, ElementsAre(1, 0, 1, 0));
    EXPECT_THAT(t.v, ElementsAre(360, 360, 720, 720));
}

TEST(LoihiNoise, ValueRoundsTowardZero) {
    EXPECT_EQ(noise_value(127, 0, 7), 127);
    EXPECT_EQ(noise_value(-127, 0, 6), -63);
    EXPECT_EQ(noise_value(127, 0, 6), 63);
    EXPECT_EQ(noise_value(1, 1, 7), 65);
    EXPECT_EQ(noise_value(-3, 0, 10), -24);
    const Compartment c{.threshold = 1};
    for (const bool at_membrane : {false, true}) {
        State s;
        const Noise noise = at_membrane ? Noise{0, 65} : Noise{65, 0};
        EXPECT_TRUE(update(s, c, 0, Emulator::nengo, noise));
        EXPECT_EQ(s.u, at_membrane ? 0 : 65);
    }
}

TEST(LoihiNames, RoundTrip) {
    for (const Emulator who : everybody)
        EXPECT_EQ(emulator_by_name(emulator_names[static_cast<std::size_t>(who)]), who);
    EXPECT_FALSE(emulator_by_name("nxsdk"));
}

}  // namespace
}  // namespace spikeloom::neuron::loihi
