// SPDX-License-Identifier: Apache-2.0
/// Scales, and what quantisation reports.
#include "backends/loihi/scale.hpp"
#include "backends/loihi/tables.hpp"
#include "runs.hpp"

#include <gtest/gtest.h>

namespace spikeloom::backends::loihi::test {
namespace {

Limits chip() {
    return *limits_of(*hw::load_chip("loihi"));
}

Demand demand(double weight, double level, double sum) {
    return {.largest_weight = weight,
            .largest_sum    = sum,
            .level          = level,
            .worst_i        = sum,
            .worst_v        = 10 * sum,
            .fires          = true,
            .positive       = true,
            .negative       = true,
            .in_chip_units  = false,
            .weights        = {weight, weight / 2}};
}

TEST(LoihiScale, TheLargestWeightTakesTheMantissa) {
    const Scale s = choose_scale(demand(0.7, 1, 3), chip());
    EXPECT_GE(s.levels, 127);
    EXPECT_LE(s.levels, 254);
    EXPECT_DOUBLE_EQ(s.v, s.unit * 64 * std::exp2(s.format.exponent));
    EXPECT_LT(s.worst_q, 1 << 21);
    EXPECT_LT(1.0 * s.v, 1 << 23);
}

TEST(LoihiScale, LargeSumsTakeWeightLevelsDownToSixBits) {
    EXPECT_LT(choose_scale(demand(1, 1, 200), chip()).levels, 254);
    EXPECT_LT(choose_scale(demand(1, 1, 200), chip()).worst_q, 1 << 21);
    const Scale s = choose_scale(demand(1, 1, 1e5), chip());
    EXPECT_EQ(s.format.exponent, 0);
    EXPECT_GE(s.levels, 32);
    EXPECT_GT(s.worst_q, 1 << 21);
}

TEST(LoihiScale, ChipUnitsStayAsTheyAre) {
    Demand d        = demand(100, 25, 1000);
    d.in_chip_units = true;
    const Scale s   = choose_scale(d, chip());
    EXPECT_EQ(s.v, 64);
    EXPECT_EQ(s.unit, 1);
}

TEST(LoihiScale, SignsChooseTheMode) {
    Demand d   = demand(1, 1, 3);
    d.negative = false;
    EXPECT_EQ(choose_scale(d, chip()).format.sign, neuron::loihi::SignMode::excitatory);
    d.negative = true, d.positive = false;
    EXPECT_EQ(choose_scale(d, chip()).format.sign, neuron::loihi::SignMode::inhibitory);
}

TEST(LoihiQuantise, ReportsEveryParameterWithItsError) {
    Builder b;
    const auto in = b.sources(4);
    const auto p =
        b.population("p", "cuba_lif", 3, {{"tau_syn", 5e-3}, {"tau_mem", 13e-3}, {"bias", 0.1}});
    b.project(in, p, ir::AllToAll{}, ir::Normal{0.3, 0.5});
    const auto image = compiled(b.network);
    std::map<std::string, hw::QuantisationEntry> found;
    for (const auto& entry : image.quantisation)
        found[entry.owner + "." + entry.parameter] = entry;
    for (const char* name :
         {"p.membrane_decay", "p.current_decay", "p.threshold", "p.bias", "p0.weight"})
        ASSERT_TRUE(found.contains(name)) << name;
    EXPECT_NEAR(found["p.membrane_decay"].max_error, 0, 0.5 / 4096);
    EXPECT_LT(found["p0.weight"].max_relative, 1.0 / 127);
    EXPECT_GT(found["p0.weight"].max_error, 0);
    EXPECT_EQ(found["p0.weight"].saturated, 0U);
}

TEST(LoihiQuantise, DelaysOfSixtyTwoTicksArriveWhenTheyShould) {
    Builder b;
    const auto in = b.sources(1);
    const auto p  = b.population("p", "threshold", 62);
    std::vector<double> delays;
    for (int k = 1; k <= 62; ++k)
        delays.push_back(k);
    b.project(in, p, ir::Dense{}, std::make_shared<const std::vector<double>>(62, 3.0),
              std::make_shared<const std::vector<double>>(delays));
    const auto q = b.population("q", "threshold", 62);
    b.project(p, q, ir::OneToOne{}, 3.0, 62.0);
    const auto image = compiled(b.network);
    for (const std::string device : {"golden", "event"}) {
        const Trail t = run(image, device, {{Tick{3}, NeuronId{0}, 1}}, 140);
        ASSERT_EQ(t.spikes.size(), 124U) << device;
        for (const auto& s : t.spikes) {
            const std::uint32_t k = s.neuron.value - 1;
            EXPECT_EQ(s.tick.value, k < 62 ? 3 + k : 3 + (k - 62) + 62);
        }
    }
    for (const auto& u : image.utilisation)
        if (u.resource == "compartments") {
            EXPECT_EQ(u.limit, 128U);
        }
}

}  // namespace
}  // namespace spikeloom::backends::loihi::test
