// SPDX-License-Identifier: Apache-2.0
/// Loihi's learning engine: rounding by chance, products, write-back.
#include "simulator/neuron/loihi_learning.hpp"

#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

namespace spikeloom::neuron::loihi {
namespace {

std::uint32_t random(std::uint64_t k) {
    return static_cast<std::uint32_t>(keyed_bits(1, Stream::test, 5, k));
}

TEST(LoihiRounding, WholeNumbersAreLeftAlone) {
    for (std::uint64_t k = 0; k < 100; ++k)
        EXPECT_EQ(round_stochastically(5 << 7, 7, random(k)), 5);
}

TEST(LoihiRounding, GoesUpWithTheFractionsProbability) {
    for (const int fraction : {1, 32, 64, 127}) {
        int ups = 0;
        for (std::uint64_t k = 0; k < 20000; ++k)
            ups += static_cast<int>(round_stochastically(128 * 3 + fraction, 7, random(k)) - 3);
        EXPECT_NEAR(ups / 20000.0, fraction / 128.0, 0.012) << fraction;
    }
    EXPECT_EQ(round_stochastically(1, 1, 0x7FFFFFFF), 1);  // n-1 and n of the comparison
    EXPECT_EQ(round_stochastically(1, 1, 0x80000000), 0);
}

TEST(LoihiTrace, DecaysOnTheMeanAsAnExponential) {
    const std::uint32_t keep = trace_keep(1e-3, 10e-3);
    double sum               = 0;
    for (std::uint64_t n = 0; n < 4000; ++n) {
        std::int32_t x = 100;
        for (std::uint64_t t = 0; t < 10; ++t)
            x = decay_trace(x, keep, random(n * 16 + t));
        sum += x;
    }
    EXPECT_NEAR(sum / 4000, 100 * std::exp(-1.0), 0.5);
}

TEST(LoihiTrace, SaturatesAtSevenBits) {
    EXPECT_EQ(bump_trace(120, 7 << 8, 0), 127);
    EXPECT_EQ(bump_trace(120, 8 << 8, 0), 127);
    EXPECT_EQ(bump_trace(0, (3 << 8) + 128, 0), 4);           // fraction one half, drawn
    EXPECT_EQ(bump_trace(0, (3 << 8) + 128, 0x80000000), 3);  // and not drawn
}

TEST(LoihiEpoch, TheLastSpikeIsKept) {
    EpochSpike spike;
    EXPECT_FALSE(spike.add(3));
    EXPECT_TRUE(spike.add(5));
    EXPECT_EQ(spike.last, 5);
}

Values values(std::int32_t x0, std::int32_t x1, std::int32_t y0, std::int32_t y1) {
    Values v{};
    v[static_cast<std::size_t>(Variable::x0)] = x0;
    v[static_cast<std::size_t>(Variable::x1)] = x1;
    v[static_cast<std::size_t>(Variable::y0)] = y0;
    v[static_cast<std::size_t>(Variable::y1)] = y1;
    return v;
}

TEST(LoihiProduct, GatedByItsDependency) {
    const Product p{3, 2, Variable::y0, {Factor{Variable::x1, 0}}, 1};
    EXPECT_EQ(evaluate(p, values(1, 50, 0, 0)), 0);
    EXPECT_EQ(evaluate(p, values(0, 50, 1, 0)), 3 * 50 * 4);
}

TEST(LoihiProduct, ShiftsWhatExceedsTheAccumulator) {
    // Two traces: 7 + 7 + 4 - 15 = 3 bits too many.
    const Product p{
        -5, 1, Variable::constant, {Factor{Variable::x1, 0}, Factor{Variable::y1, 2}}, 2};
    EXPECT_EQ(evaluate(p, values(0, 100, 0, 60)), ((-5 * 100 * 62) >> 3) * 2);
    // x + c is clipped to the factor's width.
    const Product q{1, 0, Variable::constant, {Factor{Variable::x1, 100}}, 1};
    EXPECT_EQ(evaluate(q, values(0, 100, 0, 0)), 127);
    const Product r{7, 9, Variable::constant, {Factor{Variable::x1, 0}}, 1};
    EXPECT_EQ(evaluate(r, values(0, 127, 0, 0)), 32767);
    const Product s{-8, 9, Variable::constant, {Factor{Variable::x1, 0}}, 1};
    EXPECT_EQ(evaluate(s, values(0, 127, 0, 0)), -32768);
}

TEST(LoihiWriteBack, RoundsAwayFromZeroByChance) {
    EXPECT_EQ(write_back(128 * 5 + 64, 0), 6);
    EXPECT_EQ(write_back(128 * 5 + 64, 0xFFFFFFFF), 5);
    EXPECT_EQ(write_back(-(128 * 5 + 64), 0), -6);
}

TEST(LoihiWriteBack, KeepsSignModeRangeAndStep) {
    const WeightFormat excitatory{0, 8, SignMode::excitatory}, mixed{0, 8, SignMode::mixed};
    EXPECT_EQ(learned_weight(10, -20 * 128, excitatory, 0), 0);
    EXPECT_EQ(learned_weight(250, 20 * 128, excitatory, 0), 255);
    EXPECT_EQ(learned_weight(10, -20 * 128, mixed, 0), -10);
    EXPECT_EQ(learned_weight(10, 3 * 128, mixed, 0), 14);           // 13: rounded to even steps,
    EXPECT_EQ(learned_weight(10, 3 * 128, mixed, 0xFFFFFFFF), 12);  // up or down by chance
    EXPECT_EQ(learned_weight(254, 128 * 50, mixed, 0), 254);
    EXPECT_EQ(learned_weight(-250, -128 * 5, mixed, 0xFFFFFFFF), -254);
    double sum = 0;
    for (std::uint64_t k = 0; k < 4000; ++k)
        sum += learned_weight(100, 40, excitatory, random(k));
    EXPECT_NEAR(sum / 4000, 100 + 40 / 128.0, 0.03);
}

}  // namespace
}  // namespace spikeloom::neuron::loihi
