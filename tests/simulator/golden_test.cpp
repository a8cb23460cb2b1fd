// SPDX-License-Identifier: Apache-2.0
/// The golden simulator on small networks whose results are known in closed form or recorded.
#include "simulator/golden/golden.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace spikeloom::golden {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

ir::Population population(std::string name, std::uint32_t size, std::string model,
                          std::map<std::string, ir::Values> parameters = {}) {
    ir::Population p;
    p.name  = std::move(name);
    p.shape = {size};
    p.model = {std::move(model), std::move(parameters)};
    return p;
}

ir::Projection projection(std::uint32_t pre, std::uint32_t post, ir::Connector connector,
                          ir::Values weights, ir::Values delays = 1.0) {
    ir::Projection p;
    p.name      = "p" + std::to_string(pre) + std::to_string(post);
    p.pre       = PopulationId{pre};
    p.post      = PopulationId{post};
    p.connector = std::move(connector);
    p.weights   = std::move(weights);
    p.delays    = std::move(delays);
    return p;
}

/// One source element onto one neuron of the model, weight 1.
ir::Network single(std::string model, std::map<std::string, ir::Values> parameters) {
    ir::Network n;
    n.name = "single";
    n.populations.push_back(population("in", 1, "spike_source"));
    n.populations.push_back(population("out", 1, std::move(model), std::move(parameters)));
    n.projections.push_back(projection(0, 1, ir::OneToOne{}, 1.0));
    return n;
}

Simulation built(const ir::Network& network, GoldenOptions options) {
    auto simulation = build(network, options);
    if (!simulation) {
        ADD_FAILURE() << to_string(simulation.error());
        std::abort();
    }
    return std::move(*simulation);
}

GoldenOptions with_dt(double dt, Integrator integrator = Integrator::euler,
                      Reset reset = Reset::value) {
    GoldenOptions o;
    o.dt         = dt;
    o.integrator = integrator;
    o.reset      = reset;
    return o;
}

/// v of "out" for an input value each tick.
std::vector<double> voltages(const ir::Network& network, const GoldenOptions& options,
                             const std::vector<double>& input) {
    Simulation s = built(network, options);
    EXPECT_TRUE(s.record("out", "v"));
    for (std::size_t t = 0; t < input.size(); ++t) {
        if (input[t] == 0) continue;
        const InputEvent event{Tick{t}, NeuronId{0}, input[t]};
        EXPECT_TRUE(s.push({&event, 1}));
    }
    s.advance(input.size());
    return s.recordings().front().values;
}

struct Row {
    double input, v, spike;
};

std::vector<Row> read_rows(const std::filesystem::path& path) {
    std::ifstream file{path};
    std::vector<Row> rows;
    Row row{};
    char comma = 0;
    while (file >> row.input >> comma >> row.v >> comma >> row.spike)
        rows.push_back(row);
    return rows;
}

/// As the file says, in float32.
const std::map<std::string, ir::Values> recorded_lif{
    {"tau", double{0.0025F}}, {"r", 1.0}, {"v_threshold", double{0.1F}}};

struct Comparison {
    double worst        = 0;  ///< difference of v
    double worst_before = 0;  ///< the same, before the first spike
    int spikes_wrong    = 0;
    int spikes          = 0;
};

Comparison compare_with(const std::string& file, Integrator integrator) {
    const auto rows = read_rows(std::filesystem::path{SPIKELOOM_SHARED_DATA} / "lif" / file);
    Simulation s    = built(single("lif", recorded_lif), with_dt(1e-4, integrator));
    EXPECT_TRUE(s.record("out", "v"));
    EXPECT_TRUE(s.record("out", "spikes"));
    for (std::size_t t = 0; t < rows.size(); ++t) {
        const InputEvent event{Tick{t}, NeuronId{0}, rows[t].input};
        EXPECT_TRUE(s.push({&event, 1}));
    }
    s.advance(rows.size());
    Comparison c;
    for (std::size_t t = 0; t < rows.size(); ++t) {
        const double spike = s.recordings()[1].values[t];
        c.spikes += static_cast<int>(spike);
        c.spikes_wrong += spike != rows[t].spike ? 1 : 0;
        const double difference = std::abs(s.recordings()[0].values[t] - rows[t].v);
        c.worst                 = std::max(c.worst, difference);
        if (c.spikes == 0) c.worst_before = std::max(c.worst_before, difference);
    }
    return c;
}

bool have_recordings() {
    return std::filesystem::exists(std::filesystem::path{SPIKELOOM_SHARED_DATA} / "lif");
}

TEST(GoldenLif, EulerEqualsTheRecordingOfNorse) {
    if (!have_recordings()) GTEST_SKIP() << "skipped: no shared data";
    const Comparison c = compare_with("lif_norse.csv", Integrator::euler);
    EXPECT_LT(c.worst, 3e-8);  // recorded in float32
    EXPECT_EQ(c.spikes_wrong, 0);
    EXPECT_GT(c.spikes, 2);
}

/// The recording resets at the very moment of the crossing, within the tick; before the first
/// spike there is no difference, and the spikes fall into the same ticks.
TEST(GoldenLif, ExactEqualsTheRecordedClosedForm) {
    if (!have_recordings()) GTEST_SKIP() << "skipped: no shared data";
    const Comparison c = compare_with("lif_exact.csv", Integrator::exact);
    EXPECT_LT(c.worst_before, 2e-9);
    EXPECT_EQ(c.spikes_wrong, 0);
    EXPECT_EQ(c.spikes, 4);
}

TEST(GoldenLif, ThresholdIsStrictAndResetIsByValueOrSubtraction) {
    const ir::Network n = single("if", {{"r", 1.0}, {"v_threshold", 2.0}, {"v_reset", 0.25}});
    EXPECT_THAT(voltages(n, with_dt(1.0), {1, 1, 0.5, 1}), ElementsAre(1, 2, 0.25, 1.25));
    EXPECT_THAT(voltages(n, with_dt(1.0, Integrator::euler, Reset::subtract), {1, 1, 0.5, 1}),
                ElementsAre(1, 2, 0.5, 1.5));
}

TEST(GoldenLif, RefractoryPeriodHoldsTheMembraneAndNotTheCurrent) {
    const ir::Network n = single("cuba_lif", {{"tau_syn", 2.0},
                                              {"tau_mem", 1.0},
                                              {"v_threshold", 3.0},
                                              {"v_reset", -1.0},
                                              {"refractory", 2.0}});
    Simulation s        = built(n, with_dt(1.0));
    ASSERT_TRUE(s.record("out", "v"));
    ASSERT_TRUE(s.record("out", "i"));
    const InputEvent event{Tick{0}, NeuronId{0}, 8};
    ASSERT_TRUE(s.push({&event, 1}));
    s.advance(5);
    EXPECT_THAT(s.recordings()[1].values, ElementsAre(4, 2, 1, 0.5, 0.25));
    EXPECT_THAT(s.recordings()[0].values, ElementsAre(-1, -1, -1, 0.5, 0.25));
    EXPECT_THAT(s.drain(), ElementsAre(SpikeEvent{Tick{0}, NeuronId{1}}));
}

/// tau_syn di/dt = w_in s - i, tau_mem dv/dt = v_leak - v + r i by many small Euler steps.
double fine_steps(double tau_syn, double tau_mem, const std::vector<double>& input) {
    double v = 0.3, i = 0;
    constexpr int steps = 200000;
    for (const double s : input) {
        for (int k = 0; k < steps; ++k) {
            const double middle = i + 0.5 / steps / tau_syn * (1.5 * s - i);
            v += 1.0 / steps / tau_mem * (0.2 - v + 0.7 * middle);
            i += 1.0 / steps / tau_syn * (1.5 * s - middle);
        }
    }
    return v;
}

TEST(GoldenCubaLif, ExactIsTheLimitOfSmallSteps) {
    const std::vector<double> input{1, 0, 2, -1, 0, 0};
    for (const double tau_mem : {5.0, 2.0, 2.0 + 1e-9}) {
        const ir::Network n = single("cuba_li", {{"tau_syn", 2.0},
                                                 {"tau_mem", tau_mem},
                                                 {"r", 0.7},
                                                 {"w_in", 1.5},
                                                 {"v_leak", 0.2},
                                                 {"v_init", 0.3}});
        EXPECT_NEAR(voltages(n, with_dt(1.0, Integrator::exact), input).back(),
                    fine_steps(2.0, tau_mem, input), 2e-6)
            << tau_mem;
    }
}

TEST(GoldenModels, BiasIsInputOfEveryTick) {
    EXPECT_THAT(voltages(single("lif", {{"tau", 2.0}, {"bias", 1.0}, {"v_threshold", 9.0}}),
                         with_dt(1.0), {0, 1, 0}),
                ElementsAre(0.5, 1.25, 1.125));
    EXPECT_THAT(voltages(single("cuba_li", {{"tau_syn", 2.0}, {"tau_mem", 1.0}, {"bias", 1.0}}),
                         with_dt(1.0), {0, 0}),
                ElementsAre(0.5, 0.75));
}

TEST(GoldenModels, GradedPopulationsEmitTheirStates) {
    ir::Network n = single("i", {{"r", 2.0}});
    n.populations.push_back(population("limit", 1, "threshold", {{"threshold", 5.0}}));
    n.projections.push_back(projection(1, 2, ir::OneToOne{}, 3.0, 2.0));
    Simulation s = built(n, with_dt(1.0));
    ASSERT_TRUE(s.record("limit", "v"));
    const InputEvent events[] = {{Tick{0}, NeuronId{0}, 0.5}, {Tick{1}, NeuronId{0}, 0.5}};
    ASSERT_TRUE(s.push(events));
    s.advance(5);
    EXPECT_THAT(s.recordings()[0].values, ElementsAre(0, 0, 3, 0, 0));
    EXPECT_THAT(s.drain(),
                ElementsAre(SpikeEvent{Tick{3}, NeuronId{2}}, SpikeEvent{Tick{4}, NeuronId{2}}));
}

TEST(GoldenModels, LinearEmitsItsInputOfTheTick) {
    EXPECT_THAT(voltages(single("linear", {{"bias", 0.5}}), with_dt(1.0), {0, 2, 0}),
                ElementsAre(0.5, 2.5, 0.5));
}

TEST(GoldenModels, RetimedPopulationStandsStillUntilItsOffset) {
    ir::Network n                    = single("i", {{"bias", 1.0}});
    n.populations[1].pipeline_offset = 2;
    EXPECT_THAT(voltages(n, with_dt(1.0), {0, 0, 0, 0}), ElementsAre(0, 0, 1, 2));
}

TEST(GoldenModels, PoissonSourceKeepsItsRate) {
    ir::Network n;
    n.seed = 3;
    n.populations.push_back(population("in", 1000, "poisson", {{"rate", 300.0}}));
    n.populations.push_back(population("out", 1, "i", {}));
    n.projections.push_back(projection(0, 1, ir::AllToAll{}, 1.0));
    Simulation s = built(n, with_dt(1e-2));
    s.advance(100);
    const double events = s.probe("out", "v")->front() / 1e-2;
    EXPECT_NEAR(events, 1000 * 300.0, 5 * std::sqrt(300000.0));
}

TEST(GoldenErrors, EachFaultHasItsCode) {
    const auto code = [](const ir::Network& n, const GoldenOptions& o) {
        auto s = build(n, o);
        return s ? std::string{"built"} : s.error().front().code;
    };
    const ir::Network good = single("lif", {{"tau", 1.0}});
    GoldenOptions small    = with_dt(1.0);
    small.memory_limit     = 100;
    EXPECT_EQ(code(good, small), "golden.memory");
    GoldenOptions no_threads = with_dt(1.0);
    no_threads.threads       = 0;
    EXPECT_EQ(code(good, no_threads), "golden.options");
    ir::Network slow           = good;
    slow.projections[0].delays = 5000.0;
    EXPECT_EQ(code(slow, with_dt(1.0)), "golden.delay");
}

TEST(GoldenErrors, MemoryIsRefusedWithFiguresBeforeItIsTaken) {
    ir::Network n;
    n.populations.push_back(population("a", 1'000'000, "lif", {{"tau", 1.0}}));
    n.projections.push_back(projection(0, 0, ir::FixedOutdegree{100'000, true}, 1.0));
    auto s = build(n, with_dt(1.0));
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().front().code, "golden.memory");
    EXPECT_THAT(s.error().front().message, testing::HasSubstr("MiB, limit"));
    EXPECT_THAT(s.error().front().notes.front(), testing::StartsWith("100000000000 synapses"));
}

TEST(GoldenErrors, InputAndRecords) {
    Simulation s = built(single("lif", {{"tau", 1.0}}), with_dt(1.0));
    s.advance(2);
    const auto push = [&s](std::uint64_t tick, std::uint32_t source) {
        const InputEvent event{Tick{tick}, NeuronId{source}};
        const auto done = s.push({&event, 1});
        return done ? std::string{} : done.error().code;
    };
    EXPECT_EQ(push(1, 0), "golden.late-input");
    EXPECT_EQ(push(5, 1), "golden.input-range");
    EXPECT_EQ(push(5, 0), "");
    EXPECT_EQ(push(4, 0), "golden.input-order");
    EXPECT_EQ(s.record("nobody", "v").error().code, "golden.record");
    EXPECT_EQ(s.record("out", "x").error().code, "golden.record");
    EXPECT_EQ(s.probe("out", "weights").error().code, "golden.record");
}

TEST(GoldenOptions, WhatIsLeftOpenIsAssumedAndSaid) {
    Simulation s = built(single("lif", {{"tau", 1.0}}), {});
    EXPECT_EQ(s.dt(), 1e-3);
    EXPECT_EQ(s.warnings().size(), 2U);
}

/// 40 sources onto 40 neurons, each weight `unit` times a number of -99..99.
ir::Network weighted(double unit) {
    ir::Network n = single("li", {{"tau", 4e-3}});
    for (ir::Population& p : n.populations)
        p.shape = {40};
    std::vector<double> weights;
    for (int k = 0; k < 1600; ++k)
        weights.push_back(unit * (k * 37 % 199 - 99));
    n.projections[0].connector = ir::Dense{};
    n.projections[0].weights   = std::make_shared<const std::vector<double>>(std::move(weights));
    return n;
}

/// v of "out" after three ticks of input to every third source.
std::vector<double> after_input(Simulation& s) {
    for (std::uint32_t t = 0; t < 3; ++t) {
        for (std::uint32_t j = t; j < 40; j += 3) {
            const InputEvent event{Tick{t}, NeuronId{j}, 1.25};
            EXPECT_TRUE(s.push({&event, 1}));
        }
        s.advance(1);
    }
    s.advance(1);
    return *s.probe("out", "v");
}

TEST(GoldenWeights, WholeStepsTakeFiveBytesAndLoseNothing) {
    // 1/64: 24 bits hold it. 1/3: float64 alone does; the rest of the bytes are rows and headers.
    for (const auto& [unit, bytes] : {std::pair{1.0 / 64, 5U}, std::pair{1.0 / 3, 10U}}) {
        Simulation s = built(weighted(unit), with_dt(1e-3));
        EXPECT_EQ(s.memory().synapse_bytes / 1600, bytes);
        Simulation other = built(weighted(unit), [] {
            GoldenOptions o = with_dt(1e-3);
            o.weights       = WeightPrecision::single;
            return o;
        }());
        EXPECT_EQ(after_input(s) == after_input(other), unit == 1.0 / 64);
    }
}

}  // namespace
}  // namespace spikeloom::golden
