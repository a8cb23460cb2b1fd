// SPDX-License-Identifier: Apache-2.0
/// Loihi's weights against the golden vectors G8 to G14, and its memory accounting by hand.
#include "simulator/neuron/loihi_weight.hpp"

#include "simulator/neuron/loihi_memory.hpp"

#include <gtest/gtest.h>

#include <array>

namespace spikeloom::neuron::loihi {
namespace {

/// Expected in the order of the emulators' names: nengo, lava, brian2loihi.
void expect_effective(std::int64_t w, const WeightFormat& f, std::array<std::int64_t, 3> want) {
    for (std::size_t k = 0; k < 3; ++k) {
        const auto who = static_cast<Emulator>(k);
        EXPECT_EQ(effective_weight(stored_weight(w, f, who), f, who), want[k]) << emulator_names[k];
    }
}

constexpr SignMode mixed      = SignMode::mixed;
constexpr SignMode excitatory = SignMode::excitatory;
constexpr SignMode inhibitory = SignMode::inhibitory;

TEST(LoihiWeight, G8NegativeMixedWeight) {
    expect_effective(-7, {0, 8, mixed}, {-512, -512, -384});
}
TEST(LoihiWeight, G9FourBits) {
    expect_effective(-100, {0, 4, mixed}, {-6144, -8192, -6144});
}
TEST(LoihiWeight, G10FourBitsInhibitory) {
    expect_effective(-100, {0, 4, inhibitory}, {-6144, -6144, -6144});
}
TEST(LoihiWeight, G11NegativeExponent) {
    expect_effective(3, {-1, 8, excitatory}, {128, 64, 64});
}

TEST(LoihiWeight, G12NegativeExponentOfASum) {
    const WeightFormat f{-1, 8, excitatory};
    const std::array<std::int64_t, 2> two{3, 3};
    EXPECT_EQ(effective_sum(two, f, Emulator::brian2loihi), 128);
    EXPECT_EQ(effective_sum(two, f, Emulator::lava), 192);
}

TEST(LoihiWeight, G13LargestExcitatory) {
    expect_effective(255, {7, 8, excitatory}, {2088960, 2088960, 2088960});
}
TEST(LoihiWeight, G14SmallestMixed) {
    expect_effective(-256, {7, 8, mixed}, {-2080768, -2097152, -2097088});
}

TEST(LoihiWeight, RangesOfTheFormats) {
    EXPECT_EQ(largest_weight({0, 8, mixed}), 254);
    EXPECT_EQ(smallest_weight({0, 8, mixed}), -256);
    EXPECT_EQ(largest_weight({0, 8, excitatory}), 255);
    EXPECT_EQ(smallest_weight({0, 8, inhibitory}), -255);
    EXPECT_EQ(largest_weight({0, 4, mixed}), 224);
    EXPECT_EQ(lost_bits({0, 4, mixed}), 5);
}

TEST(LoihiWeight, WhatFitsTheFormatIsKeptByAll) {
    for (std::int64_t w = -254; w <= 254; w += 2)
        for (std::size_t k = 0; k < 3; ++k)
            EXPECT_EQ(stored_weight(w, {0, 8, mixed}, static_cast<Emulator>(k)), w);
}

TEST(LoihiMemory, BlocksOfSixtyFourRoundedToWords) {
    const SynapseFields f{.weight = 8, .delay = 0, .tag = 0, .index = 10};
    EXPECT_EQ(list_bits(0, f), 0U);
    EXPECT_EQ(list_bits(1, f), 64U);     // 10 + 18
    EXPECT_EQ(list_bits(3, f), 64U);     // 10 + 54 = 64: still one word
    EXPECT_EQ(list_bits(4, f), 128U);    // 82
    EXPECT_EQ(list_bits(64, f), 1216U);  // 10 + 1152 = 1162, 19 words
    EXPECT_EQ(list_bits(65, f), 1216U + 64U);
    EXPECT_EQ(list_bits(64, {8, 6, 4, 12}), 1984U);  // 10 + 1920
}

TEST(LoihiMemory, FieldCodes) {
    EXPECT_EQ(rounded_to_code(index_bits_of_code, 1), 6U);
    EXPECT_EQ(rounded_to_code(index_bits_of_code, 10), 10U);
    EXPECT_EQ(rounded_to_code(weight_bits_of_code, 7), 8U);
}

}  // namespace
}  // namespace spikeloom::neuron::loihi
