// SPDX-License-Identifier: Apache-2.0
#include "hw/image/image.hpp"

#include "support/atomic_file.hpp"
#include "support/keyed_rng.hpp"
#include "tests/support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <limits>

namespace spikeloom::hw {
namespace {

HardwareImage example() {
    HardwareImage image;
    image.target       = "emulator";
    image.chip         = "emulator-sim";
    image.chip_hash    = 0xFEDCBA9876543210ULL;
    image.network_hash = 7;
    image.tool_version = "0.1.0";
    image.seed         = 0xFFFFFFFFFFFFFFFFULL;
    image.dt           = 1e-4;
    image.options      = {{"integrator", "euler"}, {"reset", "value"}};
    PopulationSymbol source{"in", {2, 3}, true, false, 0, {{0, 6, CoreId{0}, SlotId{0}}}, 12.5, {}};
    PopulationSymbol hidden{"hidden", {4}, false,        true,
                            2,        {},  std::nullopt, {{"v", 0.25}, {"i", 1e-9}}};
    hidden.placed      = {{0, 1, CoreId{0}, SlotId{3}}, {1, 3, CoreId{1}, SlotId{0}}};
    image.populations  = {source, hidden};
    image.cores        = {{CoreId{0}, {{"rows", {0, 255, 0, 10}}, {"empty", {}}}}, {CoreId{1}, {}}};
    image.routing      = {{"table", {1, 2, 3}}};
    image.quantisation = {{"in->hidden", "weight", 24, 127.5, 0.1, 0.05, 0.2, 3}};
    image.utilisation  = {{"neurons", CoreId{0}, 4, 8192}, {"cores", std::nullopt, 2, 4}};
    return image;
}

std::string code_of(const std::string& bytes) {
    const auto image = decode(bytes, "x.img");
    return image ? "ok" : image.error().code;
}

TEST(Image, RoundTripLosesNothing) {
    const HardwareImage image = example();
    const std::string bytes   = encode(image);
    const auto back           = decode(bytes, "x.img");
    ASSERT_TRUE(back) << to_string(back.error());
    EXPECT_EQ(encode(*back), bytes);
    EXPECT_EQ(back->chip_hash, image.chip_hash);
    EXPECT_EQ(back->seed, image.seed);
    EXPECT_EQ(back->options, image.options);
    ASSERT_EQ(back->populations.size(), 2U);
    EXPECT_EQ(back->populations[0].poisson_rate, 12.5);
    EXPECT_EQ(back->populations[0].size(), 6U);
    EXPECT_EQ(back->populations[1].poisson_rate, std::nullopt);
    EXPECT_EQ(back->populations[1].placed[1].core, CoreId{1});
    EXPECT_EQ(back->populations[1].unit_scale, image.populations[1].unit_scale);
    EXPECT_EQ(back->cores[0].sections, image.cores[0].sections);
    EXPECT_EQ(back->routing, image.routing);
    EXPECT_EQ(back->quantisation[0].saturated, 3U);
    EXPECT_EQ(back->utilisation[0].core, CoreId{0});
    EXPECT_EQ(back->utilisation[1].core, std::nullopt);
}

TEST(Image, FindsSections) {
    const HardwareImage image = example();
    ASSERT_NE(image.find(CoreId{0}, "rows"), nullptr);
    EXPECT_EQ(image.find(CoreId{0}, "rows")->bytes.size(), 4U);
    EXPECT_EQ(image.find(CoreId{1}, "rows"), nullptr);
    EXPECT_EQ(image.find(CoreId{2}, "rows"), nullptr);
}

TEST(Image, FilesRoundTrip) {
    const test::ScratchFolder folder;
    const auto path = folder / "x.img";
    ASSERT_TRUE(write_image(example(), path));
    const auto back = read_image(path);
    ASSERT_TRUE(back);
    EXPECT_EQ(encode(*back), encode(example()));
    const auto missing = read_image("/nonexistent/x.img");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, "file.open");
}

TEST(ImageErrors, ForeignFiles) {
    EXPECT_EQ(code_of(""), "image.not-an-image");
    EXPECT_EQ(code_of("{\"populations\": []}"), "image.not-an-image");
    EXPECT_EQ(code_of("PK\x03\x04"), "image.not-an-image");
    EXPECT_EQ(code_of("SPKLOOM!" + std::string(100, 'x')), "image.not-an-image");
}

TEST(ImageErrors, EveryTruncationIsSeen) {
    const std::string bytes = encode(example());
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        ASSERT_EQ(code_of(bytes.substr(0, size)), "image.truncated") << size;
    }
}

TEST(ImageErrors, OtherVersion) {
    std::string bytes = encode(example());
    bytes[8]          = 2;
    const auto image  = decode(bytes, "x.img");
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().code, "image.version");
    EXPECT_EQ(image.error().location.file, "x.img");
    EXPECT_NE(image.error().message.find("version 2"), std::string::npos);
}

TEST(ImageErrors, EveryFlippedBitIsSeen) {
    const std::string bytes = encode(example());
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        std::string damaged = bytes;
        damaged[bit / 8]    = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        ASSERT_NE(code_of(damaged), "ok") << "bit " << bit;
    }
    EXPECT_EQ(code_of(bytes + "x"), "image.checksum");
    std::string damaged       = bytes;
    damaged[bytes.size() - 1] = static_cast<char>(damaged[bytes.size() - 1] ^ 1);
    EXPECT_EQ(code_of(damaged), "image.checksum");
}

TEST(ImageErrors, SenselessContentIsMalformed) {
    const auto with = [](const std::function<void(HardwareImage&)>& change) {
        HardwareImage image = example();
        change(image);
        return code_of(encode(image));
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(with([](auto&) {}), "ok");
    EXPECT_EQ(with([](auto& i) { i.target.clear(); }), "image.malformed");
    EXPECT_EQ(with([](auto& i) { i.dt = 0; }), "image.malformed");
    EXPECT_EQ(with([&](auto& i) { i.dt = nan; }), "image.malformed");
    EXPECT_EQ(with([](auto& i) { i.populations[0].shape = {}; }), "image.malformed");
    EXPECT_EQ(with([](auto& i) { i.populations[0].shape = {4, 0}; }), "image.malformed");
    EXPECT_EQ(with([](auto& i) {
                  i.populations[1].shape = {65536, 65536, 65536};
              }),
              "image.malformed");
    EXPECT_EQ(with([](auto& i) { i.populations[0].shape = {4294967295U}; }), "image.malformed");
    EXPECT_EQ(with([](auto& i) { i.populations[1].placed[1].count = 4; }), "image.malformed");
    EXPECT_EQ(with([](auto& i) { i.populations[1].placed[0].count = 0; }), "image.malformed");
    EXPECT_EQ(with([](auto& i) { i.populations[1].name = "in"; }), "image.malformed");
    EXPECT_EQ(with([](auto& i) { i.populations[0].poisson_rate = -1; }), "image.malformed");
    EXPECT_EQ(with([&](auto& i) { i.populations[1].unit_scale["v"] = nan; }), "image.malformed");
    EXPECT_EQ(with([](auto& i) { i.cores[1].core = CoreId{0}; }), "image.malformed");
    EXPECT_EQ(with([](auto& i) { i.cores[0].sections[1].name = "rows"; }), "image.malformed");
}

/// Garbage behind a consistent header: the parser has to cope, and never to crash.
TEST(ImageErrors, GarbageWithAConsistentHeader) {
    int malformed = 0;
    for (std::uint64_t trial = 0; trial < 2000; ++trial) {
        KeyedSequence random{1, Stream::test, trial};
        std::string bytes = encode(example());
        for (int k = 0; k < 4; ++k) {
            bytes[24 + random.below(bytes.size() - 24)] = static_cast<char>(random.below(256));
        }
        // Make the header consistent again: CRC-32, bit by bit.
        std::uint32_t crc = 0xFFFFFFFFU;
        for (std::size_t i = 24; i < bytes.size(); ++i) {
            crc ^= static_cast<unsigned char>(bytes[i]);
            for (int b = 0; b < 8; ++b)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
        }
        crc = ~crc;
        for (int b = 0; b < 4; ++b)
            bytes[20 + static_cast<std::size_t>(b)] = static_cast<char>(crc >> (8 * b));
        const std::string code = code_of(bytes);
        ASSERT_TRUE(code == "ok" || code == "image.malformed") << code;
        if (code != "ok") ++malformed;
    }
    EXPECT_GT(malformed, 100);
}

}  // namespace
}  // namespace spikeloom::hw
