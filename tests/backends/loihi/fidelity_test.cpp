// SPDX-License-Identifier: Apache-2.0
/// Trained networks keep their class on the chip, and their rates.
#include "backends/golden/target.hpp"
#include "compiler/frontend/nir/nir.hpp"
#include "runs.hpp"
#include "support/npy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace spikeloom::backends::loihi::test {
namespace {

const std::filesystem::path data{SPIKELOOM_SHARED_DATA};

ir::Network nir(const std::string& name) {
    auto network = frontend::read_nir(data / "nir" / name);
    if (!network) ADD_FAILURE() << to_string(network.error());
    return network ? std::move(*network) : ir::Network{};
}

std::uint32_t first_source(const ir::Network& network) {
    for (std::uint32_t p = 0; p < network.populations.size(); ++p)
        if (network.populations[p].model.name == "spike_source")
            return network.first_neuron(PopulationId{p}).value;
    ADD_FAILURE() << "no source";
    return 0;
}

/// Spikes of each element of the last output population.
std::vector<int> outputs(const ir::Network& network,
                         const std::vector<runtime::SpikeEvent>& spikes) {
    std::uint32_t output = 0;
    for (std::uint32_t p = 0; p < network.populations.size(); ++p)
        if (network.populations[p].is_output) output = p;
    const std::uint32_t first = network.first_neuron(PopulationId{output}).value;
    std::vector<int> counts(network.populations[output].size());
    for (const runtime::SpikeEvent& s : spikes)
        if (s.neuron.value >= first && s.neuron.value < first + counts.size())
            ++counts[s.neuron.value - first];
    return counts;
}

std::vector<runtime::SpikeEvent> reference(const ir::Network& network,
                                           const std::vector<runtime::InputEvent>& input,
                                           std::uint64_t ticks) {
    const auto output = compiler::compile(network, golden::target(), {});
    const auto device = golden::make_device();
    if (!output || !device->load(output->image) || !device->push(input) ||
        !device->advance(ticks)) {
        ADD_FAILURE() << "the reference does not run";
        return {};
    }
    return *device->drain();
}

/// Class and spike counts of the output on chip and reference.
void expect_class(ir::Network network, const std::vector<runtime::InputEvent>& input,
                  std::uint64_t ticks, std::ptrdiff_t wanted, double tolerance) {
    const auto want = outputs(network, reference(network, input, ticks));
    const auto got  = outputs(network, run(compiled(network), "event", input, ticks).spikes);
    EXPECT_EQ(std::ranges::max_element(want) - want.begin(), wanted);
    EXPECT_EQ(std::ranges::max_element(got) - got.begin(), wanted);
    int difference = 0, total = 0;
    for (std::size_t k = 0; k < want.size(); ++k) {
        difference += std::abs(want[k] - got[k]);
        total += want[k];
        std::cout << want[k] << "/" << got[k] << " ";
    }
    std::cout << "\n";
    EXPECT_GT(total, 0);
    EXPECT_LE(difference, tolerance * total);
}

TEST(LoihiFidelity, BrailleKeepsItsClass) {
    if (!std::filesystem::exists(data / "braille")) GTEST_SKIP() << "skipped: no shared data";
    const auto recorded = read_npy(data / "braille" / "input_256x12.npy");
    ASSERT_TRUE(recorded);
    for (const auto& [file, reset] :
         {std::pair{"braille_noDelay_bias_zero.nir", "value"},
          std::pair{"braille_noDelay_noBias_subtract.nir", "subtract"}}) {
        ir::Network network = nir(file);
        network.dt          = 1e-4;
        network.reset       = reset;
        std::vector<runtime::InputEvent> input;
        for (std::uint32_t k = 0; k < 256 * 12; ++k)
            if (recorded->values[k] != 0)
                input.push_back(
                    {Tick{k / 12}, NeuronId{first_source(network) + k % 12}, recorded->values[k]});
        expect_class(network, input, 264, 1, 0.1);
    }
}

TEST(LoihiFidelity, NmnistCnnSeesAFour) {
    if (!std::filesystem::exists(data / "cnn")) GTEST_SKIP() << "skipped: no shared data";
    ir::Network network = nir("cnn_sinabs.nir");
    network.dt          = 1;
    network.reset       = "subtract";
    std::ifstream file{data / "cnn" / "nmnist_sample.bin", std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    const auto byte = [&](std::size_t k) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[k]));
    };
    // 5 bytes an event: x, y, polarity (1 bit), time (23 bits, us); a tick is 1 ms.
    std::map<std::pair<std::uint64_t, std::uint32_t>, double> bins;
    for (std::size_t k = 0; k + 5 <= bytes.size(); k += 5) {
        const std::uint32_t time = (byte(k + 2) & 127U) << 16 | byte(k + 3) << 8 | byte(k + 4);
        const std::uint32_t at   = ((byte(k + 2) >> 7) * 34 + byte(k + 1)) * 34 + byte(k);
        bins[{time / 1000, at}] += 1;
    }
    std::vector<runtime::InputEvent> input;
    for (const auto& [key, count] : bins)
        input.push_back({Tick{key.first}, NeuronId{first_source(network) + key.second}, count});
    expect_class(network, input, input.back().tick.value + 10, 4, 0.15);
}

}  // namespace
}  // namespace spikeloom::backends::loihi::test
