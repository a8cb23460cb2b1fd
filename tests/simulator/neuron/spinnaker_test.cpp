// SPDX-License-Identifier: Apache-2.0
#include "simulator/neuron/spinnaker.hpp"

#include "simulator/neuron/spinnaker_stdp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace spikeloom::neuron::spinnaker {
namespace {

using ::testing::ElementsAre;

/// dt 1 ms, tau_m 20 ms, everything at rest at 0.
Parameters leaky(Rounding rounding) {
    Parameters p;
    p.resistance  = accum_one;
    p.membrane    = 31170;  // exp(-1/20) in 2^-15
    p.v_threshold = INT32_MAX;
    p.rounding    = rounding;
    return p;
}

std::vector<Accum> membranes(Accum bias, Rounding rounding) {
    Parameters p = leaky(rounding);
    p.bias       = bias;
    State s;
    std::vector<Accum> all;
    for (int t = 0; t < 8; ++t) {
        update(s, p, {});
        all.push_back(s.v);
    }
    return all;
}

TEST(Spinnaker, MembraneUnderAConstantCurrent) {
    EXPECT_THAT(membranes(accum_one, Rounding::floor),
                ElementsAre(1598, 3119, 4565, 5941, 7250, 8495, 9679, 10805));
    EXPECT_THAT(membranes(accum_one, Rounding::nearest),
                ElementsAre(1598, 3118, 4564, 5939, 7247, 8492, 9676, 10802));
    EXPECT_THAT(membranes(-accum_one, Rounding::floor),
                ElementsAre(-1598, -3118, -4563, -5938, -7246, -8490, -9673, -10799));
    EXPECT_THAT(membranes(-accum_one, Rounding::nearest),
                ElementsAre(-1598, -3118, -4564, -5939, -7247, -8492, -9676, -10802));
}

TEST(Spinnaker, RoundingByName) {
    EXPECT_EQ(rounding_by_name("floor"), Rounding::floor);
    EXPECT_EQ(rounding_by_name("nearest"), Rounding::nearest);
    EXPECT_EQ(rounding_by_name("up"), std::nullopt);
}

TEST(Spinnaker, ReachingTheThresholdIsEnough) {
    for (const Accum threshold : {1598, 1599}) {
        Parameters p  = leaky(Rounding::floor);
        p.bias        = accum_one;
        p.v_threshold = threshold;
        State s;
        EXPECT_EQ(update(s, p, {}), threshold == 1598);
    }
}

TEST(Spinnaker, RefractoryTicksIntegrateTheCurrentOnly) {
    Parameters p        = leaky(Rounding::floor);
    p.bias              = accum_one;
    p.v_threshold       = 1;
    p.refractory        = 2;
    p.gain[excitatory]  = accum_one;
    p.decay[excitatory] = 1U << 31;
    State s;
    std::vector<bool> spikes;
    for (int t = 0; t < 6; ++t)
        spikes.push_back(update(s, p, {t == 1 ? 64 : 0, 0}));
    EXPECT_THAT(spikes, ElementsAre(true, false, false, true, false, false));
    EXPECT_EQ(s.input[excitatory], 4);  // 64 in tick 1, halved in 2, 3, 4 and 5
}

TEST(Spinnaker, CurrentsDecayByAFlooredProduct) {
    EXPECT_EQ(decay(7, 1U << 31), 3);
    EXPECT_EQ(decay(-7, 1U << 31), -4);
    EXPECT_EQ(decay(INT32_MAX, 0xFFFFFFFF), INT32_MAX - 1);
}

TEST(Spinnaker, RingBuffersSaturateAndCount) {
    std::uint64_t saturated = 0;
    EXPECT_EQ(add_to_ring(0xFFFE, 1, saturated), 0xFFFF);
    EXPECT_EQ(saturated, 0U);
    EXPECT_EQ(add_to_ring(0xFFFF, 1, saturated), 0xFFFF);
    EXPECT_EQ(add_to_ring(0x8000, 0xFFFF, saturated), 0xFFFF);
    EXPECT_EQ(saturated, 2U);
    EXPECT_EQ(ring_current(0xFFFF, 4), 0xFFFF0);
}

TEST(Spinnaker, SumsWrapAt32Bits) {
    EXPECT_EQ(wrap(std::int64_t{INT32_MAX} + 1), INT32_MIN);
    EXPECT_EQ(ring_current(0xFFFF, 16), -65536);
}

StdpRule rule(Pairing pairing) {
    StdpRule r;
    r.pairing = pairing;
    for (std::size_t t = 0; t < stdp_entries; ++t) {
        r.plus[t] = r.minus[t] = static_cast<std::int16_t>(
            std::lround(stdp_one * std::exp(-static_cast<double>(t) / 20)));
    }
    r.a_plus  = 100;
    r.a_minus = 50;
    return r;
}

PostHistory history(std::initializer_list<std::uint32_t> times, const StdpRule& r) {
    PostHistory h;
    for (const std::uint32_t t : times)
        h.add(t, r);
    return h;
}

TEST(SpinnakerStdp, PostAfterPrePotentiatesWhenTheNextPreComes) {
    const StdpRule r      = rule(Pairing::pair);
    const PreTrace pre    = after_spike({}, 10, r);
    const PostHistory one = history({15}, r);
    const std::int32_t up = (r.plus[5] * 100) >> 11;
    // The second pre spike comes so late that nothing of the post trace is left.
    EXPECT_EQ(bring_up_to_date(1000, pre, one, 400, r), 1000 + up);
    // In the tick of the post spike itself it does not depress.
    EXPECT_EQ(bring_up_to_date(1000, pre, one, 15, r), 1000 + up);
    EXPECT_EQ(bring_up_to_date(1000, pre, one, 16, r), 1000 + up - ((r.minus[1] * 50) >> 11));
    EXPECT_EQ(bring_up_to_date(1000, pre, one, 14, r), 1000);
}

TEST(SpinnakerStdp, APostSpikeInTheTickOfThePreDoesNothing) {
    const StdpRule r   = rule(Pairing::pair);
    const PreTrace pre = after_spike({}, 10, r);
    EXPECT_EQ(bring_up_to_date(1000, pre, history({10}, r), 400, r), 1000);
    EXPECT_NE(bring_up_to_date(1000, pre, history({11}, r), 400, r), 1000);
}

TEST(SpinnakerStdp, BackDelayShiftsTheWindow) {
    StdpRule r         = rule(Pairing::pair);
    r.back_delay       = 3;
    const PreTrace pre = after_spike({}, 10, r);
    // A post spike of tick 7 reaches the synapse in tick 10: with the pre spike, so not after it.
    EXPECT_EQ(bring_up_to_date(1000, pre, history({7}, r), 400, r), 1000);
    EXPECT_EQ(bring_up_to_date(1000, pre, history({8}, r), 400, r),
              1000 + ((r.plus[1] * 100) >> 11));
}

TEST(SpinnakerStdp, TablesEndAfter256Ticks) {
    const StdpRule r = rule(Pairing::pair);
    EXPECT_EQ(stdp_decay(stdp_one, r.plus, 255), r.plus[255]);
    EXPECT_EQ(stdp_decay(stdp_one, r.plus, 256), 0);
}

TEST(SpinnakerStdp, PairTracesAddUpNearestOnesDoNot) {
    const StdpRule pair = rule(Pairing::pair), nearest = rule(Pairing::nearest);
    EXPECT_EQ(after_spike(after_spike({}, 10, pair), 11, pair).trace, stdp_one + pair.plus[1]);
    EXPECT_EQ(after_spike(after_spike({}, 10, nearest), 11, nearest).trace, stdp_one);
    EXPECT_EQ(history({10, 11}, pair).trace[2], stdp_one + pair.minus[1]);
    EXPECT_EQ(history({10, 11}, nearest).trace[2], stdp_one);
}

TEST(SpinnakerStdp, TheHistoryKeepsTheLastSixteen) {
    const StdpRule r = rule(Pairing::nearest);
    PostHistory h;
    for (std::uint32_t t = 1; t <= 15; ++t)
        h.add(t, r);
    EXPECT_EQ(h.count, history_size);
    EXPECT_EQ(h.time[0], 0U);
    h.add(16, r);
    EXPECT_EQ(h.count, history_size);
    EXPECT_EQ(h.time[0], 1U);
    EXPECT_EQ(h.time[15], 16U);
}

TEST(SpinnakerStdp, WeightsAreClampedOnceAtTheEnd) {
    StdpRule r         = rule(Pairing::pair);
    r.w_max            = 1020;
    r.w_min            = 990;
    const PreTrace pre = after_spike({}, 10, r);
    EXPECT_EQ(bring_up_to_date(1000, pre, history({11}, r), 400, r), 1020);
    EXPECT_EQ(bring_up_to_date(1000, {}, history({11}, r), 12, r), 990);
}

TEST(SpinnakerStdp, TheMultiplierTakesLowHalves) {
    EXPECT_EQ(stdp_multiply(0x10000 + 2048, 2048), 2048);
    EXPECT_EQ(stdp_multiply(-2048, 2049), -2049);
}

}  // namespace
}  // namespace spikeloom::neuron::spinnaker
