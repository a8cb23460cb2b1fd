// SPDX-License-Identifier: Apache-2.0
/// Published behaviour of the TrueNorth neuron: golden vectors, the six reset modes, stochastic
/// modes.
#include "simulator/neuron/truenorth.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

namespace spikeloom::neuron::truenorth {
namespace {

using Trace = std::vector<std::pair<std::int32_t, bool>>;

/// alpha = 10, beta = 5, R = 2.
Parameters standard() {
    Parameters p;
    p.weight             = {4, -4, 100, -20};
    p.threshold          = 10;
    p.negative_threshold = 5;
    p.reset_value        = 2;
    return p;
}

constexpr std::size_t up = 0, down = 1;

/// V and spike after each tick, with one spike of the given axon type a tick (absent: none).
Trace run(const Parameters& p, std::size_t ticks, std::int32_t v, std::optional<std::size_t> type) {
    Trace trace;
    for (std::size_t t = 0; t < ticks; ++t) {
        Lfsr random{draw_key(1, 0, t), 0};
        if (type) v += synapse(p, *type, random);
        const Outcome o = settle(v, p, random);
        v               = o.v;
        trace.emplace_back(o.v, o.spike);
    }
    return trace;
}

TEST(TrueNorthNeuron, T1NormalReset) {
    EXPECT_EQ(run(standard(), 5, 0, up), (Trace{{4, 0}, {8, 0}, {2, 1}, {6, 0}, {2, 1}}));
}

TEST(TrueNorthNeuron, T2LinearReset) {
    Parameters p = standard();
    p.reset      = Reset::linear;
    EXPECT_EQ(run(p, 8, 0, up),
              (Trace{{4, 0}, {8, 0}, {2, 1}, {6, 0}, {0, 1}, {4, 0}, {8, 0}, {2, 1}}));
}

TEST(TrueNorthNeuron, T3NoReset) {
    Parameters p = standard();
    p.reset      = Reset::none;
    EXPECT_EQ(run(p, 5, 0, up), (Trace{{4, 0}, {8, 0}, {12, 1}, {16, 1}, {20, 1}}));
}

TEST(TrueNorthNeuron, T4NormalResetBelow) {
    EXPECT_EQ(run(standard(), 3, 0, down), (Trace{{-4, 0}, {-2, 0}, {-2, 0}}));
}

TEST(TrueNorthNeuron, T5SaturationBelow) {
    for (const Reset reset : {Reset::value, Reset::linear, Reset::none}) {
        Parameters p = standard();
        p.reset      = reset;
        p.saturates  = true;
        EXPECT_EQ(run(p, 3, 0, down), (Trace{{-4, 0}, {-5, 0}, {-5, 0}}));
    }
}

TEST(TrueNorthNeuron, T6LinearResetBelow) {
    Parameters p = standard();
    p.reset      = Reset::linear;
    EXPECT_EQ(run(p, 6, 0, down), (Trace{{-4, 0}, {-3, 0}, {-2, 0}, {-1, 0}, {-5, 0}, {-4, 0}}));
}

TEST(TrueNorthNeuron, T7LeakReversalStopsAtZero) {
    Parameters p    = standard();
    p.leak          = -3;
    p.leak_reversal = true;
    EXPECT_EQ(run(p, 4, 7, {}), (Trace{{4, 0}, {1, 0}, {0, 0}, {0, 0}}));
}

TEST(TrueNorthNeuron, T8LeakReversalFromBelow) {
    Parameters p         = standard();
    p.leak               = -3;
    p.leak_reversal      = true;
    p.negative_threshold = 100;
    EXPECT_EQ(run(p, 3, -4, {}), (Trace{{-1, 0}, {0, 0}, {0, 0}}));
}

TEST(TrueNorthNeuron, T9PositiveLeakFires) {
    Parameters p = standard();
    p.leak       = 6;
    EXPECT_EQ(run(p, 4, 0, {}), (Trace{{6, 0}, {2, 1}, {8, 0}, {2, 1}}));
}

TEST(TrueNorthNeuron, T10StochasticSynapses) {
    EXPECT_EQ(stochastic_step(100, 50), 1);
    EXPECT_EQ(stochastic_step(-20, 50), 0);
    EXPECT_EQ(stochastic_step(-100, 50), -1);
    EXPECT_EQ(stochastic_step(50, 50), 1);  // at n
    EXPECT_EQ(stochastic_step(49, 50), 0);  // at n-1
    EXPECT_EQ(stochastic_step(0, 0), 0);    // no sign, no step
}

TEST(TrueNorthNeuron, NoResetBelowKeepsThePotential) {
    Parameters p = standard();
    p.reset      = Reset::none;
    EXPECT_EQ(run(p, 3, 0, down), (Trace{{-4, 0}, {-8, 0}, {-12, 0}}));
}

TEST(TrueNorthNeuron, ThresholdsAtTheEdge) {
    const Parameters p = standard();
    EXPECT_FALSE(fire(9, p, 0).spike);
    EXPECT_TRUE(fire(10, p, 0).spike);
    EXPECT_FALSE(fire(12, p, 3).spike);  // eta raises the threshold
    EXPECT_TRUE(fire(13, p, 3).spike);
    EXPECT_EQ(fire(-5, p, 0).v, -5);
    EXPECT_EQ(fire(-6, p, 0).v, -2);
    EXPECT_EQ(fire(-8, p, 3).v, -8);  // and lowers the negative one
    EXPECT_EQ(fire(-9, p, 3).v, -2);
}

TEST(TrueNorthNeuron, LinearResetTakesTheDrawnThreshold) {
    Parameters p = standard();
    p.reset      = Reset::linear;
    EXPECT_EQ(fire(15, p, 3).v, 2);
    EXPECT_EQ(fire(-10, p, 3).v, -2);
    p.saturates = true;  // the draw does not lower a threshold that holds
    EXPECT_EQ(fire(-6, p, 3).v, -5);
}

TEST(TrueNorthNeuron, SaturatesAtTwentyBits) {
    Parameters p         = standard();
    p.reset              = Reset::none;
    p.negative_threshold = level_max;
    Lfsr random;
    EXPECT_EQ(settle(524287, p, random).v, 524287);
    EXPECT_EQ(settle(524288, p, random).v, 524287);
    p.leak = 255;
    EXPECT_EQ(settle(524200, p, random).v, 524287);
    p.leak = -255;
    EXPECT_EQ(settle(-524289, p, random).v, -524288);
    EXPECT_EQ(settle(300, p, random, 9).v, 0);  // 255 - 255
}

/// Draws 1 to 255 come 256 times each in the full period of 65535, draw 0 once less.
TEST(TrueNorthNeuron, LfsrHasFullPeriod) {
    std::vector<int> seen(256, 0);
    Lfsr random;
    for (int k = 0; k < 65535; ++k)
        ++seen[static_cast<std::size_t>(random.draw())];
    EXPECT_EQ(seen[0], 255);
    for (std::size_t value = 1; value < 256; ++value)
        EXPECT_EQ(seen[value], 256) << value;
}

/// One draw is eight shifts, bit by bit.
TEST(TrueNorthNeuron, LfsrFollowsItsPolynomial) {
    Lfsr random;
    std::uint32_t state = 1;
    for (int k = 0; k < 1000; ++k) {
        for (int shift = 0; shift < 8; ++shift)
            state = (state >> 1) ^ ((state & 1U) != 0 ? 0xB400U : 0U);
        ASSERT_EQ(random.draw(), static_cast<std::int32_t>(state & 0xFFU)) << k;
    }
}

TEST(TrueNorthNeuron, DrawsAreKeyedAndFair) {
    EXPECT_EQ(Lfsr(draw_key(7, 3, 9), 5).draw(), Lfsr(draw_key(7, 3, 9), 5).draw());
    double sum  = 0;
    int changes = 0, last = -1;
    constexpr std::uint32_t neurons = 4096;
    for (std::uint32_t n = 0; n < neurons; ++n) {
        const int rho = Lfsr(draw_key(7, n / 256, 0), n % 256).draw();
        sum += rho;
        changes += rho != last ? 1 : 0;
        last = rho;
    }
    EXPECT_NEAR(sum / neurons, 127.5, 5);  // four deviations: 74 / sqrt(4096) each
    EXPECT_GT(changes, 4000);
}

/// A stochastic leak of magnitude s steps with probability (s + 1) / 256.
TEST(TrueNorthNeuron, StochasticLeakStepsAsOftenAsItSays) {
    Parameters p      = standard();
    p.leak            = 63;
    p.stochastic_leak = true;
    p.threshold       = level_max;
    const Trace trace = run(p, 4000, 0, {});
    EXPECT_NEAR(trace.back().first, 1000, 110);  // four deviations of 27
}

}  // namespace
}  // namespace spikeloom::neuron::truenorth
