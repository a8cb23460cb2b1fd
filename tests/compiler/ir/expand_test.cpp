// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/expand.hpp"

#include "tests/compiler/ir/network_builder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace spikeloom::ir {
namespace {

using testing::array_of;
using testing::indices;
using testing::pair;
using testing::synapses;

std::vector<double> counting(std::size_t n) {
    std::vector<double> all(n);
    std::iota(all.begin(), all.end(), 1.0);
    return all;
}

/// A network with one population that projects to itself.
Network loop(std::uint32_t size, Connector connector) {
    Network network             = pair({size}, {size}, std::move(connector));
    network.populations[0]      = testing::lif("in", {size});
    network.projections[0].post = {0};
    return network;
}

TEST(Expand, DenseReadsPostMajorWeights) {
    const Network network = pair({11}, {3}, Dense{}, array_of(counting(33)));
    ASSERT_TRUE(check(network));
    const auto all = synapses(network);
    ASSERT_EQ(all.size(), 33U);
    for (std::uint32_t k = 0; k < 33; ++k) {
        const std::uint32_t pre = k / 3, post = k % 3;
        EXPECT_EQ(all[k], (Synapse{pre, post, 1, 1.0 + post * 11 + pre}));
    }
    EXPECT_EQ(synapse_count_estimate(network, {0}), 33U);
}

TEST(Expand, SparseKeepsDuplicatesInOrderOfDefinition) {
    Network network = pair({3}, {4}, Sparse{indices({2, 0, 2, 2, 0}), indices({3, 1, 0, 3, 1})},
                           array_of({1, 2, 3, 4, 5}));
    network.projections[0].delays = array_of({5, 4, 3, 2, 1});
    ASSERT_TRUE(check(network));
    const std::vector<Synapse> expected{
        {0, 1, 4, 2}, {0, 1, 1, 5}, {2, 0, 3, 3}, {2, 3, 5, 1}, {2, 3, 2, 4}};
    EXPECT_EQ(synapses(network), expected);
}

TEST(Expand, RowsAreVisitedEvenWhenEmpty) {
    const Network network = pair({3}, {4}, Sparse{indices({}), indices({})}, array_of({}));
    ASSERT_TRUE(check(network));
    std::vector<std::uint32_t> visited;
    for_each_row(network, {0}, 0, 3,
                 [&](std::uint32_t pre, std::span<const Synapse>) { visited.push_back(pre); });
    EXPECT_EQ(visited, (std::vector<std::uint32_t>{0, 1, 2}));
}

TEST(Expand, OneToOneAndAllToAll) {
    const Network one = pair({3}, {3}, OneToOne{}, array_of({5, 6, 7}));
    EXPECT_EQ(synapses(one), (std::vector<Synapse>{{0, 0, 1, 5}, {1, 1, 1, 6}, {2, 2, 1, 7}}));
    const Network all = loop(3, AllToAll{false});
    EXPECT_EQ(synapses(all).size(), 6U);
    EXPECT_EQ(synapse_count_estimate(all, {0}), 6U);
    EXPECT_TRUE(std::ranges::none_of(synapses(all), [](auto& s) { return s.pre == s.post; }));
    EXPECT_EQ(synapses(loop(3, AllToAll{true})).size(), 9U);
}

/// Convolution written the way of its definition: outputs first.
std::vector<Synapse> convolve(const Network& network, const Conv2d& c) {
    const auto &in = network.populations[0].shape, &out = network.populations[1].shape;
    const auto& weights          = *std::get<Array>(network.projections[0].weights);
    const std::uint32_t in_group = in[0] / c.groups, out_group = out[0] / c.groups;
    std::vector<Synapse> all;
    for (std::uint32_t k = 0; k < out[0] * in_group * c.kernel_y * c.kernel_x; ++k)
        for (std::uint32_t p = 0; p < out[1] * out[2]; ++p) {
            const std::uint32_t kx = k % c.kernel_x, ky = k / c.kernel_x % c.kernel_y;
            const std::uint32_t ci = k / c.kernel_x / c.kernel_y % in_group;
            const std::uint32_t co = k / c.kernel_x / c.kernel_y / in_group;
            const std::uint32_t y  = p / out[2] * c.stride_y + ky * c.dilation_y - c.pad_top;
            const std::uint32_t x  = p % out[2] * c.stride_x + kx * c.dilation_x - c.pad_left;
            if (y >= in[1] || x >= in[2]) continue;  // also what lies before 0
            const std::uint32_t channel = co / out_group * in_group + ci;
            all.push_back(
                {(channel * in[1] + y) * in[2] + x, co * out[1] * out[2] + p, 1, weights[k]});
        }
    std::ranges::sort(all, {}, [](const Synapse& s) { return std::pair{s.pre, s.post}; });
    return all;
}

struct ConvCase {
    std::vector<std::uint32_t> in, out;
    Conv2d connector;
};

TEST(Expand, ConvolutionEqualsItsDefinition) {
    const std::vector<ConvCase> cases{
        {{1, 5, 5}, {1, 3, 3}, {3, 3, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1}},
        {{2, 10, 20}, {4, 8, 16}, {3, 5, 4, 1, 1, 0, 0, 0, 0, 1, 1, 1}},
        {{2, 7, 6}, {3, 4, 3}, {3, 2, 3, 2, 2, 1, 1, 0, 1, 1, 1, 1}},
        {{4, 9, 8}, {6, 5, 4}, {3, 3, 6, 1, 2, 0, 0, 2, 1, 2, 2, 2}},
        {{4, 4, 4}, {4, 4, 4}, {1, 1, 4, 1, 1, 0, 0, 0, 0, 1, 1, 4}},
        {{1, 3, 3}, {2, 2, 1}, {2, 3, 2, 3, 5, 2, 1, 1, 0, 1, 1, 1}},
    };
    for (const ConvCase& one : cases) {
        const Conv2d& c = one.connector;
        Network network = pair(one.in, one.out, c);
        network.projections[0].weights =
            array_of(counting(c.out_channels * one.in[0] / c.groups * c.kernel_y * c.kernel_x));
        const auto checked = check(network);
        ASSERT_TRUE(checked) << to_string(checked.error());
        const auto expected = convolve(network, c);
        EXPECT_EQ(synapses(network), expected);
        EXPECT_EQ(synapse_count_estimate(network, {0}), expected.size());
    }
}

TEST(Expand, PoolSumsWindowsOfOneChannel) {
    const Network network = pair({2, 5, 4}, {2, 2, 2}, Pool2d{2, 2, 2, 2, 0, 0}, 0.25);
    ASSERT_TRUE(check(network));
    std::vector<Synapse> expected;
    for (std::uint32_t k = 0; k < 40; ++k) {
        const std::uint32_t c = k / 20, y = k / 4 % 5, x = k % 4;
        if (y < 4) expected.push_back({k, c * 4 + y / 2 * 2 + x / 2, 1, 0.25});
    }
    EXPECT_EQ(synapses(network), expected);
    EXPECT_EQ(synapse_count_estimate(network, {0}), expected.size());
}

TEST(Expand, PoolWithPaddingAndOverlap) {
    const Network network = pair({1, 4, 4}, {1, 4, 4}, Pool2d{3, 3, 1, 1, 1, 1});
    ASSERT_TRUE(check(network));
    EXPECT_EQ(synapses(network).size(), 100U);  // (2 + 3 + 3 + 2) positions along each axis
}

class RandomConnectors : public ::testing::TestWithParam<Connector> {};

TEST_P(RandomConnectors, RowsDoNotDependOnTheRange) {
    Network network               = pair({37}, {29}, GetParam(), Normal{1.0, 0.5, -10, 10});
    network.projections[0].delays = Uniform{1, 5};
    const auto all                = synapses(network);
    EXPECT_FALSE(all.empty());
    std::vector<Synapse> pieces;
    for (const auto& [first, last] : {std::pair{0U, 1U}, {1U, 20U}, {20U, 36U}, {36U, 99U}}) {
        const auto piece = synapses(network, first, last);
        pieces.insert(pieces.end(), piece.begin(), piece.end());
    }
    EXPECT_EQ(pieces, all);
    EXPECT_TRUE(std::ranges::is_sorted(all, {}, [](const Synapse& s) {
        return std::pair{s.pre, s.post};
    }));
    std::set<std::uint32_t> delays;
    for (const Synapse& s : all)
        delays.insert(s.delay);
    EXPECT_EQ(delays, (std::set<std::uint32_t>{1, 2, 3, 4, 5}));
}

TEST_P(RandomConnectors, SeedChangesTheSynapses) {
    Network network  = pair({37}, {29}, GetParam());
    const auto first = synapses(network);
    EXPECT_EQ(synapses(network), first);
    network.seed = 8;
    EXPECT_NE(synapses(network), first);
}

TEST_P(RandomConnectors, TargetsAreUniform) {
    const Network network = pair({400}, {40}, GetParam());
    std::map<std::uint32_t, int> hits;
    const auto all = synapses(network);
    for (const Synapse& s : all)
        ++hits[s.post];
    const double mean = static_cast<double>(all.size()) / 40;
    double chi        = 0;
    for (const auto& [post, count] : hits)
        chi += (count - mean) * (count - mean) / mean;
    EXPECT_LT(chi, 80.0);  // 39 degrees of freedom; above 80 once in 10^4 seeds
    EXPECT_EQ(hits.size(), 40U);
}

INSTANTIATE_TEST_SUITE_P(All, RandomConnectors,
                         ::testing::Values(FixedProbability{0.3, true}, FixedOutdegree{9, true},
                                           FixedTotalNumber{331}, FixedTotalNumber{9000}));

TEST(Expand, FixedProbabilityHasItsEndsAndItsMean) {
    EXPECT_TRUE(synapses(pair({20}, {30}, FixedProbability{0.0, true})).empty());
    EXPECT_EQ(synapses(pair({20}, {30}, FixedProbability{1.0, true})).size(), 600U);
    const Network network = pair({1000}, {1000}, FixedProbability{0.1, true});
    EXPECT_NEAR(static_cast<double>(synapses(network).size()), 100'000, 4 * 300);
    EXPECT_EQ(synapse_count_estimate(network, {0}), 100'000U);
}

TEST(Expand, SelfConnectionsAreLeftOutOnRequest) {
    for (const Connector& c :
         {Connector{FixedProbability{1.0, false}}, Connector{FixedOutdegree{50, false}}})
        for (const Synapse& s : synapses(loop(5, c)))
            EXPECT_NE(s.pre, s.post);
    EXPECT_EQ(synapses(loop(5, FixedProbability{1.0, false})).size(), 20U);
    std::set<std::uint32_t> targets;
    for (const Synapse& s : synapses(loop(5, FixedOutdegree{50, false}), 2, 3))
        targets.insert(s.post);
    EXPECT_EQ(targets, (std::set<std::uint32_t>{0, 1, 3, 4}));
}

TEST(Expand, FixedOutdegreeIsExactForEveryNeuron) {
    std::map<std::uint32_t, int> degree;
    for (const Synapse& s : synapses(pair({50}, {7}, FixedOutdegree{11, true})))
        ++degree[s.pre];
    for (const auto& [pre, count] : degree)
        EXPECT_EQ(count, 11);
    EXPECT_EQ(degree.size(), 50U);
}

TEST(Expand, FixedTotalNumberIsExactAndMultinomial) {
    const std::uint32_t rows = 200;
    const Network network    = pair({rows}, {10}, FixedTotalNumber{20'000});
    std::vector<double> degree(rows, 0);
    const auto all = synapses(network);
    for (const Synapse& s : all)
        ++degree[s.pre];
    EXPECT_EQ(all.size(), 20'000U);
    double chi = 0;
    for (const double d : degree)
        chi += (d - 100) * (d - 100) / 100;
    EXPECT_GT(chi, 120.0);  // 199 degrees of freedom: mean 199, deviation 20
    EXPECT_LT(chi, 280.0);
}

TEST(Expand, FixedTotalNumberGivesEachSynapseItsOwnWeight) {
    const Network network = pair({20}, {10}, FixedTotalNumber{500}, Uniform{0, 1});
    std::set<double> weights;
    for (const Synapse& s : synapses(network))
        weights.insert(s.weight);
    EXPECT_EQ(weights.size(), 500U);
}

}  // namespace
}  // namespace spikeloom::ir
