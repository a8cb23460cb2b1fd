// SPDX-License-Identifier: Apache-2.0
/// Power: the published points of a full chip, and other supply voltages.
#include "backends/truenorth/power.hpp"

#include "benchmarks/truenorth/recurrent_chip.hpp"

#include <gtest/gtest.h>

namespace spikeloom::backends::truenorth {
namespace {

hw::ChipSpec chip() {
    auto spec = hw::load_chip("truenorth");
    EXPECT_TRUE(spec);
    return *spec;
}

double watts(const Counters& c, const hw::EnergyTable& table) {
    const double seconds = static_cast<double>(c.ticks) * 1e-3;
    double joules        = table.static_watts() * seconds;
    joules += static_cast<double>(c.synaptic_events) * table.per_event("synaptic_events")->joules();
    if (const auto hop = table.per_event("hops"))
        joules += static_cast<double>(c.hops) * hop->joules();
    return joules / seconds;
}

struct Point {
    double hertz, milliwatts;
};

class FullChip : public ::testing::TestWithParam<Point> {};

/// 1,048,576 neurons, 268 M crossbar points.
TEST_P(FullChip, DrawsThePublishedPower) {
    const hw::ChipSpec spec = chip();
    const auto model        = recurrent_chip(*machine_of(spec), {.rate = GetParam().hertz});
    constexpr int ticks     = 30;
    for (int t = 0; t < warm_up_ticks; ++t)
        model->step();
    const Counters before = model->counters();
    for (int t = 0; t < ticks; ++t)
        model->step();
    const Counters c    = between(before, model->counters());
    const double spikes = static_cast<double>(c.spikes);
    EXPECT_NEAR(spikes / (1 << 20) / (ticks * 1e-3), GetParam().hertz, 0.02 * GetParam().hertz);
    EXPECT_NEAR(static_cast<double>(c.hops) / spikes, 42.6, 0.5);
    const double wanted = GetParam().milliwatts * 1e-3;
    EXPECT_NEAR(watts(c, *spec.energy_table()), wanted, 0.01 * wanted);
    EXPECT_NEAR(watts(c, *spec.energy_table("fit-800mv-hops")), wanted, 0.01 * wanted);
    EXPECT_EQ(c.overruns, 0U);
    EXPECT_LT(model->memory_bytes(), 120'000'000U);
}

INSTANTIATE_TEST_SUITE_P(At800mV, FullChip,
                         ::testing::Values(Point{11.58, 68}, Point{20.07, 71}, Point{95.93, 94}),
                         [](const auto& test) {
                             return std::to_string(static_cast<int>(test.param.milliwatts)) + "mW";
                         });

TEST(Power, VoltageMovesBothTerms) {
    EXPECT_DOUBLE_EQ(static_watts(0.80, 0.06443), 0.06443);
    EXPECT_NEAR(static_watts(0.70, 0.06443), 0.042, 1e-9);
    EXPECT_NEAR(static_watts(1.05, 0.06443), 0.1106, 1e-9);
    EXPECT_LT(static_watts(0.75, 0.06443), static_watts(0.775, 0.06443));
    EXPECT_DOUBLE_EQ(event_factor(0.4), 0.25);
}

/// 323 mW at 1.05 V, 200 Hz and 256 synapses: the point that the upper law was drawn through.
TEST(Power, EnvelopeIsReached) {
    hw::ChipSpec spec              = chip();
    spec.timing.at("supply").value = 1.05;
    rescale_power(spec);
    const hw::EnergyTable& table = *spec.energy_table();
    const double events          = 200.0 * 256 * (1 << 20);
    const double total =
        table.static_watts() + events * table.events.at("synaptic_events").value * 1e-12;
    EXPECT_NEAR(total, 0.323, 0.001);
    EXPECT_EQ(table.events.at("synaptic_events").source, "estimate");
}

TEST(Power, NominalVoltageLeavesTheTableAlone) {
    hw::ChipSpec spec = chip();
    rescale_power(spec);
    EXPECT_EQ(spec.energy_table()->static_watts(), chip().energy_table()->static_watts());
    EXPECT_NE(spec.energy_table()->events.at("synaptic_events").source, "estimate");
}

}  // namespace
}  // namespace spikeloom::backends::truenorth
