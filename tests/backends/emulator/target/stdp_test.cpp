// SPDX-License-Identifier: Apache-2.0
/// Learning: one rule in registers, columns, one weight scale for all that learn.
#include "backends/emulator/encode.hpp"
#include "backends/emulator/golden.hpp"
#include "backends/emulator/target.hpp"
#include "networks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace spikeloom::backends::emulator::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ir::Plasticity rule(double a_plus = 0.01) {
    return {"stdp_pair",
            {{"tau_plus", 20e-3},
             {"tau_minus", 10e-3},
             {"a_plus", a_plus},
             {"a_minus", 0.012},
             {"w_min", 0.0},
             {"w_max", 1.0}}};
}

/// Three sources learn two neurons; the neurons are connected without learning.
Builder learning_network() {
    Builder b;
    const auto in  = b.sources("in", 3);
    const auto out = b.population("out", "lif", 2, {{"tau", 10e-3}});
    b.dense(in, out, array({0.5, 0.25, 0.75, 0.1, 0.2, 0.3})).plasticity = rule();
    b.project(out, out, ir::AllToAll{false}, -0.4);
    return b;
}

std::map<std::uint32_t, std::uint32_t> registers(const hw::HardwareImage& image) {
    const auto pairs = words(image, "registers");
    std::map<std::uint32_t, std::uint32_t> result;
    for (std::size_t k = 0; k + 1 < pairs.size(); k += 2)
        result[pairs[k]] = pairs[k + 1];
    return result;
}

double weight_scale(const hw::HardwareImage& image) {
    for (const auto& entry : image.quantisation) {
        if (entry.parameter == "weight") return entry.scale;
    }
    return 0;
}

TEST(Stdp, TheRuleIsInTheRegisters) {
    const auto image = compiled(learning_network().network);
    auto r           = registers(image);
    const double one = weight_scale(image);
    EXPECT_GE(one, 64);  // w_max = 1 is the largest weight
    EXPECT_EQ(r[4], 1U);
    EXPECT_EQ(r[5], std::lround((1 - std::exp(-1.0 / 20)) * 65536));
    EXPECT_EQ(r[6], std::lround((1 - std::exp(-1.0 / 10)) * 65536));
    EXPECT_EQ(r[7], std::lround(0.01 * one * 64));
    EXPECT_EQ(r[8], std::lround(0.012 * one * 64));
    EXPECT_EQ(r[9], 0U);
    EXPECT_EQ(r[10], std::lround(one));
}

TEST(Stdp, ColumnsListThePlasticSynapsesByRow) {
    const auto image = compiled(learning_network().network);
    // Rows: neuron 0, neuron 1 (one synapse each), then the three sources (two synapses each).
    EXPECT_THAT(words(image, "columns"), ElementsAre(0, 3, 3, 3));
    EXPECT_THAT(words(image, "column_entries"),
                ElementsAre(8192, 2, 8193, 4, 8194, 6, 8192, 3, 8193, 5, 8194, 7));
    const auto rows = words(image, "rows");
    EXPECT_EQ(rows[1], 1U);                          // neuron 0: fixed
    EXPECT_EQ(rows[2 * 8192 + 1], 2U | (1U << 31));  // source 0: plastic
}

TEST(Stdp, PlasticWeightsKeepTheirFraction) {
    const auto image    = compiled(learning_network().network);
    const auto synapses = words(image, "synapses");
    EXPECT_EQ(synapses[4] & 0x3FFFU,
              static_cast<std::uint32_t>(std::lround(0.25 * weight_scale(image) * 64)));
}

/// Synapse words as the device holds them after a run.
std::vector<std::uint32_t> synapses_after(const hw::HardwareImage& image, bool learning) {
    const auto device = make_golden_device();
    EXPECT_TRUE(device->load(image) && device->set_plasticity(learning));
    EXPECT_TRUE(device->push(random_input(3, 200, 0.4, 7)) && device->advance(200));
    EXPECT_GT(device->drain()->size(), 10U);
    return words_of(device->read_back(only_core, "synapses")->bytes);
}

TEST(Stdp, WeightsMoveOnlyWhereTheyLearn) {
    Builder b                                                = learning_network();
    b.network.populations[1].model.parameters["v_threshold"] = 0.05;
    const auto image                                         = compiled(b.network);
    const auto before                                        = words(image, "synapses");
    EXPECT_EQ(synapses_after(image, false), before);
    const auto after = synapses_after(image, true);
    ASSERT_EQ(after.size(), 8U);
    EXPECT_EQ(after[0], before[0]);  // the lateral synapses are fixed
    EXPECT_EQ(after[1], before[1]);
    for (std::size_t k = 2; k < 8; ++k)
        EXPECT_NE(after[k], before[k]) << k;
}

TEST(Stdp, PopulationsThatLearnShareTheWeightScale) {
    Builder b = learning_network();
    const auto other =
        b.population("other", "cuba_lif", 2, {{"tau_syn", 5e-3}, {"tau_mem", 20e-3}});
    b.dense(PopulationId{0}, other, array({0.5, 0.25, 0.75, 0.1, 0.2, 0.3})).plasticity = rule();
    const auto image = compiled(b.network);
    std::vector<double> scales;
    for (const auto& entry : image.quantisation) {
        const bool learns = entry.owner.starts_with("in->");
        if (entry.parameter == "weight" && learns) scales.push_back(entry.scale);
    }
    ASSERT_EQ(scales.size(), 2U);
    EXPECT_NEAR(scales[0], scales[1], 1e-9);
}

TEST(StdpErrors, ASecondRule) {
    Builder b        = learning_network();
    const auto other = b.population("other", "lif", 2, {{"tau", 10e-3}});
    b.dense(PopulationId{0}, other, array({1, 1, 1, 1, 1, 1})).plasticity = rule(0.02);
    const auto output = compiler::compile(b.network, target(), options());
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().front().code, "emulator.stdp-rule");
    EXPECT_THAT(output.error().front().message, HasSubstr("the core has 1 rule"));
    EXPECT_EQ(output.error().front().location.where, "/projections/2/plasticity");
}

TEST(StdpErrors, NeuronsThatWeighTheirInputDifferently) {
    Builder b                                      = learning_network();
    b.network.populations[1].model.parameters["r"] = array({1.0, 2.0});
    EXPECT_THAT(fault_codes(b.network), ElementsAre("emulator.stdp-gain"));
    b.network.populations[1].model.parameters["r"] = -1.0;
    EXPECT_THAT(fault_codes(b.network), ElementsAre("emulator.stdp-gain"));
}

TEST(StdpErrors, AmplitudesOutsideTheirField) {
    Builder b    = learning_network();
    auto& a_plus = b.network.projections[0].plasticity->parameters["a_plus"];
    a_plus       = -0.01;
    EXPECT_THAT(fault_codes(b.network), ElementsAre("emulator.stdp-range"));
    a_plus           = 0.01;
    const double one = weight_scale(compiled(b.network)) * 64;
    a_plus           = 4095.4 / one;
    EXPECT_THAT(fault_codes(b.network), ElementsAre());
    a_plus = 4095.6 / one;
    EXPECT_THAT(fault_codes(b.network), ElementsAre("emulator.stdp-range"));
}

TEST(StdpErrors, AnAmplitudeThatVanishesIsWarnedOf) {
    Builder b                                                 = learning_network();
    b.network.projections[0].plasticity->parameters["a_plus"] = 1e-6;
    const auto output = compiler::compile(b.network, target(), options());
    ASSERT_TRUE(output);
    EXPECT_THAT(output->warnings, ElementsAre(HasSubstr("a_plus")));
}

}  // namespace
}  // namespace spikeloom::backends::emulator::test
