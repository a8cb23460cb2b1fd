// SPDX-License-Identifier: Apache-2.0
#include "tests/compiler/mapping/random_problem.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

namespace spikeloom::mapping {
namespace {

std::uint32_t least_for_neurons(const MappingProblem& problem) {
    return (problem.neurons + problem.limits.neurons - 1) / problem.limits.neurons;
}

/// All partitioners run on the same problems.
class EveryPartitioner : public testing::TestWithParam<std::string> {
protected:
    static void expect_legal(const MappingProblem& problem) {
        const auto found = partition(problem, {.algorithm = GetParam(), .seed = 3});
        ASSERT_TRUE(found) << to_string(found.error());
        const auto verdict = verify(problem, *found);
        EXPECT_TRUE(verdict) << to_string(verdict.error());
    }
};

TEST_P(EveryPartitioner, KeepsTheLimitOfNeurons) {
    for (std::uint64_t seed = 0; seed < 6; ++seed)
        expect_legal(random_problem(seed, 333, 9));
}

TEST_P(EveryPartitioner, KeepsAllLimitsAtOnce) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        MappingProblem problem = random_problem(seed, 200, 6);
        add_all_limits(problem, seed);
        expect_legal(problem);
    }
}

TEST_P(EveryPartitioner, TinyAndUglyProblems) {
    expect_legal(problem_of(1, {{}}));
    expect_legal(problem_of(1, {{0}}));
    expect_legal(problem_of(7, {{}, {}, {}, {}, {}, {}, {}}));
    std::vector<std::uint32_t> everyone(100);
    std::iota(everyone.begin(), everyone.end(), 0U);
    std::vector<std::vector<std::uint32_t>> hub(100, std::vector<std::uint32_t>{50});
    hub[50] = everyone;
    for (const std::uint32_t limit : {1U, 7U, 50U, 100U, 1000U}) {
        MappingProblem problem = problem_of(100, hub);
        problem.limits.neurons = limit;
        expect_legal(problem);
    }
    MappingProblem parts = problem_of(6, {{1}, {0}, {3, 3, 3}, {2}, {5}, {4}});
    parts.limits.neurons = 2;
    expect_legal(parts);
}

TEST_P(EveryPartitioner, DoesNotDependOnThreads) {
    const MappingProblem problem = random_problem(5, 700, 10);
    PartitionOptions options{.algorithm = GetParam(), .seed = 1, .threads = 1};
    const auto one  = partition(problem, options);
    options.threads = 3;
    const auto many = partition(problem, options);
    ASSERT_TRUE(one && many);
    EXPECT_EQ(one->core_of, many->core_of);
}

TEST_P(EveryPartitioner, DoesNotDependOnThreadsUnderAllLimits) {
    MappingProblem problem = random_problem(6, 300, 6);
    add_all_limits(problem, 6);
    PartitionOptions options{.algorithm = GetParam(), .seed = 1, .threads = 1};
    const auto one  = partition(problem, options);
    options.threads = 4;
    const auto many = partition(problem, options);
    ASSERT_TRUE(one && many);
    EXPECT_EQ(one->core_of, many->core_of);
}

TEST_P(EveryPartitioner, PartsWithoutACommonSynapse) {
    // Ten islands of nine neurons and ten neurons that nobody knows.
    std::vector<std::vector<std::uint32_t>> nets(100);
    for (std::uint32_t v = 0; v < 90; ++v)
        for (std::uint32_t u = 0; u < 9; ++u)
            nets[v].push_back(v / 9 * 9 + u);
    MappingProblem problem        = problem_of(100, nets);
    problem.limits.neurons        = 10;
    problem.limits.incoming_axons = 9;
    expect_legal(problem);
}

std::vector<std::string> names() {
    std::vector<std::string> list;
    for (const PartitionerInfo& info : partitioners())
        list.emplace_back(info.name);
    return list;
}
INSTANTIATE_TEST_SUITE_P(All, EveryPartitioner, testing::ValuesIn(names()),
                         [](const auto& test) { return test.param; });

TEST(Connectivity, IsCountedAsDefined) {
    MappingProblem problem = problem_of(4, {{1, 2, 3}, {1}, {}, {3}, {0, 2}});
    problem.spikes         = {10, 20, 30, 40, 5};
    const Partition apart{4, {CoreId{0}, CoreId{1}, CoreId{2}, CoreId{3}}};
    // Net 0 touches four cores, nets 1 to 3 their own only, the external net 4 touches two.
    EXPECT_EQ(connectivity(problem, apart), 10 * 3 + 5);
    EXPECT_EQ(cut(problem, apart), 10 + 5);
    const std::vector<CoreUse> use = core_use(problem, apart);
    EXPECT_EQ(use[1].incoming_axons, 2U);
    EXPECT_EQ(use[0].outgoing_axons, 3U);
    EXPECT_EQ(use[2].synapses, 2U);
}

TEST(Multilevel, NoWorseThanTheFillersAndWithFewestCores) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const MappingProblem problem = random_problem(seed, 480, 10);
        const auto ours              = partition(problem, {});
        ASSERT_TRUE(ours);
        EXPECT_EQ(ours->cores, least_for_neurons(problem));
        for (const std::string_view other : {"sequential", "overlap"}) {
            const auto theirs = partition(problem, {.algorithm = std::string{other}});
            EXPECT_LE(connectivity(problem, *ours), connectivity(problem, *theirs)) << other;
        }
    }
}

TEST(Multilevel, FindsPlantedBlocksWhateverTheOrderOfTheIds) {
    // 8 cliques of 16 neurons, ids interleaved; each clique is a core, nothing is cut.
    std::vector<std::vector<std::uint32_t>> nets(128);
    for (std::uint32_t v = 0; v < 128; ++v)
        for (std::uint32_t u = v % 8; u < 128; u += 8)
            nets[v].push_back(u);
    MappingProblem problem = problem_of(128, nets);
    problem.limits.neurons = 16;
    const auto found       = partition(problem, {});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->cores, 8U);
    EXPECT_EQ(connectivity(problem, *found), 0);
}

TEST(Multilevel, PacksByAxonsWhereTheyBind) {
    // A sheet of 24 x 24, everyone listens to the 3 x 3 around; 64 axons hold 6 x 6 neurons.
    constexpr std::uint32_t side = 24;
    std::vector<std::vector<std::uint32_t>> nets(side * side);
    for (std::uint32_t y = 0; y < side; ++y)
        for (std::uint32_t x = 0; x < side; ++x)
            for (std::uint32_t b = y - (y > 0); b <= std::min(y + 1, side - 1); ++b)
                for (std::uint32_t a = x - (x > 0); a <= std::min(x + 1, side - 1); ++a)
                    nets[y * side + x].push_back(b * side + a);
    MappingProblem problem        = problem_of(side * side, nets);
    problem.limits.neurons        = 64;
    problem.limits.incoming_axons = 64;
    const auto ours               = partition(problem, {});
    const auto simple             = partition(problem, {.algorithm = "sequential"});
    ASSERT_TRUE(ours && simple);
    EXPECT_TRUE(verify(problem, *ours));
    EXPECT_LE(ours->cores, 16U);
    EXPECT_LT(ours->cores, simple->cores);
}

TEST(Multilevel, SameSeedSameResultAndProgressGoesToTheEnd) {
    const MappingProblem problem = random_problem(8, 300, 8);
    double last                  = -1;
    PartitionOptions options{.seed = 4};
    options.progress = [&](std::string_view, double done) { last = done; };
    const auto first = partition(problem, options);
    const auto again = partition(problem, {.seed = 4});
    ASSERT_TRUE(first && again);
    EXPECT_EQ(first->core_of, again->core_of);
    EXPECT_EQ(last, 1.0);
}

}  // namespace
}  // namespace spikeloom::mapping
