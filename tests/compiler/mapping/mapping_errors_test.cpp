// SPDX-License-Identifier: Apache-2.0
/// Every diagnostic of the room, raised on purpose.
#include "tests/compiler/mapping/random_problem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace spikeloom::mapping {
namespace {

using testing::HasSubstr;

const Diagnostic* find(const Diagnostics& faults, std::string_view code) {
    const auto found = std::find_if(faults.begin(), faults.end(),
                                    [&](const Diagnostic& fault) { return fault.code == code; });
    return found == faults.end() ? nullptr : &*found;
}

/// The message of the fault with that code, or what else there was.
std::string message(const Checked<void>& verdict, std::string_view code) {
    if (verdict) return "no fault at all";
    const Diagnostic* fault = find(verdict.error(), code);
    return fault == nullptr ? to_string(verdict.error()) : fault->message;
}

/// Three neurons, each the target of the other two; 4 synapse bits each.
MappingProblem triangle() {
    MappingProblem problem = problem_of(3, {{1, 2}, {0, 2}, {0, 1}});
    problem.limits.neurons = 3;
    return problem;
}

Partition cores(std::initializer_list<std::uint32_t> list) {
    Partition partition;
    for (const std::uint32_t core : list) {
        partition.core_of.push_back(CoreId{core});
        partition.cores = std::max(partition.cores, core + 1);
    }
    return partition;
}

TEST(CheckErrors, WrongSizesAndIds) {
    MappingProblem problem = triangle();
    problem.spikes.pop_back();
    EXPECT_THAT(message(check(problem), "map.malformed"), HasSubstr("2 elements, expected 3"));
    problem            = triangle();
    problem.targets[0] = 7;
    EXPECT_THAT(message(check(problem), "map.malformed"), HasSubstr("below 3"));
    problem         = triangle();
    problem.neurons = 0;
    EXPECT_THAT(message(check(problem), "map.malformed"), HasSubstr("no neuron"));
    problem = triangle();
    problem.synapses.assign(problem.targets.size(), 0);
    EXPECT_THAT(message(check(problem), "map.malformed"), HasSubstr("0 synapses"));
}

TEST(CheckErrors, LimitsThatHoldNothing) {
    MappingProblem problem = triangle();
    problem.limits.neurons = 0;
    EXPECT_THAT(message(check(problem), "map.no-limit"), HasSubstr("0 neurons"));
    problem      = triangle();
    problem.mesh = Mesh{0, 4};
    EXPECT_THAT(message(check(problem), "map.no-limit"), HasSubstr("mesh"));
    problem                     = triangle();
    problem.limits.synapse_bits = 100;
    EXPECT_THAT(message(check(problem), "map.packing-missing"), HasSubstr("packing rule"));
}

TEST(CheckErrors, NeuronThatFitsNoCoreIsNamed) {
    MappingProblem problem        = triangle();
    problem.limits.incoming_axons = 1;
    EXPECT_THAT(message(check(problem), "map.neuron-too-big"),
                HasSubstr("neuron 0 (population 'all') alone needs 2 incoming axons, the limit of "
                          "a core is 1"));
    problem                     = triangle();
    problem.limits.packing      = std::make_shared<WordPacking>(8, 4, 1);
    problem.limits.synapse_bits = 23;
    EXPECT_THAT(message(check(problem), "map.neuron-too-big"), HasSubstr("24 synapse bits"));
    problem.limits.synapse_bits = 24;
    EXPECT_TRUE(check(problem));
    problem.limits.resources = {{"counters", {1, 9, 1}, 8}};
    EXPECT_THAT(message(check(problem), "map.neuron-too-big"), HasSubstr("9 counters"));
}

TEST(PartitionErrors, UnknownNamesAndSmallMeshes) {
    MappingProblem problem = triangle();
    EXPECT_EQ(partition(problem, {.algorithm = "oracle"}).error().code, "map.unknown-partitioner");
    problem.limits.neurons = 1;
    problem.mesh           = Mesh{2, 1};
    const auto refused     = partition(problem, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "map.mesh-too-small");
    EXPECT_THAT(refused.error().message, HasSubstr("3 cores are needed, the mesh of 2 x 1 has 2"));
    EXPECT_EQ(place(problem, cores({0, 1, 2}), {}).error().code, "map.mesh-too-small");
    problem.mesh.reset();
    EXPECT_EQ(place(problem, cores({0, 1, 2}), {.algorithm = "oracle"}).error().code,
              "map.unknown-placer");
}

TEST(PartitionErrors, OutgoingAxonsThatNoPartitionCanKeep) {
    MappingProblem problem        = triangle();
    problem.limits.neurons        = 1;
    problem.limits.outgoing_axons = 1;
    const auto refused            = partition(problem, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "map.core-outgoing-axons-exceeded");
}

TEST(VerifyErrors, ShapeOfThePartition) {
    const MappingProblem problem = triangle();
    EXPECT_THAT(message(verify(problem, cores({0, 0})), "map.partition-size"),
                HasSubstr("2 neurons have a core, expected 3"));
    Partition beyond = cores({0, 1, 2});
    beyond.cores     = 2;
    EXPECT_THAT(message(verify(problem, beyond), "map.core-range"), HasSubstr("core 2"));
    EXPECT_THAT(message(verify(problem, cores({0, 0, 2})), "map.core-empty"), HasSubstr("core 1"));
}

TEST(VerifyErrors, EveryLimitIsJudgedAtItsValue) {
    MappingProblem problem        = triangle();
    const Partition together      = cores({0, 0, 0});
    problem.limits.packing        = std::make_shared<WordPacking>(8, 4, 1);
    problem.limits.resources      = {{"counters", {2, 2, 2}, 6}};
    problem.limits.tables         = {{"kinds", {4, 5, 4}, 2}};
    problem.limits.incoming_axons = problem.limits.outgoing_axons = 3;
    problem.limits.synapse_bits                                   = 3 * (8 + 2 * 4);
    ASSERT_TRUE(verify(problem, together)) << "all limits are met exactly";

    const auto refused = [&](auto change, std::string_view code, std::string_view words) {
        MappingProblem tighter = problem;
        change(tighter.limits);
        EXPECT_THAT(message(verify(tighter, together), code), HasSubstr(std::string{words}));
    };
    refused([](CoreLimits& l) { l.neurons = 2; }, "map.core-neurons-exceeded",
            "core 0 needs 3 neurons, limit 2");
    refused([](CoreLimits& l) { l.incoming_axons = 2; }, "map.core-axons-exceeded",
            "3 incoming axons, limit 2");
    refused([](CoreLimits& l) { l.outgoing_axons = 2; }, "map.core-outgoing-axons-exceeded",
            "3 outgoing axons, limit 2");
    refused([](CoreLimits& l) { l.synapse_bits = 47; }, "map.core-synapse-memory-exceeded",
            "48 synapse bits, limit 47");
    refused([](CoreLimits& l) { l.resources[0].limit = 5; }, "map.core-resource-exceeded",
            "6 counters, limit 5");
    refused([](CoreLimits& l) { l.tables[0].limit = 1; }, "map.core-table-exceeded",
            "2 kinds entries, limit 1");
    problem.mesh = Mesh{1, 1};
    EXPECT_THAT(message(verify(problem, cores({0, 1, 1})), "map.mesh-too-small"),
                HasSubstr("2 cores"));
}

TEST(VerifyErrors, Placement) {
    const MappingProblem problem = triangle();
    const Partition apart        = cores({0, 1, 2});
    Placement placement{{2, 2}, {{0, 0}, {1, 0}, {0, 1}}};
    EXPECT_TRUE(verify_placement(problem, apart, placement));
    placement.of[2] = {1, 0};
    EXPECT_THAT(message(verify_placement(problem, apart, placement), "map.placement-shared"),
                HasSubstr("(1, 0)"));
    placement.of[2] = {2, 0};
    EXPECT_THAT(message(verify_placement(problem, apart, placement), "map.placement-range"),
                HasSubstr("core 2 at (2, 0)"));
    placement.of.pop_back();
    EXPECT_THAT(message(verify_placement(problem, apart, placement), "map.placement-size"),
                HasSubstr("2 cores are placed, expected 3"));
}

}  // namespace
}  // namespace spikeloom::mapping
