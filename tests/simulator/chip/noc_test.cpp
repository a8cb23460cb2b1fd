// SPDX-License-Identifier: Apache-2.0
#include "simulator/chip/noc.hpp"

#include "hw/spec/deadlock.hpp"
#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace spikeloom::chip {
namespace {

hw::NocSpec mesh(std::uint32_t columns, std::uint32_t rows) {
    hw::NocSpec noc;
    noc.columns = columns;
    noc.rows    = rows;
    return noc;
}

/// Sends one packet at cycle 0 and returns the cycle in which it is delivered.
std::uint64_t alone(Noc& noc, std::uint32_t from, std::uint32_t network, std::uint32_t to,
                    std::uint32_t flits) {
    const std::uint64_t start = noc.now();
    noc.send(from, network, to, flits, 7);
    std::optional<std::uint64_t> arrived;
    while (noc.next_cycle() != Noc::never) {
        const std::uint64_t cycle = noc.next_cycle();
        noc.step(cycle);
        for (const Noc::Delivery& packet : noc.delivered()) {
            EXPECT_EQ(packet.tag, 7U);
            EXPECT_EQ(packet.core, to);
            EXPECT_FALSE(arrived);
            arrived = cycle - start;
            noc.release(packet, cycle);
        }
    }
    EXPECT_TRUE(arrived);
    return arrived.value_or(0);
}

TEST(Noc, ZeroLoadLatencyIsTheFormula) {
    hw::NocSpec spec      = mesh(5, 4);
    spec.cores_per_router = 3;
    spec.networks         = 2;
    spec.routing          = hw::Routing::o1turn;
    spec.link_buffer      = 16;
    spec.core_buffer      = 16;
    spec.hop_x_ps         = 4000;
    spec.hop_y_ps         = 6000;
    spec.eject_ps         = 2000;
    spec.inject_ps        = 3000;
    for (const auto switching : {hw::Switching::wormhole, hw::Switching::virtual_cut_through}) {
        spec.switching = switching;
        const NocLayout layout{spec};
        Noc noc{layout};
        KeyedSequence random{1, Stream::test, 0};
        for (int i = 0; i < 300; ++i) {
            const auto from    = static_cast<std::uint32_t>(random.below(layout.cores));
            const auto to      = static_cast<std::uint32_t>(random.below(layout.cores));
            const auto network = static_cast<std::uint32_t>(random.below(2));
            const auto flits   = static_cast<std::uint32_t>(1 + random.below(9));
            const auto hops    = hw::hops(spec, from / 3, to / 3);
            const std::uint64_t formula =
                3 + 4 * hops.east_west + 6 * hops.north_south + 2 + (flits - 1);
            EXPECT_EQ(alone(noc, from, network, to, flits), formula);
            EXPECT_EQ(layout.zero_load_cycles(network, from, to, flits), formula);
        }
    }
}

TEST(Noc, TheSlowestLinkPacesAPacket) {
    hw::NocSpec spec  = mesh(4, 1);
    spec.chip_columns = 2;
    spec.chip_hop_ps  = 20'000;
    spec.chip_flit_ps = 5000;
    const NocLayout layout{spec};
    Noc noc{layout};
    EXPECT_EQ(alone(noc, 0, 0, 1, 4), 1U + 1 + 1 + 3);
    EXPECT_EQ(alone(noc, 0, 0, 3, 4), 1U + 1 + 20 + 1 + 1 + 3 * 5);
    EXPECT_EQ(layout.zero_load_cycles(0, 0, 3, 4), 39U);
}

/// A place of the next buffer is used again after hop + credit cycles; with so many places a flow
/// never waits, with one less it does. Flit k leaves after floor(k / places) rounds.
TEST(Noc, CreditsReturnInTimeForARoundTripOfPlacesAndNotForOneLess) {
    constexpr std::uint32_t hop = 3, credit = 2, flits = 64;
    for (const std::uint32_t places : {hop + credit, hop + credit - 1, 1U}) {
        hw::NocSpec spec = mesh(2, 1);
        spec.switching   = hw::Switching::wormhole;
        spec.link_buffer = places;
        spec.core_buffer = flits;
        spec.hop_x_ps    = hop * 1000;
        spec.credit_ps   = credit * 1000;
        const NocLayout layout{spec};
        Noc noc{layout};
        const std::uint64_t rounds = (flits - 1) / places * (hop + credit) + (flits - 1) % places;
        EXPECT_EQ(alone(noc, 0, 0, 1, flits), 1 + hop + 1 + rounds) << places;
        if (places == hop + credit) {
            EXPECT_EQ(1 + hop + 1 + rounds, layout.zero_load_cycles(0, 0, 1, flits));
        }
    }
}

/// Two packets for a core that takes nothing: the second is delivered when the buffer holds both,
/// not when it is one flit short.
TEST(Noc, ACoreThatTakesNothingStopsTheNextPacket) {
    for (const std::uint32_t places : {8U, 7U}) {
        hw::NocSpec spec = mesh(2, 1);
        spec.core_buffer = places;
        spec.send_queue  = 2;
        const NocLayout layout{spec};
        Noc noc{layout};
        noc.send(0, 0, 1, 4, 0);
        noc.send(0, 0, 1, 4, 1);
        std::vector<Noc::Delivery> delivered;
        const auto run = [&] {
            while (noc.next_cycle() != Noc::never) {
                noc.step(noc.next_cycle());
                delivered.insert(delivered.end(), noc.delivered().begin(), noc.delivered().end());
            }
        };
        run();
        EXPECT_EQ(delivered.size(), places == 8 ? 2U : 1U);
        noc.release(delivered[0], noc.now() + 5000);  // far beyond what the wheel reaches
        run();
        EXPECT_EQ(delivered.size(), 2U);
        EXPECT_EQ(noc.packets_under_way(), 0U);
    }
}

/// Random packets of random length from all cores at once, taken at random times.
struct Storm {
    std::uint64_t flits_in = 0, flits_out = 0, packets = 0;
    std::vector<std::uint64_t> link_flits, expected_link_flits;
};

Storm storm(Noc& noc, const NocLayout& layout, std::uint64_t seed, std::uint32_t packets_each) {
    Storm result;
    result.expected_link_flits.assign(layout.links.size(), 0);
    KeyedSequence random{seed, Stream::test, 1};
    const std::uint32_t networks = layout.noc.networks;
    struct Sent {
        std::uint32_t from, network, to, flits;
        bool delivered = false;
    };
    std::vector<Sent> sent;
    std::vector<std::uint32_t> todo(layout.cores, packets_each);
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t> last;
    std::uint64_t left = std::uint64_t{packets_each} * layout.cores;
    while (left > 0 || noc.next_cycle() != Noc::never) {
        for (std::uint32_t core = 0; core < layout.cores; ++core) {
            const auto network = static_cast<std::uint32_t>(random.below(networks));
            if (todo[core] == 0 || !noc.can_send(core, network)) continue;
            const auto to    = static_cast<std::uint32_t>(random.below(layout.cores));
            const auto flits = static_cast<std::uint32_t>(1 + random.below(12));
            noc.send(core, network, to, flits, static_cast<std::uint32_t>(sent.size()));
            sent.push_back({core, network, to, flits});
            result.flits_in += flits;
            layout.walk(
                network, layout.router_of(core), layout.router_of(to),
                [&](std::uint32_t out) { result.expected_link_flits[layout.link[out]] += flits; });
            --todo[core];
            --left;
        }
        const std::uint64_t cycle = std::min(noc.next_cycle(), noc.now());
        noc.step(cycle);
        for (const Noc::Delivery& packet : noc.delivered()) {
            Sent& s = sent.at(packet.tag);
            EXPECT_FALSE(s.delivered);  // none doubled
            s.delivered = true;
            EXPECT_EQ(packet.core, s.to);
            EXPECT_EQ(packet.network, s.network);
            EXPECT_EQ(packet.flits, s.flits);
            const auto [flow, first] = last.try_emplace({s.from, s.network, s.to}, packet.tag);
            EXPECT_TRUE(first || flow->second < packet.tag);  // none overtaken within a flow
            flow->second = packet.tag;
            noc.release(packet, cycle + random.below(50));
        }
        // A loop that makes no headway must end as a failure, not as a time-out.
        if (cycle > 10'000'000) ADD_FAILURE() << "no end";
        if (cycle > 10'000'000) break;
    }
    for (const Sent& s : sent)
        EXPECT_TRUE(s.delivered);  // none lost
    result.packets    = sent.size();
    result.flits_out  = noc.counts().flits_out;
    result.link_flits = noc.link_flits();
    return result;
}

class NocStorm : public ::testing::TestWithParam<std::tuple<hw::Routing, hw::Switching, int>> {};

TEST_P(NocStorm, NothingIsLostDoubledOrOvertaken) {
    const auto [routing, switching, depth] = GetParam();
    hw::NocSpec spec                       = mesh(4, 3);
    spec.cores_per_router                  = 2;
    spec.networks                          = 2;
    spec.routing                           = routing;
    spec.switching                         = switching;
    spec.link_buffer                       = static_cast<std::uint32_t>(depth);
    spec.core_buffer                       = static_cast<std::uint32_t>(depth);
    spec.send_queue                        = 3;
    spec.hop_x_ps                          = 2000;
    spec.hop_y_ps                          = 3000;
    spec.flit_ps                           = depth % 2 == 0 ? 1000 : 2000;
    ASSERT_TRUE(hw::check_deadlock(spec));
    const NocLayout layout{spec};
    Noc noc{layout};
    const Storm result = storm(noc, layout, 5, 120);
    EXPECT_EQ(result.packets, 120U * layout.cores);
    EXPECT_EQ(noc.counts().flits_in, result.flits_in);
    EXPECT_EQ(result.flits_out, result.flits_in);
    EXPECT_EQ(noc.counts().order_faults, 0U);
    EXPECT_EQ(result.link_flits, result.expected_link_flits);
    EXPECT_EQ(noc.packets_under_way(), 0U);
    // All places came back: a packet behind the storm has the empty network to itself.
    for (std::uint32_t from = 0; from < layout.cores; from += 5)
        for (std::uint32_t to = 0; to < layout.cores; to += 7)
            EXPECT_EQ(alone(noc, from, 1, to, 1), layout.zero_load_cycles(1, from, to, 1));
}

INSTANTIATE_TEST_SUITE_P(All, NocStorm,
                         ::testing::Combine(::testing::Values(hw::Routing::xy, hw::Routing::yx,
                                                              hw::Routing::o1turn),
                                            ::testing::Values(hw::Switching::wormhole,
                                                              hw::Switching::virtual_cut_through),
                                            ::testing::Values(1, 2, 5, 16)));

TEST(Noc, SameTrafficSameCycles) {
    const NocLayout layout{mesh(4, 4)};
    Noc a{layout}, b{layout};
    storm(a, layout, 3, 50);
    storm(b, layout, 3, 50);
    EXPECT_EQ(a.now(), b.now());
    EXPECT_EQ(a.counts().evaluations, b.counts().evaluations);
    const std::uint64_t first = a.now();
    a.reset();
    storm(a, layout, 3, 50);
    EXPECT_EQ(a.now(), first);
}

/// What check_deadlock() refuses does come to a standstill.
TEST(Noc, ARingOfWaitingChannelsStandsStill) {
    hw::NocSpec spec = mesh(5, 1);
    spec.wrap        = true;
    spec.switching   = hw::Switching::wormhole;
    spec.link_buffer = 2;
    spec.core_buffer = 64;
    ASSERT_FALSE(hw::check_deadlock(spec));
    const NocLayout layout{spec};
    Noc noc{layout};
    for (std::uint32_t core = 0; core < 5; ++core)
        noc.send(core, 0, (core + 2) % 5, 64, core);
    while (noc.next_cycle() != Noc::never)
        noc.step(noc.next_cycle());
    EXPECT_EQ(noc.packets_under_way(), 5U);
}

TEST(Noc, IdleCyclesAreSkippedAndIdleRoutersNotEvaluated) {
    hw::NocSpec spec = mesh(64, 64);
    spec.hop_x_ps = spec.hop_y_ps = 50'000;
    const NocLayout layout{spec};
    Noc noc{layout};
    noc.send(0, 0, layout.cores - 1, 1, 0);
    std::uint64_t steps = 0;
    for (; noc.next_cycle() != Noc::never; ++steps)
        noc.step(noc.next_cycle());
    EXPECT_EQ(noc.now(), 1U + 126 * 50 + 1 + 1);
    EXPECT_EQ(noc.counts().evaluations, 127U);  // each router on the way once
    EXPECT_LE(steps, 2U * 127 + 2);             // and one cycle more for each credit
}

}  // namespace
}  // namespace spikeloom::chip
