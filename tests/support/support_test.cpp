// SPDX-License-Identifier: Apache-2.0
#include "support/ids.hpp"
#include "support/keyed_rng.hpp"
#include "support/quantity.hpp"
#include "support/result.hpp"
#include "support/suggest.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <unordered_set>

namespace spikeloom {
namespace {

TEST(KeyedRng, IsAFunctionOfItsKeyAlone) {
    // Fixed numbers: images and spikes of former versions must come out again.
    EXPECT_EQ(mix64(0), 0xE220A8397B1DCDAFULL);  // first output of SplitMix64 with seed 0
    EXPECT_EQ(keyed_bits(1, Stream::weight, 2, 3), keyed_bits(1, Stream::weight, 2, 3));
    std::set<std::uint64_t> seen;
    for (std::uint64_t k = 0; k < 4; ++k) {
        seen.insert(keyed_bits(k, Stream::test, 0, 0));
        seen.insert(keyed_bits(9, Stream::test, k + 1, 0));
        seen.insert(keyed_bits(9, Stream::test, 0, k + 1));
        seen.insert(keyed_bits(9, static_cast<Stream>(k + 1), 99, 99));
    }
    EXPECT_EQ(seen.size(), 16U);
}

TEST(KeyedRng, UniformFillsTheUnitInterval) {
    std::array<int, 16> cells{};
    for (std::uint64_t id = 0; id < 100; ++id)
        for (std::uint64_t tick = 0; tick < 160; ++tick)
            ++cells[static_cast<std::size_t>(keyed_uniform(5, Stream::test, id, tick) * 16)];
    double chi = 0;
    for (const int count : cells)
        chi += (count - 1000.0) * (count - 1000.0) / 1000.0;
    EXPECT_LT(chi, 44.0);  // 15 degrees of freedom; above 44 once in 10^4 seeds
}

TEST(KeyedRng, SequenceIsRepeatableAndBounded) {
    KeyedSequence a{1, Stream::test, 2}, b{1, Stream::test, 2}, c{1, Stream::test, 2, 1};
    std::set<std::uint64_t> faces;
    bool differs = false;
    for (int k = 0; k < 200; ++k) {
        const std::uint64_t face = a.below(6);
        EXPECT_EQ(face, b.below(6));
        differs = c.below(6) != face || differs;
        faces.insert(face);
    }
    EXPECT_TRUE(differs);
    EXPECT_EQ(faces, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5}));
}

TEST(KeyedRng, NormalHasItsMoments) {
    KeyedSequence sequence{1, Stream::test, 3};
    double sum = 0, squares = 0;
    constexpr int draws = 20'000;
    for (int k = 0; k < draws; ++k) {
        const double x = sequence.normal();
        sum += x;
        squares += x * x;
    }
    EXPECT_NEAR(sum / draws, 0, 0.03);
    EXPECT_NEAR(squares / draws, 1, 0.05);
}

TEST(Quantity, EnergyAddsExactly) {
    using namespace literals;
    Energy sum = 3 * 1.5_pJ;
    sum += Energy{1};
    EXPECT_EQ(sum.femtojoules, 4501);
    EXPECT_EQ((sum + Energy{-1}).femtojoules, 4500);
    EXPECT_DOUBLE_EQ(sum.joules(), 4.501e-12);
    EXPECT_LT(Energy{1}, Energy{2});
}

TEST(Quantity, TicksAndCyclesCount) {
    EXPECT_EQ((Tick{3} + 4).value, 7U);
    EXPECT_EQ((Cycle{3} + 4) - Cycle{2}, 5U);
    EXPECT_LT(Tick{1}, Tick{2});
}

TEST(Ids, OrderAndHash) {
    EXPECT_LT(CoreId{1}, CoreId{2});
    const std::unordered_set<NeuronId> all{{1}, {2}, {1}};
    EXPECT_EQ(all.size(), 2U);
}

TEST(Result, DiagnosticsReadAsOneLineEach) {
    EXPECT_EQ(to_string(Diagnostic{"a.b", "is wrong", {"f.json", "/x/0"}, {"see y"}}),
              "error[a.b]: f.json:/x/0: is wrong\n  note: see y");
    EXPECT_EQ(to_string(Diagnostic{"a.b", "is wrong", {"f.json", ""}, {}}),
              "error[a.b]: f.json: is wrong");
    EXPECT_EQ(to_string(Diagnostic{"a.b", "is wrong", {}, {}}), "error[a.b]: is wrong");
    EXPECT_EQ(to_string(Diagnostics{{"a", "x", {}, {}}, {"b", "y", {}, {}}}),
              "error[a]: x\nerror[b]: y");
    const Result<int> failed = fault("a.b", "is wrong", {"f", ""}, {"note"});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().notes.size(), 1U);
}

constexpr std::array<std::string_view, 4> words{"tau_mem", "tau_syn", "weights", "r"};

TEST(Suggest, FindsTheNearestWord) {
    EXPECT_EQ(nearest_word("tau_men", words), "tau_mem");
    EXPECT_EQ(nearest_word("TAU_SYN", words), "tau_syn");
    EXPECT_EQ(nearest_word("weihgts", words), "weights");
    EXPECT_EQ(nearest_word("weight", words), "weights");
    EXPECT_EQ(nearest_word("R", words), "r");
    EXPECT_EQ(did_you_mean("tau_sin", words), "; did you mean 'tau_syn'?");
}

TEST(Suggest, KeepsQuietWhenNothingIsNear) {
    EXPECT_EQ(nearest_word("banana", words), "");
    EXPECT_EQ(nearest_word("", words), "");
    EXPECT_EQ(nearest_word(std::string(100'000, 'w'), words), "");
    EXPECT_EQ(did_you_mean("banana", words), "");
}

}  // namespace
}  // namespace spikeloom
