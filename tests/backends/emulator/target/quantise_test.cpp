// SPDX-License-Identifier: Apache-2.0
/// Scales: ratios survive, nothing saturates without being told, 8 bits are used well.
#include "backends/emulator/quantise.hpp"

#include "networks.hpp"
#include "support/keyed_rng.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace spikeloom::backends::emulator::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

Limits limits(const std::string& chip = "emulator-sim") {
    return *limits_of(*hw::load_chip(chip));
}

Demand demand(std::vector<double> weights, double level) {
    Demand d;
    for (const double w : weights) {
        d.largest_weight = std::max(d.largest_weight, w);
        d.largest_sum += w;
    }
    d.fan_in  = static_cast<double>(weights.size());
    d.weights = std::move(weights);
    d.level   = level;
    d.worst_i = d.largest_sum;
    d.worst_v = 20 * d.largest_sum;
    d.fires   = true;
    return d;
}

TEST(Scale, TheLargestWeightUsesTheEightBits) {
    for (const char* chip : {"emulator-sim", "emulator-up5k"}) {
        const ScaleChoice choice = choose_scale(demand({0.3, 0.1, 0.07}, 1.0), limits(chip));
        EXPECT_GE(choice.levels, 63) << chip;
        EXPECT_LE(choice.levels, 127) << chip;
        EXPECT_NEAR(choice.scale.v * 0.3 / std::exp2(choice.scale.shift), choice.levels, 1e-9);
    }
}

TEST(Scale, WholeRatiosStayExact) {
    const ScaleChoice choice = choose_scale(demand({1, 0.5, 0.25, 0.125}, 1.0), limits());
    EXPECT_EQ(std::fmod(choice.levels, 8.0), 0.0);
    const ScaleChoice thirds = choose_scale(demand({1, 1.0 / 3, 2.0 / 3}, 1.0), limits());
    EXPECT_EQ(std::fmod(thirds.levels, 3.0), 0.0);
}

TEST(Scale, OutliersAreClippedWhenThatHelps) {
    std::vector<double> weights(100000);
    for (std::size_t k = 0; k < weights.size(); ++k)
        weights[k] = 0.5 * keyed_uniform(1, Stream::test, k, 0);
    weights[7]               = 0.55;
    const ScaleChoice choice = choose_scale(demand(weights, 1.0), limits());
    EXPECT_GT(choice.levels, 127);  // one is clipped so that all others are finer
    weights[7] = 50;
    EXPECT_LE(choose_scale(demand(weights, 1.0), limits()).levels, 127);  // too dear to clip
}

TEST(Scale, WiderStatesAreFiner) {
    const auto d = demand({0.3, 0.1}, 1.0);
    EXPECT_GT(choose_scale(d, limits()).scale.shift,
              choose_scale(d, limits("emulator-up5k")).scale.shift);
}

TEST(Scale, ThresholdsAndStatesFitTheMembrane) {
    for (const char* chip : {"emulator-sim", "emulator-up5k"}) {
        const Limits l = limits(chip);
        for (const double level : {1e-3, 1.0, 20.0, 200.0}) {
            const ScaleChoice choice = choose_scale(demand({0.3, 0.1}, level), l);
            const double reached = std::max(level, std::min(2 * level, 20 * 0.4));  // the worst v
            EXPECT_LE(reached * choice.scale.v, static_cast<double>(l.membrane()) * 1.0001)
                << chip << level;
            EXPECT_GE(choice.levels, 1);
        }
    }
}

TEST(Scale, WideFanInLowersTheLevelsInsteadOfSaturating) {
    const std::vector<double> many(512, 1.0);
    const ScaleChoice choice = choose_scale(demand(many, 10.0), limits("emulator-up5k"));
    EXPECT_LE(choice.levels * 512, 32767);
    EXPECT_GE(choice.levels, 60);
}

const hw::QuantisationEntry* entry(const hw::HardwareImage& image, const std::string& owner,
                                   const std::string& parameter) {
    for (const auto& e : image.quantisation) {
        if (e.owner == owner && e.parameter == parameter) return &e;
    }
    return nullptr;
}

TEST(Report, TellsTheErrorOfEveryParameter) {
    Builder b;
    const auto in = b.sources("in", 40);
    const auto out =
        b.population("out", "cuba_lif", 30,
                     {{"tau_syn", 5e-3}, {"tau_mem", 20e-3}, {"bias", 0.01}, {"v_reset", -0.1}});
    std::vector<double> weights(1200);
    for (std::size_t k = 0; k < weights.size(); ++k)
        weights[k] = keyed_uniform(3, Stream::test, k, 0) - 0.4;
    b.dense(in, out, array(weights));
    const auto image = compiled(b.network);
    for (const char* parameter :
         {"membrane_decay", "current_decay", "bias", "threshold", "v_reset"}) {
        const auto* e = entry(image, "out", parameter);
        ASSERT_NE(e, nullptr) << parameter;
        EXPECT_EQ(e->count, 30U);
        EXPECT_LT(e->max_relative, 2e-3) << parameter;
        EXPECT_LE(e->rms_error, e->max_error * 1.0001);
    }
    const auto* w = entry(image, "in->out#0", "weight");
    ASSERT_NE(w, nullptr);
    EXPECT_EQ(w->count, 1200U);
    EXPECT_LE(w->max_error, 0.5 / w->scale * 1.0001);  // half a step
    EXPECT_GT(w->rms_error, 0.1 / w->scale);           // and not none
    EXPECT_EQ(w->saturated, 0U);
}

TEST(Report, UtilisationNamesEveryResource) {
    Builder b;
    const auto in  = b.sources("in", 4);
    const auto out = b.population("out", "lif", 3, {{"tau", 5e-3}});
    b.dense(in, out, array(std::vector<double>(12, 0.5)));
    std::map<std::string, std::uint64_t> used;
    for (const auto& u : compiled(b.network).utilisation)
        used[u.resource] = u.used;
    EXPECT_EQ(used["neurons"], 3U);
    EXPECT_EQ(used["sources"], 4U);
    EXPECT_EQ(used["synapse words"], 12U);
    EXPECT_EQ(used["parameter sets"], 1U);
    EXPECT_EQ(used["input sum"], 4U * 127);
    EXPECT_EQ(used["stdp rules"], 0U);
}

TEST(State, StartsWhereTheNetworkSays) {
    Builder b;
    b.population("p", "lif", 2, {{"tau", 10e-3}, {"v_init", array({0.5, -0.25})}});
    const auto image = compiled(b.network);
    const auto state = words(image, "state");
    ASSERT_EQ(state.size(), 8U);
    const double unit = image.populations[0].unit_scale.at("v");
    EXPECT_NEAR(static_cast<std::int32_t>(state[0]) * unit, 0.5, 1e-4);
    EXPECT_NEAR(static_cast<std::int32_t>(state[4]) * unit, -0.25, 1e-4);
    b.network.populations[0].model.parameters.erase("v_init");
    EXPECT_THAT(words(compiled(b.network), "state"), IsEmpty());
}

}  // namespace
}  // namespace spikeloom::backends::emulator::test
