// SPDX-License-Identifier: Apache-2.0
/// Networks written as NIR and read back.
#include "compiler/ir/models.hpp"
#include "support/keyed_rng.hpp"
#include "tests/compiler/frontend/nir/graph_builder.hpp"
#include "tests/support/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace spikeloom::frontend {
namespace {

using namespace nir;
using namespace nir::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Sizes = std::vector<std::uint32_t>;

ir::Population make(std::string name, std::string model, Sizes shape) {
    ir::Population made;
    made.name       = std::move(name);
    made.shape      = std::move(shape);
    made.model.name = std::move(model);
    for (const auto& parameter : ir::find_model(made.model.name)->parameters)
        if (!parameter.default_value) made.model.parameters[std::string{parameter.name}] = 0.01;
    return made;
}
ir::Values share(std::vector<double> values) {
    return std::make_shared<const std::vector<double>>(std::move(values));
}
void join(ir::Network& network, std::uint32_t pre, std::uint32_t post, ir::Connector connector,
          ir::Values weights = 1.0, ir::Values delays = 1.0) {
    ir::Projection made;
    made.name      = numbered("p", network.projections.size());
    made.pre       = {pre};
    made.post      = {post};
    made.connector = std::move(connector);
    made.weights   = std::move(weights);
    made.delays    = std::move(delays);
    network.projections.push_back(std::move(made));
}

/// source "in" -> "a" (output), sizes as given.
ir::Network pair_of(Sizes in, Sizes a, const std::string& model = "if") {
    ir::Network network;
    network.file                     = "net.json";
    network.populations              = {make("in", "spike_source", std::move(in)),
                                        make("a", model, std::move(a))};
    network.populations[1].is_output = true;
    return network;
}

ir::Network again(const ir::Network& network, std::optional<double> dt = std::nullopt) {
    NirOptions options;
    options.dt       = dt;
    const auto graph = graph_from(network, options);
    EXPECT_TRUE(graph) << text(graph);
    if (!graph) return {};
    const auto bytes = format_raw(*graph);
    EXPECT_TRUE(bytes);
    const auto read = parse_nir(*bytes, "again.nir", options);
    EXPECT_TRUE(read) << text(read);
    return read.value_or(ir::Network{});
}

std::vector<std::string> types_of(const RawGraph& graph) {
    std::vector<std::string> types;
    for (const RawNode& node : graph.root.nodes)
        types.push_back(node.type);
    std::ranges::sort(types);
    return types;
}

/// All synapses between two populations by name, zero weights left out.
Synapses between(const ir::Network& network, const std::string& pre, const std::string& post) {
    Synapses all;
    for (std::uint32_t p = 0; p < network.projections.size(); ++p) {
        const ir::Projection& one = network.projections[p];
        if (network.at(one.pre).name != pre || network.at(one.post).name != post) continue;
        for (const auto& [at, weight] : synapses(network, p))
            if (weight != 0) all[at] += weight;
    }
    return all;
}

TEST(Writer, EveryNeuronModelKeepsItsParameters) {
    for (const char* model : {"lif", "if", "cuba_lif", "li", "cuba_li", "i", "threshold"}) {
        ir::Network network = pair_of({3}, {3}, model);
        double value        = 0.5;
        for (const auto& parameter : ir::find_model(model)->parameters)
            if (parameter.name != "refractory" && parameter.name != "v_init")
                network.populations[1].model.parameters[std::string{parameter.name}] =
                    share({value += 1, value += 1, value += 1});
        join(network, 0, 1, ir::Dense{}, share({1, 2, 3, 4, 5, 6, 7, 8, 9}));
        const ir::Network read = again(network);
        EXPECT_EQ(read.populations[1].model.name, model);
        EXPECT_TRUE(read.populations[1].is_output);
        for (const auto& [name, values] : network.populations[1].model.parameters)
            EXPECT_EQ(array(read.populations[1].model.parameters.at(name)), array(values)) << name;
        EXPECT_EQ(between(read, "in", "a"), between(network, "in", "a"));
    }
}

TEST(Writer, ConnectorsBecomeTheNodesThatSayThem) {
    ir::Network network = pair_of({1, 6, 6}, {2, 4, 4});
    ir::Conv2d conv;
    conv.kernel_y = conv.kernel_x = 3;
    conv.out_channels             = 2;
    join(network, 0, 1, conv, share(std::vector<double>(18, 0.5)));
    network.populations.push_back(make("b", "if", {2, 2, 2}));
    join(network, 1, 2, ir::Pool2d{2, 2, 2, 2, 0, 0}, 0.25);
    network.populations.push_back(make("c", "if", {2, 2, 2}));
    join(network, 2, 3, ir::OneToOne{}, share(std::vector<double>(8, 3.0)));
    network.populations.push_back(make("d", "if", {5}));
    join(network, 3, 4, ir::Dense{}, share(std::vector<double>(40, 2.0)));
    const auto graph = graph_from(network);
    ASSERT_TRUE(graph) << text(graph);
    EXPECT_THAT(types_of(*graph), ElementsAre("AvgPool2d", "Conv2d", "Flatten", "IF", "IF", "IF",
                                              "IF", "Input", "Linear", "Output", "Scale"));
    const ir::Network read = again(network);
    ASSERT_EQ(read.projections.size(), 4U);
    for (const auto& [pre, post] :
         {std::pair{"in", "a"}, std::pair{"a", "b"}, std::pair{"b", "c"}, std::pair{"c", "d"}}) {
        const auto name = std::string{pre} + "->" + post;
        EXPECT_EQ(between(read, pre, post), between(network, pre, post)) << name;
        EXPECT_EQ(read.projections[projection(read, name)].connector.index(),
                  network.projections[projection(read, name)].connector.index());
    }
    EXPECT_EQ(population(read, "c").shape, (Sizes{2, 2, 2}));
}

TEST(Writer, OtherPaddingsAndPoolsAreStillExact) {
    ir::Network network = pair_of({1, 5, 5}, {1, 6, 4});
    ir::Conv2d lopsided;
    lopsided.kernel_y = lopsided.kernel_x = 2;
    lopsided.pad_top                      = 2;
    join(network, 0, 1, lopsided, share({1, 2, 3, 4}));
    network.populations.push_back(make("b", "if", {1, 3, 2}));
    network.populations.push_back(make("c", "if", {1, 5, 5}));
    ir::Conv2d same = lopsided;
    same.pad_top    = 0;
    same.pad_bottom = same.pad_right = 1;
    join(network, 0, 3, same, share({1, 2, 3, 4}));
    network.populations.push_back(make("d", "if", {1, 2, 2}));
    join(network, 3, 4, ir::Pool2d{2, 2, 2, 2, 0, 0}, 0.7);
    join(network, 1, 2, ir::Pool2d{2, 2, 2, 2, 0, 0});
    const ir::Network read = again(network);
    EXPECT_EQ(between(read, "in", "a"), between(network, "in", "a"));
    EXPECT_EQ(between(read, "a", "b"), between(network, "a", "b"));
    EXPECT_EQ(between(read, "in", "c"), between(network, "in", "c"));
    EXPECT_EQ(between(read, "c", "d"), between(network, "c", "d"));
    EXPECT_EQ(population(read, "a").shape, Sizes{24});  // fed by a Linear
    EXPECT_EQ(population(read, "d").shape, (Sizes{1, 2, 2}));
}

TEST(Writer, BiasesRideOnALayer) {
    ir::Network network = pair_of({1, 4, 4}, {2, 2, 2});
    ir::Conv2d conv;
    conv.kernel_y = conv.kernel_x = 3;
    conv.out_channels             = 2;
    join(network, 0, 1, conv, share(std::vector<double>(18, 0.5)));
    network.populations[1].model.parameters["bias"] = share({1, 1, 1, 1, 2, 2, 2, 2});
    const ir::Network per_channel                   = again(network);
    EXPECT_EQ(array(per_channel.populations[1].model.parameters.at("bias")),
              array(network.populations[1].model.parameters.at("bias")));
    EXPECT_TRUE(std::holds_alternative<ir::Conv2d>(per_channel.projections[0].connector));

    network.populations[1].model.parameters["bias"] = share({1, 2, 3, 4, 5, 6, 7, 8});
    const ir::Network per_neuron                    = again(network);
    EXPECT_EQ(array(per_neuron.populations[1].model.parameters.at("bias")),
              array(network.populations[1].model.parameters.at("bias")));
    EXPECT_EQ(between(per_neuron, "in", "a"), between(network, "in", "a"));
}

TEST(Writer, AReadoutIsAnOutputBehindALinear) {
    ir::Network network                             = pair_of({3}, {2}, "linear");
    network.populations[1].model.parameters["bias"] = 4.0;
    join(network, 0, 1, ir::Dense{}, share({1, 2, 3, 4, 5, 6}));
    const ir::Network read = again(network);
    EXPECT_EQ(read.populations.at(1).model.name, "linear");
    EXPECT_EQ(read.populations[1].name, "a");
    EXPECT_EQ(number(read.populations[1].model.parameters.at("bias")), 4.0);
}

TEST(Writer, DelaysOfEverySynapse) {
    ir::Network network = pair_of({2}, {2});
    auto pre =
        std::make_shared<const std::vector<std::uint32_t>>(std::vector<std::uint32_t>{0, 0, 1});
    auto post =
        std::make_shared<const std::vector<std::uint32_t>>(std::vector<std::uint32_t>{0, 1, 1});
    join(network, 0, 1, ir::Sparse{pre, post}, share({1, 2, 3}), share({1, 3, 1}));
    join(network, 1, 1, ir::OneToOne{}, -2.0, 5.0);
    const ir::Network read = again(network, 1e-3);
    EXPECT_EQ(between(read, "in", "a"), between(network, "in", "a"));
    EXPECT_EQ(between(read, "a", "a"), between(network, "a", "a"));
}

TEST(Writer, TheSameEdgeTwiceStaysTwo) {
    ir::Network network = pair_of({2}, {2});
    join(network, 0, 1, ir::OneToOne{});
    join(network, 0, 1, ir::OneToOne{});
    const ir::Network read = again(network);
    EXPECT_EQ(between(read, "in", "a"), (Synapses{{{0, 0, 1}, 2}, {{1, 1, 1}, 2}}));
}

TEST(Writer, TickAndResetAreKept) {
    ir::Network network = pair_of({2}, {2});
    join(network, 0, 1, ir::OneToOne{});
    network.dt             = 1e-4;
    network.reset          = "subtract";
    const ir::Network read = again(network);
    EXPECT_EQ(read.dt, 1e-4);
    EXPECT_EQ(read.reset, "subtract");
}

/// Projections between random populations, any connector, delays of 1 to 3.
ir::Network random_network(std::uint64_t id) {
    KeyedSequence draw{3, Stream::test, id};
    ir::Network network;
    network.seed     = id;
    const auto count = static_cast<std::uint32_t>(2 + draw.below(5));
    for (std::uint32_t k = 0; k < count; ++k)
        network.populations.push_back(make(numbered("p", k), k == 0 ? "spike_source" : "lif",
                                           {static_cast<std::uint32_t>(1 + draw.below(5))}));
    for (std::uint64_t k = 1 + draw.below(8); k > 0; --k) {
        const auto pre     = static_cast<std::uint32_t>(draw.below(count));
        const auto post    = static_cast<std::uint32_t>(1 + draw.below(count - 1));
        const double delay = 1.0 + static_cast<double>(draw.below(3));
        switch (draw.below(4)) {
            case 0:
                join(network, pre, post, ir::AllToAll{}, 2.0, delay);
                break;
            case 1:
                join(network, pre, post, ir::FixedProbability{0.5}, ir::Uniform{1, 2},
                     ir::Uniform{1, 3});
                break;
            case 2:
                join(network, pre, post, ir::FixedTotalNumber{5}, 1.5, delay);
                break;
            default:
                join(network, pre, post, ir::AllToAll{false}, ir::Normal{1, 0.1, 0.5, 1.5}, delay);
        }
    }
    return network;
}

/// Delays may have grown by how much later the two populations run; nothing else may differ.
void expect_same_up_to_lateness(const ir::Network& a, const ir::Network& b, std::uint64_t id) {
    std::map<std::string, std::int64_t> late{{"p0", 0}};
    for (std::size_t round = 0; round < a.populations.size(); ++round)
        for (const auto& pre : a.populations)
            for (const auto& post : a.populations) {
                const Synapses x = between(a, pre.name, post.name);
                const Synapses y = between(b, pre.name, post.name);
                ASSERT_EQ(x.size(), y.size()) << id;
                if (x.empty() || !late.contains(pre.name)) continue;
                const auto shift =
                    std::int64_t{std::get<2>(y.begin()->first)} - std::get<2>(x.begin()->first);
                const auto [entry, is_new] = late.emplace(post.name, late[pre.name] + shift);
                ASSERT_EQ(entry->second, late[pre.name] + shift) << id;
                Synapses moved;
                for (const auto& [at, weight] : x)
                    moved[{std::get<0>(at), std::get<1>(at),
                           static_cast<std::uint32_t>(std::get<2>(at) + shift)}] = weight;
                ASSERT_EQ(moved, y) << id;
            }
}

TEST(Writer, RandomNetworksComeBackUpToTheLatenessOfTheirPopulations) {
    for (std::uint64_t id = 0; id < 150; ++id) {
        const ir::Network network = random_network(id);
        const ir::Network read    = again(network, 1e-3);
        ASSERT_EQ(read.populations.size(), network.populations.size()) << id;
        expect_same_up_to_lateness(network, read, id);
        if (HasFatalFailure()) return;
    }
}

TEST(WriterErrors, WhatNirCannotSayAllOfIt) {
    ir::Network network                                   = pair_of({2}, {2}, "lif");
    network.populations[1].model.parameters["refractory"] = 2.0;
    network.populations[1].model.parameters["v_init"]     = share({0, 0.5});
    network.populations.push_back(make("rain", "poisson", {2}));
    network.populations.push_back(make("a/b", "if", {2}));
    network.populations.push_back(make("sum", "linear", {2}));
    join(network, 0, 1, ir::OneToOne{});
    network.projections[0].plasticity = ir::Plasticity{"stdp_pair",
                                                       {{"tau_plus", 0.02},
                                                        {"tau_minus", 0.02},
                                                        {"a_plus", 1},
                                                        {"a_minus", 1},
                                                        {"w_min", 0},
                                                        {"w_max", 1}}};
    EXPECT_THAT(faults(graph_from(network)),
                ElementsAre("nir.cannot-express at /populations/1/parameters/refractory",
                            "nir.cannot-express at /populations/1/parameters/v_init",
                            "nir.cannot-express at /populations/2/model",
                            "nir.cannot-express at /populations/3/name",
                            "nir.cannot-express at /populations/4/model",
                            "nir.cannot-express at /projections/0/plasticity"));
}

TEST(WriterErrors, ABiasNeedsAProjection) {
    ir::Network network                             = pair_of({2}, {2});
    network.populations[1].model.parameters["bias"] = 1.0;
    EXPECT_THAT(faults(graph_from(network)),
                ElementsAre("nir.cannot-express at /populations/1/parameters/bias"));
}

TEST(WriterErrors, DelaysNeedATick) {
    ir::Network network = pair_of({2}, {2});
    join(network, 0, 1, ir::OneToOne{});
    join(network, 1, 1, ir::OneToOne{}, 1.0, 2.0);
    EXPECT_THAT(faults(graph_from(network)),
                ElementsAre("nir.delay-needs-dt at /projections/1/delays"));
    network.dt = 1e-3;
    EXPECT_TRUE(graph_from(network));
}

TEST(WriterErrors, MatricesThatAreTooLarge) {
    ir::Network network = pair_of({1U << 20}, {1U << 20});
    join(network, 0, 1, ir::FixedOutdegree{1});
    EXPECT_THAT(faults(graph_from(network)), ElementsAre("nir.too-large at /projections/0"));
}

TEST(WriterErrors, AFaultyNetworkIsNotWritten) {
    ir::Network network = pair_of({2}, {3});
    join(network, 0, 1, ir::OneToOne{});
    const test::ScratchFolder folder;
    const auto path = folder / "faulty.nir";
    EXPECT_THAT(faults(write_nir(network, path)),
                ElementsAre("network.connector at /projections/0/connector"));
    EXPECT_FALSE(std::filesystem::exists(path));
    network.populations[1].shape = {2};
    EXPECT_THAT(faults(write_nir(network, "/nowhere/x.nir")), ElementsAre("file.write at "));
    ASSERT_TRUE(write_nir(network, path));
    EXPECT_TRUE(read_nir(path));
}

}  // namespace
}  // namespace spikeloom::frontend
