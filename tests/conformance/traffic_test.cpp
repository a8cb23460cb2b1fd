// SPDX-License-Identifier: Apache-2.0
/// What a chip's network carried adds up: hops, messages and the flits on its links.
#include "backends/registry.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "random_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>

namespace spikeloom::conformance {
namespace {

constexpr std::uint64_t ticks = 60;

std::uint64_t samples(const runtime::Spread& spread) {
    EXPECT_EQ(spread.values.size(), spread.counts.size());
    EXPECT_TRUE(std::is_sorted(spread.values.begin(), spread.values.end()));
    return std::accumulate(spread.counts.begin(), spread.counts.end(), std::uint64_t{0});
}

class LoihiTraffic : public ::testing::TestWithParam<std::string> {};

TEST_P(LoihiTraffic, AddsUp) {
    const compiler::Target& target = **backends::find_target("loihi");
    std::uint64_t crossed          = 0;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        const ir::Network network = random_network(seed);
        compiler::CompileOptions options;
        options.sets["capacities.compartments"] = "16";  // many cores
        const auto output                       = compiler::compile(network, target, options);
        ASSERT_TRUE(output) << to_string(output.error());
        const auto device = backends::make_device(target, GetParam());
        ASSERT_TRUE(device);
        EXPECT_FALSE((*device)->traffic());
        ASSERT_TRUE((*device)->load(output->image));
        ASSERT_TRUE((*device)->push(random_input(network, ticks, 0.3, seed)));
        ASSERT_TRUE((*device)->advance(ticks));
        const auto activity = (*device)->activity();
        const auto traffic  = (*device)->traffic();
        ASSERT_TRUE(traffic);
        const runtime::Spread& hops = traffic->spreads.at("hops");
        const std::uint64_t sent    = samples(hops);
        EXPECT_EQ(sent, samples(traffic->spreads.at("spike delivery")));
        std::uint64_t walked = 0, flits = 0;
        for (std::size_t k = 0; k < hops.values.size(); ++k)
            walked += static_cast<std::uint64_t>(hops.values[k]) * hops.counts[k];
        for (const runtime::Traffic::Link& link : traffic->links)
            flits += link.flits;
        EXPECT_EQ(walked,
                  activity->at("hops_east_west").value + activity->at("hops_north_south").value);
        EXPECT_EQ(flits % std::max<std::uint64_t>(walked, 1), 0U);  // messages of one length
        EXPECT_GE(flits, walked);
        crossed += walked;
    }
    EXPECT_GT(crossed, 0U);
}

INSTANTIATE_TEST_SUITE_P(Fidelities, LoihiTraffic, ::testing::Values("analytic", "event", "cycle"));

}  // namespace
}  // namespace spikeloom::conformance
