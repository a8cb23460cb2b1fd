// SPDX-License-Identifier: Apache-2.0
/// Core-level descriptions: the published test networks, and what is said of malformed ones.
#include "backends/truenorth/cores.hpp"

#include "backends/truenorth/device.hpp"
#include "backends/truenorth/engine.hpp"
#include "backends/truenorth/target.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "runtime/session/session.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace spikeloom::backends::truenorth {
namespace {

/// A network of two cores and one output, that passes input on.
std::string description() {
    return R"({"axons_per_core": 8, "neurons_per_core": 2, "cores_x": 2, "cores_y": 2,
      "output_bus": {"x": 0, "y": 1, "outputs": 4},
      "cores": [
       {"x": 0, "y": 0, "axon_types": [0,1,0,0,0,0,0,0], "neurons": [
         {"axons": "05", "weights": [1,-1,0,0], "leak": 0, "positive_threshold": 1,
          "negative_threshold": 0, "reset_mode": 0, "reset_potential": 0, "potential": 0,
          "dx": 1, "dy": 0, "axon": 7, "delay": 0}]},
       {"x": 1, "y": 0, "axon_types": [0,0,0,0,0,0,0,0], "neurons": [
         {"axons": "80", "weights": [1,-1,0,0], "leak": 0, "positive_threshold": 1,
          "negative_threshold": 0, "reset_mode": 1, "reset_potential": 0, "potential": 0,
          "dx": -1, "dy": 1, "axon": 3, "delay": 2}]}],
      "inputs": [[[0,0,0,0],[0,0,2,0]],[],[[0,0,2,3]]]})";
}

std::string with(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

Machine ranc() {
    const auto chip = hw::load_chip("ranc");
    EXPECT_TRUE(chip);
    const auto machine = machine_of(*chip);
    EXPECT_TRUE(machine);
    return *machine;
}

class Scratch {
public:
    explicit Scratch(const std::string& text) {
        path_ = std::filesystem::temp_directory_path() /
                ("spikeloom_cores_" + std::to_string(::getpid()) + ".json");
        std::ofstream{path_} << text;
    }
    ~Scratch() { std::filesystem::remove(path_); }
    Scratch(const Scratch&)            = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

compiler::CompileOptions for_ranc() {
    compiler::CompileOptions options;
    options.chip = "ranc";
    return options;
}

/// Outputs of every tick.
std::vector<std::set<std::uint32_t>> run(const std::string& path, std::uint64_t ticks,
                                         std::unique_ptr<runtime::Device> device) {
    std::vector<std::set<std::uint32_t>> outputs(ticks);
    const auto compiled = compiler::compile_file(path, target(), for_ranc());
    EXPECT_TRUE(compiled) << to_string(compiled.error());
    if (!compiled) return outputs;
    const auto rows = cores_input(path, compiled->image);
    EXPECT_TRUE(rows) << to_string(rows.error());
    std::vector<runtime::InputEvent> input;
    for (const SpikeRows::Row& row : rows->rows)
        input.push_back({Tick{row.tick}, NeuronId{row.neuron}, 1});
    runtime::SessionOptions options;
    options.ticks     = ticks;
    const auto result = runtime::run_session(*device, compiled->image, input, options);
    EXPECT_TRUE(result) << to_string(result.error());
    const runtime::SymbolTable symbols{compiled->image};
    for (const runtime::SpikeEvent& spike : result->spikes)
        outputs[spike.tick.value].insert(spike.neuron.value - symbols.first(1).value);
    return outputs;
}

TEST(Cores, PassOnWhatArrives) {
    const Scratch file{description()};
    // in at 0, relay in tick 0, second core in tick 1; the packet with delay 3 of tick 2 in tick 6
    const auto outputs = run(file.path(), 8, make_model_device());
    for (std::size_t t = 0; t < outputs.size(); ++t)
        EXPECT_EQ(outputs[t].contains(3), t == 1 || t == 6) << t;
    EXPECT_EQ(outputs, run(file.path(), 8, make_golden_device()));
}

TEST(Cores, FilesAreToldFromNetworks) {
    EXPECT_TRUE(is_cores_file(Scratch{description()}.path()));
    EXPECT_FALSE(is_cores_file(Scratch{R"({"populations": [], "cores": []})"}.path()));
    EXPECT_FALSE(is_cores_file(Scratch{R"({"name": {"cores": 1}})"}.path()));
    EXPECT_FALSE(is_cores_file("/nowhere.json"));
}

struct Fault {
    std::string from, to, code, where;
};

TEST(Cores, FaultsAreLocated) {
    const Fault faults[] = {
        {"\"cores_x\": 2", "\"cores_x\": 65", "cores.range", "/cores_x"},
        {"\"cores_x\": 2,", "", "cores.missing", ""},
        {"\"axons_per_core\": 8", "\"axons_per_core\": 257", "cores.range", "/axons_per_core"},
        {"\"axons_per_core\": 8", "\"axons_per_core\": 8.5", "cores.type", "/axons_per_core"},
        {"\"outputs\": 4", "\"outputs\": 3", "cores.target", "/cores/1/neurons/0/axon"},
        {"[0,1,0,0,0,0,0,0]", "[0,1,0,0,0,0,0]", "cores.range", "/cores/0/axon_types"},
        {"[0,1,0,0,0,0,0,0]", "[0,4,0,0,0,0,0,0]", "cores.range", "/cores/0/axon_types/1"},
        {"\"05\"", "\"0g\"", "cores.crossbar", "/cores/0/neurons/0/axons"},
        {"\"05\"", "\"105\"", "cores.crossbar", "/cores/0/neurons/0/axons"},
        {"\"05\"", "5", "cores.type", "/cores/0/neurons/0/axons"},
        {"[1,-1,0,0]", "[1,-1,0]", "cores.range", "/cores/0/neurons/0/weights"},
        {"[1,-1,0,0]", "[256,-1,0,0]", "cores.range", "/cores/0/neurons/0/weights/0"},
        {"\"positive_threshold\": 1", "\"positive_threshold\": 99999999999999999999", "cores.type",
         "/cores/0/neurons/0/positive_threshold"},
        {"\"leak\": 0,", "", "cores.missing", "/cores/0/neurons/0"},
        {"\"reset_mode\": 0", "\"reset_mode\": 3", "cores.range", "/cores/0/neurons/0/reset_mode"},
        {"\"dx\": 1", "\"dx\": 2", "cores.target", "/cores/0/neurons/0"},
        {"\"axon\": 7", "\"axon\": 8", "cores.target", "/cores/0/neurons/0/axon"},
        {"\"delay\": 2", "\"delay\": 15", "cores.range", "/cores/1/neurons/0/delay"},
        {"\"x\": 1, \"y\": 0", "\"x\": 0, \"y\": 0", "cores.place", "/cores/1"},
        {"\"x\": 1, \"y\": 0", "\"x\": 0, \"y\": 1", "cores.place", "/cores/1"},
        {"\"x\": 1, \"y\": 0", "\"x\": 2, \"y\": 0", "cores.range", "/cores/1/x"},
        {"[0,0,2,3]", "[0,0,2,16]", "cores.range", "/inputs/2/0/3"},
        {"[0,0,2,3]", "[1,1,2,3]", "cores.target", "/inputs/2/0"},
        {"[0,0,2,3]", "[0,0,2]", "cores.type", "/inputs/2/0"},
        {"\"inputs\": [", "\"inputs\": [7,", "cores.type", "/inputs/0"},
        {"\"cores\": [", "\"cores\": 1, \"x\": [", "cores.type", "/cores"},
        {"{\"axons_per_core\"", "\n{,", "cores.syntax", "2:2"},
    };
    for (const Fault& fault : faults) {
        const auto file = parse_cores(with(description(), fault.from, fault.to), "f.json", ranc());
        ASSERT_FALSE(file) << fault.to;
        EXPECT_EQ(file.error().front().code, fault.code) << fault.to;
        EXPECT_EQ(file.error().front().location.where, fault.where) << fault.to;
        EXPECT_EQ(file.error().front().location.file, "f.json");
    }
}

TEST(Cores, LimitsHoldAtTheEdge) {
    for (const auto& [from, to] :
         {std::pair<std::string, std::string>{"\"delay\": 2", "\"delay\": 14"},
          {"[0,0,2,3]", "[0,0,2,15]"},
          {"[1,-1,0,0]", "[255,-256,0,0]"},
          {"\"reset_mode\": 0", "\"reset_mode\": 2"}}) {
        const auto file = parse_cores(with(description(), from, to), "f.json", ranc());
        EXPECT_TRUE(file) << to << "\n" << (file ? "" : to_string(file.error()));
    }
}

/// A dense core visits the axons that the description gives it: 3 + 2 x (8 + 2) clocks.
TEST(Cores, TimeFollowsTheDescription) {
    const auto file = parse_cores(description(), "f.json", ranc());
    ASSERT_TRUE(file);
    EXPECT_EQ(core_clocks(file->program.machine, 2, 0), 23U);
}

TEST(Cores, InputsOfOtherCoresAreRefused) {
    const Scratch file{description()};
    const auto compiled = compiler::compile_file(file.path(), target(), for_ranc());
    ASSERT_TRUE(compiled);
    std::string moved = with(description(), "\"x\": 1, \"y\": 0", "\"x\": 1, \"y\": 1");
    moved             = with(moved, "\"dx\": 1, \"dy\": 0", "\"dx\": 1, \"dy\": 1");
    moved             = with(moved, "\"dx\": -1, \"dy\": 1", "\"dx\": -1, \"dy\": 0");
    const Scratch other{moved};
    const auto rows = cores_input(other.path(), compiled->image);
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().front().code, "cores.other-image");
}

/// Expected outputs of a file, by tick.
std::vector<std::set<std::uint32_t>> expected_of(const std::string& path) {
    std::ifstream in{path};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    std::vector<std::set<std::uint32_t>> expected;
    std::size_t at = text.find("\"expected_outputs\":[") + 20;
    for (int depth = 1; depth > 0 && at < text.size(); ++at) {
        const char c = text[at];
        if (c == '[') ++depth, expected.emplace_back();
        if (c == ']') --depth;
        if (c >= '0' && c <= '9') {
            std::size_t used = 0;
            expected.back().insert(
                static_cast<std::uint32_t>(std::stoul(text.substr(at, 9), &used)));
            at += used - 1;
        }
    }
    return expected;
}

class Published : public ::testing::TestWithParam<std::string> {};

TEST_P(Published, GivesTheExpectedOutputsInEveryTick) {
    const std::string path = std::string{SPIKELOOM_SHARED_DATA} + "/ranc/" + GetParam() + ".json";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "skipped: no " << path;
    const auto expected = expected_of(path);
    ASSERT_GE(expected.size(), 10U);
    constexpr std::size_t longest_offset = 8;
    const auto outputs = run(path, expected.size() + longest_offset, make_model_device());
    std::vector<std::size_t> offsets;
    for (std::size_t offset = 0; offset < longest_offset; ++offset)
        if (std::equal(expected.begin(), expected.end(),
                       outputs.begin() + static_cast<std::ptrdiff_t>(offset)))
            offsets.push_back(offset);
    EXPECT_EQ(offsets, (std::vector<std::size_t>{GetParam() == "vmm" ? 3U : 2U}));
}

INSTANTIATE_TEST_SUITE_P(Ranc, Published, ::testing::Values("tea_128", "vmm"));

}  // namespace
}  // namespace spikeloom::backends::truenorth
