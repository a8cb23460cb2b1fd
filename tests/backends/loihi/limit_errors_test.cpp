// SPDX-License-Identifier: Apache-2.0
/// What the chip cannot hold or do is refused by name.
#include "runs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikeloom::backends::loihi::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Parameters = std::map<std::string, ir::Values>;

/// One source, one neuron, one synapse.
ir::Network small(const std::string& model, const Parameters& parameters, double weight = 1,
                  double delay = 1) {
    Builder b;
    const auto in = b.sources(1);
    const auto p  = b.population("p", model, 1, parameters);
    b.project(in, p, ir::Dense{}, std::make_shared<const std::vector<double>>(1, weight), delay);
    return b.network;
}

TEST(LoihiErrors, WhatFitsIsTaken) {
    EXPECT_THAT(fault_codes(small("lif", {{"tau", 10e-3}})), IsEmpty());
    EXPECT_THAT(fault_codes(small("lif", {{"tau", 10e-3}, {"refractory", 62.0}}, 1, 62)),
                IsEmpty());
}

TEST(LoihiErrors, Delay) {
    EXPECT_THAT(fault_codes(small("lif", {{"tau", 10e-3}}, 1, 63)), ElementsAre("loihi.delay"));
}
TEST(LoihiErrors, Refractory) {
    EXPECT_THAT(fault_codes(small("lif", {{"tau", 10e-3}, {"refractory", 63.0}})),
                ElementsAre("loihi.refractory"));
}
TEST(LoihiErrors, Decay) {
    EXPECT_THAT(fault_codes(small("lif", {{"tau", 0.5e-3}})), ElementsAre("loihi.decay"));
}
TEST(LoihiErrors, Threshold) {
    EXPECT_THAT(fault_codes(small("lif", {{"tau", 10e-3}, {"v_threshold", -1.0}})),
                ElementsAre("loihi.threshold"));
}
TEST(LoihiErrors, Range) {
    EXPECT_THAT(fault_codes(small("lif", {{"tau", 10e-3}, {"v_threshold", 1e9}}, 1e-3)),
                ElementsAre("loihi.range"));
}
TEST(LoihiErrors, Model) {
    EXPECT_THAT(fault_codes(small("linear", {})), Contains("loihi.model"));
}
TEST(LoihiErrors, InitialState) {
    ir::Network n                    = small("lif", {{"tau", 10e-3}, {"v_init", 0.5}});
    n.populations[1].pipeline_offset = 1;
    EXPECT_THAT(fault_codes(n), ElementsAre("loihi.initial-state"));
}

TEST(LoihiErrors, GradedProjection) {
    Builder b;
    const auto in = b.sources(1);
    const auto p  = b.population("p", "li", 1, {{"tau", 10e-3}});
    const auto q  = b.population("q", "lif", 1, {{"tau", 10e-3}});
    b.project(in, p, ir::OneToOne{}, 1.0);
    b.project(p, q, ir::OneToOne{}, 1.0);
    EXPECT_THAT(fault_codes(b.network), Contains("loihi.graded-projection"));
}

TEST(LoihiErrors, PoissonRates) {
    Builder b;
    const auto rates = std::make_shared<const std::vector<double>>(std::vector<double>{1, 2});
    const auto in    = b.population("in", "poisson", 2, {{"rate", rates}});
    const auto p     = b.population("p", "lif", 2, {{"tau", 10e-3}});
    b.project(in, p, ir::OneToOne{}, 1.0);
    EXPECT_THAT(fault_codes(b.network), ElementsAre("loihi.poisson-rate"));
}

ir::Network plastic(double a_plus, ir::Values gain) {
    Builder b;
    const auto in = b.sources(2);
    const auto p  = b.population("p", "lif", 2, {{"tau", 10e-3}, {"r", std::move(gain)}});
    for (int k = 0; k < 2; ++k)
        b.project(in, p, ir::AllToAll{}, 0.5).plasticity =
            ir::Plasticity{"stdp_pair",
                           {{"tau_plus", 10e-3},
                            {"tau_minus", 10e-3},
                            {"a_plus", k == 0 ? 0.01 : a_plus},
                            {"a_minus", 0.01},
                            {"w_min", 0},
                            {"w_max", 1}}};
    return b.network;
}

TEST(LoihiErrors, Learning) {
    EXPECT_THAT(fault_codes(plastic(0.01, 1.0)), IsEmpty());
    EXPECT_THAT(fault_codes(plastic(0.02, 1.0)), ElementsAre("loihi.stdp-rule"));
    const auto gains = std::make_shared<const std::vector<double>>(std::vector<double>{1, 2});
    EXPECT_THAT(fault_codes(plastic(0.01, gains)), ElementsAre("loihi.stdp-gain"));
    ir::Network loud = plastic(0.01, 1.0);
    for (auto& p : loud.projections)
        p.plasticity->parameters["a_plus"] = 1e6;
    EXPECT_THAT(fault_codes(loud), ElementsAre("loihi.stdp-range"));
}

TEST(LoihiErrors, Capacities) {
    const ir::Network n = small("lif", {{"tau", 10e-3}});
    EXPECT_THAT(fault_codes(n, {{"capacities.compartments", "5000"}}), ElementsAre("loihi.chip"));
    EXPECT_THAT(fault_codes(n, {{"capacities.max_delay", "63"}}), ElementsAre("loihi.chip"));
    EXPECT_THAT(fault_codes(n, {{"arithmetic.decay_rounding", "1"}}), ElementsAre("loihi.chip"));
    Builder b;
    b.population("p", "lif", 9, {{"tau", 10e-3}});
    const Sets two_cores{
        {"topology.columns", "2"}, {"topology.rows", "1"}, {"topology.cores_per_router", "1"}};
    Sets nine                       = two_cores;
    nine["capacities.compartments"] = "4";
    EXPECT_THAT(fault_codes(b.network, nine), ElementsAre("loihi.neurons"));
    nine["capacities.compartments"] = "5";
    EXPECT_THAT(fault_codes(b.network, nine), IsEmpty());
}

TEST(LoihiErrors, FormatsOfACore) {
    Builder b;
    const auto in = b.sources(1);
    const auto p  = b.population("p", "lif", 1, {{"tau", 10e-3}});
    b.project(in, p, ir::Dense{}, 1.0);
    b.project(in, p, ir::OneToOne{}, 1.0);  // of another kind, so of another format
    EXPECT_THAT(fault_codes(b.network, {{"capacities.synapse_formats", "2"}}), IsEmpty());
    EXPECT_THAT(fault_codes(b.network, {{"capacities.synapse_formats", "1"}}),
                ElementsAre("loihi.formats"));
}

/// `count` populations that learn: each has a format of its own beside the one that all share.
ir::Network learners(std::uint32_t count) {
    Builder b;
    const auto in = b.sources(1);
    for (std::uint32_t k = 0; k < count; ++k) {
        const auto p = b.population("p" + std::to_string(k), "lif", 1, {{"tau", 10e-3}});
        b.project(in, p, ir::AllToAll{}, 0.5).plasticity = ir::Plasticity{"stdp_pair",
                                                                          {{"tau_plus", 10e-3},
                                                                           {"tau_minus", 10e-3},
                                                                           {"a_plus", 0.01},
                                                                           {"a_minus", 0.01},
                                                                           {"w_min", 0},
                                                                           {"w_max", 1}}};
    }
    return b.network;
}

TEST(LoihiErrors, FormatsOfTheNetwork) {
    const Sets small_cores{{"capacities.compartments", "8"}};
    EXPECT_THAT(fault_codes(learners(254), small_cores), IsEmpty());
    EXPECT_THAT(fault_codes(learners(255), small_cores), ElementsAre("loihi.formats"));
}

TEST(LoihiErrors, Projections) {
    Builder b;
    const auto in = b.sources(1);
    const auto p  = b.population("p", "lif", 1, {{"tau", 10e-3}});
    for (std::uint32_t k = 0; k < 65536; ++k)
        b.project(in, p, ir::OneToOne{}, 1.0);
    EXPECT_THAT(fault_codes(b.network), ElementsAre("loihi.projections"));
    b.network.projections.pop_back();
    EXPECT_THAT(fault_codes(b.network, {{"capacities.synapse_memory", "2097152"}}), IsEmpty());
}

TEST(LoihiErrors, SynapsesOfTheWholeChip) {
    Builder b;
    const auto p = b.population("p", "lif", 1000, {{"tau", 10e-3}});
    b.project(p, p, ir::AllToAll{}, 1.0);
    const Sets one{
        {"topology.columns", "1"}, {"topology.rows", "1"}, {"topology.cores_per_router", "1"}};
    EXPECT_THAT(fault_codes(b.network, one), ElementsAre("loihi.synapses"));
    // Two of eight cores' worth: the mapper finds that it does not fit.
    b.network.projections[0].connector = ir::FixedOutdegree{80, true};
    EXPECT_THAT(fault_codes(b.network, one), ElementsAre("map.mesh-too-small"));
}

TEST(LoihiDeviceErrors, WrongImagesAndInput) {
    EXPECT_EQ(open_device("golden:nxsdk").error().code, "device.emulator");
    EXPECT_EQ(open_device("rtl").error().code, "device.unknown");
    hw::HardwareImage image = compiled(small("lif", {{"tau", 10e-3}}));
    for (const std::string name : {"event", "golden", "plain"}) {
        auto device = *open_device(name);
        EXPECT_EQ(device->advance(1).error().code, "device.not-loaded");
        hw::HardwareImage other = image;
        other.target            = "emulator";
        EXPECT_EQ(device->load(other).error().code, "device.wrong-image");
        for (hw::Section& s : other.cores[0].sections)
            if (s.name == "synapses") s.bytes.clear();
        other.target = "loihi";
        EXPECT_EQ(device->load(other).error().code, "device.malformed");
        ASSERT_TRUE(device->load(image));
        const auto push = [&](std::uint64_t tick, std::uint32_t source, double value) {
            const runtime::InputEvent event{Tick{tick}, NeuronId{source}, value};
            const auto done = device->push({&event, 1});
            return done ? std::string{} : done.error().code;
        };
        EXPECT_EQ(push(0, 1, 1), "device.source");
        EXPECT_EQ(push(0, 0, 0.5), "device.value");
        EXPECT_EQ(push(0, 0, -1), "device.value");
        EXPECT_EQ(push(4, 0, 65535), "");
        EXPECT_EQ(push(3, 0, 1), "device.late-input");
        EXPECT_EQ(device->probe("w").error().code, "device.variable");
        EXPECT_EQ(device->probe("x").error().code,
                  "device.variable");  // axons have it, not neurons
        EXPECT_EQ(device->read_back(CoreId{0}, "nothing").error().code, "device.section");
    }
}

}  // namespace
}  // namespace spikeloom::backends::loihi::test
