// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/report.hpp"

#include "runtime/report/text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>

namespace spikeloom::runtime {
namespace {

Report sample() {
    Report r;
    r.tool_version    = "0.1.0";
    r.command         = "run";
    r.target          = "emulator";
    r.chip            = "up5k";
    r.device          = "rtl";
    r.network_hash    = "00000000000000ff";
    r.ticks           = 3;
    r.options         = {{"integrator", "euler"}};
    r.warnings        = {"dt is not given; 1 ms is taken"};
    r.activity        = {{"spikes", {7, "1", Basis::measured, ""}}};
    r.populations     = {{"hidden", 4, 7, 1}};
    r.clock_hz        = 12e6;
    r.clocks_per_tick = {100, 120, 90};
    r.latency      = {{"tick clocks", distribution_of({100, 120, 90}, "clock", Basis::measured)}};
    r.link         = {{"bytes in", {12, "byte", Basis::measured, ""}}};
    r.energy       = {{"synaptic events", 5e-9, 500, "1", 1e-11, "estimate: for the test"},
                      {"static", 1e-6, 0.25, "s", 4e-6, "davies2018"}};
    r.utilisation  = {{"neurons", 0, 4, 256}, {"links", std::nullopt, 1, 2}};
    r.quantisation = {{"hidden", "v_threshold", 4, 0, 64.0, 0.01, 0.005, 0.002}};
    r.host         = {{"wall time", {0.5, "s", Basis::measured, ""}}};
    return r;
}

TEST(Distribution, nearest_rank_percentile) {
    std::vector<double> hundred;
    for (int k = 1; k <= 100; ++k)
        hundred.push_back(k);
    EXPECT_EQ(distribution_of(hundred, "1", Basis::measured).p99, 99.0);
    hundred.push_back(101);
    EXPECT_EQ(distribution_of(hundred, "1", Basis::measured).p99, 100.0);
    EXPECT_EQ(distribution_of({5}, "1", Basis::measured).p99, 5.0);
}

TEST(Distribution, weights_stand_for_repetition) {
    const auto d = weighted_distribution({10, 1, 7}, {1, 3, 0}, "clock", Basis::modelled);
    EXPECT_EQ(d.count, 4U);
    EXPECT_EQ(d.minimum, 1.0);
    EXPECT_EQ(d.maximum, 10.0);
    EXPECT_DOUBLE_EQ(d.mean, 13.0 / 4.0);
    EXPECT_EQ(weighted_distribution({1}, {0}, "clock", Basis::measured).count, 0U);
}

TEST(Report, json_has_every_figure_with_its_basis) {
    const auto json = nlohmann::json::parse(to_json(sample()));
    EXPECT_EQ(json["activity"]["spikes"]["basis"], "measured");
    EXPECT_EQ(json["energy"]["total"]["basis"], "modelled");
    EXPECT_DOUBLE_EQ(json["energy"]["total"]["value"].get<double>(), 5e-9 + 1e-6);
    EXPECT_EQ(json["latency"]["tick clocks"]["max"], 120.0);
    EXPECT_EQ(json["utilisation"][0]["core"], 0);
    EXPECT_FALSE(json["utilisation"][1].contains("core"));
}

TEST(Report, same_report_same_bytes) {
    EXPECT_EQ(to_json(sample()), to_json(sample()));
}

TEST(Report, text_names_what_matters) {
    const std::string text = to_text(sample());
    for (const char* word : {"emulator", "up5k", "hidden", "12 MHz", "modelled", "measured"})
        EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
}

TEST(Si, four_digits_and_a_prefix) {
    EXPECT_EQ(si(0, "s"), "0 s");
    EXPECT_EQ(si(12.5e-6, "s"), "12.5 us");
    EXPECT_EQ(si(999.96e-9, "J"), "1 uJ");
    EXPECT_EQ(si(3000000, "1"), "3000000");
    EXPECT_EQ(si(1.5e6, "byte"), "1.5 Mbyte");
    EXPECT_EQ(si(0.5, "clock"), "0.5 clock");
}

// The schema test reads this file; see check_report_schema.py.
TEST(Report, DISABLED_write_sample) {
    const char* path = std::getenv("SPIKELOOM_SAMPLE_REPORT");
    ASSERT_NE(path, nullptr);
    std::ofstream{path} << to_json(sample());
}

}  // namespace
}  // namespace spikeloom::runtime
