// SPDX-License-Identifier: Apache-2.0
#include "simulator/chip/tick_timer.hpp"

#include "benchmarks/noc/dvs_work.hpp"
#include "support/keyed_rng.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace spikeloom::chip {
namespace {

using ::testing::HasSubstr;

constexpr Fidelity all[] = {Fidelity::analytic, Fidelity::event, Fidelity::cycle};

std::unique_ptr<TickTimer> timer(const ChipTiming& chip, Fidelity fidelity) {
    auto made = make_tick_timer(chip, fidelity);
    EXPECT_TRUE(made) << to_string(made.error());
    return std::move(*made);
}

ChipTiming small_chip() {
    ChipTiming chip;
    chip.noc.columns          = 4;
    chip.noc.rows             = 2;
    chip.noc.cores_per_router = 2;
    chip.noc.networks         = 2;
    chip.noc.cycle_ps         = 100;
    chip.noc.flit_ps          = 1000;
    chip.noc.hop_x_ps         = 4100;
    chip.noc.hop_y_ps         = 6500;
    chip.noc.inject_ps        = 100;
    chip.noc.eject_ps         = 2000;
    chip.noc.credit_ps        = 1000;
    return chip;
}

TickWork random_work(const ChipTiming& chip, std::uint64_t seed, std::uint32_t messages_each) {
    TickWork work{chip.noc.cores()};
    KeyedSequence random{seed, Stream::test, 9};
    for (std::uint32_t core = 0; core < chip.noc.cores(); ++core) {
        if (core % 5 == 3) continue;  // some cores do nothing
        work.begin_core(core);
        for (std::uint64_t m = random.below(messages_each + 1); m > 0; --m) {
            work.soma(static_cast<std::int64_t>(random.below(20'000)));
            work.send({static_cast<std::uint32_t>(random.below(chip.noc.cores())), 1, 0, 5100,
                       static_cast<std::uint32_t>(random.below(16'000)),
                       static_cast<std::uint32_t>(random.below(60'000)),
                       static_cast<std::uint32_t>(random.below(500))});
        }
        work.soma(1234);
    }
    work.finish();
    return work;
}

TEST(TickTimer, NamesOfFidelities) {
    for (const Fidelity fidelity : all)
        EXPECT_EQ(parse_fidelity(to_string(fidelity)), fidelity);
}

TEST(TickTimerErrors, UnknownNameSizesAndDeadlock) {
    const auto fidelity = parse_fidelity("exact");
    ASSERT_FALSE(fidelity);
    EXPECT_EQ(fidelity.error().code, "chip.fidelity");
    EXPECT_THAT(fidelity.error().message, HasSubstr("analytic, event, cycle"));
    ChipTiming chip           = small_chip();
    chip.noc.cores_per_router = 13;
    EXPECT_EQ(make_tick_timer(chip, Fidelity::event).error().code, "chip.noc");
    chip                 = small_chip();
    chip.noc.link_buffer = 0;
    EXPECT_EQ(make_tick_timer(chip, Fidelity::event).error().code, "chip.noc");
    chip             = small_chip();
    chip.noc.columns = chip.noc.rows = 64;
    chip.noc.link_buffer             = 4096;
    const auto huge                  = make_tick_timer(chip, Fidelity::cycle);
    ASSERT_FALSE(huge);
    EXPECT_EQ(huge.error().code, "chip.noc");
    EXPECT_THAT(huge.error().message, HasSubstr("4194304"));
    chip              = small_chip();
    chip.noc.networks = 1;
    chip.noc.routing  = hw::Routing::o1turn;
    for (const Fidelity f : all)
        EXPECT_EQ(make_tick_timer(chip, f).error().code, "chip.deadlock");
}

TEST(TickTimer, OneMessageTakesTheFormulaAtEveryFidelity) {
    const ChipTiming chip = small_chip();
    TickWork work{chip.noc.cores()};
    work.begin_core(1);
    work.soma(30'000);
    work.send({13, 1, 0, 5100, 16'000, 31'000, 700});  // router 0 to router 6: 2 east, 1 north
    work.soma(2000);
    work.finish();
    for (const Fidelity fidelity : all) {
        const auto timing        = timer(chip, fidelity);
        const TickTiming tick    = timing->time_tick(work);
        const std::int64_t leave = 35'100;
        const std::int64_t way   = 100 + 2 * 4100 + 6500 + 2000;
        EXPECT_EQ(timing->delivered_ps()[0], leave + way + 47'700);
        EXPECT_EQ(tick.work_ps, leave + way + 47'700);
        EXPECT_EQ(tick.hops_east_west, 2U);
        EXPECT_EQ(tick.hops_north_south, 1U);
        EXPECT_EQ(tick.within_tile, 0U);
        EXPECT_EQ(tick.source_stall_ps, 0);
        EXPECT_EQ(timing->totals().delivery.maximum(), static_cast<std::uint64_t>(way + 47'700));
    }
}

TEST(TickTimer, ATickWithoutMessagesIsItsLongestCore) {
    ChipTiming chip = small_chip();
    chip.barrier_ps = 5000;
    TickWork work{chip.noc.cores()};
    work.begin_core(2);
    work.soma(700);
    work.begin_core(9);
    work.soma(900);
    work.finish();
    for (const Fidelity fidelity : all) {
        const TickTiming tick = timer(chip, fidelity)->time_tick(work);
        EXPECT_EQ(tick.work_ps, 900);
        EXPECT_EQ(tick.latency_ps, 5900);  // the barrier ends every tick
    }
    work.clear();
    work.finish();
    EXPECT_EQ(timer(chip, Fidelity::cycle)->time_tick(work).latency_ps, 5000);
}

TEST(TickTimer, LateIsAfterTheTickNotAtItsEnd) {
    ChipTiming chip = small_chip();
    TickWork work{chip.noc.cores()};
    work.send({0, 1, 0, 1000, 2000, 0, 0});
    work.finish();
    const std::int64_t delivered = 1000 + 2100 + 2000;
    for (const Fidelity fidelity : all) {
        chip.tick_ps = delivered;
        EXPECT_EQ(timer(chip, fidelity)->time_tick(work).late, 0U);
        chip.tick_ps = delivered - 1;
        EXPECT_EQ(timer(chip, fidelity)->time_tick(work).late, 1U);
    }
}

/// Messages that a busy core has not taken: `core_buffer` wait there, `link_buffer` in the router,
/// `send_queue` in the interface; the next one stops its core.
TEST(TickTimer, ACoreStopsWhenEveryPlaceOnTheWayIsTaken) {
    ChipTiming chip      = small_chip();
    chip.noc.networks    = 1;
    chip.noc.core_buffer = 3;
    chip.noc.link_buffer = 2;
    chip.noc.send_queue  = 2;
    // One message being worked on, and the places above; one more only waits, at axon-out.
    const std::uint32_t fit = 1 + 3 + 2 + 2;
    for (const std::uint32_t messages : {fit, fit + 1}) {
        TickWork work{chip.noc.cores()};
        for (std::uint32_t m = 0; m < messages; ++m)
            work.send({1, 1, 0, 10'000, 1'000'000, 0, 0});
        work.finish();
        for (const Fidelity fidelity : {Fidelity::event, Fidelity::cycle}) {
            const TickTiming tick = timer(chip, fidelity)->time_tick(work);
            EXPECT_EQ(tick.source_stall_ps > 0, messages > fit) << to_string(fidelity);
            if (messages > fit) {
                EXPECT_GT(tick.source_stall_ps, 900'000) << to_string(fidelity);
            }
        }
    }
}

/// `event` and `cycle` are written apart: on messages of one flit they agree closely (a single
/// short tick may part where both find two messages at the same time and choose differently), and
/// `analytic` stays below both.
TEST(TickTimer, FidelitiesAgreeOnRandomWork) {
    for (const std::uint32_t queue : {0U, 2U}) {
        for (const std::uint32_t depth : {1U, 4U, 32U}) {
            ChipTiming chip      = small_chip();
            chip.stage_queue     = queue;
            chip.noc.link_buffer = chip.noc.core_buffer = depth;
            const auto analytic                         = timer(chip, Fidelity::analytic);
            const auto event                            = timer(chip, Fidelity::event);
            const auto cycle                            = timer(chip, Fidelity::cycle);
            double sum_event = 0, sum_cycle = 0;
            for (std::uint64_t seed = 0; seed < 30; ++seed) {
                const TickWork work =
                    random_work(chip, seed, 1 + static_cast<std::uint32_t>(seed) * 4);
                const TickTiming a = analytic->time_tick(work);
                const TickTiming e = event->time_tick(work);
                const TickTiming c = cycle->time_tick(work);
                EXPECT_LE(a.work_ps, e.work_ps);
                EXPECT_LE(a.work_ps, c.work_ps);
                EXPECT_NEAR(static_cast<double>(e.work_ps), static_cast<double>(c.work_ps),
                            0.10 * static_cast<double>(c.work_ps));
                EXPECT_EQ(e.flits, c.flits);
                sum_event += static_cast<double>(e.work_ps);
                sum_cycle += static_cast<double>(c.work_ps);
                for (std::size_t m = 0; m < work.messages().size(); ++m)
                    EXPECT_LE(analytic->delivered_ps()[m], event->delivered_ps()[m]);
            }
            EXPECT_NEAR(sum_event, sum_cycle, 0.01 * sum_cycle);
            EXPECT_EQ(event->totals().link_flits, cycle->totals().link_flits);
        }
    }
}

TEST(TickTimer, EventIsWithinTwoPercentOfCycleOnTheDvsShape) {
    for (const char* places : {"2", "16"}) {
        const ChipTiming chip = loihi_timing({{"topology.link_buffer", places}});
        const auto analytic   = timer(chip, Fidelity::analytic);
        const auto event      = timer(chip, Fidelity::event);
        const auto cycle      = timer(chip, Fidelity::cycle);
        const DvsWork dvs{1};
        TickWork work{DvsWork::cores};
        std::uint64_t events = 0, messages = 0;
        double sum_event = 0, sum_cycle = 0;
        for (std::uint64_t tick = 0; tick < 32; ++tick) {
            events += dvs.fill(tick, work);
            messages += work.messages().size();
            const double e = static_cast<double>(event->time_tick(work).latency_ps);
            const double c = static_cast<double>(cycle->time_tick(work).latency_ps);
            EXPECT_NEAR(e / c, 1, 0.02) << tick;
            sum_event += e;
            sum_cycle += c;
            EXPECT_LE(analytic->time_tick(work).latency_ps, cycle->time_tick(work).latency_ps);
        }
        EXPECT_NEAR(sum_event / sum_cycle, 1, 0.005);
        // The shape is the published one: 42,482 synaptic events and 3,021 messages a tick.
        EXPECT_NEAR(static_cast<double>(events) / 32, 42'482, 4000);
        EXPECT_NEAR(static_cast<double>(messages) / 32, 3021, 300);
        // Enough traffic that cores do wait for the network.
        EXPECT_GT(cycle->totals().sum.source_stall_ps, 1'000'000);
    }
}

TEST(TickTimer, TicksAreIndependentAndRepeatable) {
    const ChipTiming chip = small_chip();
    const TickWork one = random_work(chip, 1, 60), other = random_work(chip, 2, 60);
    for (const Fidelity fidelity : all) {
        const auto timing        = timer(chip, fidelity);
        const std::int64_t first = timing->time_tick(one).latency_ps;
        const std::vector<std::int64_t> delivered{timing->delivered_ps().begin(),
                                                  timing->delivered_ps().end()};
        timing->time_tick(other);
        EXPECT_EQ(timing->time_tick(one).latency_ps, first);
        EXPECT_TRUE(std::equal(delivered.begin(), delivered.end(), timing->delivered_ps().begin()));
    }
}

TEST(TickTimer, TotalsAddUp) {
    const ChipTiming chip = small_chip();
    for (const Fidelity fidelity : all) {
        const auto timing = timer(chip, fidelity);
        TickTiming sum;
        std::int64_t send = 0, receive = 0, costs_out = 0, costs_in = 0;
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
            const TickWork work   = random_work(chip, seed, 40);
            const TickTiming tick = timing->time_tick(work);
            sum.latency_ps += tick.latency_ps;
            sum.messages += tick.messages;
            sum.flits += tick.flits;
            sum.source_stall_ps += tick.source_stall_ps;
            for (const Message& m : work.messages()) {
                costs_out += std::int64_t{m.soma_ps} + m.axon_out_ps;
                costs_in += std::int64_t{m.axon_in_ps} + m.synapse_ps + m.dendrite_ps;
            }
            for (std::uint32_t core = 0; core < work.cores(); ++core)
                costs_out += work.tail_ps(core);
        }
        const TimingTotals& totals = timing->totals();
        EXPECT_EQ(totals.ticks, 4U);
        EXPECT_EQ(totals.sum.latency_ps, sum.latency_ps);
        EXPECT_EQ(totals.sum.messages, sum.messages);
        EXPECT_EQ(totals.delivery.count(), sum.messages);
        EXPECT_EQ(totals.tick_latency.count(), 4U);
        EXPECT_EQ(
            std::accumulate(totals.link_flits.begin(), totals.link_flits.end(), std::uint64_t{0}),
            totals.sum.hops_east_west + totals.sum.hops_north_south);
        for (std::size_t core = 0; core < totals.core_send_ps.size(); ++core) {
            send += totals.core_send_ps[core];
            receive += totals.core_receive_ps[core];
        }
        EXPECT_EQ(send, costs_out);
        EXPECT_EQ(receive, costs_in);
        EXPECT_EQ(std::accumulate(totals.core_stall_ps.begin(), totals.core_stall_ps.end(),
                                  std::int64_t{0}),
                  sum.source_stall_ps);
        timing->reset();
        EXPECT_EQ(timing->totals().ticks, 0U);
        EXPECT_EQ(timing->totals().delivery.count(), 0U);
    }
}

TEST(TickWork, SomaTimeGoesInFrontOfTheNextMessage) {
    TickWork work{3};
    work.soma(5);
    work.send({2, 1, 99, 0, 0, 0, 0});  // soma_ps is filled in, whatever it was
    work.begin_core(2);
    work.soma(0x1'0000'0005);
    work.send({0, 1, 0, 0, 0, 0, 0});
    work.send({1, 1, 0, 0, 0, 0, 0});
    work.soma(7);
    work.finish();
    ASSERT_EQ(work.messages().size(), 3U);
    EXPECT_EQ(work.messages()[0].soma_ps, 5U);
    EXPECT_EQ(work.messages()[1].soma_ps, 0xFFFF'FFFFU);  // 4.29 ms, the rest follows
    EXPECT_EQ(work.messages()[2].soma_ps, 6U);
    EXPECT_EQ(work.first(1), 1U);
    EXPECT_EQ(work.first(2), 1U);
    EXPECT_EQ(work.first(3), 3U);
    EXPECT_EQ(work.tail_ps(0), 0);
    EXPECT_EQ(work.tail_ps(2), 7);
}

}  // namespace
}  // namespace spikeloom::chip
