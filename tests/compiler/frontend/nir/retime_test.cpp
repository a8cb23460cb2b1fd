// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/retime.hpp"

#include "compiler/frontend/nir/components.hpp"
#include "compiler/frontend/nir/explicit_delays.hpp"
#include "support/keyed_rng.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace spikeloom::frontend::nir {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Components, FindsCyclesAndOrdersThem) {
    // 0 -> 1 <-> 2 -> 3, 4 alone
    const auto component = strong_components({{1}, {2}, {1, 3}, {}, {}});
    EXPECT_EQ(component[1], component[2]);
    EXPECT_GT(component[0], component[1]);
    EXPECT_GT(component[1], component[3]);
    EXPECT_NE(component[4], component[3]);
}

TEST(Components, LongChainsNeedNoStack) {
    std::vector<std::vector<std::size_t>> successors(200000);
    for (std::size_t k = 0; k + 1 < successors.size(); ++k)
        successors[k] = {k + 1};
    const auto component = strong_components(successors);
    EXPECT_EQ(component.front(), successors.size() - 1);
}

TEST(Retime, LevelsAChainAndASkipConnection) {
    // source 0 -> 1 -> 2 -> 3 and 1 -> 3
    const auto r =
        retime({true, false, false, false}, {{0, 1, 0}, {1, 2, 0}, {2, 3, 0}, {1, 3, 0}});
    EXPECT_THAT(r.level, ElementsAre(0, 0, 1, 2));
    EXPECT_THAT(r.shift, ElementsAre(1, 1, 1, 2));
    EXPECT_THAT(r.within_level, ElementsAre(false, false, false, false));
    EXPECT_THAT(r.stretched, IsEmpty());
}

TEST(Retime, SourcesIntoDeeperLevelsWait) {
    // The event stamped t arrives at t + delay - 1, so that level 1 gets it a tick late.
    const auto r = retime({true, false, false}, {{0, 1, 0}, {1, 2, 0}, {0, 2, 0}});
    EXPECT_THAT(r.level, ElementsAre(0, 0, 1));
    EXPECT_THAT(r.shift, ElementsAre(1, 1, 2));
}

TEST(Retime, RecurrenceWithoutDelayTakesOneTick) {
    const auto r = retime({true, false}, {{0, 1, 0}, {1, 1, 0}});
    EXPECT_THAT(r.level, ElementsAre(0, 0));
    EXPECT_THAT(r.within_level, ElementsAre(false, true));
}

TEST(Retime, PopulationsOfOneInstantCycleShareALevel) {
    // 0 -> 1 -> 2 -> 1, 2 -> 3
    const auto r =
        retime({true, false, false, false}, {{0, 1, 0}, {1, 2, 0}, {2, 1, 0}, {2, 3, 0}});
    EXPECT_THAT(r.level, ElementsAre(0, 0, 0, 1));
    EXPECT_THAT(r.within_level, ElementsAre(false, true, true, false));
}

TEST(Retime, DelaysOnACyclePayForItsLevels) {
    // 1 -> 2 without, 2 -> 1 with a delay of 3: exact as 1 and 2.
    const auto r = retime({true, false, false}, {{0, 1, 0}, {1, 2, 0}, {2, 1, 3}});
    EXPECT_THAT(r.level, ElementsAre(0, 0, 1));
    EXPECT_THAT(r.shift, ElementsAre(1, 1, -1));
    EXPECT_THAT(r.stretched, IsEmpty());
}

TEST(Retime, TooShortDelaysOnACycleAreStretchedAndSaidSo) {
    // 1 -> 2 -> 1 with a delay of 1 in all: two projections need two ticks.
    const auto r =
        retime({true, false, false, false}, {{0, 1, 0}, {1, 2, 0}, {2, 1, 1}, {2, 3, 0}});
    EXPECT_THAT(r.level, ElementsAre(0, 0, 0, 1));
    EXPECT_THAT(r.stretched, ElementsAre(1, 2));
}

struct RandomNet {
    std::vector<bool> is_source;
    std::vector<TimedEdge> edges;
};

/// Edges forward with delays 0..2, edges backward with delays that pay for the cycles they close.
RandomNet random_net(std::uint64_t id) {
    KeyedSequence draw{7, Stream::test, id};
    const std::size_t count = 3 + draw.below(8);
    RandomNet net;
    for (std::size_t k = 0; k < count; ++k)
        net.is_source.push_back(k < 2);
    for (std::size_t k = 0; k < 3 * count; ++k) {
        const std::size_t a = draw.below(count);
        const std::size_t b = 2 + draw.below(count - 2);
        const bool forward  = a < 2 || a < b;
        const auto delay =
            static_cast<std::uint32_t>(forward ? draw.below(3) : count + draw.below(3));
        net.edges.push_back({a, b, delay});
    }
    return net;
}

constexpr std::size_t run_ticks = 60;
using Raster                    = std::vector<std::vector<int>>;

int stimulus(std::size_t source, std::size_t tick) {
    return static_cast<int>(keyed_bits(1, Stream::test, source, tick) & 1);
}

/// Each population gives the parity of what arrives: the graph as written, levels in one tick.
Raster run_as_written(const RandomNet& net) {
    Raster x(run_ticks, std::vector<int>(net.is_source.size(), 0));
    for (std::size_t t = 0; t < run_ticks; ++t)
        for (std::size_t k = 0; k < net.is_source.size(); ++k) {  // in order of the forward edges
            if (net.is_source[k]) x[t][k] = stimulus(k, t);
            for (const TimedEdge& e : net.edges)
                if (e.post == k && t >= e.delay) x[t][k] ^= x[t - e.delay][e.pre];
        }
    return x;
}

/// The same with the delays of the retiming, all of them at least one tick.
Raster run_retimed(const RandomNet& net, const Retiming& r) {
    Raster y(run_ticks, std::vector<int>(net.is_source.size(), 0));
    for (std::size_t t = 0; t < run_ticks; ++t)
        for (std::size_t k = 0; k < net.is_source.size(); ++k) {
            if (net.is_source[k]) y[t][k] = stimulus(k, t);
            for (std::size_t j = 0; j < net.edges.size(); ++j) {
                const TimedEdge& e = net.edges[j];
                const std::int64_t delay =
                    r.within_level[j] ? std::max(1U, e.delay) : e.delay + r.shift[j];
                EXPECT_GE(delay, 1);
                const std::int64_t lag = net.is_source[e.pre] ? delay - 1 : delay;
                if (e.post == k && static_cast<std::int64_t>(t) >= lag)
                    y[t][k] ^= y[t - static_cast<std::size_t>(lag)][e.pre];
            }
        }
    return y;
}

TEST(Retime, RetimedNetsGiveTheSamePatternShiftedByTheLevel) {
    for (std::uint64_t id = 0; id < 200; ++id) {
        const RandomNet net = random_net(id);
        const Retiming r    = retime(net.is_source, net.edges);
        ASSERT_THAT(r.stretched, IsEmpty()) << id;
        const Raster x = run_as_written(net);
        const Raster y = run_retimed(net, r);
        for (std::size_t k = 2; k < net.is_source.size(); ++k)
            for (std::size_t t = 0; t + r.level[k] < run_ticks; ++t)
                ASSERT_EQ(x[t][k], y[t + r.level[k]][k]) << id << " " << k << " " << t;
    }
}

TEST(Retime, WritingAndReadingBackKeepsEveryDelayUpToTheLevels) {
    for (std::uint64_t id = 0; id < 200; ++id) {
        RandomNet net = random_net(1000 + id);
        for (TimedEdge& e : net.edges)
            e.delay = 1 + e.delay % 4;  // a Network: any delays of at least 1
        std::vector<std::uint32_t> longest;
        for (const TimedEdge& e : net.edges)
            longest.push_back(e.delay);
        const auto implied = implied_delays(net.is_source, net.edges, longest);
        auto written       = net.edges;
        for (std::size_t k = 0; k < written.size(); ++k) {
            ASSERT_LE(implied[k], net.edges[k].delay) << id;
            written[k].delay = static_cast<std::uint32_t>(net.edges[k].delay - implied[k]);
        }
        const Retiming r = retime(net.is_source, written);
        ASSERT_THAT(r.stretched, IsEmpty()) << id;
        // late[k]: how much later population k runs in what is read back; equal for all edges.
        std::vector<std::int64_t> late(net.is_source.size(), INT64_MIN);
        for (std::size_t k = 0; k < net.is_source.size(); ++k)
            if (net.is_source[k]) late[k] = 0;
        for (std::size_t round = 0; round < net.is_source.size(); ++round)
            for (std::size_t k = 0; k < written.size(); ++k) {
                const TimedEdge& e       = net.edges[k];
                const std::int64_t delay = r.within_level[k] ? std::max(1U, written[k].delay)
                                                             : written[k].delay + r.shift[k];
                if (late[e.pre] == INT64_MIN) continue;
                const std::int64_t expected = late[e.pre] + delay - e.delay;
                if (late[e.post] == INT64_MIN) late[e.post] = expected;
                ASSERT_EQ(late[e.post], expected) << id << " edge " << k;
            }
    }
}

TEST(ImpliedDelays, ChainsAndOneTickCyclesNeedNoDelayNodes) {
    const std::vector<TimedEdge> edges{{0, 1, 1}, {1, 2, 1}, {2, 2, 1}, {2, 3, 1}, {3, 2, 1}};
    EXPECT_THAT(implied_delays({true, false, false, false}, edges, {1, 1, 1, 1, 1}),
                ElementsAre(1, 1, 1, 1, 1));
}

TEST(ImpliedDelays, LongerDelaysAreLeftOver) {
    // source -> 1 (2 ticks), 1 -> 1 (3 ticks)
    EXPECT_THAT(implied_delays({true, false}, {{0, 1, 2}, {1, 1, 3}}, {2, 3}), ElementsAre(2, 0));
}

}  // namespace
}  // namespace spikeloom::frontend::nir
