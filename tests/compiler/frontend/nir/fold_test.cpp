// SPDX-License-Identifier: Apache-2.0
/// Folded linear nodes do what the nodes do, one after the other.
#include "compiler/ir/models.hpp"
#include "support/keyed_rng.hpp"
#include "tests/compiler/frontend/nir/graph_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace spikeloom::frontend {
namespace {

using namespace nir;
using namespace nir::testing;
using ::testing::ElementsAre;

/// Small whole numbers, so that sums are exact in any order.
struct Value {
    Extents shape;
    std::vector<double> x;
};
using Draw = KeyedSequence;

std::vector<double> draw_many(Draw& draw, std::uint64_t count) {
    std::vector<double> values(count);
    for (double& value : values)
        value = static_cast<double>(draw.below(7)) - 3.0;
    return values;
}

/// A random node for an input of the given shape and what it does to the input, by definition.
struct Step {
    RawNode node;
    std::function<Value(const Value&)> apply;
};

Step affine_step(Draw& draw, const Extents& shape, const std::string& name) {
    const std::uint64_t columns = shape.back();
    const std::uint64_t rows    = 1 + draw.below(6);
    const auto weight           = draw_many(draw, rows * columns);
    const auto bias             = draw_many(draw, rows);
    const auto apply            = [=](const Value& in) {
        Value out{{rows}, bias};
        for (std::uint64_t i = 0; i < rows; ++i)
            for (std::uint64_t j = 0; j < columns; ++j)
                out.x[i] += weight[i * columns + j] * in.x[j];
        return out;
    };
    return {node(name, "Affine",
                 {{"weight", reals(weight, {rows, columns})}, {"bias", reals(bias, {rows})}}),
            apply};
}

Step scale_step(Draw& draw, const Extents& shape, const std::string& name) {
    const auto kind = draw.below(3);  // one number, one a channel, one an element
    const Extents own =
        kind == 0 ? Extents{1} : (kind == 1 && shape.size() == 3 ? Extents{shape[0], 1, 1} : shape);
    const auto factors = draw_many(draw, count(own));
    const auto apply   = [=](const Value& in) {
        Value out = in;
        for (std::size_t k = 0; k < out.x.size(); ++k)
            out.x[k] *= factors[k / (out.x.size() / factors.size())];
        return out;
    };
    return {node(name, "Scale", {{"scale", reals(factors, own)}}), apply};
}

struct Geometry {
    std::int64_t kernel[2], stride[2], pad[2], dilation[2];
};

Geometry draw_geometry(Draw& draw, bool may_dilate) {
    Geometry g{};
    for (int axis = 0; axis < 2; ++axis) {
        g.kernel[axis]   = 1 + static_cast<std::int64_t>(draw.below(3));
        g.stride[axis]   = 1 + static_cast<std::int64_t>(draw.below(2));
        g.pad[axis]      = static_cast<std::int64_t>(draw.below(2));
        g.dilation[axis] = may_dilate ? 1 + static_cast<std::int64_t>(draw.below(2)) : 1;
    }
    return g;
}

std::int64_t extent(const Geometry& g, int axis, std::uint64_t in) {
    return (static_cast<std::int64_t>(in) + 2 * g.pad[axis] -
            g.dilation[axis] * (g.kernel[axis] - 1) - 1) /
               g.stride[axis] +
           1;
}

/// in[c][y + ...][x + ...], zero in the padding.
double pixel(const Value& in, std::uint64_t c, std::int64_t y, std::int64_t x) {
    const auto height = static_cast<std::int64_t>(in.shape[1]);
    const auto width  = static_cast<std::int64_t>(in.shape[2]);
    if (y < 0 || x < 0 || y >= height || x >= width) return 0;
    return in.x[(c * in.shape[1] + static_cast<std::uint64_t>(y)) * in.shape[2] +
                static_cast<std::uint64_t>(x)];
}

/// sum over the kernel of weight(ky, kx) * pixel
double window_sum(const Value& in, const Geometry& g, std::uint64_t c, std::int64_t y,
                  std::int64_t x, const std::function<double(std::int64_t, std::int64_t)>& weight) {
    double sum = 0;
    for (std::int64_t ky = 0; ky < g.kernel[0]; ++ky)
        for (std::int64_t kx = 0; kx < g.kernel[1]; ++kx)
            sum += weight(ky, kx) * pixel(in, c, y * g.stride[0] + ky * g.dilation[0] - g.pad[0],
                                          x * g.stride[1] + kx * g.dilation[1] - g.pad[1]);
    return sum;
}

Extents plane_of(const Geometry& g, std::uint64_t channels, const Extents& in) {
    return {channels, static_cast<std::uint64_t>(extent(g, 0, in[1])),
            static_cast<std::uint64_t>(extent(g, 1, in[2]))};
}

Step convolution_step(Draw& draw, const Extents& shape, const std::string& name) {
    const Geometry g           = draw_geometry(draw, shape[1] > 4 && shape[2] > 4);
    const std::uint64_t groups = draw.below(2) == 0 ? shape[0] : 1;
    const std::uint64_t ins    = shape[0] / groups;
    const std::uint64_t outs   = groups * (1 + draw.below(2));
    const Extents kernel{outs, ins, static_cast<std::uint64_t>(g.kernel[0]),
                         static_cast<std::uint64_t>(g.kernel[1])};
    const auto weight = draw_many(draw, count(kernel));
    const auto bias   = draw_many(draw, outs);
    const auto apply  = [=](const Value& in) {
        Value out{plane_of(g, outs, in.shape), {}};
        for (std::uint64_t o = 0; o < outs; ++o)
            for (std::uint64_t y = 0; y < out.shape[1]; ++y)
                for (std::uint64_t x = 0; x < out.shape[2]; ++x) {
                    double sum = bias[o];
                    for (std::uint64_t i = 0; i < ins; ++i)
                        sum += window_sum(
                             in, g, o / (outs / groups) * ins + i, static_cast<std::int64_t>(y),
                             static_cast<std::int64_t>(x), [&](std::int64_t ky, std::int64_t kx) {
                                return weight[((o * ins + i) * kernel[2] +
                                               static_cast<std::uint64_t>(ky)) *
                                                  kernel[3] +
                                              static_cast<std::uint64_t>(kx)];
                            });
                    out.x.push_back(sum);
                }
        return out;
    };
    return {node(name, "Conv2d",
                 {{"weight", reals(weight, kernel)},
                  {"bias", reals(bias, {outs})},
                  {"stride", integers_of({g.stride[0], g.stride[1]})},
                  {"padding", integers_of({g.pad[0], g.pad[1]})},
                  {"dilation", integers_of({g.dilation[0], g.dilation[1]})},
                  {"groups", integer(static_cast<std::int64_t>(groups))}}),
            apply};
}

Step pool_step(Draw& draw, const Extents&, const std::string& name) {
    Geometry g            = draw_geometry(draw, false);
    g.kernel[0]           = 2;  // an average over 2 or 4 stays exact
    g.kernel[1]           = 1 + static_cast<std::int64_t>(draw.below(2));
    const bool is_average = draw.below(2) == 0;
    const double factor   = is_average ? 1.0 / static_cast<double>(g.kernel[0] * g.kernel[1]) : 1.0;
    const auto apply      = [=](const Value& in) {
        Value out{plane_of(g, in.shape[0], in.shape), {}};
        for (std::uint64_t c = 0; c < in.shape[0]; ++c)
            for (std::uint64_t y = 0; y < out.shape[1]; ++y)
                for (std::uint64_t x = 0; x < out.shape[2]; ++x)
                    out.x.push_back(window_sum(in, g, c, static_cast<std::int64_t>(y),
                                                    static_cast<std::int64_t>(x),
                                                    [&](std::int64_t, std::int64_t) { return factor; }));
        return out;
    };
    return {node(name, is_average ? "AvgPool2d" : "SumPool2d",
                 {{"kernel_size", integers_of({g.kernel[0], g.kernel[1]})},
                  {"stride", integers_of({g.stride[0], g.stride[1]})},
                  {"padding", integers_of({g.pad[0], g.pad[1]})}}),
            apply};
}

Step flatten_step(const std::string& name) {
    const auto apply = [](const Value& in) { return Value{{count(in.shape)}, in.x}; };
    return {node(name, "Flatten", {{"start_dim", integer(0)}, {"end_dim", integer(-1)}}), apply};
}

Step draw_step(Draw& draw, const Extents& shape, const std::string& name) {
    if (shape.size() == 1)
        return draw.below(3) == 0 ? scale_step(draw, shape, name) : affine_step(draw, shape, name);
    const bool is_large = shape[1] > 3 && shape[2] > 3;
    switch (is_large ? draw.below(5) : 3 + draw.below(2)) {
        case 0:
        case 1:
            return convolution_step(draw, shape, name);
        case 2:
            return pool_step(draw, shape, name);
        case 3:
            return scale_step(draw, shape, name);
        default:
            return flatten_step(name);
    }
}

/// What the projections into population n and its bias make of x.
std::vector<double> run_network(const ir::Network& network, const std::vector<double>& x) {
    const PopulationId n = network.find("n").value();
    std::vector<double> sum(network.at(n).size());
    for (std::uint64_t k = 0; k < sum.size(); ++k)
        sum[k] = ir::parameter(network, n, "bias", k);
    for (std::uint32_t p = 0; p < network.projections.size(); ++p)
        for (const auto& [at, weight] : synapses(network, p))
            sum[std::get<1>(at)] += weight * x[std::get<0>(at)];
    return sum;
}

TEST(Fold, RandomChainsDoWhatTheirNodesDo) {
    for (std::uint64_t id = 0; id < 300; ++id) {
        Draw draw{5, Stream::test, id};
        const Extents shape =
            draw.below(4) == 0 ? Extents{1 + draw.below(6)}
                               : Extents{1 + draw.below(3), 5 + draw.below(3), 5 + draw.below(3)};
        Value value{shape, draw_many(draw, count(shape))};
        const auto x = value.x;
        std::vector<RawNode> nodes{input({shape.begin(), shape.end()})};
        for (std::uint64_t k = 0; k < 1 + id % 4; ++k) {
            Step step = draw_step(draw, value.shape, numbered("s", k));
            value     = step.apply(value);
            nodes.push_back(std::move(step.node));
        }
        nodes.push_back(neurons("n", value.shape));
        nodes.push_back(output({value.shape.begin(), value.shape.end()}));
        const auto network = network_from(chain(std::move(nodes)));
        ASSERT_TRUE(network) << id << " " << text(network);
        ASSERT_EQ(network->projections.size(), 1U);
        ASSERT_EQ(run_network(*network, x), value.x) << id;
    }
}

ir::Network read(const RawGraph& graph) {
    const auto network = network_from(graph);
    EXPECT_TRUE(network) << text(network);
    return network.value_or(ir::Network{});
}

template <class Connector>
bool is(const ir::Network& network, std::size_t k = 0) {
    return std::holds_alternative<Connector>(network.projections.at(k).connector);
}

RawNode conv(std::string name) {
    return node(std::move(name), "Conv2d", {{"weight", ramp(1, {2, 1, 3, 3})}});
}
RawNode pool(std::string name) {
    return node(std::move(name), "SumPool2d", {{"kernel_size", integer(2)}});
}

TEST(Fold, OneNodeKeepsItsCompactForm) {
    EXPECT_TRUE(is<ir::OneToOne>(read(chain({input({2}), neurons("n", {2}), output({2})}))));
    EXPECT_TRUE(is<ir::Dense>(
        read(chain({input({2}), linear("w", 3, 2), neurons("n", {3}), output({3})}))));
    EXPECT_TRUE(is<ir::Conv2d>(
        read(chain({input({1, 5, 5}), conv("c"), neurons("n", {2, 3, 3}), output({2, 3, 3})}))));
    EXPECT_TRUE(is<ir::Pool2d>(
        read(chain({input({1, 4, 4}), pool("p"), neurons("n", {1, 2, 2}), output({1, 2, 2})}))));
}

TEST(Fold, ScalesAndFlattensGoIntoTheirNeighbours) {
    const RawNode twice   = node("s", "Scale", {{"scale", scalar(2)}});
    const RawNode channel = node("t", "Scale", {{"scale", reals({1, 10}, {2, 1, 1})}});
    const auto network    = read(chain(
           {input({1, 5, 5}), twice, conv("c"), channel, neurons("n", {2, 3, 3}), output({2, 3, 3})}));
    EXPECT_TRUE(is<ir::Conv2d>(network));
    EXPECT_EQ(array(network.projections[0].weights)[0], 2.0);
    EXPECT_EQ(array(network.projections[0].weights)[9], 200.0);
    const auto flat = read(chain({input({2, 2}), node("f", "Flatten", {{"start_dim", integer(0)}}),
                                  linear("w", 3, 4), neurons("n", {3}), output({3})}));
    EXPECT_TRUE(is<ir::Dense>(flat));
}

TEST(Fold, APooledConvolutionIsSparse) {
    const auto network = read(chain(
        {input({1, 6, 6}), conv("c"), pool("p"), neurons("n", {2, 2, 2}), output({2, 2, 2})}));
    EXPECT_TRUE(is<ir::Sparse>(network));
    EXPECT_EQ(synapses(network, 0).size(), 8U * 16U);
}

TEST(Fold, KernelsThatAreNotSquareKeepTheirSides) {
    // The reference implementation takes the kernel's height for both axes.
    const auto network =
        read(chain({input({2, 10, 20}), node("c", "Conv2d", {{"weight", ramp(1, {4, 2, 3, 5})}}),
                    neurons("n", {}), output({4, 8, 16})}));
    EXPECT_THAT(population(network, "n").shape, ElementsAre(4, 8, 16));
}

TEST(Fold, PaddingAsAWord) {
    for (const std::string word : {"same", "valid"}) {
        RawNode c = node("c", "Conv2d",
                         {{"weight", ramp(1, {1, 1, 2, 3})},
                          {"padding", make_text(word)},
                          {"dilation", integers_of({1, 2})}});
        const auto network =
            read(chain({input({1, 6, 8}), c, neurons("n", {}),
                        output(word == "same" ? std::vector<std::int64_t>{1, 6, 8}
                                              : std::vector<std::int64_t>{1, 5, 4})}));
        const auto& connector = std::get<ir::Conv2d>(network.projections[0].connector);
        EXPECT_EQ(connector.pad_top, 0U);
        EXPECT_EQ(connector.pad_bottom, word == "same" ? 1U : 0U);
        EXPECT_EQ(connector.pad_left, word == "same" ? 2U : 0U);
        EXPECT_EQ(connector.pad_right, word == "same" ? 2U : 0U);
    }
}

TEST(Fold, Conv1dSlidesAlongItsAxis) {
    const auto network = read(chain({input({1, 4}),
                                     node("c", "Conv1d",
                                          {{"weight", reals({1, 10}, {1, 1, 2})},
                                           {"input_shape", integer(4)},
                                           {"stride", integer(2)},
                                           {"bias", reals({5}, {1})}}),
                                     neurons("n", {1, 2}), output({1, 2})}));
    EXPECT_EQ(run_network(network, {1, 2, 3, 4}), (std::vector<double>{26, 48}));
}

TEST(Fold, BatchesOfWeightsAreBlocks) {
    const auto network =
        read(chain({input({2, 2}), node("w", "Linear", {{"weight", ramp(1, {2, 1, 2})}}),
                    neurons("n", {2, 1}), output({2, 1})}));
    EXPECT_EQ(run_network(network, {1, 1, 1, 1}), (std::vector<double>{3, 7}));
    EXPECT_EQ(synapses(network, 0).size(), 4U);
}

TEST(Fold, SeveralEdgesIntoANeuronAreSeveralProjections) {
    RawGraph raw = chain({input({2}), linear("a", 2, 2), neurons("n", {2}), output({2})});
    raw.root.nodes.push_back(linear("b", 2, 2));
    raw.root.edges.insert(raw.root.edges.end(), {{"input", "b"}, {"b", "n"}});
    const auto network = read(raw);
    ASSERT_EQ(network.projections.size(), 2U);
    EXPECT_EQ(network.projections[0].name, "input->n");
    EXPECT_EQ(network.projections[1].name, "input->n#2");
    EXPECT_EQ(run_network(network, {1, 1}), (std::vector<double>{6, 14}));
}

TEST(Fold, WaysThatMeetBeforeALinearNodeSum) {
    // Diamonds in a row: 2^20 ways from end to end, but one projection.
    std::vector<RawNode> nodes{input({1})};
    std::vector<Edge> edges;
    std::string last = "input";
    for (int k = 0; k < 20; ++k) {
        const std::string n = std::to_string(k);
        for (const char* side : {"a", "b"}) {
            nodes.push_back(node(side + n, "Linear", {{"weight", filled(1, {1, 1})}}));
            edges.emplace_back(last, side + n);
            edges.emplace_back(side + n, "c" + n);
        }
        nodes.push_back(node("c" + n, "Scale", {{"scale", scalar(0.5)}}));
        last = "c" + n;
    }
    nodes.push_back(neurons("n", {1}));
    nodes.push_back(output({1}));
    edges.insert(edges.end(), {{last, "n"}, {"n", "output"}});
    const auto network = read(graph(nodes, edges));
    ASSERT_EQ(network.projections.size(), 1U);
    EXPECT_EQ(run_network(network, {3}), std::vector<double>{3});
}

TEST(Fold, ADelayBeforeAnotherLinearNodeGoesThroughIt) {
    NirOptions options;
    options.dt = 1;
    const auto network =
        network_from(chain({input({2}), node("d", "Delay", {{"delay", reals({1, 2}, {2})}}),
                            linear("w", 1, 2), neurons("n", {1}), output({1})}),
                     options);
    ASSERT_TRUE(network) << text(network);
    EXPECT_EQ(synapses(*network, 0), (Synapses{{{0, 0, 2}, 1}, {{1, 0, 3}, 2}}));
}

}  // namespace
}  // namespace spikeloom::frontend
