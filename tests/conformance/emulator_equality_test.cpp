// SPDX-License-Identifier: Apache-2.0
/// Every device that runs emulator images gives the spikes, states and weights of the integer
/// golden simulation.
#include "backends/registry.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "random_network.hpp"

#include <gtest/gtest.h>

#include <map>

namespace spikeloom::conformance {
namespace {

constexpr std::uint64_t ticks = 60;

/// All that a run leaves behind.
struct Trail {
    std::vector<runtime::SpikeEvent> spikes;
    std::map<std::string, std::vector<double>> states;
    std::vector<std::uint8_t> synapses;
    std::map<std::string, std::uint64_t> counters;
};

template <class T>
T must(Result<T> result) {
    if (result) return std::move(*result);
    ADD_FAILURE() << to_string(result.error());
    return {};
}
bool must(const Result<void>& result) {
    if (!result) ADD_FAILURE() << to_string(result.error());
    return result.has_value();
}

Trail run(const hw::HardwareImage& image, const std::string& name,
          const std::vector<runtime::InputEvent>& input) {
    Trail trail;
    auto device =
        backends::make_device(**backends::find_target("emulator"), name, {.chip = image.chip});
    if (!device) {
        ADD_FAILURE() << to_string(device.error());
        return trail;
    }
    if (!must((*device)->load(image)) || !must((*device)->push(input))) return trail;
    if (!must((*device)->advance(ticks))) return trail;
    trail.spikes = must((*device)->drain());
    for (const char* variable : {"v", "i", "x", "y"})
        trail.states[variable] = must((*device)->probe(variable));
    trail.synapses      = must((*device)->read_back(CoreId{0}, "synapses")).bytes;
    const auto activity = must((*device)->activity());
    for (const char* counter : {"ticks", "spikes", "synaptic_events", "weight_updates"}) {
        trail.counters[counter] = activity.contains(counter) ? activity.at(counter).value : ~0ULL;
    }
    return trail;
}

RandomNetworkOptions options_for(const std::string& chip) {
    if (chip == "emulator-sim") return {};
    return {.max_population = 30, .parameter_arrays = false, .repeated_synapses = false};
}

class EmulatorEquality : public ::testing::TestWithParam<std::string> {};

/// Compares a device with the golden one on networks of the given seeds.
void expect_equal(const std::string& chip, const std::string& device, std::uint64_t first_seed,
                  std::uint64_t last_seed) {
    const compiler::Target& emulator = **backends::find_target("emulator");
    std::uint64_t spikes = 0, updates = 0;
    for (std::uint64_t seed = first_seed; seed < last_seed; ++seed) {
        const ir::Network network = random_network(seed, options_for(chip));
        compiler::CompileOptions options;
        options.chip       = chip;
        options.integrator = seed % 2 == 0 ? "euler" : "exact";
        const auto output  = compiler::compile(network, emulator, options);
        ASSERT_TRUE(output) << "seed " << seed << "\n" << to_string(output.error());
        const auto input = random_input(network, ticks, 0.4, seed);
        const Trail want = run(output->image, "golden", input);
        const Trail got  = run(output->image, device, input);
        ASSERT_EQ(got.spikes, want.spikes) << "seed " << seed;
        ASSERT_EQ(got.states, want.states) << "seed " << seed;
        ASSERT_EQ(got.synapses, want.synapses) << "seed " << seed;
        ASSERT_EQ(got.counters, want.counters) << "seed " << seed;
        spikes += want.spikes.size();
        updates += want.counters.at("weight_updates");
    }
    const std::uint64_t networks = last_seed - first_seed;
    EXPECT_GT(spikes, 10 * networks);  // else they were silent and nothing was compared
    EXPECT_GT(updates, 10 * networks);
}

TEST_P(EmulatorEquality, ModelBehindTheLink) {
    expect_equal(GetParam(), "model", 100, 160);
}

TEST_P(EmulatorEquality, VerilatedCore) {
    const auto device =
        backends::make_device(**backends::find_target("emulator"), "rtl", {.chip = GetParam()});
    if (!device && device.error().code == "device.no-rtl") {
        GTEST_SKIP() << "skipped: built without the Verilated core";
    }
    expect_equal(GetParam(), "rtl", 100, 106);
}

INSTANTIATE_TEST_SUITE_P(Chips, EmulatorEquality,
                         ::testing::Values("emulator-sim", "emulator-up5k"),
                         [](const auto& test) { return test.param.substr(9); });

}  // namespace
}  // namespace spikeloom::conformance
