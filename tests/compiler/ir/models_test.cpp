// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/models.hpp"

#include "compiler/ir/binomial.hpp"
#include "tests/compiler/ir/network_builder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace spikeloom::ir {
namespace {

TEST(Models, NamesAreUniqueAndFindable) {
    std::set<std::string_view> names;
    for (const ModelDescription& model : models()) {
        EXPECT_TRUE(names.insert(model.name).second);
        EXPECT_EQ(find_model(model.name), &model);
        for (const ParameterDescription& parameter : model.parameters) {
            EXPECT_EQ(model.find(parameter.name), &parameter);
            EXPECT_LE(parameter.minimum, parameter.default_value.value_or(parameter.maximum));
            EXPECT_LE(parameter.default_value.value_or(parameter.minimum), parameter.maximum);
        }
    }
    EXPECT_EQ(names, (std::set<std::string_view>{"spike_source", "poisson", "lif", "cuba_lif", "if",
                                                 "threshold", "li", "cuba_li", "i", "linear"}));
    EXPECT_EQ(find_model("izhikevich"), nullptr);
    EXPECT_EQ(find_plasticity_rule("stdp_pair")->parameters.size(), 6U);
    EXPECT_EQ(find_plasticity_rule("hebb"), nullptr);
}

TEST(Models, ParameterGivesDefaultScalarArrayAndDraw) {
    Network network;
    network.seed              = 3;
    network.populations       = {testing::lif("a", {4}), testing::lif("b", {4})};
    auto& parameters          = network.populations[1].model.parameters;
    parameters["v_threshold"] = testing::array_of({1, 2, 3, 4});
    parameters["v_init"]      = Uniform{-1, 1};
    parameters["refractory"]  = Uniform{1, 3};
    EXPECT_EQ(parameter(network, {1}, "tau", 2), 0.02);
    EXPECT_EQ(parameter(network, {1}, "r", 2), 1.0);
    EXPECT_EQ(parameter(network, {1}, "v_threshold", 2), 3.0);
    EXPECT_NE(parameter(network, {1}, "v_init", 0), parameter(network, {1}, "v_init", 1));
    EXPECT_EQ(parameter(network, {1}, "v_init", 3), parameter(network, {1}, "v_init", 3));
    for (std::uint64_t k = 0; k < 4; ++k) {
        const double ticks = parameter(network, {1}, "refractory", k);
        EXPECT_EQ(ticks, std::round(ticks));
    }
    network.populations[0].model.parameters["v_init"] = Uniform{-1, 1};
    EXPECT_NE(parameter(network, {0}, "v_init", 0), parameter(network, {1}, "v_init", 0));
}

TEST(Models, ValueAtDrawsIntegersForDelays) {
    std::set<double> seen;
    for (std::uint64_t k = 0; k < 200; ++k)
        seen.insert(value_at(Uniform{1.5, 4}, k, 1, static_cast<std::uint64_t>(Stream::delay), 0));
    EXPECT_EQ(seen, (std::set<double>{2, 3, 4}));
    const double weight =
        value_at(Uniform{1.5, 4}, 0, 1, static_cast<std::uint64_t>(Stream::weight), 0);
    EXPECT_NE(weight, std::round(weight));
}

TEST(Models, NormalStaysInItsInterval) {
    double sum = 0;
    for (std::uint64_t k = 0; k < 4000; ++k) {
        const double x =
            value_at(Normal{5, 2, 4, 8}, k, 1, static_cast<std::uint64_t>(Stream::weight), 0);
        ASSERT_GE(x, 4);
        ASSERT_LE(x, 8);
        sum += x;
    }
    // Mean of a normal cut to [-1/2, 3/2] deviations around its mean: 5 + 2 (phi(-1/2) - phi(3/2))
    // / share.
    const double share = 0.5 * (std::erf(1.5 / std::sqrt(2.0)) + std::erf(0.5 / std::sqrt(2.0)));
    const auto phi     = [](double x) { return std::exp(-x * x / 2) / std::sqrt(2 * M_PI); };
    EXPECT_NEAR(sum / 4000, 5 + 2 * (phi(-0.5) - phi(1.5)) / share, 0.08);
}

struct BinomialCase {
    std::uint64_t n;
    double p;
};

class BinomialMoments : public ::testing::TestWithParam<BinomialCase> {};

TEST_P(BinomialMoments, MeanAndVariance) {
    const auto [n, p]   = GetParam();
    constexpr int draws = 20'000;
    double sum = 0, squares = 0;
    for (int k = 0; k < draws; ++k) {
        KeyedSequence sequence{11, Stream::test, static_cast<std::uint64_t>(k)};
        const auto x = static_cast<double>(binomial(sequence, n, p));
        sum += x;
        squares += x * x;
    }
    const double mean = static_cast<double>(n) * p, variance = mean * (1 - p);
    const double measured = sum / draws;
    EXPECT_NEAR(measured, mean, 4.5 * std::sqrt(variance / draws));
    EXPECT_NEAR((squares / draws - measured * measured) / variance, 1.0, 0.06);
}

INSTANTIATE_TEST_SUITE_P(All, BinomialMoments,
                         ::testing::Values(BinomialCase{1, 0.5}, BinomialCase{7, 0.2},
                                           BinomialCase{40, 0.5}, BinomialCase{40, 0.9},
                                           BinomialCase{1000, 0.004}, BinomialCase{1000, 0.3},
                                           BinomialCase{1'000'000, 0.5},
                                           BinomialCase{1'000'000'000, 1.0 / 3}));

TEST(Binomial, Ends) {
    KeyedSequence sequence{1, Stream::test, 1};
    EXPECT_EQ(binomial(sequence, 0, 0.5), 0U);
    EXPECT_EQ(binomial(sequence, 9, 0.0), 0U);
    EXPECT_EQ(binomial(sequence, 9, 1.0), 9U);
}

TEST(Binomial, ShapeAgainstTheExactDistribution) {
    constexpr int n = 30, draws = 60'000;
    std::vector<double> count(n + 1, 0), expected(n + 1, 0);
    for (int k = 0; k < draws; ++k) {
        KeyedSequence sequence{5, Stream::test, static_cast<std::uint64_t>(k)};
        ++count[binomial(sequence, n, 0.4)];
    }
    double chi = 0;
    for (int k = 4; k <= 20; ++k) {
        const double log_chance = std::lgamma(n + 1.0) - std::lgamma(k + 1.0) -
                                  std::lgamma(n - k + 1.0) + k * std::log(0.4) +
                                  (n - k) * std::log(0.6);
        const double wanted = draws * std::exp(log_chance);
        chi += (count[k] - wanted) * (count[k] - wanted) / wanted;
    }
    EXPECT_LT(chi, 45.0);  // 17 cells; above 45 once in 4000 seeds
}

}  // namespace
}  // namespace spikeloom::ir
