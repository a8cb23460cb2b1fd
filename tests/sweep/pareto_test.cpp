// SPDX-License-Identifier: Apache-2.0
#include "sweep/pareto.hpp"

#include "sweep/keys.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spikeloom::sweep {
namespace {

/// By the definition alone.
std::vector<std::size_t> front_by_definition(const Scores& scores) {
    std::vector<std::size_t> front;
    for (std::size_t a = 0; a < scores.size(); ++a) {
        bool beaten = false;
        for (std::size_t b = 0; b < scores.size(); ++b)
            beaten = beaten || dominates(scores.of(b), scores.of(a));
        if (!beaten) front.push_back(a);
    }
    return front;
}

/// Small whole numbers, so that equal coordinates and equal points are common.
Scores drawn(std::size_t width, std::size_t points, std::uint64_t seed) {
    Scores scores{width, {}};
    KeyedSequence draws{seed, Stream::test, width};
    for (std::size_t k = 0; k < width * points; ++k)
        scores.values.push_back(static_cast<double>(draws.below(9)));
    return scores;
}

TEST(Pareto, DominationNeedsOneBetterAndNoneWorse) {
    const std::vector<double> a{1, 2}, b{1, 3}, c{0, 4};
    EXPECT_TRUE(dominates(a, b));
    EXPECT_FALSE(dominates(b, a));
    EXPECT_FALSE(dominates(a, a));
    EXPECT_FALSE(dominates(a, c));
    EXPECT_FALSE(dominates(c, a));
}

TEST(Pareto, EveryWidthAgreesWithTheDefinition) {
    for (std::size_t width = 1; width <= 5; ++width)
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            const Scores scores = drawn(width, 60, seed);
            EXPECT_EQ(pareto_front(scores), front_by_definition(scores))
                << width << " objectives, seed " << seed;
        }
}

TEST(Pareto, NothingOfNothing) {
    EXPECT_TRUE(pareto_front({2, {}}).empty());
    EXPECT_TRUE(front_ranks({0, {}}).empty());
}

TEST(Pareto, RanksPeelFrontAfterFront) {
    const Scores scores{2, {0, 3, 1, 1, 3, 0, 1, 3, 2, 2, 3, 3, 4, 4}};
    EXPECT_EQ(front_ranks(scores), (std::vector<std::uint32_t>{0, 0, 0, 1, 1, 2, 3}));
}

TEST(Pareto, CrowdingIsTheSideOfTheBoxBetweenNeighbours) {
    const Scores scores{2, {0, 4, 1, 3, 3, 1, 4, 0}};
    const std::vector<std::size_t> members{0, 1, 2, 3};
    const auto distance = crowding(scores, members);
    EXPECT_TRUE(std::isinf(distance[0]) && std::isinf(distance[3]));
    EXPECT_DOUBLE_EQ(distance[1], 3.0 / 4 + 3.0 / 4);
    EXPECT_DOUBLE_EQ(distance[2], 3.0 / 4 + 3.0 / 4);
}

}  // namespace
}  // namespace spikeloom::sweep
