// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/bare_graph.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>

namespace spikeloom::mapping {
namespace {

template <class Word>
void append(std::string& bytes, std::initializer_list<Word> words) {
    for (const Word word : words) {
        char raw[sizeof(Word)];
        std::memcpy(raw, &word, sizeof(Word));
        bytes.append(raw, sizeof(Word));
    }
}

/// Three neurons, 0 -> {2, 1, 2}, 1 -> {}, 2 -> {0}.
std::string small_graph() {
    std::string bytes;
    append<std::uint32_t>(bytes, {3});
    append<std::uint64_t>(bytes, {4, 0, 3, 3, 4});
    append<std::uint32_t>(bytes, {2, 1, 2, 0});
    append<std::uint32_t>(bytes, {7, 8, 9, 0, 0, 1});
    return bytes;
}

TEST(BareGraph, IsReadAndNormalised) {
    const auto problem = parse_bare_graph(small_graph(), "small");
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->neurons, 3U);
    EXPECT_EQ(problem->targets, (std::vector<std::uint32_t>{1, 2, 0}));
    EXPECT_EQ(problem->synapses, (std::vector<std::uint32_t>{1, 2, 1}));
    EXPECT_EQ(problem->spikes, (std::vector<std::uint32_t>{7, 8, 9}));
    EXPECT_EQ(problem->population, (std::vector<std::uint32_t>{0, 0, 1}));
}

TEST(BareGraph, EveryTruncationIsRefused) {
    const std::string bytes = small_graph();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto problem = parse_bare_graph(bytes.substr(0, size), "cut");
        ASSERT_FALSE(problem) << size;
        EXPECT_EQ(problem.error().code, "map.graph-truncated");
    }
}

TEST(BareGraph, SenselessContentIsRefused) {
    std::string trailing = small_graph() + "x";
    EXPECT_EQ(parse_bare_graph(trailing, "").error().code, "map.graph-malformed");
    std::string target    = small_graph();
    target[4 + 8 + 4 * 8] = 3;
    EXPECT_EQ(parse_bare_graph(target, "").error().code, "map.graph-malformed");
    std::string offset = small_graph();
    offset[4 + 8 + 8]  = 5;
    EXPECT_EQ(parse_bare_graph(offset, "").error().code, "map.graph-malformed");
}

TEST(BareGraph, HugeCountsAreRefusedWithoutMemory) {
    std::string bytes;
    append<std::uint32_t>(bytes, {0xFFFFFFFFU});
    append<std::uint64_t>(bytes, {0xFFFFFFFFFFFFFFFFULL, 0});
    EXPECT_EQ(parse_bare_graph(bytes, "").error().code, "map.graph-truncated");
}

}  // namespace
}  // namespace spikeloom::mapping
