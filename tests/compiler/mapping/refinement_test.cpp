// SPDX-License-Identifier: Apache-2.0
/// The inner parts: extraction, contraction and refinement keep what they promise.
#include "compiler/mapping/coarsen.hpp"
#include "compiler/mapping/packing.hpp"
#include "compiler/mapping/pairwise.hpp"
#include "compiler/mapping/recombine.hpp"
#include "compiler/mapping/regroup.hpp"
#include "support/keyed_rng.hpp"
#include "tests/compiler/mapping/random_problem.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace spikeloom::mapping {
namespace {

Partition as_partition(const Filled& filled) {
    Partition partition{filled.count, {}};
    for (const std::uint32_t part : filled.part)
        partition.core_of.push_back(CoreId{part});
    return partition;
}

TEST(Contraction, KeepsTheConnectivityOfEveryPartitionOfTheClusters) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        MappingProblem problem = random_problem(seed, 150, 7);
        const Lowered lowered  = lower(problem, Track::sums);
        ClusterOptions options;
        options.max_amounts[0]      = 5;
        options.seed                = seed;
        const Clustering clustering = cluster_by_shared_nets(lowered.graph, options);
        ASSERT_LT(clustering.count, problem.neurons);
        const Hypergraph small = contract(lowered.graph, clustering.of, clustering.count);
        Parts coarse(small.nodes), fine(problem.neurons);
        for (std::uint32_t c = 0; c < small.nodes; ++c) {
            EXPECT_LE(small.amount(c, 0), 5U);
            coarse[c] = static_cast<std::uint32_t>(keyed_bits(seed, Stream::test, c, 0) % 4);
        }
        for (std::uint32_t v = 0; v < problem.neurons; ++v)
            fine[v] = coarse[clustering.of[v]];
        EXPECT_EQ(connectivity(small, coarse), connectivity(lowered.graph, fine));
    }
}

TEST(Twins, AreNeuronsWithTheSameSources) {
    const MappingProblem problem = problem_of(5, {{2, 3, 4}, {2, 3}, {}, {}, {}});
    const Lowered lowered        = lower(problem, Track::sums);
    ClusterOptions options;
    options.max_amounts[0] = 10;
    const Clustering twins = cluster_twins(lowered.graph, options);
    EXPECT_EQ(twins.of[2], twins.of[3]);
    EXPECT_NE(twins.of[3], twins.of[4]);
    EXPECT_NE(twins.of[0], twins.of[1]) << "neurons without sources are nobody's twins";
}

TEST(PairwiseRefinement, NeverWorsensAndKeepsEveryLimit) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        MappingProblem problem = random_problem(seed, 240, 6);
        add_all_limits(problem, seed);
        problem.limits.outgoing_axons.reset();
        const Lowered lowered = lower(problem, Track::everything);
        Filled filled         = pack(lowered.graph, lowered.limits, {.seed = seed});
        ASSERT_TRUE(verify(problem, as_partition(filled)));
        const std::int64_t before = connectivity(lowered.graph, filled.part);
        PairwiseOptions options{.seed = seed, .deep = 2};
        const std::int64_t gain =
            refine_pairs(lowered.graph, lowered.limits, filled.count, options, filled.part);
        EXPECT_GE(gain, 0);
        EXPECT_EQ(before - gain, connectivity(lowered.graph, filled.part));
        for (const std::uint32_t part : filled.part)
            ASSERT_LT(part, filled.count);
        const Filled legal = legalise(lowered.graph, lowered.limits, filled);
        EXPECT_LE(legal.count, filled.count) << "a limit was broken";
    }
}

TEST(Regrouping, NeverWorsens) {
    const MappingProblem problem = random_problem(2, 400, 8);
    const Lowered lowered        = lower(problem, Track::sums);
    Filled filled                = fill_in_sequence(lowered.graph, lowered.limits);
    const std::int64_t before    = connectivity(lowered.graph, filled.part);
    const std::int64_t gain =
        regroup(lowered.graph, lowered.limits, filled.count, {.rounds = 3}, filled.part);
    EXPECT_GT(gain, 0);
    EXPECT_EQ(before - gain, connectivity(lowered.graph, filled.part));
    EXPECT_TRUE(sums_hold(lowered.graph, lowered.limits, filled.count, filled.part));
}

TEST(Recombination, NeverWorsensAndKeepsTheSums) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        MappingProblem problem = random_problem(seed, 400, 8);
        problem.limits.neurons = 24;
        const Lowered lowered  = lower(problem, Track::sums);
        Filled filled          = fill_in_sequence(lowered.graph, lowered.limits);
        Filled other           = fill_by_overlap(lowered.graph, lowered.limits);
        for (std::uint32_t& part : other.part)
            part = std::min(part, filled.count - 1);
        const std::int64_t before = connectivity(lowered.graph, filled.part);
        const std::int64_t gain   = recombine(lowered.graph, lowered.limits, filled.count,
                                              {.seed = seed, .rounds = 2}, other.part, filled.part);
        EXPECT_GE(gain, 0);
        EXPECT_EQ(before - gain, connectivity(lowered.graph, filled.part));
        EXPECT_TRUE(sums_hold(lowered.graph, lowered.limits, filled.count, filled.part));
    }
}

TEST(Repacking, KeepsEveryLimitAndNeverTakesMoreCores) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        MappingProblem problem = random_problem(seed, 240, 6);
        add_all_limits(problem, seed);
        problem.limits.outgoing_axons.reset();
        const Lowered lowered = lower(problem, Track::everything);
        const Filled start    = fill_in_sequence(lowered.graph, lowered.limits);
        RepackOptions options{.seed = seed, .threads = 1, .rounds = 6};
        const Filled once = repack(lowered.graph, lowered.limits, options, start);
        EXPECT_LT(once.count, start.count);
        EXPECT_TRUE(verify(problem, as_partition(once)));
        options.threads = 3;
        EXPECT_EQ(once.part, repack(lowered.graph, lowered.limits, options, start).part);
    }
}

TEST(TwoWay, BalancesAnOverfullSideFirst) {
    const MappingProblem problem = problem_of(10, std::vector<std::vector<std::uint32_t>>(10));
    const Lowered lowered        = lower(problem, Track::sums);
    std::array<PartLimits, 2> limits{};
    limits[0].amounts[0] = limits[1].amounts[0] = 5;
    Sides side(10, 0);
    refine_two_way(lowered.graph, limits, {}, side);
    EXPECT_EQ(std::count(side.begin(), side.end(), 1), 5);
    EXPECT_EQ(excess(lowered.graph, limits, side), 0);
}

}  // namespace
}  // namespace spikeloom::mapping
