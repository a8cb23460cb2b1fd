// SPDX-License-Identifier: Apache-2.0
#include "tests/compiler/frontend/json/cases_json.hpp"

#include "compiler/frontend/json.hpp"
#include "support/atomic_file.hpp"
#include "tests/support/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>

namespace spikeloom::frontend {
namespace {

using testing::Case;
using testing::load_cases;

std::vector<std::string> faults_of(const Checked<ir::Network>& result) {
    std::vector<std::string> faults;
    if (!result)
        for (const Diagnostic& fault : result.error())
            faults.push_back(fault.code + " " + fault.location.where);
    return faults;
}

TEST(JsonCases, EveryFaultIsReportedOnceAtItsPlace) {
    for (const Case& one : load_cases()) {
        const auto result = parse_json(one.document.dump(), "net.json", "/nonexistent");
        EXPECT_THAT(faults_of(result), ::testing::UnorderedElementsAreArray(one.faults))
            << one.name << '\n'
            << (result ? "" : to_string(result.error()));
        const std::string file = result ? "net.json" : result.error().front().location.file;
        EXPECT_EQ(file, "net.json");
    }
}

TEST(JsonCases, EveryCodeOfTheReaderHasACase) {
    std::set<std::string> codes;
    for (const Case& one : load_cases())
        for (const std::string& fault : one.faults)
            if (fault.starts_with("json.")) codes.insert(fault.substr(0, fault.find(' ')));
    EXPECT_EQ(codes,
              (std::set<std::string>{"json.missing-key", "json.npy", "json.shape", "json.type",
                                     "json.unknown-key", "json.unknown-population", "json.value"}));
}

/// The verdicts of an independent validator.
std::vector<bool> schema_verdicts(const std::filesystem::path& documents) {
    const std::string root    = SPIKELOOM_SOURCE_DIR;
    const std::string command = "/usr/bin/python3 " + root +
                                "/tests/compiler/frontend/json/schema_verdicts.py " + root +
                                "/schemas/network.schema.json " + documents.string() + " 2>&1";
    std::vector<bool> verdicts;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe{::popen(command.c_str(), "r"),
                                                               ::pclose};
    for (int c = 0; (c = std::fgetc(pipe.get())) != EOF;)
        if (c == '0' || c == '1') verdicts.push_back(c == '1');
    return verdicts;
}

TEST(JsonCases, SchemaAndReaderAgree) {
    if (std::system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null") != 0)
        GTEST_SKIP() << "skipped: python3-jsonschema is missing";
    const std::vector<Case> cases = load_cases();
    nlohmann::json documents      = nlohmann::json::array();
    for (const Case& one : cases)
        documents.push_back(one.document);
    const test::ScratchFolder folder;
    const auto path = folder / "cases.json";
    ASSERT_TRUE(write_file(path, documents.dump()));
    const std::vector<bool> verdicts = schema_verdicts(path);
    ASSERT_EQ(verdicts.size(), cases.size());
    for (std::size_t i = 0; i < cases.size(); ++i) {
        EXPECT_EQ(verdicts[i], cases[i].schema_accepts) << cases[i].name;
        // What the schema refuses the reader refuses too, and what it reads the schema accepts.
        EXPECT_TRUE(verdicts[i] || !cases[i].faults.empty()) << cases[i].name;
    }
}

}  // namespace
}  // namespace spikeloom::frontend
