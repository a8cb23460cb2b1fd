// SPDX-License-Identifier: Apache-2.0
#include "support/atomic_file.hpp"
#include "support/spike_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <numeric>

namespace spikeloom {
namespace {

using ::testing::HasSubstr;

const std::vector<SpikePopulation> known{{"in", {4}}, {"out", {2, 5}}};

/// All faults, each as "code line:column".
std::vector<std::string> faults(std::string_view text) {
    std::vector<std::string> all;
    const auto rows = parse_spike_csv(text, "s.csv", known);
    if (!rows)
        for (const Diagnostic& fault : rows.error()) {
            EXPECT_EQ(fault.location.file, "s.csv");
            all.push_back(fault.code + " " + fault.location.where);
        }
    return all;
}

using Faults = std::vector<std::string>;

TEST(SpikeCsv, ReadsRowsWithAndWithoutValue) {
    const auto plain =
        parse_spike_csv("tick,population,neuron\n0,out,9\n0,in,3\n7,out,0\n", "s", known);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->populations, (std::vector<std::string>{"in", "out"}));
    EXPECT_EQ(plain->rows, (std::vector<SpikeRows::Row>{{0, 1, 9, 1}, {0, 0, 3, 1}, {7, 1, 0, 1}}));
    const auto graded = parse_spike_csv(
        "\xEF\xBB\xBFtick,population,neuron,value\r\n5,in,0,-2.5e1\r\n5,in,0,3", "s", known);
    ASSERT_TRUE(graded);
    EXPECT_EQ(graded->rows, (std::vector<SpikeRows::Row>{{5, 0, 0, -25}, {5, 0, 0, 3}}));
}

TEST(SpikeCsv, NamesAreTakenFromTheFileWhenNoneAreKnown) {
    const auto rows =
        parse_spike_csv("tick,population,neuron\n1,b c,5\n1,a,4000000000\n2,b c,0\n", "s");
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->populations, (std::vector<std::string>{"b c", "a"}));
    EXPECT_EQ(rows->rows[2].population, 0U);
}

TEST(SpikeCsv, EmptyFileOfGoodHeaderIsNoSpike) {
    EXPECT_TRUE(parse_spike_csv("tick,population,neuron", "s", known)->rows.empty());
    EXPECT_TRUE(parse_spike_csv("tick,population,neuron\n", "s", known)->rows.empty());
}

TEST(SpikeCsv, WritesWhatItReads) {
    const SpikeRows spikes{{"in", "out"}, {{0, 1, 9, 1}, {0, 0, 3, 0.1}, {1ULL << 62, 1, 0, -2}}};
    EXPECT_EQ(
        format_spike_csv(spikes),
        "tick,population,neuron,value\n0,out,9,1\n0,in,3,0.1\n4611686018427387904,out,0,-2\n");
    EXPECT_EQ(parse_spike_csv(format_spike_csv(spikes), "s", known).value(), spikes);
    EXPECT_EQ(format_spike_csv({{"a"}, {{3, 0, 2, 1}}}), "tick,population,neuron\n3,a,2\n");
}

TEST(SpikeCsvErrors, Header) {
    EXPECT_EQ(faults(""), (Faults{"spikes.header 1:1"}));
    EXPECT_EQ(faults("0,in,0\n"), (Faults{"spikes.header 1:1"}));
    EXPECT_EQ(faults("tick,population,neuron,weight\n"), (Faults{"spikes.header 1:1"}));
    EXPECT_EQ(faults("PK\3\4"), (Faults{"spikes.header 1:1"}));
}

TEST(SpikeCsvErrors, Rows) {
    const auto row = [](const std::string& text) {
        return faults("tick,population,neuron\n" + text + "\n");
    };
    EXPECT_EQ(row(""), (Faults{"spikes.row 2:1"}));
    EXPECT_EQ(row("1,in"), (Faults{"spikes.row 2:1"}));
    EXPECT_EQ(row("1,in,0,1"), (Faults{"spikes.row 2:1"}));
    EXPECT_EQ(row("1,in,0,1,2,3,4,5"), (Faults{"spikes.row 2:1"}));
    EXPECT_EQ(row("-1,in,0"), (Faults{"spikes.number 2:1"}));
    EXPECT_EQ(row("1.5,in,0"), (Faults{"spikes.number 2:1"}));
    EXPECT_EQ(row(" 1,in,0"), (Faults{"spikes.number 2:1"}));
    EXPECT_EQ(row(",in,0"), (Faults{"spikes.number 2:1"}));
    EXPECT_EQ(row("99999999999999999999,in,0"), (Faults{"spikes.number 2:1"}));
    EXPECT_EQ(row("9223372036854775808,in,0"), (Faults{"spikes.number 2:1"}));
    EXPECT_EQ(row("1,in,4294967296"), (Faults{"spikes.number 2:6"}));
    EXPECT_EQ(row("1,in,x"), (Faults{"spikes.number 2:6"}));
    EXPECT_EQ(row("1,in,4"), (Faults{"spikes.neuron 2:6"}));
    EXPECT_EQ(row("1,out,10"), (Faults{"spikes.neuron 2:7"}));
    EXPECT_EQ(row("1,,0"), (Faults{"spikes.unknown-population 2:3"}));
    EXPECT_EQ(row("x,oyt,y"),
              (Faults{"spikes.number 2:1", "spikes.unknown-population 2:3", "spikes.number 2:7"}));
    EXPECT_EQ(row("3,in,0\n2,in,0\n3,in,1"), (Faults{"spikes.unsorted 3:1"}));
}

TEST(SpikeCsvErrors, Values) {
    for (const char* bad : {"", "x", "nan", "inf", "1e400", "1 "})
        EXPECT_EQ(faults(std::string{"tick,population,neuron,value\n0,in,0,"} + bad + "\n"),
                  (Faults{"spikes.number 2:8"}))
            << bad;
}

TEST(SpikeCsvErrors, SuggestTheNameAndHideControlCharacters) {
    const auto rows =
        parse_spike_csv("tick,population,neuron\n0,oyt,0\n0,\x1B[31m,0\n", "s", known);
    EXPECT_THAT(rows.error()[0].message, HasSubstr("did you mean 'out'?"));
    EXPECT_THAT(rows.error()[1].message, HasSubstr("'?[31m'"));
}

TEST(SpikeCsvErrors, StopAfterTheFirstTwenty) {
    std::string text = "tick,population,neuron\n";
    for (int k = 0; k < 1000; ++k)
        text += "x,in,0\n";
    EXPECT_EQ(faults(text).size(), spike_csv_most_faults);
}

TEST(SpikeCsv, ReadsAMillionRowsASecond) {
    SpikeRows spikes{{"in", "out"}, {}};
    for (std::uint32_t k = 0; k < 1'000'000; ++k)
        spikes.rows.push_back({k / 50, k % 50 < 25 ? 0U : 1U, k % 4, 1});
    const std::string text = format_spike_csv(spikes);
    double best            = 1e9;
    for (int round = 0; round < 3; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_EQ(parse_spike_csv(text, "s", known)->rows.size(), spikes.rows.size());
        best = std::min(
            best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    RecordProperty("rows_per_second", static_cast<int>(1e6 / best));
    // Ten times the time that it takes on a busy machine; sanitizers are slower still.
#ifdef NDEBUG
    EXPECT_LT(best, 1.0);
#endif
}

TEST(SpikeNpy, RowsOfTheElementsThatAreNotZero) {
    const NpyArray array{NpyType::float64, {2, 2, 2}, {0, 1, 0, 0, 0, 0, -3, 2}};
    const auto spikes = spikes_from_npy(array, "a.npy", {"in", {4}});
    ASSERT_TRUE(spikes);
    EXPECT_EQ(spikes->rows,
              (std::vector<SpikeRows::Row>{{0, 0, 1, 1}, {1, 0, 2, -3}, {1, 0, 3, 2}}));
}

TEST(SpikeNpyErrors, ShapeAndValues) {
    const auto code = [](const NpyArray& array) {
        return spikes_from_npy(array, "a.npy", {"in", {4}}).error().code;
    };
    EXPECT_EQ(code({NpyType::float64, {4}, {0, 0, 0, 0}}), "spikes.shape");
    EXPECT_EQ(code({NpyType::float64, {4, 1}, {0, 0, 0, 0}}), "spikes.shape");
    EXPECT_EQ(code({NpyType::float64, {1, 4}, {0, 0, std::numeric_limits<double>::infinity(), 0}}),
              "spikes.number");
}

/// Bytes of one event.
std::string event(int x, int y, int polarity, int time) {
    return {static_cast<char>(x), static_cast<char>(y),
            static_cast<char>(polarity << 7 | time >> 16), static_cast<char>(time >> 8 & 0xFF),
            static_cast<char>(time & 0xFF)};
}

TEST(Nmnist, EventsAreGatheredByTickAndPixel) {
    const SpikePopulation retina{"in", {2, 3, 4}};
    const std::string bytes = event(1, 2, 0, 999) + event(3, 0, 1, 100) + event(1, 2, 0, 500) +
                              event(0, 240, 0, 0) + event(0, 0, 0, 1000) + event(1, 1, 0, 70'000);
    const auto spikes = parse_nmnist(bytes, "a.bin", retina, 1e-3);
    ASSERT_TRUE(spikes);
    EXPECT_EQ(spikes->rows, (std::vector<SpikeRows::Row>{
                                {0, 0, 9, 2}, {0, 0, 15, 1}, {9, 0, 0, 1}, {78, 0, 5, 1}}));
}

TEST(NmnistErrors, SizePixelShapeAndTick) {
    const SpikePopulation retina{"in", {2, 3, 4}};
    const auto code = [](const Result<SpikeRows>& spikes) { return spikes.error().code; };
    EXPECT_EQ(code(parse_nmnist("1234", "a.bin", retina, 1e-3)), "spikes.truncated");
    EXPECT_EQ(code(parse_nmnist(event(4, 0, 0, 0), "a.bin", retina, 1e-3)), "spikes.neuron");
    EXPECT_EQ(code(parse_nmnist(event(0, 3, 0, 0), "a.bin", retina, 1e-3)), "spikes.neuron");
    EXPECT_EQ(code(parse_nmnist("", "a.bin", {"in", {24}}, 1e-3)), "spikes.shape");
    EXPECT_EQ(code(parse_nmnist("", "a.bin", retina, 0)), "spikes.dt");
}

TEST(Nmnist, ReadsTheRecordedDigit) {
    const std::filesystem::path path =
        std::string{SPIKELOOM_SHARED_DATA} + "/cnn/nmnist_sample.bin";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "skipped: " << path << " is missing";
    const std::vector<SpikePopulation> retina{{"in", {2, 34, 34}}};
    const auto spikes = read_spikes(path, retina, 1e-3);
    ASSERT_TRUE(spikes) << to_string(spikes.error());
    const double events =
        std::accumulate(spikes->rows.begin(), spikes->rows.end(), 0.0,
                        [](double sum, const auto& row) { return sum + row.value; });
    EXPECT_EQ(events * 5, static_cast<double>(std::filesystem::file_size(path)));
    EXPECT_GT(spikes->rows.back().tick, 250U);  // the recordings last 0.3 s
    EXPECT_LT(spikes->rows.back().tick, 400U);
}

TEST(ReadSpikes, GoesByTheExtension) {
    const std::filesystem::path path =
        std::string{SPIKELOOM_SHARED_DATA} + "/braille/input_256x12.npy";
    const std::vector<SpikePopulation> one{{"in", {12}}};
    const auto code = [](const Checked<SpikeRows>& spikes) { return spikes.error().front().code; };
    EXPECT_EQ(code(read_spikes("/no/such.csv", one, 1e-3)), "file.open");
    EXPECT_EQ(code(read_spikes("/no/such.npy", one, 1e-3)), "file.open");
    EXPECT_EQ(code(read_spikes("/no/such.bin", one, 1e-3)), "file.open");
    EXPECT_EQ(code(read_spikes("/no/such.npy", known, 1e-3)), "spikes.populations");
    EXPECT_EQ(code(read_spikes("/no/such.csv", {}, 1e-3)), "spikes.populations");
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "skipped: " << path << " is missing";
    const auto spikes = read_spikes(path, one, 1e-3);
    ASSERT_TRUE(spikes) << to_string(spikes.error());
    EXPECT_LT(spikes->rows.back().tick, 256U);
}

}  // namespace
}  // namespace spikeloom
