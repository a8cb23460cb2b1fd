// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/hash.hpp"

#include "compiler/frontend/json.hpp"
#include "tests/compiler/frontend/json/cases_json.hpp"

#include <gtest/gtest.h>

#include <map>

namespace spikeloom::frontend {
namespace {

ir::Network read(const std::string& text, const std::string& file = "a.json") {
    const auto network = parse_json(text, file, "/nonexistent");
    EXPECT_TRUE(network) << to_string(network.error());
    return network.value_or(ir::Network{});
}

nlohmann::json base() {
    return testing::load_cases().front().document;
}

TEST(NetworkHash, DoesNotDependOnLayoutOrFile) {
    EXPECT_EQ(ir::hash(read(base().dump())), ir::hash(read(base().dump(4), "b.json")));
}

TEST(NetworkHash, HasTheValueOfFormerVersions) {
    // Stored in images: a change of this number makes them all look foreign.
    EXPECT_EQ(ir::hash(read(R"({"populations": [{"name": "a", "size": 2, "model": "if"}]})")),
              7215249228178300505ULL);
}

TEST(NetworkHash, EveryChangeOfAGoodNetworkChangesIt) {
    std::map<std::uint64_t, std::string> seen;
    for (const testing::Case& one : testing::load_cases()) {
        if (!one.faults.empty() || one.name == "comments and schema" ||
            one.name == "integral float" || one.name == "every convolution key")
            continue;
        const std::uint64_t hash = ir::hash(read(one.document.dump()));
        EXPECT_TRUE(seen.emplace(hash, one.name).second) << one.name << " = " << seen[hash];
    }
    EXPECT_GT(seen.size(), 10U);
    const std::vector<std::pair<const char*, nlohmann::json>> changes{
        {"/name", "other"},
        {"/seed", 6},
        {"/dt", 0.002},
        {"/reset", "subtract"},
        {"/populations/0/name", "in2"},
        {"/populations/2/output", false},
        {"/populations/2/model", "li"},
        {"/populations/1/parameters/tau_mem", 0.03},
        {"/populations/1/parameters/v_threshold/3", 2},
        {"/projections/0/name", "conv2"},
        {"/projections/0/weights/maximum", 2},
        {"/projections/2/delays/1", 3},
        {"/projections/2/connector/pre/1", 2},
        {"/projections/2/plasticity/parameters/a_plus", 0.02},
    };
    for (const auto& [pointer, value] : changes) {
        auto document                                   = base();
        document[nlohmann::json::json_pointer{pointer}] = value;
        if (std::string_view{pointer} == "/populations/0/name")
            document["projections"][0]["pre"] = value;
        if (std::string_view{pointer} == "/populations/2/model") document["projections"].erase(2);
        EXPECT_TRUE(seen.emplace(ir::hash(read(document.dump())), pointer).second) << pointer;
    }
}

TEST(NetworkHash, NegativeZeroCountsAsZero) {
    EXPECT_EQ(ir::hash(std::vector<double>{-0.0, 1}), ir::hash(std::vector<double>{0.0, 1}));
    EXPECT_NE(ir::hash(std::vector<double>{1, 0.0}), ir::hash(std::vector<double>{0.0, 1}));
}

}  // namespace
}  // namespace spikeloom::frontend
