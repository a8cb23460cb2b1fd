// SPDX-License-Identifier: Apache-2.0
/// Every fault of a graph is told, at its HDF5 path, and never only the first.
#include "tests/compiler/frontend/nir/graph_builder.hpp"
#include "tests/compiler/frontend/nir/hdf5_maker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace spikeloom::frontend {
namespace {

using namespace nir;
using namespace nir::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> faults_of(const RawGraph& graph) {
    return faults(network_from(graph));
}

/// input -> node `n` -> output, without saying shapes that could disagree.
std::vector<std::string> faults_of_node(const RawNode& n, const std::vector<std::int64_t>& in,
                                        const std::vector<std::int64_t>& out) {
    return faults_of(chain({input(in), n, neurons("after", {}), output(out)}));
}

TEST(Errors, UnknownTypesAndMissingParameters) {
    EXPECT_THAT(
        faults_of(chain({input({1}), node("a", "Izhikevich", {}), node("b", "LIF", {}),
                         node("c", "Affine", {{"weight", filled(1, {1, 1})}}),
                         node("d", "Input", {}), node("e", "SumPool2d", {})})),
        ElementsAre("nir.unknown-type at /node/nodes/a/type", "nir.missing at /node/nodes/b/tau",
                    "nir.missing at /node/nodes/b/r", "nir.missing at /node/nodes/b/v_leak",
                    "nir.missing at /node/nodes/b/v_threshold", "nir.missing at /node/nodes/c/bias",
                    "nir.missing at /node/nodes/d/shape",
                    "nir.missing at /node/nodes/e/kernel_size", "nir.edge at /node/edges[3]"));
}

TEST(Errors, ADamagedParameterIsNotMissingToo) {
    Hdf5Maker file;
    file.lif_frame();
    file.group("/node/nodes/lif/tau");
    const hdf5::Datatype opaque{H5Tcreate(H5T_OPAQUE, 8)};
    const double value = 1;
    file.data("/node/nodes/lif/r", opaque.get(), {1}, &value, opaque.get());
    EXPECT_THAT(faults(parse_nir(file.bytes(), "")),
                ElementsAre("nir.type at /node/nodes/lif/r", "nir.missing at /node/nodes/lif/tau"));
}

TEST(Errors, NumbersThatAreNone) {
    RawNode bad = node("n", "LIF",
                       {{"tau", reals({1, 0}, {2})},
                        {"r", reals({1, std::numeric_limits<double>::quiet_NaN()}, {2})},
                        {"v_leak", reals({1, std::numeric_limits<double>::infinity()}, {2})},
                        {"v_threshold", make_text("one")},
                        {"v_reset", reals({}, {0})}});
    EXPECT_THAT(
        faults_of(chain({input({2}), bad, output({2})})),
        ElementsAre("nir.value at /node/nodes/n/tau", "nir.value at /node/nodes/n/r",
                    "nir.value at /node/nodes/n/v_leak", "nir.type at /node/nodes/n/v_threshold",
                    "nir.shape at /node/nodes/n/v_reset"));
    EXPECT_THAT(text(network_from(chain({input({2}), bad, output({2})}))),
                HasSubstr("element 1 is nan"));
}

TEST(Errors, WindowsThatAreNone) {
    const RawArray kernel = filled(1, {2, 1, 3, 3});
    const auto conv       = [&](Parameters more) {
        more.emplace("weight", kernel);
        return node("n", "Conv2d", std::move(more));
    };
    const std::vector<std::int64_t> in{1, 8, 8}, out{2, 6, 6};
    const auto expect = [&](const RawNode& n, const std::string& fault) {
        EXPECT_THAT(faults_of_node(n, in, out), ElementsAre(fault));
    };
    expect(conv({{"stride", integers_of({0, 1})}}), "nir.value at /node/nodes/n/stride");
    expect(conv({{"stride", integers_of({1, 1, 1})}}), "nir.shape at /node/nodes/n/stride");
    expect(conv({{"padding", integers_of({-1, 0})}}), "nir.value at /node/nodes/n/padding");
    expect(conv({{"padding", make_text("reflect")}}), "nir.value at /node/nodes/n/padding");
    expect(conv({{"padding", make_text("same")}, {"stride", integer(2)}}),
           "nir.value at /node/nodes/n/padding");
    expect(conv({{"dilation", reals({1.5}, {})}}), "nir.type at /node/nodes/n/dilation");
    expect(conv({{"groups", integer(3)}}), "nir.value at /node/nodes/n/groups");
    expect(conv({{"groups", integers_of({1, 1})}}), "nir.shape at /node/nodes/n/groups");
    expect(conv({{"bias", ramp(0, {3})}}), "nir.shape at /node/nodes/n/bias");
    expect(conv({{"input_shape", integers_of({8, 8, 8})}}),
           "nir.shape at /node/nodes/n/input_shape");
    expect(conv({{"dilation", integer(4)}}), "nir.shape at /node/nodes/n/weight");
    expect(node("n", "Conv2d", {{"weight", filled(1, {2, 1, 3})}}),
           "nir.shape at /node/nodes/n/weight");
    expect(node("n", "Conv2d", {{"weight", filled(1, {2, 5, 3, 3})}}),
           "nir.shape at /node/nodes/n/weight");
    expect(node("n", "SumPool2d", {{"kernel_size", integers_of({9, 9})}}),
           "nir.shape at /node/nodes/n/kernel_size");
}

TEST(Errors, ShapesOfOneNode) {
    EXPECT_THAT(faults_of_node(node("n", "Linear", {{"weight", ramp(1, {3})}}), {3}, {3}),
                ElementsAre("nir.shape at /node/nodes/n/weight"));
    EXPECT_THAT(
        faults_of_node(node("n", "Affine", {{"weight", ramp(1, {2, 3})}, {"bias", ramp(1, {3})}}),
                       {3}, {2}),
        ElementsAre("nir.shape at /node/nodes/n/bias"));
    EXPECT_THAT(
        faults_of_node(node("n", "IF", {{"r", ramp(1, {2})}, {"v_threshold", ramp(1, {3})}}), {3},
                       {3}),
        ElementsAre("nir.shape at /node/nodes/n/v_threshold"));
    EXPECT_THAT(faults_of_node(node("n", "SumPool2d", {{"kernel_size", integer(2)}}), {4}, {2}),
                ElementsAre("nir.shape at /node/nodes/n/kernel_size"));
    EXPECT_THAT(
        faults_of_node(node("n", "Flatten", {{"start_dim", integer(1)}, {"end_dim", integer(5)}}),
                       {4, 4}, {16}),
        ElementsAre("nir.shape at /node/nodes/n/start_dim"));
}

TEST(Errors, EdgesThatDoNotFitAllOfThem) {
    const auto result =
        network_from(chain({input({5}), linear("w", 3, 4), neurons("n", {2}), output({7})}));
    EXPECT_THAT(faults(result),
                ElementsAre("nir.shape at /node/nodes/w", "nir.shape at /node/nodes/n",
                            "nir.shape at /node/nodes/output"));
    EXPECT_EQ(result.error()[0].message, "'w' takes (4) but 'input' gives (5)");
}

TEST(Errors, NothingSaysTheShape) {
    EXPECT_THAT(
        faults_of(graph({node("p", "SumPool2d", {{"kernel_size", integer(2)}}), neurons("n", {1})},
                        {{"p", "n"}})),
        ElementsAre("nir.shape-unknown at /node/nodes/p"));
}

TEST(Errors, EdgesToNowhereAndThroughTheWrongDoor) {
    RawGraph raw = chain({input({1}), neurons("lif1", {1}), output({1})});
    raw.root.edges.insert(
        raw.root.edges.end(),
        {{"lif1", "lif2"}, {"nobody", "lif1"}, {"output", "lif1"}, {"lif1", "input"}});
    EXPECT_THAT(faults_of(raw),
                ElementsAre("nir.edge at /node/edges[2]", "nir.edge at /node/edges[3]",
                            "nir.edge at /node/edges[4]", "nir.edge at /node/edges[5]"));
}

TEST(Errors, ANestedGraphNeedsOneDoorForItsEdges) {
    const RawNode closed = nested("closed", {neurons("n", {1})}, {});
    const RawNode twin =
        nested("twin", {input({1}, "a"), input({1}, "b"), neurons("n", {1}), output({1})},
               {{"a", "n"}, {"b", "n"}, {"n", "output"}});
    EXPECT_THAT(faults_of(chain({input({1}), closed, twin, output({1})})),
                ElementsAre("nir.edge at /node/edges[0]", "nir.edge at /node/edges[1]"));
}

TEST(Errors, TwoNodesOfOneJoinedName) {
    const RawNode inner = nested("a", {input({1}), neurons("b", {1}), output({1})},
                                 {{"input", "b"}, {"b", "output"}});
    EXPECT_THAT(faults_of(chain({input({1}), inner, neurons("a.b", {1}), output({1})})),
                ElementsAre("nir.duplicate-name at /node/nodes/a.b"));
}

TEST(Errors, CyclesWithoutANeuron) {
    RawGraph raw =
        chain({input({1}), linear("a", 1, 1), linear("b", 1, 1), neurons("n", {1}), output({1})});
    raw.root.edges.emplace_back("b", "a");
    raw.root.nodes.push_back(linear("c", 1, 1));
    raw.root.edges.insert(raw.root.edges.end(), {{"c", "c"}, {"c", "n"}});
    auto codes = faults_of(raw);
    std::ranges::sort(codes);
    EXPECT_THAT(codes, ElementsAre("nir.cycle at /node/nodes/a", "nir.cycle at /node/nodes/c"));
}

TEST(Errors, DelaysNeedATick) {
    const RawNode delay = node("d", "Delay", {{"delay", scalar(1)}});
    const RawGraph raw  = chain({input({1}), delay, neurons("n", {1}), output({1})});
    EXPECT_THAT(faults_of(raw), ElementsAre("nir.delay-needs-dt at /node/nodes/d/delay"));
    NirOptions options;
    options.dt = 1e-6;
    EXPECT_THAT(faults(network_from(raw, options)),
                ElementsAre("nir.value at /node/nodes/d/delay"));
    EXPECT_THAT(faults_of_node(node("n", "Delay", {{"delay", scalar(-1)}}), {1}, {1}),
                ElementsAre("nir.value at /node/nodes/n/delay"));
}

TEST(Errors, GraphsThatAreTooLarge) {
    EXPECT_THAT(
        faults_of(chain({input({1 << 20, 1 << 20}), neurons("n", {}), output({1 << 20, 1 << 20})})),
        ElementsAre("nir.too-large at /node/nodes/input", "nir.too-large at /node/nodes/n",
                    "nir.too-large at /node/nodes/output"));
    // Two full layers without neurons between them: 2^26 synapses.
    const RawNode wide = node("w", "Scale", {{"scale", ramp(1, {8192})}});
    EXPECT_THAT(
        faults_of(chain({input({8192}), wide,
                         node("u", "Linear", {{"weight", filled(1, {8192, 1})}}), output({8192})})),
        ElementsAre("nir.shape at /node/nodes/u"));
    EXPECT_THAT(
        faults_of(chain({input({8192}), node("v", "Linear", {{"weight", filled(1, {1, 8192})}}),
                         node("u", "Linear", {{"weight", filled(1, {8192, 1})}}),
                         neurons("n", {8192}), output({8192})})),
        ElementsAre("nir.too-large at /node/nodes/n"));
}

TEST(Errors, AnEmptyGraph) {
    EXPECT_THAT(faults_of(graph({}, {})), ElementsAre("nir.missing at /node/nodes"));
}

TEST(Errors, WhatTheNetworkCheckFindsIsToldAtTheNode) {
    const auto result = network_from(chain({input({1}), neurons("a,b", {1}), output({1})}));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().front().code, "network.name");
    EXPECT_EQ(result.error().front().location.where, "/node/nodes/a,b");
}

}  // namespace
}  // namespace spikeloom::frontend
