// SPDX-License-Identifier: Apache-2.0
/// The TrueNorth model gives the spikes, potentials and counters of the plain integer reference.
#include "backends/registry.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "random_network.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace spikeloom::conformance {
namespace {

constexpr std::uint64_t ticks = 40;

struct Trail {
    std::vector<runtime::SpikeEvent> spikes;
    std::vector<double> v;
    std::map<std::string, std::uint64_t> counters;
    friend bool operator==(const Trail&, const Trail&) = default;
};

Trail run(const hw::HardwareImage& image, const char* name,
          const std::vector<runtime::InputEvent>& input) {
    const auto device = backends::make_device(**backends::find_target("truenorth"), name);
    EXPECT_TRUE(device);
    EXPECT_TRUE((*device)->load(image));
    EXPECT_TRUE((*device)->push(input));
    EXPECT_TRUE((*device)->advance(ticks));
    Trail trail{*(*device)->drain(), *(*device)->probe("v"), {}};
    const auto activity = (*device)->activity();
    for (const auto& [counter, value] : *activity)
        trail.counters[counter] = value.value;
    return trail;
}

class TrueNorthEquality : public ::testing::TestWithParam<std::string> {};

TEST_P(TrueNorthEquality, OnRandomNetworks) {
    const compiler::Target& target   = **backends::find_target("truenorth");
    constexpr std::uint64_t networks = 60;  // for each code: 120
    std::uint64_t spikes = 0, sent = 0;
    for (std::uint64_t seed = 500; seed < 500 + networks; ++seed) {
        RandomNetworkOptions shape;
        shape.max_population      = 12;
        shape.plasticity          = false;
        const ir::Network network = random_network(seed, shape);
        compiler::CompileOptions options;
        options.choices["weights"] = GetParam();
        const auto output          = compiler::compile(network, target, options);
        ASSERT_TRUE(output) << "seed " << seed << "\n" << to_string(output.error());
        const auto input = random_input(network, ticks, 0.4, seed);
        const Trail want = run(output->image, "golden", input);
        const Trail got  = run(output->image, "model", input);
        ASSERT_EQ(got, want) << "seed " << seed;
        spikes += want.spikes.size();
        sent += want.counters.at("packets");
    }
    EXPECT_GT(spikes, 10 * networks);  // else they were silent and nothing was compared
    EXPECT_GT(sent, 10 * networks);
}

INSTANTIATE_TEST_SUITE_P(Weights, TrueNorthEquality, ::testing::Values("cluster", "slice"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace spikeloom::conformance
