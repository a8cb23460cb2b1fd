// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/deadlock.hpp"

#include "hw/spec/noc_routing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace spikeloom::hw {
namespace {

using ::testing::HasSubstr;

NocSpec mesh(std::uint32_t columns, std::uint32_t rows, Routing routing,
             std::uint32_t networks = 1) {
    NocSpec noc;
    noc.columns  = columns;
    noc.rows     = rows;
    noc.routing  = routing;
    noc.networks = networks;
    return noc;
}

/// Each channel of a ring ends where the next begins, the last where the first begins.
void expect_ring(const std::vector<NocChannel>& ring) {
    ASSERT_GE(ring.size(), 2U);
    for (std::size_t i = 0; i < ring.size(); ++i)
        EXPECT_EQ(ring[i].to, ring[(i + 1) % ring.size()].from);
}

TEST(Deadlock, DimensionOrderOnAMeshIsFree) {
    for (const Routing routing : {Routing::xy, Routing::yx}) {
        EXPECT_TRUE(find_channel_cycle(mesh(1, 1, routing)).empty());
        EXPECT_TRUE(find_channel_cycle(mesh(8, 4, routing)).empty());
        EXPECT_TRUE(find_channel_cycle(mesh(64, 64, routing)).empty());
    }
}

TEST(Deadlock, EveryShippedChipIsFree) {
    std::size_t meshes = 0;
    for (const std::string& name : builtin_chips()) {
        const auto chip = load_chip(name);
        ASSERT_TRUE(chip);
        if (chip->topology.kind != "mesh" && chip->topology.kind != "torus") continue;
        const auto noc = noc_spec(*chip);
        ASSERT_TRUE(noc) << to_string(noc.error());
        EXPECT_TRUE(find_channel_cycle(*noc).empty()) << name;
        ++meshes;
    }
    EXPECT_GE(meshes, 2U);
}

TEST(Deadlock, BothOrdersOnOneNetworkDeadlockOnTwoTheyDoNot) {
    const auto ring = find_channel_cycle(mesh(3, 3, Routing::o1turn, 1));
    expect_ring(ring);
    std::set<std::uint32_t> corners;
    for (const NocChannel& channel : ring)
        corners.insert(channel.from);
    EXPECT_GE(corners.size(), 4U);  // a turn in each of the four directions
    EXPECT_TRUE(find_channel_cycle(mesh(3, 3, Routing::o1turn, 2)).empty());
    EXPECT_TRUE(find_channel_cycle(mesh(8, 1, Routing::o1turn, 1)).empty());  // no turns in a row
}

/// Up to 3 routers a ring needs no second hop; of 4, ties that go the direct way leave it open.
TEST(Deadlock, ATorusDeadlocksFromFiveRoutersOn) {
    NocSpec torus = mesh(4, 3, Routing::xy);
    torus.wrap    = true;
    EXPECT_TRUE(find_channel_cycle(torus).empty());
    torus.columns   = 5;
    const auto ring = find_channel_cycle(torus);
    expect_ring(ring);
    EXPECT_EQ(ring.size(), 5U);
}

/// The search over ways of two hops finds what a search over all sources and destinations finds.
TEST(Deadlock, TwoHopsShowEveryDependency) {
    for (const bool wrap : {false, true}) {
        for (const bool y_before_x : {false, true}) {
            for (const auto& [columns, rows] : {std::pair{5U, 4U}, {4U, 7U}, {2U, 3U}}) {
                NocSpec noc     = mesh(columns, rows, y_before_x ? Routing::yx : Routing::xy);
                noc.wrap        = wrap;
                const auto port = [&](std::uint32_t at, std::uint32_t to) {
                    return next_port(steps(at % columns, to % columns, columns, wrap),
                                     steps(at / columns, to / columns, rows, wrap), y_before_x);
                };
                std::set<std::vector<std::uint32_t>> all, near;
                for (std::uint32_t at = 0; at < noc.routers(); ++at) {
                    for (std::uint32_t to = 0; to < noc.routers(); ++to) {
                        if (at == to) continue;
                        const auto one = *neighbour(noc, at, port(at, to));
                        if (one == to) continue;
                        const auto two = *neighbour(noc, one, port(one, to));
                        all.insert({at, one, two});
                        if (two == to) near.insert({at, one, two});
                    }
                }
                EXPECT_EQ(all, near);
            }
        }
    }
}

TEST(DeadlockErrors, TheRingIsNamed) {
    const auto chip = load_chip("loihi", {{"topology.kind", "torus"}});
    ASSERT_TRUE(chip);
    const auto noc = noc_spec(*chip);
    ASSERT_FALSE(noc);
    EXPECT_EQ(noc.error().code, "chip.deadlock");
    EXPECT_THAT(noc.error().message, HasSubstr("8 channels wait for each other in a ring"));
    EXPECT_THAT(noc.error().message, HasSubstr("(0,0) -> (1,0)"));
    const auto single =
        load_chip("loihi", {{"topology.routing", "o1turn"}, {"topology.networks", "1"}});
    ASSERT_TRUE(single);
    EXPECT_EQ(noc_spec(*single).error().code, "chip.deadlock");
    const auto two = load_chip("loihi", {{"topology.routing", "o1turn"}});
    ASSERT_TRUE(two);
    EXPECT_TRUE(noc_spec(*two));
}

}  // namespace
}  // namespace spikeloom::hw
