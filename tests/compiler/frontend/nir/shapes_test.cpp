// SPDX-License-Identifier: Apache-2.0
/// Shapes that old files leave out or say in their own way.
#include "tests/compiler/frontend/nir/graph_builder.hpp"

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
    std::vector<std::string> warnings;
};

Read read(const RawGraph& graph) {
    Diagnostics warnings;
    NirOptions options;
    options.warnings = &warnings;
    auto network     = network_from(graph, options);
    EXPECT_TRUE(network) << text(network);
    return {std::move(network), list(warnings)};
}

RawNode conv(Parameters more = {}) {
    more.emplace("weight", ramp(1, {2, 1, 3, 3}));
    return node("c", "Conv2d", std::move(more));
}

TEST(Shapes, ConvolutionsOfOldFilesHaveNoInputShape) {
    for (const bool is_old : {true, false}) {
        const auto [network, warnings] = read(
            chain({input({1, 6, 7}),
                   conv(is_old ? Parameters{} : Parameters{{"input_shape", integers_of({6, 7})}}),
                   neurons("n", {2, 4, 5}), output({2, 4, 5})}));
        EXPECT_THAT(population(*network, "n").shape, ElementsAre(2, 4, 5));
        EXPECT_THAT(warnings, IsEmpty());
    }
}

TEST(Shapes, AnInputShapeThatIsNotTheInputIsAFault) {
    EXPECT_THAT(
        faults(network_from(chain({input({1, 6, 7}), conv({{"input_shape", integers_of({6, 6})}}),
                                   neurons("n", {}), output({2, 4, 4})}))),
        ElementsAre("nir.shape at /node/nodes/c"));
}

TEST(Shapes, ABatchDimensionOfOneIsDropped) {
    const RawNode flat = node("f", "Flatten",
                              {{"start_dim", integer(1)},
                               {"end_dim", integer(-1)},
                               {"input_type", integers_of({1, 2, 4, 5})}});
    const auto [network, warnings] =
        read(chain({input({1, 1, 6, 7}), conv(), neurons("n", {1, 2, 4, 5}), flat,
                    linear("w", 3, 40), neurons("m", {1, 3}), output({1, 3})}));
    EXPECT_THAT(population(*network, "n").shape, ElementsAre(2, 4, 5));
    EXPECT_THAT(population(*network, "m").shape, ElementsAre(3));
    EXPECT_THAT(warnings, ElementsAre("nir.batch-dimension at /node"));
}

TEST(Shapes, ALeadingOneThatFitsIsNoBatch) {
    const auto [network, warnings] =
        read(chain({input({1, 3}), neurons("n", {1, 3}), output({1, 3})}));
    EXPECT_THAT(population(*network, "n").shape, ElementsAre(1, 3));
    EXPECT_THAT(warnings, IsEmpty());
}

TEST(Shapes, FlattenFromOneOfOldFilesMeansAll) {
    const RawNode flat = node("f", "Flatten", {{"input_type", integers_of({2, 2, 2})}});
    const auto [network, warnings] =
        read(chain({input({2, 2, 2}), flat, linear("w", 3, 8), neurons("n", {3}), output({3})}));
    EXPECT_TRUE(std::holds_alternative<ir::Dense>(network->projections[0].connector));
    EXPECT_THAT(warnings, ElementsAre("nir.flatten-start-dim at /node/nodes/f/start_dim"));
}

TEST(Shapes, FlattenKeepsTheDimensionsThatItShould) {
    const RawNode flat =
        node("f", "Flatten", {{"start_dim", integer(-2)}, {"end_dim", integer(2)}});
    const auto [network, warnings] =
        read(chain({input({2, 3, 4}), flat, neurons("n", {}), output({2, 12})}));
    EXPECT_THAT(population(*network, "n").shape, ElementsAre(2, 12));
}

TEST(Shapes, ScalarsOnARecurrenceTakeWhatTheOutsideSays) {
    RawGraph raw = chain({input({4}), linear("w", 3, 4), neurons("n", {}), output({3})});
    raw.root.nodes.push_back(linear("a", 3, 3));
    raw.root.edges.insert(raw.root.edges.end(), {{"n", "a"}, {"a", "n"}});
    const auto [network, warnings] = read(raw);
    EXPECT_THAT(population(*network, "n").shape, ElementsAre(3));
}

TEST(Shapes, ScalarsAtTheStartTakeWhatFollows) {
    const auto [network, warnings] =
        read(graph({neurons("n", {}), linear("w", 2, 5), neurons("m", {2}), output({2})},
                   {{"n", "w"}, {"w", "m"}, {"m", "output"}}));
    EXPECT_THAT(population(*network, "n").shape, ElementsAre(5));
}

TEST(Shapes, OneNumberForBothAxesOfAPool) {
    const auto [network, warnings] = read(chain({input({2, 6, 4}),
                                                 node("p", "AvgPool2d",
                                                      {{"kernel_size", integer(2)},
                                                       {"stride", integers_of({2})},
                                                       {"padding", integers_of({0, 0})}}),
                                                 neurons("n", {}), output({2, 3, 2})}));
    EXPECT_THAT(population(*network, "n").shape, ElementsAre(2, 3, 2));
    EXPECT_EQ(number(network->projections[0].weights), 0.25);
}

}  // namespace
}  // namespace spikeloom::frontend
