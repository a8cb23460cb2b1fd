// SPDX-License-Identifier: Apache-2.0
#include "simulator/systemc/process_environment.hpp"

#include <gtest/gtest.h>

namespace spikeloom::systemc {
namespace {

TEST(EnvironmentLines, say_what_the_network_did) {
    EXPECT_EQ(sight_line({7, {{"a", {1, 4}}}, {}}),
              R"({"type":"tick","tick":7,"spikes":{"a":[1,4]}})");
    EXPECT_EQ(sight_line({0, {}, {{"b", {0.5}}}}),
              R"({"type":"tick","tick":0,"spikes":{},"values":{"b":[0.5]}})");
}

TEST(EnvironmentLines, actions_are_spikes_and_values) {
    const auto action = parse_action(R"({"spikes":{"in":[0,2]},"values":{"in":[[1,3]]}})");
    ASSERT_TRUE(action.has_value());
    const auto& in = action->at("in");
    ASSERT_EQ(in.size(), 3U);
    EXPECT_EQ(in[1].neuron, 2U);
    EXPECT_EQ(in[2].neuron, 1U);
    EXPECT_EQ(in[2].value, 3.0);
    EXPECT_TRUE(parse_action("{}")->empty());
}

TEST(EnvironmentLines, anything_else_is_nonsense) {
    for (const char* line :
         {"", "hello", "[]", "{", R"({"spikes":[]})", R"({"spikes":{"a":[1.5]}})",
          R"({"values":{"a":[[1]]}})", R"({"act":{}})", R"({"spikes":{"a":[4294967296]}})"}) {
        const auto action = parse_action(line);
        ASSERT_FALSE(action.has_value()) << line;
        EXPECT_EQ(action.error().code, "environment.nonsense");
    }
    EXPECT_EQ(parse_last_words(R"({"report":{"a":"b"}})").error().code, "environment.nonsense");
    EXPECT_EQ(parse_last_words(R"({"report":{"a":2}})")->at("a"), 2.0);
}

TEST(ProcessEnvironment, a_program_that_is_not_there_is_said) {
    const auto environment = make_process_environment({.command = {"/no/such/program"}});
    const auto action      = environment->start({});
    ASSERT_FALSE(action.has_value());
    EXPECT_EQ(action.error().code, "environment.start");
}

TEST(ProcessEnvironment, its_exit_and_last_words_are_told) {
    const auto environment =
        make_process_environment({.command = {"sh", "-c", "echo farewell >&2; exit 3"}});
    const auto action = environment->start({});
    ASSERT_FALSE(action.has_value());
    EXPECT_EQ(action.error().code, "environment.died");
    std::string notes;
    for (const std::string& note : action.error().notes)
        notes += note + ";";
    EXPECT_NE(notes.find("exit status 3"), std::string::npos) << notes;
    EXPECT_NE(notes.find("farewell"), std::string::npos) << notes;
}

}  // namespace
}  // namespace spikeloom::systemc
