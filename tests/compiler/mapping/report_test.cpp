// SPDX-License-Identifier: Apache-2.0
#include "tests/compiler/mapping/random_problem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace spikeloom::mapping {
namespace {

using testing::HasSubstr;

Mapping mapped(const MappingProblem& problem) {
    auto mapping = map_network(problem, {});
    EXPECT_TRUE(mapping) << to_string(mapping.error());
    return std::move(*mapping);
}

TEST(Report, SaysWhatTheMeasuresSay) {
    MappingProblem problem = random_problem(1, 200, 6);
    add_all_limits(problem, 1);
    const Mapping mapping       = mapped(problem);
    const MappingReport& report = mapping.report;
    EXPECT_EQ(report.cores, mapping.partition.cores);
    EXPECT_EQ(report.connectivity, connectivity(problem, mapping.partition));
    EXPECT_EQ(report.spike_hops,
              spike_hops(core_traffic(problem, mapping.partition), mapping.placement));
    EXPECT_LE(report.multicast_hops, report.spike_hops);
    EXPECT_LE(report.cut, report.connectivity);
    std::uint64_t neurons = 0;
    for (const std::uint64_t used : report.resources[0].used)
        neurons += used;
    EXPECT_EQ(neurons, problem.neurons);
    for (const ResourceUse& resource : report.resources) {
        EXPECT_LE(resource.most(), resource.limit.value_or(resource.most())) << resource.name;
    }
    ASSERT_EQ(report.passes.size(), 3U);
    EXPECT_GT(report.passes[0].peak_bytes, 1000000U);
}

TEST(Report, BindingIsTheFullestResource) {
    MappingProblem problem = problem_of(4, {{1}, {0}, {3}, {2}});
    problem.limits.neurons = 10;
    EXPECT_EQ(mapped(problem).report.binding, "neurons");
    problem.limits.incoming_axons = 5;
    EXPECT_EQ(mapped(problem).report.binding, "incoming axons");
}

TEST(Report, TextJsonAndPictureCarryTheFigures) {
    MappingProblem problem = random_problem(2, 100, 6);
    problem.name           = "a<b";
    const Mapping mapping  = mapped(problem);
    EXPECT_THAT(to_text(mapping.report), HasSubstr("100 neurons, 630 synapses on 5 cores"));
    EXPECT_THAT(to_json(mapping.report),
                HasSubstr("\"connectivity\": " + std::to_string(mapping.report.connectivity)));
    const std::string svg = floorplan_svg(mapping, core_traffic(problem, mapping.partition));
    EXPECT_THAT(svg, HasSubstr("a&lt;b: 5 cores"));
    EXPECT_THAT(svg, HasSubstr("100 %"));
    EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
}

TEST(Report, FaultsOfThePassesComeThrough) {
    MappingProblem problem = random_problem(2, 100, 6);
    problem.mesh           = Mesh{2, 2};
    EXPECT_EQ(map_network(problem, {}).error().code, "map.mesh-too-small");
}

}  // namespace
}  // namespace spikeloom::mapping
