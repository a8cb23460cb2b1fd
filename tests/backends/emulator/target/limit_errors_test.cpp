// SPDX-License-Identifier: Apache-2.0
/// What does not fit is refused with the limit and the actual value; what the core lacks, by name.
#include "backends/emulator/limits.hpp"
#include "backends/emulator/target.hpp"
#include "networks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikeloom::backends::emulator::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::map<std::string, ir::Values> plain_lif{{"tau", 10e-3}};

/// The only fault, or an empty one with a failed test.
Diagnostic only_fault(const ir::Network& network, const compiler::CompileOptions& how = options()) {
    const auto output = compiler::compile(network, target(), how);
    if (output || output.error().size() != 1) {
        ADD_FAILURE() << (output ? "it compiles" : to_string(output.error()));
        return {};
    }
    return output.error().front();
}

compiler::CompileOptions with(const std::string& chip, const std::string& path,
                              const std::string& value) {
    auto how       = options(chip);
    how.sets[path] = value;
    return how;
}

Builder chain(std::uint32_t sources, std::uint32_t neurons) {
    Builder b;
    const auto in  = b.sources("in", sources);
    const auto out = b.population("out", "lif", neurons, plain_lif);
    b.dense(in, out, array(std::vector<double>(std::size_t{sources} * neurons, 0.01)));
    return b;
}

TEST(LimitErrors, Neurons) {
    EXPECT_THAT(fault_codes(chain(1, 256).network, options("emulator-up5k")), IsEmpty());
    const auto fault = only_fault(chain(1, 257).network, options("emulator-up5k"));
    EXPECT_EQ(fault.code, "emulator.neurons");
    EXPECT_THAT(fault.message, HasSubstr("257 neurons, limit 256"));
    EXPECT_THAT(fault.message, HasSubstr("'out'"));
}

TEST(LimitErrors, Sources) {
    EXPECT_THAT(fault_codes(chain(256, 1).network, options("emulator-up5k")), IsEmpty());
    const auto fault = only_fault(chain(257, 1).network, options("emulator-up5k"));
    EXPECT_EQ(fault.code, "emulator.sources");
    EXPECT_THAT(fault.message, HasSubstr("257 sources, limit 256"));
}

TEST(LimitErrors, AHugeNetworkIsRefusedBeforeItIsMade) {
    Builder b;
    const auto in                          = b.sources("in", 1);
    const auto out                         = b.population("out", "lif", 1U << 24U, plain_lif);
    b.network.populations[out.value].shape = {1U << 23U};
    b.project(in, out, ir::AllToAll{}, 1.0);
    EXPECT_THAT(fault_codes(b.network), ElementsAre("emulator.neurons"));
    Builder wide;
    const auto pre  = wide.sources("in", 4096);
    const auto post = wide.population("out", "lif", 8192, plain_lif);
    for (int k = 0; k < 20; ++k)
        wide.project(pre, post, ir::AllToAll{}, 1e-4);
    const auto fault = only_fault(wide.network);
    EXPECT_EQ(fault.code, "emulator.synapses");
    EXPECT_THAT(fault.message, HasSubstr("needs 671088640 synapse words, limit 4194304"));
}

TEST(LimitErrors, SynapseWordsAtTheLimitAndOneAbove) {
    const auto network = chain(8, 16).network;
    EXPECT_THAT(fault_codes(network, with("emulator-sim", "capacities.synapse_words", "128")),
                IsEmpty());
    const auto fault = only_fault(network, with("emulator-sim", "capacities.synapse_words", "127"));
    EXPECT_EQ(fault.code, "emulator.synapses");
    EXPECT_THAT(fault.message, HasSubstr("needs 128 synapse words, limit 127"));
    EXPECT_THAT(fault.message, HasSubstr("'in->out#0'"));
    EXPECT_THAT(fault_codes(network, with("emulator-up5k", "capacities.synapse_words", "127")),
                ElementsAre("emulator.synapses"));
}

TEST(LimitErrors, ZeroWeightsTakeNoSynapseWords) {
    Builder b                        = chain(8, 16);
    auto weights                     = std::vector<double>(128, 0.01);
    weights[17]                      = 0;
    b.network.projections[0].weights = array(weights);
    EXPECT_THAT(fault_codes(b.network, with("emulator-sim", "capacities.synapse_words", "127")),
                IsEmpty());
}

TEST(LimitErrors, Delays) {
    Builder b                       = chain(2, 2);
    b.network.projections[0].delays = 15.0;
    EXPECT_THAT(fault_codes(b.network), IsEmpty());
    b.network.projections[0].delays = array({1, 1, 16, 1});
    const auto fault                = only_fault(b.network);
    EXPECT_EQ(fault.code, "emulator.delay");
    EXPECT_THAT(fault.message, HasSubstr("a delay of 16 ticks (neuron 0 to 1), limit 15"));
    EXPECT_EQ(fault.location.where, "/projections/0/delays");
}

TEST(LimitErrors, RefractoryPeriod) {
    Builder b                                               = chain(1, 2);
    b.network.populations[1].model.parameters["refractory"] = 255.0;
    EXPECT_THAT(fault_codes(b.network), IsEmpty());
    b.network.populations[1].model.parameters["refractory"] = array({3, 256});
    const auto fault                                        = only_fault(b.network);
    EXPECT_EQ(fault.code, "emulator.refractory");
    EXPECT_THAT(fault.message,
                HasSubstr("population 'out', neuron 1: refractory period of 256 ticks, limit 255"));
}

TEST(LimitErrors, TimeConstantShorterThanTheTick) {
    Builder b                                        = chain(1, 1);
    b.network.populations[1].model.parameters["tau"] = 0.5e-3;
    const auto fault                                 = only_fault(b.network);
    EXPECT_EQ(fault.code, "emulator.decay");
    EXPECT_THAT(fault.message, HasSubstr("tau = 0.0005 s is shorter than dt = 0.001 s"));
    auto exact       = options();
    exact.integrator = "exact";
    EXPECT_THAT(fault_codes(b.network, exact), IsEmpty());
}

TEST(LimitErrors, ParameterSets) {
    Builder b;
    const auto in = b.sources("in", 1);
    for (int k = 0; k < 5; ++k) {
        const auto p = b.population("p" + std::to_string(k), "lif", 3, {{"tau", (k + 2) * 1e-3}});
        b.project(in, p, ir::AllToAll{}, 1.0);
    }
    EXPECT_THAT(fault_codes(b.network), IsEmpty());
    const auto fault = only_fault(b.network, options("emulator-up5k"));
    EXPECT_EQ(fault.code, "emulator.parameter-sets");
    EXPECT_THAT(fault.message,
                HasSubstr("5 parameter sets, limit 4 (exceeded at population 'p4')"));
}

TEST(LimitErrors, Accumulator) {
    EXPECT_THAT(fault_codes(chain(250, 1).network, options("emulator-up5k")), IsEmpty());
    const auto narrow = with("emulator-up5k", "arithmetic.accumulator_width", "11");  // +-1023
    const auto fault  = only_fault(chain(250, 1).network, narrow);
    EXPECT_EQ(fault.code, "emulator.accumulator");
    EXPECT_THAT(fault.message, HasSubstr("population 'out'"));
    EXPECT_THAT(fault.message, HasSubstr("add up to 31750, limit 1023"));
}

TEST(LimitErrors, WeightsBeyondTheMembrane) {
    Builder b                                                = chain(1, 1);
    b.network.populations[1].model.parameters["v_threshold"] = 1e9;
    EXPECT_THAT(fault_codes(b.network), ElementsAre("emulator.range"));
}

TEST(LimitErrors, GradedPopulationsLeadNowhere) {
    Builder b       = chain(2, 2);
    const auto li   = b.population("li", "li", 2, plain_lif);
    const auto more = b.population("more", "lif", 2, plain_lif);
    b.project(PopulationId{1}, li, ir::OneToOne{}, 1.0);
    b.project(li, more, ir::OneToOne{}, 1.0);
    const auto fault = only_fault(b.network);
    EXPECT_EQ(fault.code, "emulator.graded-projection");
    EXPECT_THAT(fault.message, HasSubstr("'li'"));
    EXPECT_EQ(fault.location.where, "/projections/2");
}

TEST(LimitErrors, PoissonRatesThatDiffer) {
    Builder b;
    const auto in  = b.population("in", "poisson", 2, {{"rate", array({10, 20})}});
    const auto out = b.population("out", "lif", 2, plain_lif);
    b.project(in, out, ir::OneToOne{}, 1.0);
    EXPECT_THAT(fault_codes(b.network), ElementsAre("emulator.poisson-rate"));
    b.network.populations[0].model.parameters["rate"] = 20.0;
    EXPECT_EQ(compiled(b.network).populations[0].poisson_rate, 20.0);
}

TEST(LimitErrors, ParallelSynapsesInSpanRows) {
    Builder b = chain(2, 2);
    b.project(PopulationId{0}, PopulationId{1}, ir::OneToOne{}, 0.01, 1.0);
    EXPECT_THAT(fault_codes(b.network, options("emulator-up5k")), IsEmpty());  // they add up
    b.network.projections[1].delays = 2.0;
    EXPECT_THAT(fault_codes(b.network), IsEmpty());
    EXPECT_THAT(fault_codes(b.network, options("emulator-up5k")),
                ElementsAre("emulator.parallel-synapses"));
}

TEST(LimitErrors, ABiasedPopulationThatStartsLate) {
    Builder b                                         = chain(1, 2);
    b.network.populations[1].model.parameters["bias"] = 0.1;
    b.network.populations[1].pipeline_offset          = 255;
    EXPECT_THAT(fault_codes(b.network), IsEmpty());
    b.network.populations[1].pipeline_offset = 256;
    const auto fault                         = only_fault(b.network);
    EXPECT_EQ(fault.code, "emulator.pipeline-offset");
    EXPECT_THAT(fault.message, HasSubstr("'out' starts 256 ticks late"));
}

TEST(LimitErrors, AllFaultsOfANetworkAtOnce) {
    Builder b                                               = chain(1, 1);
    b.network.populations[1].model.parameters["refractory"] = 300.0;
    b.population("a", "lif", 1, {{"tau", 1e-4}});
    b.population("b", "lif", 1, {{"tau", 1e-4}});
    EXPECT_THAT(fault_codes(b.network),
                ElementsAre("emulator.refractory", "emulator.decay", "emulator.decay"));
}

TEST(LimitErrors, ChipsThatNoCoreIs) {
    EXPECT_THAT(
        fault_codes(chain(1, 1).network, with("emulator-sim", "arithmetic.membrane_width", "64")),
        ElementsAre("emulator.chip"));
    EXPECT_THAT(
        fault_codes(chain(1, 1).network, with("emulator-sim", "capacities.neurons", "65537")),
        ElementsAre("emulator.chip"));
    EXPECT_THAT(fault_codes(chain(1, 1).network, with("emulator-sim", "capacities.axons", "1")),
                ElementsAre("chip.override"));
    const auto foreign = hw::load_chip("loihi");
    ASSERT_TRUE(foreign);
    const auto limits = limits_of(*foreign);
    ASSERT_FALSE(limits);
    EXPECT_EQ(limits.error().code, "emulator.chip");
}

}  // namespace
}  // namespace spikeloom::backends::emulator::test
