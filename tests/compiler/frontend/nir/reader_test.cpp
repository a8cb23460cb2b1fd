// SPDX-License-Identifier: Apache-2.0
/// What becomes of each node type, of nested graphs, of delays and of outputs.
#include "compiler/ir/models.hpp"
#include "tests/compiler/frontend/nir/graph_builder.hpp"
#include "tests/compiler/frontend/nir/hdf5_maker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikeloom::frontend {
namespace {

using namespace nir;
using namespace nir::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Read {
    Checked<ir::Network> network;
    Diagnostics warnings;
};

Read read(const RawGraph& graph, std::optional<double> dt = std::nullopt) {
    Read result;
    NirOptions options;
    options.dt       = dt;
    options.warnings = &result.warnings;
    result.network   = network_from(graph, options);
    return result;
}

ir::Network good(const RawGraph& graph, std::optional<double> dt = std::nullopt) {
    const Read result = read(graph, dt);
    EXPECT_TRUE(result.network) << text(result.network);
    EXPECT_THAT(list(result.warnings), IsEmpty());
    return result.network.value_or(ir::Network{});
}

struct NeuronCase {
    const char* type;
    const char* model;
    Parameters parameters;
};

TEST(Reader, EveryNeuronTypeKeepsItsParameters) {
    const Extents n{3};
    const std::vector<NeuronCase> cases{
        {"Threshold", "threshold", {{"threshold", ramp(1, n)}}},
        {"I", "i", {{"r", ramp(1, n)}}},
        {"IF", "if", {{"r", ramp(1, n)}, {"v_threshold", ramp(2, n)}, {"v_reset", ramp(3, n)}}},
        {"LI", "li", {{"tau", ramp(1, n)}, {"r", ramp(2, n)}, {"v_leak", ramp(3, n)}}},
        {"LIF",
         "lif",
         {{"tau", ramp(1, n)},
          {"r", ramp(2, n)},
          {"v_leak", ramp(3, n)},
          {"v_threshold", ramp(4, n)},
          {"v_reset", ramp(5, n)}}},
        {"CubaLI",
         "cuba_li",
         {{"tau_syn", ramp(1, n)},
          {"tau_mem", ramp(2, n)},
          {"r", ramp(3, n)},
          {"v_leak", ramp(4, n)},
          {"w_in", ramp(5, n)}}},
        {"CubaLIF",
         "cuba_lif",
         {{"tau_syn", ramp(1, n)},
          {"tau_mem", ramp(2, n)},
          {"r", ramp(3, n)},
          {"v_leak", ramp(4, n)},
          {"w_in", ramp(5, n)},
          {"v_threshold", ramp(6, n)},
          {"v_reset", ramp(7, n)}}},
    };
    for (const NeuronCase& one : cases) {
        const auto network =
            good(chain({input({3}), node("n", one.type, one.parameters), output({3})}));
        const ir::Population& n_population = population(network, "n");
        EXPECT_EQ(n_population.model.name, one.model);
        EXPECT_EQ(n_population.model.parameters.size(), one.parameters.size());
        for (const auto& [name, values] : one.parameters)
            EXPECT_EQ(array(n_population.model.parameters.at(name)), numbers(values)) << name;
        EXPECT_TRUE(n_population.is_output);
        EXPECT_EQ(network.populations[0].model.name, "spike_source");
        EXPECT_EQ(synapses(network, 0), (Synapses{{{0, 0, 1}, 1}, {{1, 1, 1}, 1}, {{2, 2, 1}, 1}}));
        EXPECT_FALSE(network.dt);
        EXPECT_FALSE(network.reset);
    }
}

TEST(Reader, OldFilesWithoutResetAndInputWeightTakeTheDefaults) {
    const auto network = good(chain({input({2}),
                                     node("n", "CubaLIF",
                                          {{"tau_syn", filled(1, {2})},
                                           {"tau_mem", filled(1, {2})},
                                           {"r", filled(1, {2})},
                                           {"v_leak", filled(0, {2})},
                                           {"v_threshold", filled(1, {2})}}),
                                     output({2})}));
    EXPECT_EQ(ir::parameter(network, network.find("n").value(), "v_reset", 1), 0.0);
    EXPECT_EQ(ir::parameter(network, network.find("n").value(), "w_in", 1), 1.0);
}

TEST(Reader, ScalarParametersTakeTheSizeOfTheirInput) {
    for (const Extents& shape : {Extents{}, Extents{1}, Extents{1, 1}}) {
        const auto network =
            good(chain({input({4}), linear("w", 5, 4), neurons("n", shape), output({5})}));
        EXPECT_EQ(population(network, "n").shape, std::vector<std::uint32_t>{5});
        EXPECT_EQ(number(population(network, "n").model.parameters.at("r")), 1.0);
    }
}

TEST(Reader, ParametersPerChannelSpreadOverThePlane) {
    RawNode n = node("n", "IF", {{"r", filled(1, {})}, {"v_threshold", reals({1, 2}, {2, 1, 1})}});
    const auto network = good(chain({input({2, 1, 3}), n, output({2, 1, 3})}));
    EXPECT_THAT(array(population(network, "n").model.parameters.at("v_threshold")),
                ElementsAre(1, 1, 1, 2, 2, 2));
}

TEST(Reader, AFileOfOneNodeGetsAnInputAndAnOutput) {
    RawGraph file;
    file.root          = neurons("", {4});
    const auto network = good(file);
    ASSERT_EQ(network.populations.size(), 2U);
    EXPECT_EQ(network.populations[0].name, "input");
    EXPECT_EQ(network.populations[0].shape, std::vector<std::uint32_t>{4});
    EXPECT_EQ(network.populations[1].name, "node");
    EXPECT_TRUE(network.populations[1].is_output);
}

TEST(Reader, NestedGraphsDissolveIntoDottedNames) {
    const RawNode inner = nested(
        "h", {input({2}, "in"), neurons("lif", {2}), linear("rec", 2, 2), output({2}, "out")},
        {{"in", "lif"}, {"lif", "rec"}, {"rec", "lif"}, {"lif", "out"}});
    const RawNode outer =
        nested("o", {input({2}), inner, output({2})}, {{"input", "h"}, {"h", "output"}});
    const auto network = good(chain({input({3}), linear("w", 2, 3), outer, linear("v", 1, 2),
                                     neurons("last", {1}), output({1})}));
    ASSERT_EQ(network.populations.size(), 3U);
    EXPECT_EQ(network.populations[1].name, "o.h.lif");
    EXPECT_EQ(network.populations[1].pipeline_offset, 0U);
    EXPECT_EQ(network.populations[2].name, "last");
    EXPECT_EQ(network.populations[2].pipeline_offset, 1U);
    EXPECT_EQ(synapses(network, projection(network, "o.h.lif->o.h.lif")),
              (Synapses{{{0, 0, 1}, 1}, {{1, 0, 1}, 2}, {{0, 1, 1}, 3}, {{1, 1, 1}, 4}}));
}

TEST(Reader, ANestedOutputBehindALinearNodeFeedsWhatFollows) {
    const RawNode inner = nested("h", {input({2}), linear("w", 3, 2), output({3})},
                                 {{"input", "w"}, {"w", "output"}});
    const auto network  = good(chain({input({2}), inner, neurons("n", {3}), output({3})}));
    EXPECT_TRUE(std::holds_alternative<ir::Dense>(network.projections.at(0).connector));
}

TEST(Reader, TheShapeOfANestedInputYieldsToItsNeighbours) {
    const RawNode inner = nested("h", {input({9}), neurons("n", {2}), output({2})},
                                 {{"input", "n"}, {"n", "output"}});
    const Read result   = read(chain({input({2}), inner, output({2})}));
    ASSERT_TRUE(result.network) << text(result.network);
    EXPECT_THAT(list(result.warnings),
                ElementsAre("nir.port-shape at /node/nodes/h/nodes/input/shape"));
}

TEST(Reader, SeveralInputsAreSeveralSources) {
    const auto network =
        good(graph({input({2}, "a"), input({2}, "b"), neurons("n", {2}), output({2})},
                   {{"a", "n"}, {"b", "n"}, {"n", "output"}}));
    EXPECT_EQ(network.populations.size(), 3U);
    EXPECT_EQ(network.projections.size(), 2U);
}

TEST(Reader, DoubledEdgesCountOnce) {
    RawGraph doubled = chain({input({2}), neurons("n", {2}), output({2})});
    doubled.root.edges.push_back(doubled.root.edges.front());
    const Read result = read(doubled);
    ASSERT_TRUE(result.network);
    EXPECT_EQ(result.network->projections.size(), 1U);
    EXPECT_THAT(list(result.warnings), ElementsAre("nir.duplicate-edge at /node/edges[2]"));
}

TEST(Reader, ANeuronMayFeedItself) {
    RawGraph loop = chain({input({2}), neurons("n", {2}), output({2})});
    loop.root.edges.emplace_back("n", "n");
    const auto network = good(loop);
    EXPECT_EQ(synapses(network, projection(network, "n->n")),
              (Synapses{{{0, 0, 1}, 1}, {{1, 1, 1}, 1}}));
}

TEST(Reader, SkipConnectionsAreRetimed) {
    RawGraph skip =
        chain({input({1}), neurons("a", {1}), neurons("b", {1}), neurons("c", {1}), output({1})});
    skip.root.edges.emplace_back("a", "c");
    skip.root.edges.emplace_back("input", "c");
    const auto network = good(skip);
    EXPECT_EQ(population(network, "c").pipeline_offset, 2U);
    EXPECT_EQ(number(network.projections[projection(network, "b->c")].delays), 1.0);
    EXPECT_EQ(number(network.projections[projection(network, "a->c")].delays), 2.0);
    EXPECT_EQ(number(network.projections[projection(network, "input->c")].delays), 3.0);
}

TEST(Reader, DelaysAddTicks) {
    const RawNode delay = node("d", "Delay", {{"delay", reals({0.003, 0.001}, {2})}});
    const auto network =
        good(chain({input({2}), neurons("a", {2}), delay, neurons("b", {2}), output({2})}), 1e-3);
    EXPECT_EQ(synapses(network, projection(network, "a->b")),
              (Synapses{{{0, 0, 4}, 1}, {{1, 1, 2}, 1}}));
    EXPECT_EQ(population(network, "b").pipeline_offset, 1U);
}

TEST(Reader, ADelayOnTheRecurrenceIsKeptExactly) {
    RawGraph loop = chain({input({1}), neurons("a", {1}), output({1})});
    loop.root.nodes.push_back(node("d", "Delay", {{"delay", scalar(0.004)}}));
    loop.root.edges.insert(loop.root.edges.end(), {{"a", "d"}, {"d", "a"}});
    const auto network = good(loop, 1e-3);
    EXPECT_EQ(number(network.projections[projection(network, "a->a")].delays), 4.0);
}

TEST(Reader, DelaysBetweenTicksAreRoundedAndSaidSo) {
    const RawNode delay = node("d", "Delay", {{"delay", scalar(0.0024)}});
    const Read result   = read(chain({input({1}), delay, neurons("a", {1}), output({1})}), 1e-3);
    ASSERT_TRUE(result.network);
    EXPECT_EQ(number(result.network->projections[0].delays), 3.0);
    EXPECT_THAT(list(result.warnings), ElementsAre("nir.delay-rounded at /node/nodes/d/delay"));
}

TEST(Reader, ADelayOfZeroNeedsNoTick) {
    const RawNode delay = node("d", "Delay", {{"delay", filled(0, {2})}});
    const auto network  = good(chain({input({2}), delay, neurons("a", {2}), output({2})}));
    EXPECT_EQ(number(network.projections[0].delays), 1.0);
}

TEST(Reader, ALinearNodeBeforeTheOutputIsReadOut) {
    RawNode affine = linear("w", 3, 2);
    affine.type    = "Affine";
    affine.parameters.emplace("bias", ramp(7, {3}));
    const auto network = good(chain({input({2}), neurons("n", {2}), affine, output({3})}));
    const ir::Population& readout = population(network, "output");
    EXPECT_EQ(readout.model.name, "linear");
    EXPECT_TRUE(readout.is_output);
    EXPECT_FALSE(population(network, "n").is_output);
    EXPECT_EQ(readout.pipeline_offset, 1U);
    EXPECT_THAT(array(readout.model.parameters.at("bias")), ElementsAre(7, 8, 9));
}

TEST(Reader, FlattenBeforeTheOutputMarksTheNeurons) {
    const auto network =
        good(chain({input({2, 2}), neurons("n", {2, 2}),
                    node("f", "Flatten", {{"start_dim", integer(0)}}), output({4})}));
    EXPECT_EQ(network.populations.size(), 2U);
    EXPECT_TRUE(population(network, "n").is_output);
}

TEST(Reader, GapsAreSaid) {
    const Read result =
        read(graph({input({1}), neurons("n", {1}), linear("w", 1, 1)}, {{"n", "w"}}));
    ASSERT_TRUE(result.network) << text(result.network);
    EXPECT_THAT(list(result.warnings),
                ElementsAre("nir.unused at /node/nodes/input", "nir.no-input at /node/nodes/n",
                            "nir.unused at /node/nodes/w", "nir.no-output at /node/nodes"));
}

TEST(Reader, ParametersThatTheTypeDoesNotHaveAreIgnoredAndSaid) {
    RawNode n = neurons("n", {1});
    n.parameters.emplace("refractory", filled(2, {1}));
    const Read result = read(chain({input({1}), n, output({1})}));
    ASSERT_TRUE(result.network);
    EXPECT_THAT(list(result.warnings), ElementsAre("nir.ignored at /node/nodes/n/refractory"));
}

TEST(Reader, TooShortDelaysOnACycleAreSaid) {
    RawGraph loop = chain({input({1}), neurons("a", {1}), neurons("b", {1}), output({1})});
    loop.root.nodes.push_back(node("d", "Delay", {{"delay", scalar(1e-3)}}));
    loop.root.edges.insert(loop.root.edges.end(), {{"b", "d"}, {"d", "a"}});
    const Read result = read(loop, 1e-3);
    ASSERT_TRUE(result.network);
    EXPECT_EQ(list(result.warnings).front(), "nir.cycle-delay at /node/nodes/a");
    EXPECT_EQ(number(result.network->projections[projection(*result.network, "b->a")].delays), 1);
}

TEST(Reader, GzipAndPlainFilesReadTheSame) {
    const RawGraph raw =
        chain({input({40}), linear("w", 50, 40), neurons("n", {50}), output({50})});
    for (const WriteOptions& options : {WriteOptions{4}, WriteOptions{std::nullopt}}) {
        const auto network = parse_nir(format_raw(raw, options).value(), "x.nir");
        ASSERT_TRUE(network) << text(network);
        EXPECT_EQ(array(network->projections[0].weights).size(), 2000U);
    }
}

TEST(Reader, IntegersWhereNumbersAreExpectedAreFine) {
    Hdf5Maker file;
    file.lif_frame();
    file.integers("/node/nodes/lif/tau", {2}, {});
    file.doubles("/node/nodes/lif/r", {3}, {1}, H5T_IEEE_F32BE);
    const auto network = parse_nir(file.bytes(), "x.nir");
    ASSERT_TRUE(network) << text(network);
    EXPECT_EQ(number(population(*network, "lif").model.parameters.at("tau")), 2.0);
    EXPECT_EQ(number(population(*network, "lif").model.parameters.at("r")), 3.0);
}

}  // namespace
}  // namespace spikeloom::frontend
