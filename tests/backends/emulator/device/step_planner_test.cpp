// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/step_planner.hpp"

#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

#include <map>

namespace spikeloom::backends::emulator {
namespace {

TEST(StepPlanner, OneTickAMessage) {
    StepPlanner planner{1};
    EXPECT_TRUE(planner.push(1, 7, 1));
    const auto first = planner.next(3);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(first->first, 0U);
    EXPECT_EQ(first->ticks, 1U);
    const auto second = planner.next(3);
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(second->step.records.at(0).sources, (std::vector<std::uint16_t>{7}));
    EXPECT_EQ(second->step.records.at(0).advance, 1);
    EXPECT_TRUE(planner.next(3).has_value());
    EXPECT_FALSE(planner.next(3).has_value());
    EXPECT_EQ(planner.next_tick(), 3U);
}

TEST(StepPlanner, QuietTicksShareARecord) {
    StepPlanner planner{64};
    EXPECT_TRUE(planner.push(10, 1, 1));
    EXPECT_TRUE(planner.push(10, 0, 1));
    const auto step = planner.next(20);
    ASSERT_TRUE(step.has_value());
    EXPECT_EQ(step->ticks, 20U);
    ASSERT_EQ(step->step.records.size(), 2U);
    EXPECT_EQ(step->step.records[0].advance, 10);
    EXPECT_EQ(step->step.records[1].advance, 10);
    EXPECT_EQ(step->step.records[1].sources, (std::vector<std::uint16_t>{0, 1}));
}

TEST(StepPlanner, RefusesThePastAndDisorder) {
    StepPlanner planner{4};
    EXPECT_TRUE(planner.push(5, 0, 1));
    EXPECT_FALSE(planner.push(4, 0, 1));
    EXPECT_TRUE(planner.push(5, 1, 1));
    while (planner.next(8))
        ;
    EXPECT_FALSE(planner.push(7, 0, 1));
    EXPECT_TRUE(planner.push(8, 0, 1));
}

/// Whatever is pushed comes out: the same spikes for each tick, in messages that fit.
TEST(StepPlanner, EveryInputComesOutInItsTick) {
    for (const std::uint32_t ticks_per_step : {1U, 7U, 256U}) {
        StepPlanner planner{ticks_per_step};
        KeyedSequence draws{ticks_per_step, Stream::test, 0};
        std::map<std::uint64_t, std::map<std::uint32_t, std::uint32_t>> wanted, got;
        for (std::uint64_t tick = 0; tick < 200; tick += draws.below(5)) {
            const std::uint64_t events = draws.below(4) == 0 ? 1500 : draws.below(30);
            for (std::uint64_t n = 0; n < events; ++n) {
                const auto source = static_cast<std::uint32_t>(draws.below(4096));
                const auto count  = static_cast<std::uint32_t>(draws.below(3));
                ASSERT_TRUE(planner.push(tick, source, count));
                if (count > 0) wanted[tick][source] += count;
            }
        }
        std::uint64_t tick = 0;
        while (const auto planned = planner.next(250)) {
            EXPECT_EQ(planned->first, tick);
            EXPECT_LE(planned->ticks, ticks_per_step);
            EXPECT_LE(encode(link::HostMessage{planned->step}).size(), link::payload_max);
            for (const auto& record : planned->step.records) {
                for (const auto source : record.sources)
                    ++got[tick][source];
                tick += record.advance;
            }
        }
        EXPECT_EQ(tick, 250U);
        EXPECT_TRUE(got == wanted);
    }
}

}  // namespace
}  // namespace spikeloom::backends::emulator
