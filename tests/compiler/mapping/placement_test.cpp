// SPDX-License-Identifier: Apache-2.0
#include "tests/compiler/mapping/random_problem.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace spikeloom::mapping {
namespace {

class EveryPlacer : public testing::TestWithParam<std::string> {};

TEST_P(EveryPlacer, PutsEveryCoreOnItsOwnNode) {
    for (const std::uint32_t neurons : {1U, 20U, 45U, 330U}) {
        MappingProblem problem = random_problem(1, neurons, 6);
        const auto cores       = partition(problem, {.algorithm = "sequential"});
        ASSERT_TRUE(cores);
        for (const auto& mesh : {std::optional<Mesh>{}, std::optional{Mesh{17, 1}},
                                 std::optional{Mesh{3, 40}}, std::optional{Mesh{8, 8}}}) {
            problem.mesh     = mesh;
            const auto found = place(problem, *cores, {.algorithm = GetParam(), .effort = 0.05});
            ASSERT_TRUE(found) << to_string(found.error());
            const auto verdict = verify_placement(problem, *cores, *found);
            EXPECT_TRUE(verdict) << to_string(verdict.error());
        }
    }
}

TEST_P(EveryPlacer, SameSeedSamePlaces) {
    const MappingProblem problem = random_problem(3, 300, 6);
    const auto cores             = partition(problem, {.algorithm = "sequential"});
    const PlacementOptions options{.algorithm = GetParam(), .seed = 7, .effort = 0.1};
    EXPECT_EQ(place(problem, *cores, options)->of, place(problem, *cores, options)->of);
}

std::vector<std::string> names() {
    std::vector<std::string> list;
    for (const PlacerInfo& info : placers())
        list.emplace_back(info.name);
    return list;
}
INSTANTIATE_TEST_SUITE_P(All, EveryPlacer, testing::ValuesIn(names()), [](const auto& test) {
    std::string name = test.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(Placement, HopsAndLinksAreCountedAsDefined) {
    // Neuron 0 reaches the cores of 1 and 2, both two hops east; each neuron is a core.
    MappingProblem problem = problem_of(3, {{1, 2}, {}, {0}});
    problem.spikes         = {10, 1, 3};
    const Partition apart{3, {CoreId{0}, CoreId{1}, CoreId{2}}};
    const Placement placement{{3, 2}, {{0, 0}, {2, 0}, {2, 1}}};
    const CoreTraffic traffic = core_traffic(problem, apart);
    EXPECT_EQ(spike_hops(traffic, placement), 10 * 2 + 10 * 3 + 3 * 3);
    EXPECT_EQ(multicast_hops(problem, apart, placement), 10 * 3 + 3 * 3);
    std::int64_t sum = 0;
    for (const LinkLoad& load : link_loads(traffic, placement))
        sum += load.spikes;
    EXPECT_EQ(sum, spike_hops(traffic, placement));
    EXPECT_EQ(link_loads(traffic, placement)[0].spikes, 20) << "(0, 0) to (1, 0)";
}

TEST(Placement, FieldsBeatTheOrderOnAShuffledGrid) {
    // A 6 x 6 grid of cores with ids scattered: the best placement costs one hop a link.
    const auto scattered = [](std::uint32_t i) { return i * 23 % 36; };
    std::vector<std::vector<std::uint32_t>> nets(36);
    for (std::uint32_t y = 0; y < 6; ++y)
        for (std::uint32_t x = 0; x < 6; ++x) {
            if (x < 5) nets[scattered(y * 6 + x)].push_back(scattered(y * 6 + x + 1));
            if (y < 5) nets[scattered(y * 6 + x)].push_back(scattered(y * 6 + x + 6));
        }
    MappingProblem problem    = problem_of(36, nets);
    const auto cores          = partition(problem, {.algorithm = "sequential"});
    const CoreTraffic traffic = core_traffic(problem, *cores);
    const auto ours           = place(problem, *cores, {});
    EXPECT_EQ(spike_hops(traffic, *ours), 60);
    const auto rows = place(problem, *cores, {.algorithm = "row-major"});
    EXPECT_GT(spike_hops(traffic, *rows), 2 * 60);
}

}  // namespace
}  // namespace spikeloom::mapping
