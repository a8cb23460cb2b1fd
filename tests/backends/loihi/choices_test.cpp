// SPDX-License-Identifier: Apache-2.0
/// What the chip file's choices change: a fixed mapping, two formats for two signs, kept zeros,
/// replayed noise.
#include "backends/loihi/tables.hpp"
#include "runs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace spikeloom::backends::loihi::test {
namespace {

using ::testing::ElementsAre;

/// Writes a file of the test's own and returns its name.
std::string written(const std::string& text) {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    const auto path  = std::filesystem::path{::testing::TempDir()} /
                      (std::string{"loihi_choices_"} + test->name() + ".txt");
    std::ofstream{path} << text;
    return path.string();
}

ir::Values values(std::vector<double> list) {
    return std::make_shared<const std::vector<double>>(std::move(list));
}

/// Two sources onto three neurons that keep nothing of a tick and never fire by these weights.
ir::Network two_to_three(std::vector<double> weights) {
    Builder b;
    const auto in = b.sources(2);
    const auto p =
        b.population("p", "lif", 3, {{"tau", 4.096}, {"r", 4096.0}, {"v_threshold", 1000.0}});
    b.project(in, p, ir::Dense{}, values(std::move(weights)));
    return b.network;
}

/// One event of each source in tick 0.
const std::vector<runtime::InputEvent> both{{Tick{0}, NeuronId{0}, 1}, {Tick{0}, NeuronId{1}, 1}};

std::uint64_t count(const hw::HardwareImage& image, const char* counter, std::uint64_t ticks) {
    const auto device = loaded(image, "event");
    if (device == nullptr || !device->push(both) || !device->advance(ticks)) return ~0ULL;
    return device->activity()->at(counter).value;
}

TEST(LoihiChoices, MappingIsTheFiles) {
    const std::string file = written("population,neuron,core\np,0,5\np,2,127\np,1,5\n");
    const hw::HardwareImage image =
        compiled(two_to_three({2, 4, 6, 8, 10, 12}), {{"topology.mapping", file}});
    const auto cores = core_tables(image);
    ASSERT_TRUE(cores);
    ASSERT_EQ(cores->size(), 2U);
    EXPECT_EQ((*cores)[0].core, 5U);
    EXPECT_EQ((*cores)[0].compartments.size(), 2U);
    EXPECT_EQ((*cores)[1].core, 127U);
    const auto free = compiled(two_to_three({2, 4, 6, 8, 10, 12}));
    EXPECT_EQ(run(image, "event", both, 3).states, run(free, "event", both, 3).states);
}

TEST(LoihiChoices, MappingFaults) {
    const ir::Network n = two_to_three({2, 4, 6, 8, 10, 12});
    const auto codes    = [&](const std::string& text, Sets sets = {}) {
        sets["topology.mapping"] = written(text);
        return fault_codes(n, sets);
    };
    EXPECT_THAT(codes("p,0,0\np,1,0\np,2,0\n"), ElementsAre());
    for (const char* text : {"", "p,0,0\np,1,0\n", "p,0,0\np,0,0\n", "q,0,0\n", "in,0,0\n",
                             "p,3,0\n", "p,0,128\n", "p,0\n", ",\n", "p,0,x\n", "p,-1,0\n"})
        EXPECT_THAT(codes(text), ElementsAre("loihi.mapping")) << text;
    EXPECT_THAT(fault_codes(n, {{"topology.mapping", "/nowhere"}}), ElementsAre("loihi.mapping"));
    // The limits hold as they do for the mapper's own results, at n and n - 1.
    const std::string one = "p,0,3\np,1,3\np,2,3\n";
    EXPECT_THAT(codes(one, {{"capacities.input_axons", "2"}}), ElementsAre());
    EXPECT_THAT(codes(one, {{"capacities.input_axons", "1"}}),
                ElementsAre("map.core-axons-exceeded"));
    EXPECT_THAT(codes(one, {{"capacities.compartments", "2"}}),
                ElementsAre("map.core-neurons-exceeded"));
    // Two lists of 3 synapses of 18 bits with a header of 10: a word each.
    EXPECT_THAT(codes(one, {{"capacities.synapse_memory", "128"}}), ElementsAre());
    EXPECT_THAT(codes(one, {{"capacities.synapse_memory", "127"}}),
                ElementsAre("map.core-synapse-memory-exceeded"));
}

TEST(LoihiChoices, SplitSignsKeepOddWeights) {
    // Rows of the weights are neurons: 255 - 254, -255 - 1, 3 + 7.
    const ir::Network n = two_to_three({255, -254, -255, -1, 3, 7});
    const auto image    = compiled(n, {{"topology.weight_signs", "split"}});
    for (const char* device : {"event", "plain", "golden"}) {
        const auto v = run(image, device, both, 1).states.at("v");
        EXPECT_THAT(v, ElementsAre(0, 0, 64, -256 * 64, 10 * 64)) << device;
    }
    EXPECT_THAT(fault_codes(n, {{"topology.weight_signs", "both"}}), ElementsAre("loihi.chip"));
    // Jointly, weights of both signs have 7 bits: another scale, the same signs.
    const auto joint = run(compiled(n), "event", both, 1).states.at("v");
    EXPECT_NE(joint[2], 64);
}

TEST(LoihiChoices, ZerosCountWhereTheyAreKept) {
    const ir::Network n = two_to_three({0, 2, 0, 0, 4, -4});
    const auto dropped = compiled(n), kept = compiled(n, {{"topology.zero_weights", "kept"}});
    EXPECT_EQ(count(dropped, "synaptic_events", 1), 3U);
    EXPECT_EQ(count(kept, "synaptic_events", 1), 6U);
    // Neuron 1 is reached by zeros only, neuron 2 by a sum of 0: reached is active.
    EXPECT_EQ(count(dropped, "neuron_updates_active", 1), 2U);
    EXPECT_EQ(count(kept, "neuron_updates_active", 1), 3U);
    // Later only neuron 0 has a membrane; the spent current of neurons that keep none is nothing.
    EXPECT_EQ(count(kept, "neuron_updates_active", 2), 4U);
    EXPECT_EQ(run(kept, "event", both, 4).states, run(dropped, "event", both, 4).states);
    EXPECT_THAT(fault_codes(n, {{"topology.zero_weights", "yes"}}), ElementsAre("loihi.chip"));
}

TEST(LoihiChoices, NoiseIsReplayed) {
    const ir::Network n = two_to_three({2, 4, 6, 8, 10, 12});
    const Sets sets{{"arithmetic.noise_exponent", "7"},
                    {"arithmetic.noise_at_membrane", "1"},
                    {"topology.noise_stream", written("1 -2 127\n-127 5\n")}};
    const auto image = compiled(n, sets);
    // Exponent 7 takes r as it is; draws in the order of ticks and compartments, then anew.
    for (const char* device : {"event", "plain", "golden"}) {
        EXPECT_THAT(run(image, device, {}, 1).states.at("v"), ElementsAre(0, 0, 1, -2, 127))
            << device;
        EXPECT_THAT(run(image, device, {}, 2).states.at("v"), ElementsAre(0, 0, -127, 4, 127))
            << device;
    }
    const auto codes = [&](const std::string& text) {
        return fault_codes(n, {{"topology.noise_stream", written(text)}});
    };
    for (const char* text : {"", "128", "-128", "1 x", "0.5"})
        EXPECT_THAT(codes(text), ElementsAre("loihi.noise-stream")) << text;
}

}  // namespace
}  // namespace spikeloom::backends::loihi::test
