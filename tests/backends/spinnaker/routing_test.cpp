// SPDX-License-Identifier: Apache-2.0
/// Routing on random machines with dead chips and links, every key walked.
#include "backends/spinnaker/routing.hpp"

#include "support/keyed_rng.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <set>

namespace spikeloom::backends::spinnaker {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint32_t block_bits = 4;

/// `count` blocks of 16 keys from random living cores to up to `fan_out` random ones.
std::vector<KeyBlock> random_blocks(const Machine& machine, std::uint32_t count,
                                    std::uint32_t fan_out, std::uint64_t seed) {
    KeyedSequence random{seed, Stream::test, 1};
    const auto place = [&] {
        Place p{};
        do {
            p.chip = static_cast<std::uint32_t>(random.below(machine.chips()));
        } while (!machine.alive(p.chip));
        p.core = 1 + static_cast<std::uint32_t>(random.below(16));
        return p;
    };
    std::vector<KeyBlock> blocks;
    for (std::uint32_t b = 0; b < count; ++b) {
        std::set<Place> to;
        for (std::uint64_t k = 0; k <= random.below(fan_out); ++k)
            to.insert(place());
        blocks.push_back(
            {b << block_bits, ~((1U << block_bits) - 1), place(), {to.begin(), to.end()}});
    }
    return blocks;
}

Machine damaged(std::uint32_t side, std::uint64_t seed) {
    Machine machine{side, side, true};
    KeyedSequence random{seed, Stream::test, 2};
    for (std::uint32_t k = 0; k < side; ++k) {
        machine.kill_link(static_cast<std::uint32_t>(random.below(machine.chips())),
                          static_cast<std::uint32_t>(random.below(link_count)));
    }
    machine.kill_chip(static_cast<std::uint32_t>(random.below(machine.chips())));
    return machine;
}

std::size_t size_of(const std::vector<RouterTable>& tables) {
    std::size_t all = 0;
    for (const RouterTable& table : tables)
        all += table.entries.size();
    return all;
}

TEST(Machine, LinksAreTheSixOfTheTriangularTorus) {
    const Machine machine{8, 8, true};
    for (std::uint32_t chip = 0; chip < machine.chips(); ++chip) {
        for (std::uint32_t link = 0; link < link_count; ++link) {
            const auto next = machine.neighbour(chip, link);
            ASSERT_TRUE(next);
            EXPECT_EQ(machine.neighbour(*next, opposite_link(link)), chip);
        }
    }
    EXPECT_EQ(machine.neighbour(0, 1), 9U);   // north-east
    EXPECT_EQ(machine.neighbour(0, 4), 63U);  // south-west, round the rims
    const Machine board{2, 2, false};
    EXPECT_EQ(board.neighbour(0, 4), std::nullopt);
}

TEST(Machine, DistanceEqualsTheShortestPath) {
    for (const bool wrap : {true, false}) {
        const Machine machine{7, 5, wrap};
        for (std::uint32_t from = 0; from < machine.chips(); ++from) {
            std::vector<int> reached(machine.chips(), -1);
            std::deque<std::uint32_t> queue{from};
            reached[from] = 0;
            while (!queue.empty()) {
                const std::uint32_t chip = queue.front();
                queue.pop_front();
                EXPECT_EQ(machine.distance(from, chip), static_cast<std::uint32_t>(reached[chip]));
                for (std::uint32_t link = 0; link < link_count; ++link) {
                    const auto next = machine.neighbour(chip, link);
                    if (!next || reached[*next] >= 0) continue;
                    reached[*next] = reached[chip] + 1;
                    queue.push_back(*next);
                }
            }
        }
    }
}

TEST(Routing, StraightWaysNeedEntriesAtTheirEndsOnly) {
    const Machine machine{8, 8, true};
    const KeyBlock block{0x100, 0xFFFFFFF0, {0, 1}, {{3, 5}}};
    const auto tables = make_tables(machine, std::span{&block, 1}).value();
    EXPECT_THAT(tables[0].entries, ElementsAre(TableEntry{0x100, 0xFFFFFFF0, to_link(0)}));
    EXPECT_TRUE(tables[1].entries.empty());
    EXPECT_EQ(tables[1].passing.size(), 1U);
    EXPECT_THAT(tables[3].entries, ElementsAre(TableEntry{0x100, 0xFFFFFFF0, to_core(5)}));
    const Walk done = walk(machine, tables, {0, 1}, 0x10F);
    EXPECT_EQ(done.hops, 3U);
    EXPECT_THAT(done.reached, ElementsAre(Place{3, 5}));
    EXPECT_EQ(walk(machine, tables, {0, 1}, 0x110).dropped, 1U);
}

TEST(Routing, EveryKeyReachesItsCoresAndNoOthersAlsoWhenMinimised) {
    std::uint64_t walked = 0;
    std::size_t before = 0, after = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Machine machine = damaged(4 + static_cast<std::uint32_t>(seed % 9), seed);
        const auto blocks =
            random_blocks(machine, 150, 1 + 3 * static_cast<std::uint32_t>(seed % 8), seed);
        auto tables = make_tables(machine, blocks).value();
        auto good   = verify_routing(machine, blocks, tables, walked);
        ASSERT_TRUE(good) << good.error().message;
        before += size_of(tables);
        for (RouterTable& table : tables)
            minimise(table);
        good = verify_routing(machine, blocks, tables, walked);
        ASSERT_TRUE(good) << "minimised: " << good.error().message;
        after += size_of(tables);
    }
    std::cout << walked << " keys walked, " << before << " entries, " << after << " minimised\n";
    EXPECT_LT(after, before);
    EXPECT_GE(walked, 20U * 2 * 16 * 150);
}

TEST(Routing, AWrongEntryIsFound) {
    const Machine machine{6, 6, true};
    const auto blocks    = random_blocks(machine, 40, 8, 5);
    auto tables          = make_tables(machine, blocks).value();
    std::uint64_t walked = 0;
    ASSERT_TRUE(verify_routing(machine, blocks, tables, walked));
    for (RouterTable& table : tables) {
        if (table.entries.empty()) continue;
        table.entries.front().route ^= to_core(17);
        break;
    }
    const auto found = verify_routing(machine, blocks, tables, walked);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, "spinnaker.routing");
}

TEST(Routing, MergingSparesWhatPassesByDefault) {
    // Keys 0 and 3 go to core 1; 1 passes through. One entry for both would catch it.
    RouterTable table{{{0, 0xFFFFFFFF, to_core(1)}, {3, 0xFFFFFFFF, to_core(1)}},
                      {{1, 0xFFFFFFFF, to_link(0)}}};
    minimise(table);
    EXPECT_EQ(table.entries.size(), 2U);
    table.passing.clear();
    minimise(table);
    EXPECT_THAT(table.entries, ElementsAre(TableEntry{0, 0xFFFFFFFC, to_core(1)}));
}

TEST(Routing, TheCommonestRouteMayCoverTheRareOnesAboveIt) {
    RouterTable table;
    for (std::uint32_t key = 0; key < 16; ++key)
        table.entries.push_back({key, 0xFFFFFFFF, key == 5 ? to_core(2) : to_core(1)});
    minimise(table);
    EXPECT_THAT(table.entries, ElementsAre(TableEntry{5, 0xFFFFFFFF, to_core(2)},
                                           TableEntry{0, 0xFFFFFFF0, to_core(1)}));
}

TEST(RoutingErrors, AChipBehindDeadLinks) {
    Machine machine{4, 4, true};
    for (std::uint32_t link = 0; link < link_count; ++link)
        machine.kill_link(5, link);
    const KeyBlock block{0, 0xFFFFFFFF, {0, 1}, {{5, 1}}};
    const auto tables = make_tables(machine, std::span{&block, 1});
    ASSERT_FALSE(tables);
    EXPECT_EQ(tables.error().code, "spinnaker.unreachable");
    EXPECT_THAT(tables.error().message, HasSubstr("chip 5 cannot be reached from chip 0"));
}

}  // namespace
}  // namespace spikeloom::backends::spinnaker
