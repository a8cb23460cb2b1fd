// SPDX-License-Identifier: Apache-2.0
#include "simulator/chip/synthetic_traffic.hpp"

#include <gtest/gtest.h>

namespace spikeloom::chip {
namespace {

/// Flits a core and cycle at which the links over the middle of a k x k mesh are full: half of all
/// packets (k^2 / (k^2 - 1) of it, for no core sends to itself) cross them (Dally and Towles 2004).
constexpr double capacity(double k) {
    return 4.0 / k * (k * k - 1) / (k * k);
}

hw::NocSpec mesh8(std::uint32_t places, hw::Switching switching, std::uint32_t hop,
                  std::uint32_t credit) {
    hw::NocSpec noc;
    noc.columns = noc.rows = 8;
    noc.switching          = switching;
    noc.link_buffer = noc.core_buffer = places;
    noc.hop_x_ps = noc.hop_y_ps = noc.eject_ps = std::int64_t{hop} * 1000;
    noc.credit_ps                              = std::int64_t{credit} * 1000;
    return noc;
}

/// Share of the capacity that comes through when every core always has something to send.
double saturated(const hw::NocSpec& noc, std::uint32_t flits) {
    TrafficOptions options;
    options.packet_rate        = 0.9 / flits;
    options.flits              = flits;
    options.warmup             = 3000;
    options.measure            = 6000;
    options.drain              = 0;
    const TrafficResult result = run_uniform_traffic(noc, options);
    EXPECT_GT(result.offered_flits, 0.85);
    EXPECT_EQ(result.counts.order_faults, 0U);
    return result.accepted_flits / capacity(8);
}

TEST(Traffic, LowLoadIsZeroLoad) {
    TrafficOptions options;
    options.packet_rate = 1e-5;
    options.measure     = 2'000'000;
    const TrafficResult result =
        run_uniform_traffic(mesh8(8, hw::Switching::virtual_cut_through, 1, 1), options);
    // Mean distance of 8 x 8 without self: 2 x (8 - 1/8) / 3 x 64 / 63 = 16/3 hops.
    EXPECT_NEAR(result.latency.mean(), 1 + 16.0 / 3 + 1 + 7, 0.15);
    EXPECT_EQ(result.unfinished, 0U);
    EXPECT_GT(result.latency.count(), 1000U);
    EXPECT_LT(result.steps * 10, result.cycles);  // idle cycles are not stepped
}

TEST(Traffic, AcceptsWhatIsOfferedBelowSaturation) {
    TrafficOptions options;
    options.packet_rate = 0.01;
    options.measure     = 30'000;
    const TrafficResult result =
        run_uniform_traffic(mesh8(8, hw::Switching::virtual_cut_through, 1, 1), options);
    EXPECT_NEAR(result.offered_flits, 0.08, 0.003);
    EXPECT_NEAR(result.accepted_flits, result.offered_flits, 0.002);
    EXPECT_EQ(result.unfinished, 0U);
}

/// Published: wormhole routers with 8 flit places an input and 5-flit packets saturate at 40 % of
/// the capacity of an 8 x 8 mesh (Peh and Dally 2001); their pipeline of three stages and a link is
/// a hop of 4 cycles here, and a credit takes 4 to be back in use.
TEST(Traffic, WormholeSaturatesWherePublished) {
    const double share = saturated(mesh8(8, hw::Switching::wormhole, 4, 4), 5);
    EXPECT_GE(share, 0.40);
    EXPECT_LE(share, 0.50);
}

/// More places carry more, a deep buffer at most what waiting behind other packets leaves, and
/// nothing more than the capacity.
TEST(Traffic, ThroughputGrowsWithBuffers) {
    double before = 0;
    for (const std::uint32_t places : {2U, 4U, 8U, 16U, 64U}) {
        const double share = saturated(mesh8(places, hw::Switching::wormhole, 1, 1), 5);
        EXPECT_GT(share, before);
        EXPECT_LT(share, 1.0);
        before = share;
    }
    EXPECT_GT(before, 0.6);
}

TEST(Traffic, CutThroughSaturatesInTheRangeOfDimensionOrder) {
    const double share = saturated(mesh8(8, hw::Switching::virtual_cut_through, 1, 1), 8);
    EXPECT_GE(share, 0.40);
    EXPECT_LE(share, 0.70);
}

TEST(Traffic, TwoNetworksCarryNearlyTwice) {
    hw::NocSpec one   = mesh8(8, hw::Switching::virtual_cut_through, 1, 1);
    hw::NocSpec two   = one;
    two.networks      = 2;
    const double half = saturated(one, 5);
    const double full = saturated(two, 5);
    EXPECT_GT(full, 1.8 * half);
    EXPECT_LT(full, 2.05 * half);
}

}  // namespace
}  // namespace spikeloom::chip
