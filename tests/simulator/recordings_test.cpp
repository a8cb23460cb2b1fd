// SPDX-License-Identifier: Apache-2.0
/// Trained networks from NIR files on recorded input, against what others recorded for them.
#include "compiler/frontend/nir/nir.hpp"
#include "simulator/golden/golden.hpp"
#include "support/npy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace spikeloom::golden {
namespace {

using testing::ElementsAre;

const std::filesystem::path data{SPIKELOOM_SHARED_DATA};

ir::Network read_network(const std::string& name) {
    auto network = frontend::read_nir(data / "nir" / name);
    if (!network) ADD_FAILURE() << to_string(network.error());
    return network ? std::move(*network) : ir::Network{};
}

Simulation built(const ir::Network& network, const GoldenOptions& options) {
    auto simulation = build(network, options);
    if (!simulation) {
        ADD_FAILURE() << to_string(simulation.error());
        std::abort();
    }
    return std::move(*simulation);
}

PopulationId only_source(const ir::Network& network) {
    for (std::uint32_t k = 0; k < network.populations.size(); ++k) {
        if (network.populations[k].model.name == "spike_source") return PopulationId{k};
    }
    ADD_FAILURE() << "no source";
    return {};
}

/// Spikes of a population as (ticks, neurons), its pipeline offset taken off.
std::vector<std::vector<int>> raster(const ir::Network& network,
                                     const std::vector<SpikeEvent>& spikes, const std::string& name,
                                     std::size_t ticks) {
    const PopulationId id     = network.find(name).value();
    const std::uint32_t first = network.first_neuron(id).value;
    const std::uint64_t size  = network.at(id).size();
    std::vector<std::vector<int>> rows(ticks, std::vector<int>(size));
    for (const SpikeEvent& s : spikes) {
        const std::uint64_t tick = s.tick.value - network.at(id).pipeline_offset;
        if (s.neuron.value < first || s.neuron.value >= first + size || tick >= ticks) continue;
        rows[tick][s.neuron.value - first] += 1;
    }
    return rows;
}

std::vector<int> counts(const std::vector<std::vector<int>>& rows) {
    std::vector<int> sum(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t j = 0; j < row.size(); ++j)
            sum[j] += row[j];
    }
    return sum;
}

/// Runs a Braille file on the recorded input; spikes of all populations.
std::vector<SpikeEvent> run_braille(const ir::Network& network, Reset reset) {
    const auto input          = read_npy(data / "braille" / "input_256x12.npy");
    const std::uint32_t first = network.first_neuron(only_source(network)).value;
    GoldenOptions options;
    options.dt    = 1e-4;
    options.reset = reset;
    Simulation s  = built(network, options);
    for (std::uint32_t t = 0; t < 256; ++t) {
        for (std::uint32_t k = 0; k < 12; ++k) {
            const double value = input->values[12 * t + k];
            if (value == 0) continue;
            const InputEvent event{Tick{t}, NeuronId{first + k}, value};
            EXPECT_TRUE(s.push({&event, 1}));
        }
    }
    s.advance(256 + 8);
    return s.drain();
}

TEST(GoldenRecordings, BrailleHiddenSpikesEqualSnnTorch) {
    if (!std::filesystem::exists(data / "braille")) GTEST_SKIP() << "skipped: no shared data";
    const ir::Network network = read_network("braille_noDelay_bias_zero.nir");
    const auto expected = read_npy(data / "braille" / "snntorch_activity_noDelay_bias_zero.npy");
    ASSERT_TRUE(expected);
    const auto spikes = run_braille(network, Reset::value);
    const auto hidden = raster(network, spikes, "lif1.lif", 256);
    int wrong         = 0;
    for (std::size_t t = 0; t < 256; ++t) {
        for (std::size_t j = 0; j < 38; ++j) {
            wrong += hidden[t][j] != static_cast<int>(expected->values[38 * t + j]) ? 1 : 0;
        }
    }
    EXPECT_EQ(wrong, 0) << "of 9728";
    EXPECT_THAT(counts(raster(network, spikes, "lif2", 256)),
                ElementsAre(10, 160, 112, 113, 103, 68, 121));
}

TEST(GoldenRecordings, BrailleWithResetBySubtractionFindsTheClass) {
    if (!std::filesystem::exists(data / "braille")) GTEST_SKIP() << "skipped: no shared data";
    const ir::Network network = read_network("braille_noDelay_noBias_subtract.nir");
    const auto output = counts(raster(network, run_braille(network, Reset::subtract), "lif2", 256));
    EXPECT_EQ(std::ranges::max_element(output) - output.begin(), 1);
}

/// Events of an N-MNIST recording: 5 bytes each (nir.md): x, y, polarity (1 bit), time (23 bits,
/// us).
std::vector<InputEvent> read_nmnist(const std::filesystem::path& path, std::uint32_t first,
                                    const std::vector<std::uint32_t>& shape) {
    std::ifstream file{path, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    const auto byte = [&bytes](std::size_t k) { return static_cast<unsigned char>(bytes[k]); };
    std::map<std::pair<std::uint64_t, std::uint32_t>, double> bins;
    for (std::size_t k = 0; k + 5 <= bytes.size(); k += 5) {
        const std::uint32_t x = byte(k), y = byte(k + 1), polarity = byte(k + 2) >> 7;
        const std::uint64_t time = (byte(k + 2) & 127U) << 16 | byte(k + 3) << 8 | byte(k + 4);
        const std::uint32_t at   = (polarity * shape[1] + y) * shape[2] + x;
        bins[{time / 1000, at}] += 1;
    }
    std::vector<InputEvent> events;
    for (const auto& [key, count] : bins) {
        events.push_back({Tick{key.first}, NeuronId{first + key.second}, count});
    }
    return events;
}

TEST(GoldenRecordings, NmnistCnnSeesAFour) {
    if (!std::filesystem::exists(data / "cnn")) GTEST_SKIP() << "skipped: no shared data";
    const ir::Network network = read_network("cnn_sinabs.nir");
    const PopulationId source = only_source(network);
    ASSERT_THAT(network.at(source).shape, ElementsAre(2, 34, 34));
    const auto events = read_nmnist(data / "cnn" / "nmnist_sample.bin",
                                    network.first_neuron(source).value, network.at(source).shape);
    GoldenOptions options;
    options.dt    = 1;  // the file counts time in ticks: r = 1, one tick adds one input
    options.reset = Reset::subtract;
    Simulation s  = built(network, options);
    ASSERT_TRUE(s.push(events));
    s.advance(events.back().tick.value + 10);
    std::string output;
    for (const ir::Population& p : network.populations) {
        if (p.is_output) output = p.name;
    }
    auto count = counts(raster(network, s.drain(), output, events.back().tick.value + 10));
    ASSERT_EQ(count.size(), 10U);
    const int four = std::exchange(count[4], 0);
    const int next = *std::ranges::max_element(count);
    EXPECT_GT(four, 2 * next) << "class 4: " << four << ", the next best: " << next;
    EXPECT_GT(four, 10);
    RecordProperty("class_4", four);
    RecordProperty("next", next);
}

}  // namespace
}  // namespace spikeloom::golden
