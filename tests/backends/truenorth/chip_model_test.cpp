// SPDX-License-Identifier: Apache-2.0
/// The chip model against the plain reference, and its timing rules.
#include "backends/truenorth/chip_model.hpp"

#include "backends/truenorth/golden_engine.hpp"
#include "programs.hpp"
#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

namespace spikeloom::backends::truenorth {
namespace {

std::vector<std::int32_t> potentials(const Engine& engine, const ChipProgram& program) {
    std::vector<std::int32_t> all;
    for (std::uint32_t c = 0; c < program.cores.size(); ++c)
        for (std::uint32_t j = 0; j < program.cores[c].neurons.size(); ++j)
            all.push_back(engine.potential(c, j));
    return all;
}

/// Both engines tick by tick; returns the spikes seen.
std::uint64_t expect_equal(const ChipProgram& program, std::uint64_t seed, std::uint64_t ticks) {
    ChipModel model{program, seed};
    const auto golden = make_golden_engine(program, seed);
    for (std::uint64_t t = 0; t < ticks; ++t) {
        for (std::uint32_t e = 0; e < program.inputs.size(); ++e) {
            if (keyed_uniform(seed, Stream::test, e, t) > (t < ticks / 2 ? 0.3 : 0.0)) continue;
            model.inject(program.inputs[e].core, program.inputs[e].axon);
            golden->inject(program.inputs[e].core, program.inputs[e].axon);
        }
        const auto& want = golden->step();
        const auto& got  = model.step();
        EXPECT_EQ(got, want) << "seed " << seed << ", tick " << t;
        EXPECT_EQ(model.tick_clocks(), golden->tick_clocks()) << "seed " << seed << ", tick " << t;
        if (::testing::Test::HasFailure()) return 0;
        EXPECT_EQ(potentials(model, program), potentials(*golden, program)) << t;
    }
    EXPECT_EQ(model.counters(), golden->counters()) << "seed " << seed;
    return golden->counters().spikes;
}

TEST(ChipModel, EqualsTheReferenceOnRandomPrograms) {
    std::uint64_t spikes = 0;
    for (std::uint64_t seed = 0; seed < 12 && !HasFailure(); ++seed)
        spikes += expect_equal(random_program(seed, {.cores = 3}), seed, 24);
    EXPECT_GT(spikes, 5000U);
}

TEST(ChipModel, EqualsTheReferenceWithoutDraws) {
    std::uint64_t spikes = 0;
    for (std::uint64_t seed = 50; seed < 58 && !HasFailure(); ++seed)
        spikes += expect_equal(random_program(seed, {.cores = 3, .stochastic = false}), seed, 24);
    EXPECT_GT(spikes, 3000U);
}

/// One neuron that passes on what its only axon brings, with a packet of the given delay to itself.
ChipProgram ring(std::uint8_t delay) {
    ChipProgram program;
    program.machine = small_machine();
    CoreProgram core;
    core.axon_types = {0};
    core.rows       = {Row{1, 0, 0, 0}};
    core.neurons.resize(1);
    core.neurons[0].parameters.weight    = {1, 0, 0, 0};
    core.neurons[0].parameters.threshold = 1;
    core.neurons[0].to                   = {Destination::Kind::core, 0, 0, 0, delay};
    program.cores                        = {core};
    return program;
}

TEST(ChipModel, PacketsWaitAsLongAsTheirDelay) {
    for (const std::uint8_t delay : {std::uint8_t{1}, std::uint8_t{14}, std::uint8_t{15}}) {
        ChipModel model{ring(delay), 0};
        model.inject(0, 0);
        for (std::uint64_t t = 0; t < 40; ++t)
            EXPECT_EQ(model.step().size(), t % delay == 0 ? 1U : 0U) << int{delay} << " " << t;
    }
}

TEST(ChipModel, TwoSpikesOnOneAxonAreOne) {
    ChipModel model{ring(1), 0};
    model.inject(0, 0);
    model.inject(0, 0);
    EXPECT_EQ(model.step().size(), 1U);
    EXPECT_EQ(model.counters().merged_spikes, 1U);
    EXPECT_EQ(model.counters().synaptic_events, 1U);
}

/// Input that balances a leak leaves V alone; without the input the leak must act again.
TEST(ChipModel, BalancedLeakIsNotRest) {
    ChipProgram program                                       = ring(1);
    program.cores[0].neurons[0].parameters.leak               = -1;
    program.cores[0].neurons[0].parameters.negative_threshold = 100;
    ChipModel model{program, 0};
    for (int t = 0; t < 4; ++t) {
        model.inject(0, 0);
        model.step();
    }
    EXPECT_EQ(model.potential(0, 0), 0);
    model.step();
    EXPECT_EQ(model.potential(0, 0), -1);
}

TEST(ChipModel, OverrunsAtTheEdge) {
    ChipProgram program           = ring(1);
    program.machine.neuron_clocks = 26;
    program.machine.event_clocks  = 1;
    program.machine.clock_hz      = 1e6;
    for (const auto& [microseconds, overruns] : {std::pair{27.0, 0U}, {26.5, 10U}, {0.0, 0U}}) {
        program.machine.tick_seconds = microseconds * 1e-6;
        ChipModel model{program, 0};
        model.inject(0, 0);
        for (int t = 0; t < 10; ++t) {
            model.step();
            EXPECT_EQ(model.tick_clocks(), 27U);
        }
        EXPECT_EQ(model.counters().overruns, overruns) << microseconds;
    }
}

/// RANC: 2 clocks to begin, 258 a neuron, 1 to clear.
TEST(ChipModel, DenseTimingIsThePublishedCount) {
    Machine m;
    m.dense         = true;
    m.tick_clocks   = 3;
    m.neuron_clocks = 2;
    m.event_clocks  = 1;
    EXPECT_EQ(core_clocks(m, 256, 0), 66051U);
    EXPECT_EQ(core_clocks(m, 256, 5000), 66051U);
}

TEST(ChipModel, PacketsCountHopsAndChipBorders) {
    ChipProgram program = ring(1);
    program.cores.push_back(program.cores[0]);
    program.cores[1].x             = 7;
    program.cores[1].y             = 3;
    program.cores[0].neurons[0].to = {Destination::Kind::core, 7, 3, 0, 1};
    program.cores[1].neurons[0].to = {Destination::Kind::output, -8, 0, 9, 1};
    ChipModel model{program, 0};
    model.inject(0, 0);
    EXPECT_EQ(model.step(), (std::vector<Fired>{{0, 0}}));
    EXPECT_EQ(model.counters().hops, 10U);
    EXPECT_EQ(model.counters().chip_crossings, 2U);  // one to the east, one to the north
    EXPECT_EQ(model.step(), (std::vector<Fired>{{1, 0}, {output_core, 9}}));
    EXPECT_EQ(model.counters().hops, 18U);
}

}  // namespace
}  // namespace spikeloom::backends::truenorth
