// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/spike_list.hpp"

#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace spikeloom::link {
namespace {

using Neurons = std::vector<std::uint32_t>;

Neurons assembled(const std::vector<Spikes>& messages, std::uint32_t neurons) {
    SpikeAssembler assembler{neurons};
    Neurons out;
    for (const Spikes& message : messages) {
        const auto added = assembler.add(message, out);
        EXPECT_TRUE(added.has_value()) << (added ? "" : added.error().message);
    }
    return out;
}

TEST(SpikeList, DeltaListAsDocumented) {
    const auto messages = encode_spikes(7, Neurons{0, 1, 255, 256 + 255, 1000}, 8192);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].tick, 7U);
    EXPECT_EQ(messages[0].format, 0U);
    EXPECT_EQ(messages[0].body, (Bytes{0, 0, 253, 255, 0, 255, 233}));
}

TEST(SpikeList, BitmapAboveATenth) {
    const auto messages = encode_spikes(7, Neurons{0, 9, 10}, 29);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].format, 1U);
    EXPECT_EQ(messages[0].body, (Bytes{0x01, 0x06}));
    EXPECT_EQ(encode_spikes(7, Neurons{0, 9, 10}, 30)[0].format, 0U);
    EXPECT_TRUE(encode_spikes(7, {}, 30).empty());
}

TEST(SpikeList, AnySetComesBack) {
    KeyedSequence draws{2, Stream::test, 0};
    for (const double density : {0.0005, 0.01, 0.09, 0.2, 1.0}) {
        Neurons neurons;
        for (std::uint32_t j = 0; j < 8192; ++j)
            if (draws.uniform() < density) neurons.push_back(j);
        EXPECT_EQ(assembled(encode_spikes(0, neurons, 8192), 8192), neurons) << density;
    }
}

TEST(SpikeList, ManySpikesTakeSeveralMessages) {
    Neurons all(8192);
    std::iota(all.begin(), all.end(), 0U);
    const auto messages = encode_spikes(1, all, 8192);
    ASSERT_EQ(messages.size(), 5U);
    EXPECT_EQ(messages[0].format, 0x01);
    EXPECT_EQ(messages[4].format, 0x81);
}

TEST(SpikeList, RefusesWhatNoDeviceSends) {
    Neurons out;
    const auto code = [&out](const std::vector<Spikes>& messages) -> std::string {
        SpikeAssembler assembler{16};
        for (const Spikes& message : messages)
            if (const auto added = assembler.add(message, out); !added) return added.error().code;
        return "";
    };
    EXPECT_EQ(code({{0, 0, {15}}}), "");
    EXPECT_EQ(code({{0, 0, {16}}}), "link.bad-message");
    EXPECT_EQ(code({{0, 0, {3, 255}}}), "link.bad-message");
    EXPECT_EQ(code({{0, 1, {0, 0, 1}}}), "link.bad-message");
    EXPECT_EQ(code({{0, 2, {0}}}), "link.bad-message");
    EXPECT_EQ(code({{0, 0, {1}}, {1, 0x80, {1}}}), "link.bad-message");
    EXPECT_EQ(code({{0, 0x80, {1}}}), "link.bad-message");
    EXPECT_EQ(code({{0, 1, {1}}, {0, 0x80, {1}}}), "link.bad-message");
    EXPECT_EQ(code({{0, 1, Bytes(200, 0)}, {0, 0x81, {}}}), "link.bad-message");
}

}  // namespace
}  // namespace spikeloom::link
