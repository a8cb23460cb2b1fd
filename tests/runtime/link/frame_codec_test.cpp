// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/frame_codec.hpp"

#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace spikeloom::link {
namespace {

std::vector<Bytes> decode_all(FrameDecoder& decoder, std::span<const std::uint8_t> bytes) {
    std::vector<Bytes> bodies;
    for (const std::uint8_t byte : bytes)
        if (const auto body = decoder.feed(byte)) bodies.emplace_back(body->begin(), body->end());
    return bodies;
}

Bytes framed(const Bytes& body) {
    Bytes line;
    append_frame(body, line);
    return line;
}

TEST(FrameCodec, FcsHasThePublishedCheckValue) {
    constexpr std::string_view check = "123456789";
    EXPECT_EQ(fcs16({reinterpret_cast<const std::uint8_t*>(check.data()), check.size()}), 0x906E);
}

TEST(FrameCodec, EscapesFlagAndEscape) {
    EXPECT_EQ(framed({0x7E, 0x7D, 0x01}),
              (Bytes{0x7E, 0x7D, 0x5E, 0x7D, 0x5D, 0x01, 0x3A, 0x07, 0x7E}));
}

TEST(FrameCodec, EveryBodyComesBack) {
    FrameDecoder decoder{1, 300};
    KeyedSequence draws{1, Stream::test, 0};
    for (int n = 0; n < 500; ++n) {
        Bytes body(1 + draws.below(300));
        for (auto& byte : body)
            byte = static_cast<std::uint8_t>(draws.below(4) == 0 ? 0x7D + draws.below(2)
                                                                 : draws.bits());
        EXPECT_EQ(decode_all(decoder, framed(body)), std::vector<Bytes>{body});
    }
    EXPECT_EQ(decoder.counts().good, 500U);
    EXPECT_EQ(decoder.counts().bad(), 0U);
}

TEST(FrameCodec, FramesMayShareAFlag) {
    FrameDecoder decoder{1, 10};
    Bytes line         = framed({1, 2});
    const Bytes second = framed({3, 4});
    line.insert(line.end(), second.begin() + 1, second.end());
    EXPECT_EQ(decode_all(decoder, line), (std::vector<Bytes>{{1, 2}, {3, 4}}));
}

TEST(FrameCodec, DropsAndCountsWhatIsBad) {
    FrameDecoder decoder{2, 4};
    Bytes wrong = framed({1, 2, 3});
    wrong[2] ^= 0x01;
    EXPECT_TRUE(decode_all(decoder, wrong).empty());
    EXPECT_TRUE(decode_all(decoder, framed({1})).empty());
    EXPECT_TRUE(decode_all(decoder, framed({1, 2, 3, 4, 5})).empty());
    EXPECT_TRUE(decode_all(decoder, Bytes{0x7E, 0x01, 0x7D, 0x7E}).empty());
    EXPECT_EQ(decoder.counts().bad_fcs, 1U);
    EXPECT_EQ(decoder.counts().too_short, 1U);
    EXPECT_EQ(decoder.counts().too_long, 1U);
    EXPECT_EQ(decoder.counts().aborted, 1U);
    EXPECT_EQ(decode_all(decoder, framed({1, 2, 3, 4})).size(), 1U);
    EXPECT_EQ(decode_all(decoder, framed({1, 2})).size(), 1U);
}

TEST(FrameCodec, GarbageBeforeTheFirstFlagIsNoFrame) {
    FrameDecoder decoder{1, 8};
    EXPECT_TRUE(decode_all(decoder, Bytes(1000, 0x55)).empty());
    EXPECT_EQ(decode_all(decoder, framed({9})).size(), 1U);
    EXPECT_EQ(decoder.counts().bad(), 0U);
}

TEST(FrameCodec, EveryChangedByteIsNoticed) {
    const Bytes good = framed({1, 0x7E, 3, 4, 5, 0x7D, 7, 8});
    for (std::size_t place = 1; place + 1 < good.size(); ++place) {
        for (int flip = 1; flip < 256; ++flip) {
            FrameDecoder decoder{1, 16};
            Bytes line = good;
            line[place] ^= static_cast<std::uint8_t>(flip);
            EXPECT_TRUE(decode_all(decoder, line).empty()) << place << " " << flip;
        }
    }
}

}  // namespace
}  // namespace spikeloom::link
