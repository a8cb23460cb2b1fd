// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/chip_spec.hpp"

#include "support/atomic_file.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <regex>

namespace spikeloom::hw {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* small_chip = R"({
  "format": "spikeloom-chip-1", "name": "small", "target": "t", "description": "d",
  "capacities": {"neurons": {"value": 10, "unit": "1", "source": "key2020"}},
  "topology": {"kind": "mesh", "figures": {"columns": {"value": 3, "unit": "1", "source": "key2020"},
                                             "rows": {"value": 2, "unit": "1", "source": "key2020"}}},
  "energy": {
    "second-by-name": {"description": "d", "events": {"spikes": {"value": 1.5, "unit": "pJ", "source": "estimate", "why": "w"}},
      "static_power": {"a": {"value": 0.25, "unit": "W", "source": "key2020"}, "b": {"value": 0.5, "unit": "W", "source": "key2020"}}},
    "another": {"description": "d", "events": {}}}})";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

std::string code_of(const Result<ChipSpec>& result) {
    return result ? "ok" : result.error().code;
}

TEST(ChipSpec, ReadsFiguresTopologyAndTables) {
    const auto chip = parse_chip(small_chip, "small.json");
    ASSERT_TRUE(chip) << to_string(chip.error());
    EXPECT_EQ(chip->capacity("neurons"), 10U);
    EXPECT_EQ(chip->capacity("nothing"), 0U);
    EXPECT_EQ(chip->width("nothing", 7), 7);
    EXPECT_EQ(chip->cores(), 6U);
    ASSERT_NE(chip->energy_table(), nullptr);
    EXPECT_EQ(chip->energy_table()->name, "second-by-name");  // the file's order decides
    EXPECT_EQ(chip->energy_table()->per_event("spikes"), Energy{1500});
    EXPECT_EQ(chip->energy_table()->per_event("clocks"), std::nullopt);
    EXPECT_DOUBLE_EQ(chip->energy_table()->static_watts(), 0.75);
    EXPECT_NE(chip->energy_table("another"), nullptr);
    EXPECT_EQ(chip->energy_table("third"), nullptr);
}

TEST(ChipSpec, OverridesChangeValueSourceAndHash) {
    const auto plain = parse_chip(small_chip, "small.json");
    const auto set   = parse_chip(small_chip, "small.json",
                                  {{"capacities.neurons", "12"},
                                   {"topology.rows", "4"},
                                   {"energy.second-by-name.spikes", "2.5"},
                                   {"energy.second-by-name.static_power.a", "1"}});
    ASSERT_TRUE(plain && set);
    EXPECT_EQ(set->capacity("neurons"), 12U);
    EXPECT_EQ(set->capacities.at("neurons").source, "override");
    EXPECT_EQ(set->cores(), 12U);
    EXPECT_EQ(set->energy_table()->per_event("spikes"), Energy{2500});
    EXPECT_DOUBLE_EQ(set->energy_table()->static_watts(), 1.5);
    EXPECT_NE(set->hash, plain->hash);
}

TEST(ChipSpec, HashIsOfTheMeaningNotOfTheLayout) {
    const auto plain  = parse_chip(small_chip, "a.json");
    const auto blanks = parse_chip(std::string{"\n  "} + small_chip + "\n", "b.json");
    ASSERT_TRUE(plain && blanks);
    EXPECT_EQ(plain->hash, blanks->hash);
}

TEST(ChipSpecErrors, EachFaultHasItsCodeAndPlace) {
    EXPECT_EQ(code_of(parse_chip("{", "f")), "chip.syntax");
    EXPECT_EQ(code_of(parse_chip("[]", "f")), "chip.malformed");
    const auto place = [](const std::string& text) {
        const auto chip = parse_chip(text, "f");
        return chip ? "ok" : chip.error().code + " " + chip.error().location.where;
    };
    EXPECT_EQ(place(replaced(small_chip, R"(, "source": "key2020"})", "}")),
              "chip.malformed /capacities/neurons/source");
    EXPECT_EQ(place(replaced(small_chip, R"("value": 10)", R"("value": "10")")),
              "chip.malformed /capacities/neurons/value");
    EXPECT_EQ(place(replaced(small_chip, R"(, "why": "w")", "")),
              "chip.malformed /energy/second-by-name/events/spikes");
    EXPECT_EQ(place(replaced(small_chip, R"("pJ")", R"("nJ")")),
              "chip.malformed /energy/second-by-name/events/spikes");
    EXPECT_EQ(place(replaced(small_chip, R"("W")", R"("mW")")),
              "chip.malformed /energy/second-by-name/static_power/a");
    EXPECT_EQ(place(replaced(small_chip, R"("target": "t")", R"("targets": "t")")),
              "chip.malformed /targets");
    EXPECT_EQ(place(replaced(small_chip, "spikeloom-chip-1", "spikeloom-chip-2")),
              "chip.malformed /format");
}

TEST(ChipSpecErrors, OverrideMustNameAFigureAndBeANumber) {
    EXPECT_EQ(code_of(parse_chip(small_chip, "f", {{"capacities.axons", "1"}})), "chip.override");
    EXPECT_EQ(code_of(parse_chip(small_chip, "f", {{"capacities", "1"}})), "chip.override");
    EXPECT_EQ(code_of(parse_chip(small_chip, "f", {{"", "1"}})), "chip.override");
    EXPECT_EQ(code_of(parse_chip(small_chip, "f", {{"capacities.neurons", "many"}})),
              "chip.override");
    EXPECT_EQ(code_of(parse_chip(small_chip, "f", {{"capacities.neurons", "nan"}})),
              "chip.override");
}

TEST(ChipSpecErrors, UnknownChipListsTheKnownOnes) {
    const auto chip = load_chip("nothing");
    ASSERT_FALSE(chip);
    EXPECT_EQ(chip.error().code, "chip.unknown");
    EXPECT_THAT(chip.error().notes, Contains(HasSubstr("emulator-sim")));
    EXPECT_EQ(code_of(load_chip("no/such/file.json")), "file.open");
}

TEST(BuiltinChips, AllLoadAndAreTheFilesOfTheTree) {
    ASSERT_GE(builtin_chips().size(), 4U);
    for (const std::string& name : builtin_chips()) {
        const auto built_in = load_chip(name);
        ASSERT_TRUE(built_in) << to_string(built_in.error());
        EXPECT_EQ(built_in->name, name);
        const auto from_file =
            load_chip(std::string{SPIKELOOM_SOURCE_DIR "/hw/chips/"} + name + ".json");
        ASSERT_TRUE(from_file);
        EXPECT_EQ(built_in->hash, from_file->hash);
    }
}

/// Every key named as a source, anywhere in a chip, with the reasoning of estimates searched too.
void collect_sources(const Figures& figures, std::vector<std::string>& sources) {
    for (const auto& [name, figure] : figures)
        sources.push_back(figure.source);
}

TEST(BuiltinChips, EverySourceIsInTheReferences) {
    const auto bib = read_file(SPIKELOOM_SOURCE_DIR "/docs/references.bib");
    ASSERT_TRUE(bib);
    for (const std::string& name : builtin_chips()) {
        const auto chip = load_chip(name);
        ASSERT_TRUE(chip);
        std::vector<std::string> sources;
        collect_sources(chip->capacities, sources);
        collect_sources(chip->arithmetic, sources);
        collect_sources(chip->timing, sources);
        collect_sources(chip->topology.figures, sources);
        for (const EnergyTable& table : chip->energy) {
            collect_sources(table.events, sources);
            collect_sources(table.static_power, sources);
        }
        ASSERT_FALSE(sources.empty());
        for (const std::string& source : sources) {
            const std::string key = source.substr(0, source.find(','));
            if (key == "estimate") continue;
            EXPECT_THAT(*bib, HasSubstr("{" + key + ",")) << name;
        }
    }
}

/// rtl/configs.json is what the hardware is built from; the chip files repeat its figures.
TEST(BuiltinChips, EmulatorLimitsEqualTheConfigurationsOfTheRtl) {
    const auto text = read_file(SPIKELOOM_SOURCE_DIR "/rtl/configs.json");
    ASSERT_TRUE(text);
    const auto configs = nlohmann::json::parse(*text);
    for (const std::string name : {"sim", "up5k"}) {
        const auto chip = load_chip("emulator-" + name);
        ASSERT_TRUE(chip);
        const nlohmann::json& rtl = configs.at(name);
        EXPECT_EQ(chip->capacity("neurons"), rtl.at("Neurons").get<std::uint64_t>());
        EXPECT_EQ(chip->capacity("sources"), rtl.at("Sources").get<std::uint64_t>());
        EXPECT_EQ(chip->capacity("synapse_words"), rtl.at("SynapseWords").get<std::uint64_t>());
        EXPECT_EQ(chip->capacity("column_entries"), rtl.at("ColumnEntries").get<std::uint64_t>());
        EXPECT_EQ(chip->capacity("parameter_sets"), rtl.at("ParameterSets").get<std::uint64_t>());
        EXPECT_EQ(chip->width("sparse_rows"), rtl.at("SparseRows").get<std::int64_t>());
        EXPECT_EQ(chip->width("membrane_width"), rtl.at("MembraneWidth").get<std::int64_t>());
        EXPECT_EQ(chip->width("current_width"), rtl.at("CurrentWidth").get<std::int64_t>());
        EXPECT_EQ(chip->width("accumulator_width"), rtl.at("AccumulatorWidth").get<std::int64_t>());
        EXPECT_EQ(chip->width("weight_fraction"), rtl.at("WeightFraction").get<std::int64_t>());
        EXPECT_EQ(chip->width("bias_width"), rtl.at("BiasWidth").get<std::int64_t>());
        EXPECT_EQ(chip->width("trace_width"), rtl.at("TraceWidth").get<std::int64_t>());
        EXPECT_EQ(chip->width("configuration_hash"),
                  rtl.at("ConfigurationHash").get<std::int64_t>());
    }
}

}  // namespace
}  // namespace spikeloom::hw
