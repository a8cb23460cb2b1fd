// SPDX-License-Identifier: Apache-2.0
/// What the machine does in time: delays, relays, thresholds, budgets, routers; and every fault.
#include "runs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace spikeloom::backends::spinnaker::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

/// One source, one neuron that spikes at once, a delay between them.
ir::Network pair_with_delay(double delay) {
    Builder b;
    const auto in  = b.sources(1);
    const auto out = b.population("out", "lif", 1, {{"tau", 0.02}, {"v_threshold", 1.0}});
    b.project(in, out, ir::OneToOne{}, 30.0, delay);
    return b.network;
}

std::uint64_t first_spike(double delay, const std::string& device) {
    const Trail t = run(compiled(pair_with_delay(delay)), device, {{Tick{2}, NeuronId{0}}}, 160);
    EXPECT_THAT(t.spikes, SizeIs(1)) << delay;
    return t.spikes.empty() ? 0 : t.spikes.front().tick.value;
}

TEST(SpinnakerModel, DelaysAreKeptByRingBuffersAndByRelays) {
    for (const char* device : {"event", "functional", "golden"})
        for (const double delay :
             {1.0, 2.0, 14.0, 15.0, 16.0, 17.0, 30.0, 31.0, 32.0, 134.0, 135.0})
            EXPECT_EQ(first_spike(delay, device), 2 + static_cast<std::uint64_t>(delay) - 1)
                << device << " " << delay;
}

TEST(SpinnakerModel, NeuronsHaveTheirDelaysAndRelaysToo) {
    for (const double delay : {1.0, 15.0, 16.0, 45.0, 46.0}) {
        ir::Network network = pair_with_delay(1);
        Builder b;
        b.network         = network;
        const auto second = b.population("second", "lif", 1, {{"tau", 0.02}});
        b.project(PopulationId{1}, second, ir::OneToOne{}, 30.0, delay);
        const Trail t = run(compiled(b.network), "event", {{Tick{2}, NeuronId{0}}}, 80);
        ASSERT_THAT(t.spikes, SizeIs(2)) << delay;
        EXPECT_EQ(t.spikes[1].tick.value, 2 + static_cast<std::uint64_t>(delay));
    }
}

TEST(SpinnakerModel, TheThresholdIsStrict) {
    for (const double bias : {0.5, 0.75}) {
        Builder b;
        b.population("out", "threshold", 1, {{"threshold", 0.5}, {"bias", bias}});
        const Trail t = run(compiled(b.network), "event", {}, 4);
        EXPECT_THAT(t.spikes, SizeIs(bias > 0.5 ? 4 : 0));
    }
}

/// 0.95 becomes 31130 / 32768; what enters each tick is kept, so the end point moves a little.
TEST(SpinnakerModel, MembraneFollowsTheConstantThatItHas) {
    Builder b;
    b.population("out", "li", 1, {{"tau", 0.02}, {"bias", 1.0}});
    const hw::HardwareImage image = compiled(b.network);
    const Trail t                 = run(image, "event", {}, 200);
    const double v    = t.states.at("v").front() * image.populations.front().unit_scale.at("v");
    const double keep = 31130 / 32768.0;
    EXPECT_NEAR(v, 0.05 / (1 - keep) * (1 - std::pow(keep, 200)), 1e-6);
    EXPECT_NEAR(v, 1 - std::pow(0.95, 200), 1e-3);
}

/// `fan` sources that spike at once, onto `targets` neurons.
struct Burst {
    ir::Network network;
    std::vector<runtime::InputEvent> input;
    Burst(std::uint32_t fan, std::uint32_t targets) {
        Builder b;
        const auto in  = b.sources(fan);
        const auto out = b.population("out", "lif", targets, {{"tau", 0.02}, {"v_threshold", 1e3}});
        b.project(in, out, ir::AllToAll{}, 1.0);
        network = b.network;
        for (std::uint32_t k = 0; k < fan; ++k)
            input.push_back({Tick{0}, NeuronId{k}});
    }
};

TEST(SpinnakerModel, WorkThatFitsTheTickIsOnTimeAndOneClockMoreOverruns) {
    // 10 rows of 20 synapses (400 + 20 x 20 clocks each) and 20 neurons of 100 clocks.
    const Burst burst{10, 20};
    const double clocks = 10 * (400 + 20 * 20) + 20 * 100;
    for (const double tick : {clocks, clocks - 1}) {
        const Sets sets{{"timing.time_scale", std::to_string(tick / 200000)}};
        const Trail t = run(compiled(burst.network, sets), "event", burst.input, 1);
        EXPECT_EQ(t.counter("busiest_core_tick"), clocks);
        EXPECT_EQ(t.counter("overruns"), tick < clocks ? 1U : 0U) << tick;
        EXPECT_EQ(t.counter("late_keys"), 0U);
    }
}

TEST(SpinnakerModel, KeysThatTheTickLeavesOverComeLateOrAreFlushed) {
    const Burst burst{10, 20};  // the sixth key begins at 5 x 800 = 4000 clocks after the packets
    for (const bool flush : {false, true}) {
        Sets sets{{"timing.time_scale", "0.02"}, {"timing.flush_late", flush ? "1" : "0"}};
        sets["timing.hop"] = "0";
        const Trail t      = run(compiled(burst.network, sets), "event", burst.input, 3);
        EXPECT_EQ(t.counter("late_keys"), 5U);
        EXPECT_EQ(t.counter("flushed_keys"), flush ? 5U : 0U);
        EXPECT_EQ(t.counter("synaptic_events"), flush ? 100U : 200U);
    }
}

TEST(SpinnakerModel, AFullInputBufferLosesKeysAndCountsThem) {
    // The first key is served at once, so that a buffer of n takes n + 1 at one time.
    const Burst burst{10, 20};
    for (const auto& [buffer, lost] : {std::pair{"9", 0U}, {"8", 1U}, {"1", 8U}}) {
        const Sets sets{{"capacities.input_buffer", buffer}, {"timing.hop", "0"}};
        const Trail t = run(compiled(burst.network, sets), "event", burst.input, 3);
        EXPECT_EQ(t.counter("lost_keys"), lost) << buffer;
        EXPECT_EQ(t.counter("synaptic_events"), 20U * (10 - lost));
        EXPECT_EQ(run(compiled(burst.network, sets), "functional", burst.input, 3)
                      .counter("synaptic_events"),
                  200U);
    }
}

TEST(SpinnakerModel, PacketsCountTheRoutersThatTheyPass) {
    // 40 cores of one neuron: sources on chip 0, the rest on its neighbours.
    const Burst burst{1, 40};
    const Sets sets{{"capacities.neurons", "1"}};
    const Trail t = run(compiled(burst.network, sets), "event", burst.input, 2);
    EXPECT_EQ(t.counter("packets"), 1U);
    EXPECT_EQ(t.counter("router_packets"), 3U);  // 41 cores are on three chips
    EXPECT_EQ(t.counter("core_microseconds"), 2 * 41 * 1000U);
}

TEST(SpinnakerCompile, TablesAreMinimisedWhereTheyAreFullAndEveryKeyIsWalked) {
    const Burst burst{64, 64};
    const Sets small{{"capacities.neurons", "1"}};
    const hw::HardwareImage plain = compiled(burst.network, small);
    EXPECT_EQ(plain.options.at("routing tables minimised"), "0");
    EXPECT_EQ(plain.options.at("routing keys walked"), "64");
    Sets tight{small};
    tight["capacities.router_entries"] = "40";
    const hw::HardwareImage minimised  = compiled(burst.network, tight);
    EXPECT_NE(minimised.options.at("routing tables minimised"), "0");
    EXPECT_LT(std::stoul(minimised.options.at("routing entries loaded")),
              std::stoul(plain.options.at("routing entries loaded")));
    EXPECT_EQ(run(minimised, "golden", burst.input, 3).counter("synaptic_events"), 64U * 64);
}

TEST(SpinnakerEnergy, TheBoardsPublishedPoints) {
    const auto chip = hw::load_chip("spinnaker-48");
    ASSERT_TRUE(chip) << to_string(chip.error());
    const hw::EnergyTable& board = *chip->energy_table();
    const hw::EnergyTable& chips = *chip->energy_table("spinnmachine-chips");
    EXPECT_DOUBLE_EQ(board.static_watts(), 26.84);
    EXPECT_DOUBLE_EQ(chips.static_watts(), 16.8);
    for (const hw::EnergyTable* table : {&board, &chips}) {
        EXPECT_NEAR(806e6 * table->per_event("core_microseconds")->joules(), 27.4,
                    0.05);  // a second
        EXPECT_DOUBLE_EQ(1e9 * table->per_event("router_packets")->joules(), 1.0);
    }
    EXPECT_EQ((*hw::load_chip("spinnaker-4")).energy_table()->static_watts(), 3.56);
}

TEST(SpinnakerMachine, BoardsHaveTheirChips) {
    EXPECT_EQ(target().limits("spinnaker-48")->at("cores"), 48U * 16);
    EXPECT_EQ(target().limits("spinnaker-4")->at("cores"), 4U * 16);
    EXPECT_EQ(target().limits("spinnaker-48")->at("max_delay"), 135U);
}

// --- faults ------------------------------------------------------------------------------------

/// The first fault's code, and its message holds the text.
void expect_fault(const Diagnostics& faults, const char* code, const char* text) {
    ASSERT_FALSE(faults.empty()) << code;
    EXPECT_EQ(faults.front().code, code);
    EXPECT_THAT(faults.front().message, HasSubstr(text));
}

TEST(SpinnakerErrors, LimitsOfTheMachine) {
    expect_fault(faults_of(pair_with_delay(136)), "spinnaker.delay", "136 ticks");
    EXPECT_TRUE(faults_of(pair_with_delay(135)).empty());
    const Burst burst{10, 20};
    expect_fault(faults_of(burst.network, {{"capacities.sdram", "919"}}), "spinnaker.sdram",
                 "920 bytes");
    EXPECT_TRUE(faults_of(burst.network, {{"capacities.sdram", "920"}}).empty());
    Builder many;
    many.population("p", "lif", 768 * 4 + 1, {{"tau", 0.02}});
    expect_fault(faults_of(many.network, {{"capacities.neurons", "4"}}), "spinnaker.neurons",
                 "3073 neurons and sources, limit 3072");
    Builder pieces;
    for (int k = 0; k < 3; ++k)
        pieces.population("p" + std::to_string(k), "lif", 1, {{"tau", 0.02}});
    expect_fault(faults_of(pieces.network, {{"topology.application_cores", "1"},
                                            {"topology.columns", "2"},
                                            {"topology.rows", "1"}}),
                 "spinnaker.cores", "needs 3 cores");
    const Burst routed{64, 64};
    expect_fault(faults_of(routed.network,
                           {{"capacities.neurons", "1"}, {"capacities.router_entries", "1"}}),
                 "spinnaker.router-entries", "limit 1");
}

TEST(SpinnakerErrors, WhatTheCoresCannotHave) {
    Builder b;
    b.population("l", "linear", 1);
    expect_fault(faults_of(b.network), "spinnaker.model", "no model 'linear'");
    Builder fast;
    fast.population("p", "lif", 1, {{"tau", 0.0005}});
    expect_fault(faults_of(fast.network), "spinnaker.decay", "0.0005 s is shorter");
    Builder graded;
    const auto li  = graded.population("a", "li", 1, {{"tau", 0.02}});
    const auto lif = graded.population("b", "lif", 1, {{"tau", 0.02}});
    graded.project(li, lif, ir::OneToOne{}, 1.0);
    expect_fault(faults_of(graded.network), "spinnaker.graded-projection", "emits values");
    ir::Network learning                    = pair_with_delay(1);
    learning.projections.front().plasticity = ir::Plasticity{"stdp_pair",
                                                             {{"tau_plus", 0.02},
                                                              {"tau_minus", 0.02},
                                                              {"a_plus", 0.1},
                                                              {"a_minus", 0.1},
                                                              {"w_min", 0},
                                                              {"w_max", 1}}};
    expect_fault(faults_of(learning), "spinnaker.plasticity", "learns");
    Builder rates;
    rates.population(
        "p", "poisson", 2,
        {{"rate", std::make_shared<const std::vector<double>>(std::vector<double>{1, 2})}});
    expect_fault(faults_of(rates.network), "spinnaker.poisson-rate", "1 Hz and 2 Hz");
    Builder range;
    const auto source = range.sources(1);
    const auto p      = range.population("p", "lif", 1, {{"tau", 0.02}, {"v_reset", -1e9}});
    range.project(source, p, ir::OneToOne{}, 1e-3);
    expect_fault(faults_of(range.network), "spinnaker.range", "largest weight");
}

TEST(SpinnakerErrors, ChipFiguresOutOfRange) {
    for (const auto& [path, value, text] :
         {std::tuple{"capacities.neurons", "2049", "'neurons' is 2049"},
          {"capacities.dtcm_reserved", "65536", "no neuron fits"},
          {"topology.rounding", "up", "'rounding' is 'up'"},
          {"topology.outline", "round", "'outline' is 'round'"},
          {"timing.time_scale", "1e8", "clocks, allowed"}})
        expect_fault(faults_of(pair_with_delay(1), {{path, value}}), "spinnaker.chip", text);
}

TEST(SpinnakerErrors, Devices) {
    const hw::HardwareImage image = compiled(pair_with_delay(1));
    EXPECT_EQ(open_device("none").error().code, "device.unknown");
    for (const char* name : {"event", "functional", "golden"}) {
        auto device = *open_device(name);
        EXPECT_EQ(device->advance(1).error().code, "device.not-loaded");
        hw::HardwareImage other = image;
        other.target            = "loihi";
        EXPECT_EQ(device->load(other).error().code, "device.wrong-image");
        other = image;
        other.cores.front().sections.pop_back();
        EXPECT_EQ(device->load(other).error().code, "device.malformed");
        ASSERT_TRUE(device->load(image));
        EXPECT_EQ(
            device->push(std::vector<runtime::InputEvent>{{Tick{0}, NeuronId{1}}}).error().code,
            "device.source");
        EXPECT_EQ(device->push(std::vector<runtime::InputEvent>{{Tick{0}, NeuronId{0}, 0.5}})
                      .error()
                      .code,
                  "device.value");
        ASSERT_TRUE(device->advance(2));
        EXPECT_EQ(
            device->push(std::vector<runtime::InputEvent>{{Tick{1}, NeuronId{0}}}).error().code,
            "device.late-input");
        EXPECT_EQ(device->probe("w").error().code, "device.variable");
        EXPECT_EQ(device->read_back(CoreId{1}, "words").error().code, "device.section");
        EXPECT_EQ(device->set_plasticity(true).error().code, "device.no-learning");
    }
}

}  // namespace
}  // namespace spikeloom::backends::spinnaker::test
