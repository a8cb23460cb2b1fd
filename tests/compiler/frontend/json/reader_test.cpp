// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/json.hpp"
#include "compiler/ir/expand.hpp"
#include "compiler/ir/hash.hpp"
#include "compiler/ir/print.hpp"
#include "support/atomic_file.hpp"
#include "support/npy.hpp"
#include "tests/support/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

namespace spikeloom::frontend {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Checked<ir::Network> parse(std::string_view text) {
    return parse_json(text, "net.json", "/nonexistent");
}

/// Expects exactly one fault; gives its text.
std::string only_fault(std::string_view text) {
    const auto result = parse(text);
    if (result) return "no fault";
    EXPECT_EQ(result.error().size(), 1U) << to_string(result.error());
    return to_string(result.error().front());
}

constexpr std::string_view small_network = R"({
  "name": "small", "seed": 3, "dt": 0.001, "reset": "subtract",
  "populations": [
    {"name": "in", "size": 2, "model": "poisson", "parameters": {"rate": [10, 20]}},
    {"name": "out", "shape": [3], "model": "lif", "output": true, "pipeline_offset": 2,
     "parameters": {"tau": 0.02, "v_init": {"distribution": "uniform", "minimum": 0, "maximum": 0.5}}}
  ],
  "projections": [
    {"pre": "in", "post": "out", "connector": "dense", "weights": [[1, 2], [3, 4], [5, 6]], "delays": 4},
    {"pre": "out", "post": "out", "connector": {"type": "all_to_all", "allow_self": false},
     "weights": -0.25},
    {"pre": "in", "post": "out", "connector": {"type": "fixed_total_number", "count": 9},
     "plasticity": {"rule": "stdp_pair", "parameters": {"tau_plus": 0.02, "tau_minus": 0.03,
       "a_plus": 0.1, "a_minus": 0.12, "w_min": 0, "w_max": 1}}}
  ]
})";

TEST(JsonReader, ReadsEveryPart) {
    const auto network = parse(small_network);
    ASSERT_TRUE(network) << to_string(network.error());
    EXPECT_EQ(ir::print(*network),
              "network 'small' seed 3 dt 0.001 reset subtract\n"
              "population 'in' poisson [2]\n"
              "  rate [10, 20]\n"
              "population 'out' lif [3] output pipeline_offset 2\n"
              "  tau 0.02\n"
              "  v_init uniform 0 to 0.5\n"
              "projection 'in->out' 'in' -> 'out'\n"
              "  dense\n"
              "  weights [1, 2, 3, 4, 5, 6]\n"
              "  delays 4\n"
              "projection 'out->out' 'out' -> 'out'\n"
              "  all_to_all without self\n"
              "  weights -0.25\n"
              "  delays 1\n"
              "projection 'in->out#2' 'in' -> 'out'\n"
              "  fixed_total_number 9\n"
              "  weights 1\n"
              "  delays 1\n"
              "  stdp_pair a_minus 0.12 a_plus 0.1 tau_minus 0.03 tau_plus 0.02 w_max 1 w_min 0\n");
    EXPECT_EQ(network->file, "net.json");
}

TEST(JsonReader, GridsTakeNumbersAndPairs) {
    const auto network = parse(R"({"populations": [
        {"name": "a", "shape": [2, 9, 8], "model": "spike_source"},
        {"name": "b", "shape": [4, 5, 4], "model": "if"},
        {"name": "c", "shape": [4, 2, 2], "model": "if"}],
      "projections": [
        {"pre": "a", "post": "b", "connector": {"type": "conv2d", "kernel": [3, 2], "stride": 2,
          "padding": [1, 0]}, "weights": {"distribution": "normal", "mean": 0, "deviation": 1}},
        {"pre": "b", "post": "c", "connector": {"type": "pool2d", "kernel": 2}}]})");
    ASSERT_TRUE(network) << to_string(network.error());
    EXPECT_EQ(ir::print(network->projections[0].connector),
              "conv2d kernel 3x2 out_channels 4 stride 2x2 padding 1,1,0,0 dilation 1x1 groups 1");
    EXPECT_EQ(ir::print(network->projections[1].connector),
              "pool2d kernel 2x2 stride 2x2 padding 0x0");
}

TEST(JsonReader, RowOffsetsGiveTheSameSynapsesAsPairs) {
    const auto text = [](const std::string& connector) {
        return R"({"populations": [{"name": "a", "size": 3, "model": "if"}], "projections": [
            {"pre": "a", "post": "a", "weights": [1, 2, 3], "connector": {"type": "sparse", )" +
               connector + "}}]}";
    };
    const auto pairs   = parse(text(R"("pre": [0, 2, 2], "post": [1, 0, 2])"));
    const auto offsets = parse(text(R"("row_offsets": [0, 1, 1, 3], "post": [1, 0, 2])"));
    ASSERT_TRUE(pairs && offsets);
    EXPECT_EQ(ir::hash(*pairs), ir::hash(*offsets));
}

TEST(JsonSyntax, ErrorsHaveLineAndColumn) {
    EXPECT_THAT(only_fault("{\n  \"populations\": [\n    {\"name\": \"a\",}\n]}"),
                HasSubstr("error[json.syntax]: net.json:3:18: "));
    EXPECT_THAT(only_fault(""), HasSubstr("error[json.syntax]: net.json:1:1: "));
    EXPECT_THAT(only_fault("{\"dt\": NaN}"), HasSubstr("error[json.syntax]: net.json:1:8"));
    EXPECT_THAT(only_fault("{\"dt\": -Infinity}"), HasSubstr("error[json.syntax]: net.json:1:"));
    EXPECT_THAT(only_fault("{} x"), HasSubstr("error[json.syntax]: net.json:1:4"));
    EXPECT_THAT(only_fault("{\"name\": \"\xFF\"}"), HasSubstr("error[json.syntax]: net.json:1:"));
    EXPECT_THAT(only_fault(std::string_view("{\0}", 3)), HasSubstr("error[json.syntax]"));
    EXPECT_THAT(only_fault("PK\x03\x04"), HasSubstr("error[json.syntax]: net.json:1:1: "));
}

TEST(JsonSyntax, MessagesHoldNoRawBytesOfTheInput) {
    const std::string message = only_fault("{\"name\": \"\x1B[31m\xFF\xFE");
    EXPECT_TRUE(std::ranges::all_of(message, [](char c) { return c >= 0x20 && c < 0x7F; }));
}

TEST(JsonSyntax, NumbersBeyondDouble) {
    EXPECT_THAT(only_fault("{\"dt\":\n 1e400}"), HasSubstr("error[json.number]: net.json:2:6: "));
}

TEST(JsonSyntax, DeepNesting) {
    const std::string deep = "{\"comment\": " + std::string(1'000'000, '[');
    EXPECT_THAT(only_fault(deep), HasSubstr("error[json.depth]: net.json:/comment/0/0"));
}

TEST(JsonSyntax, DuplicateKeysAreAllReported) {
    const auto result = parse(R"({"seed": 1, "seed": 2, "populations": [
        {"name": "a", "size": 1, "model": "if", "parameters": {"r": 1, "r": 2}}]})");
    ASSERT_FALSE(result);
    EXPECT_EQ(to_string(result.error()),
              "error[json.duplicate-key]: net.json:/seed: the key 'seed' occurs more than once in "
              "its object\n"
              "error[json.duplicate-key]: net.json:/populations/0/parameters/r: the key 'r' occurs "
              "more than once in its object");
}

TEST(JsonSyntax, EveryTruncationIsOneFault) {
    for (std::size_t length = 0; length < small_network.size(); ++length) {
        const std::string message = only_fault(small_network.substr(0, length));
        ASSERT_THAT(message, HasSubstr("error[json.syntax]: net.json:")) << length;
    }
}

TEST(JsonReader, ByteOrderMarkAndCarriageReturnsAreRead) {
    std::string text = "\xEF\xBB\xBF";
    for (const char c : small_network)
        text += c == '\n' ? std::string{"\r\n"} : std::string{c};
    EXPECT_TRUE(parse(text));
}

TEST(JsonReader, NegativeZeroIsZeroHoweverItIsWritten) {
    for (const char* zero : {"0", "-0", "-0.0", "-0e3"}) {
        const auto network = parse(std::string{R"({"populations": [{"name": "a", "size": 1,
            "model": "if", "parameters": {"v_init": [)"} +
                                   zero + "]}}]}");
        ASSERT_TRUE(network) << zero;
        EXPECT_THAT(ir::print(*network), HasSubstr("v_init [0]\n")) << zero;
    }
}

TEST(JsonReader, SuggestsNames) {
    const auto message = [](std::string from, const std::string& to) {
        std::string text{small_network};
        text.replace(text.find(from), from.size(), to);
        return only_fault(text);
    };
    EXPECT_THAT(message("\"weights\"", "\"weight\""), HasSubstr("did you mean 'weights'?"));
    EXPECT_THAT(message("\"post\": \"out\"", "\"post\": \"oyt\""),
                HasSubstr("did you mean 'out'?"));
    EXPECT_THAT(message("\"dense\"", "\"densse\""), HasSubstr("did you mean 'dense'?"));
    EXPECT_THAT(message("\"tau\"", "\"tua\""), HasSubstr("did you mean 'tau'?"));
}

class JsonFiles : public ::testing::Test {
protected:
    test::ScratchFolder folder_;
};

TEST_F(JsonFiles, RoundTripInlineAndWithSidecars) {
    const ir::Network network = parse(small_network).value();
    const auto again          = parse(format_json(network));
    ASSERT_TRUE(again) << to_string(again.error());
    EXPECT_EQ(ir::print(*again), ir::print(network));
    EXPECT_EQ(ir::hash(*again), ir::hash(network));

    ASSERT_TRUE(write_json(network, folder_ / "n.json", {2}));
    EXPECT_TRUE(fs::exists(folder_ / "n.0.npy"));
    EXPECT_FALSE(fs::exists(folder_ / "n.1.npy"));
    const auto read = read_json(folder_ / "n.json");
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(ir::hash(*read), ir::hash(network));
}

TEST_F(JsonFiles, RoundTripOfEveryConnectorAndOddNumbers) {
    std::string text = R"({"name": "q\"\\\u0007\u00e9", "populations": [
      {"name": "a\\b", "shape": [1, 4, 4], "model": "if", "parameters":
        {"v_init": {"distribution": "normal", "mean": 1e-310, "deviation": 0.1}}}], "projections": [)";
    for (const char* connector : {R"("one_to_one")", R"("all_to_all")",
                                  R"({"type": "fixed_probability", "probability": 0.1})",
                                  R"({"type": "fixed_outdegree", "outdegree": 3})",
                                  R"({"type": "fixed_total_number", "count": 200000001})",
                                  R"({"type": "sparse", "pre": [3, 1], "post": [0, 15]})",
                                  R"({"type": "conv2d", "kernel": 3, "padding": [2, 0, 1, 1]})",
                                  R"({"type": "pool2d", "kernel": 1})"})
        text += std::string{R"({"pre": "a\\b", "post": "a\\b", "weights": 0.1, "connector": )"} +
                connector + "},";
    text.back() = ']';
    text += '}';
    const auto network = parse(text);
    ASSERT_TRUE(network) << to_string(network.error());
    const auto again = parse(format_json(*network));
    ASSERT_TRUE(again) << to_string(again.error());
    EXPECT_EQ(ir::print(*again), ir::print(*network));
    EXPECT_EQ(ir::hash(*again), ir::hash(*network));
}

TEST_F(JsonFiles, SidecarFaultsNameTheFileAndThePointer) {
    const std::string text = R"({"populations": [{"name": "a", "size": 2, "model": "if",
        "parameters": {"r": {"npy": "r.npy"}}}]})";
    const auto fault       = [&] {
        const auto result = parse_json(text, "net.json", folder_.path());
        return result ? std::string{} : to_string(result.error());
    };
    ASSERT_TRUE(write_npy(folder_ / "r.npy", {NpyType::float32, {2}, {1, 2}}));
    EXPECT_EQ(fault(), "");
    ASSERT_TRUE(write_npy(folder_ / "r.npy", {NpyType::float32, {2}, {1, std::nan("")}}));
    EXPECT_EQ(fault(),
              "error[network.not-finite]: net.json:/populations/0/parameters/r/1: nan is "
              "not a finite number");
    ASSERT_TRUE(write_npy(folder_ / "r.npy", {NpyType::float32, {1, 3}, {1, 2, 3}}));
    EXPECT_THAT(fault(), HasSubstr("error[json.shape]: net.json:/populations/0/parameters/r: "));
    ASSERT_TRUE(write_file(folder_ / "r.npy", "PK"));
    EXPECT_THAT(fault(), HasSubstr("error[npy.not-npy]: net.json:/populations/0/parameters/r/npy: "
                                   "r.npy: "));
    fs::remove(folder_ / "r.npy");
    EXPECT_THAT(fault(), HasSubstr("error[file.open]: net.json:/populations/0/parameters/r/npy"));
    fs::create_directory(folder_ / "r.npy");
    EXPECT_THAT(fault(), HasSubstr("error[json.npy]: net.json:/populations/0/parameters/r/npy"));
}

TEST_F(JsonFiles, FileFaults) {
    EXPECT_EQ(read_json(folder_ / "no.json").error().front().code, "file.open");
    EXPECT_EQ(read_json(folder_.path()).error().front().code, "file.read");
    ASSERT_TRUE(write_file(folder_ / "n.json", small_network));
    EXPECT_TRUE(read_json(folder_ / "n.json"));
    EXPECT_EQ(read_json(folder_ / "n.json", {100}).error().front().code, "file.too-large");
    EXPECT_EQ(write_json(parse(small_network).value(), folder_ / "no" / "n.json").error().code,
              "file.write");
}

}  // namespace
}  // namespace spikeloom::frontend
