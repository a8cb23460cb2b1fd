// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/mapping.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace spikeloom::mapping {
namespace {

ir::Projection projection(std::uint32_t pre, std::uint32_t post, ir::Connector connector) {
    ir::Projection made;
    made.name      = std::to_string(pre) + "->" + std::to_string(post);
    made.pre       = PopulationId{pre};
    made.post      = PopulationId{post};
    made.connector = std::move(connector);
    return made;
}

/// 4 inputs -> 3 neurons dense; the neurons excite each other twice over.
ir::Network small_network() {
    ir::Network network;
    network.name        = "small";
    network.populations = {{"in", {4}, {"poisson", {{"rate", 25.0}}}}, {"out", {3}, {"lif", {}}}};
    using List          = std::vector<std::uint32_t>;
    const ir::Sparse twice{std::make_shared<const List>(List{0, 0, 1}),
                           std::make_shared<const List>(List{2, 2, 0})};
    network.projections = {projection(0, 1, ir::Dense{}), projection(1, 1, twice)};
    return network;
}

hw::ChipSpec chip() {
    hw::ChipSpec spec;
    spec.name                                 = "toy";
    spec.capacities["neurons"]                = {2, "1", "estimate", "toy"};
    spec.capacities["input_axons"]            = {6, "1", "estimate", "toy"};
    spec.capacities["synapses"]               = {12, "1", "estimate", "toy"};
    spec.topology.kind                        = "mesh";
    spec.topology.figures["columns"]          = {2, "1", "estimate", "toy"};
    spec.topology.figures["rows"]             = {3, "1", "estimate", "toy"};
    spec.topology.figures["cores_per_router"] = {4, "1", "estimate", "toy"};
    return spec;
}

TEST(FromNetwork, SourcesAreExternalAndRepeatedSynapsesAreCounted) {
    const auto problem = problem_from_network(small_network(), chip());
    ASSERT_TRUE(problem) << to_string(problem.error());
    EXPECT_EQ(problem->neurons, 3U);
    EXPECT_EQ(problem->nets(), 7U);
    EXPECT_EQ(problem->targets,
              (std::vector<std::uint32_t>{2, 0, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2}));
    EXPECT_EQ(problem->synapses.front(), 2U);
    EXPECT_EQ(problem->spikes, (std::vector<std::uint32_t>{100, 100, 100, 250, 250, 250, 250}));
    EXPECT_EQ(problem->describe(NeuronId{1}), "neuron 1 (population 'out')");
    EXPECT_TRUE(check(*problem));
}

TEST(FromNetwork, LimitsAndMeshComeFromTheChip) {
    const auto problem = problem_from_network(small_network(), chip());
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->limits.neurons, 2U);
    EXPECT_EQ(problem->limits.incoming_axons, 6U);
    EXPECT_FALSE(problem->limits.outgoing_axons);
    EXPECT_EQ(problem->limits.synapse_bits, 12U);
    EXPECT_EQ(problem->mesh->width, 4U);
    EXPECT_EQ(problem->mesh->height, 6U);
    const auto found = partition(*problem, {});
    ASSERT_TRUE(found) << to_string(found.error());
    EXPECT_EQ(found->cores, 2U);
}

TEST(FromNetwork, BuiltInMeshesHoldTheNetwork) {
    for (const char* name : {"generic-mesh", "loihi"}) {
        const auto spec = hw::load_chip(name);
        ASSERT_TRUE(spec) << to_string(spec.error());
        const auto problem = problem_from_network(small_network(), *spec);
        ASSERT_TRUE(problem) << name;
        EXPECT_TRUE(map_network(*problem, {})) << name;
    }
}

TEST(FromNetwork, RatesAreReadAndChecked) {
    const auto rates = parse_rates("# Hz\n0\n1.5\n\n2e1\r\n", "rates");
    ASSERT_TRUE(rates);
    EXPECT_EQ(*rates, (Rates{0, 1.5, 20}));
    EXPECT_EQ(parse_rates("1\nfast\n", "rates").error().location.where, "2");
    EXPECT_EQ(parse_rates("-1\n", "rates").error().code, "map.rates-syntax");

    NetworkMappingOptions options;
    options.rates = Rates{1, 2, 3, 4, 0, 60, 7};
    EXPECT_EQ(problem_from_network(small_network(), chip(), options)->spikes,
              (std::vector<std::uint32_t>{1, 600, 70, 10, 20, 30, 40}));
    options.rates->pop_back();
    EXPECT_EQ(problem_from_network(small_network(), chip(), options).error().code,
              "map.rates-size");
    options.rates = Rates{1, 2, 3, 4, 0, -60, 7};
    EXPECT_EQ(problem_from_network(small_network(), chip(), options).error().code,
              "map.rates-value");
}

TEST(FromNetwork, WhatCannotBeMappedIsRefused) {
    hw::ChipSpec nothing = chip();
    nothing.capacities.erase("neurons");
    EXPECT_EQ(problem_from_network(small_network(), nothing).error().code,
              "map.chip-without-neurons");
    ir::Network sources;
    sources.populations = {{"in", {4}, {"spike_source", {}}}};
    EXPECT_EQ(problem_from_network(sources, chip()).error().code, "map.network-empty");
    ir::Network huge;
    huge.populations = {{"a", {70000}, {"lif", {}}}};
    huge.projections = {projection(0, 0, ir::AllToAll{})};
    EXPECT_EQ(problem_from_network(huge, chip()).error().code, "map.network-too-big");
}

}  // namespace
}  // namespace spikeloom::mapping
