// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/rates.hpp"

#include <gtest/gtest.h>

namespace spikeloom::mapping {
namespace {

ir::Network two_populations() {
    ir::Network network;
    network.populations.resize(2);
    network.populations[0].name  = "in";
    network.populations[0].shape = {2};
    network.populations[1].name  = "a,b";
    network.populations[1].shape = {3};
    return network;
}

TEST(Rates, OneNumberALine) {
    const auto rates = parse_rates("# Hz\n1.5\n\n0\r\n20 \n", "r.csv", two_populations());
    ASSERT_TRUE(rates);
    EXPECT_EQ(*rates, (Rates{1.5, 0, 20}));
}

TEST(Rates, TableByPopulationAndNeuron) {
    const auto rates =
        parse_rates("population,neuron,rate\na,b,2,7\nin,0,1e2\n", "r.csv", two_populations());
    ASSERT_TRUE(rates) << to_string(rates.error());
    EXPECT_EQ(*rates, (Rates{100, 0, 0, 0, 7}));
}

TEST(RatesErrors, SayWhereTheFaultIs) {
    const auto expect = [](std::string_view text, std::string_view code, std::string_view line) {
        const auto rates = parse_rates(text, "r.csv", two_populations());
        ASSERT_FALSE(rates) << text;
        EXPECT_EQ(rates.error().code, code);
        EXPECT_EQ(rates.error().location.where, line);
    };
    expect("1\n-2\n", "map.rates-syntax", "2");
    expect("1\nnan\n", "map.rates-syntax", "2");
    expect("population,neuron,rate\nin,0\n", "map.rates-syntax", "2");
    expect("population,neuron,rate\n,1\n", "map.rates-syntax", "2");
    expect("population,neuron,rate\nin,x,1\n", "map.rates-syntax", "2");
    expect("population,neuron,rate\nin,1,1\nout,0,1\n", "map.rates-population", "3");
    expect("population,neuron,rate\nin,1,1\nin,2,1\n", "map.rates-neuron", "3");
}

TEST(Rates, SilentNetsStillWeighOne) {
    EXPECT_EQ(spikes_of(0), 1U);
    EXPECT_EQ(spikes_of(2.34), 23U);
    EXPECT_EQ(spikes_of(1e30), 1000000000U);
}

}  // namespace
}  // namespace spikeloom::mapping
