// SPDX-License-Identifier: Apache-2.0
/// What others recorded with the chip's own arithmetic, bit for bit.
#include "compiler/frontend/lava/lava.hpp"
#include "compiler/frontend/nir/nir.hpp"
#include "runs.hpp"
#include "support/npy.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace spikeloom::backends::loihi::test {
namespace {

const std::filesystem::path data{SPIKELOOM_SHARED_DATA};

/// lif_norse.nir with the scale that the Lava recording has: weight 10, threshold 25, decays cut
/// off.
TEST(LoihiFixtures, LifNorseEqualsTheLavaRecordingInAllRows) {
    if (!std::filesystem::exists(data / "lif")) GTEST_SKIP() << "skipped: no shared data";
    const auto network = frontend::read_nir(data / "nir" / "lif_norse.nir");
    ASSERT_TRUE(network);
    ir::Network with_dt  = *network;
    with_dt.dt           = 1e-4;
    const auto image     = compiled(with_dt,
                                    {{"arithmetic.largest_weight", "10"},
                                     {"arithmetic.largest_exponent", "0"},
                                     {"arithmetic.decay_rounding", "0"}},
                                    "value");
    std::uint32_t source = 0, neuron = 0, first = 0;
    for (const hw::PopulationSymbol& p : image.populations) {
        (p.is_source ? source : neuron) = first;
        first += p.size();
    }
    for (const std::string device : {"plain", "plain:lava", "golden", "golden:lava", "event"}) {
        const auto d = loaded(image, device);
        ASSERT_NE(d, nullptr);
        std::ifstream file{data / "lif" / "lif_lava_cpu_fixed.csv"};
        double value = 0, voltage = 0, spike = 0;
        char comma = 0;
        int rows = 0, wrong = 0, spikes = 0;
        double arrives = 0;  // Lava's synapse takes one step: the input of a row acts in the next
        for (; file >> value >> comma >> voltage >> comma >> spike; ++rows, arrives = value) {
            const runtime::InputEvent event{Tick{static_cast<std::uint64_t>(rows)},
                                            NeuronId{source}, arrives};
            ASSERT_TRUE(d->push({&event, 1}));
            ASSERT_TRUE(d->advance(1));
            const bool fired = !d->drain()->empty();
            const double v   = (*d->probe("v"))[neuron];
            wrong += v != voltage || fired != (spike != 0) ? 1 : 0;
            spikes += fired ? 1 : 0;
        }
        EXPECT_EQ(rows, 1000);
        EXPECT_EQ(spikes, 4);
        EXPECT_EQ(wrong, 0) << device;
    }
}

struct Recorded {
    std::vector<double> values;  ///< (channels, height, width, ticks)
    std::size_t neurons = 0, ticks = 0;
    [[nodiscard]] double at(std::size_t neuron, std::size_t tick) const {
        return values[neuron * ticks + tick];
    }
};

Recorded recorded(const char* file) {
    const auto array = read_npy(data / "loihi_tinynet" / file);
    EXPECT_TRUE(array);
    Recorded r{{array->values.begin(), array->values.end()}, 0, array->shape.back()};
    r.neurons = r.values.size() / r.ticks;
    return r;
}

/// (width, height, channels) to (channels, height, width).
std::vector<double> input_bias() {
    const auto array = read_npy(data / "loihi_tinynet" / "tinynet_input_bias.npy");
    EXPECT_TRUE(array);
    const std::size_t w = array->shape[0], h = array->shape[1], c = array->shape[2];
    std::vector<double> bias(array->values.size());
    for (std::size_t x = 0; x < w; ++x)
        for (std::size_t y = 0; y < h; ++y)
            for (std::size_t k = 0; k < c; ++k)
                bias[(k * h + y) * w + x] = array->values[(x * h + y) * c + k];
    return bias;
}

/// Compares a layer's spikes and, where there is one, its current in every tick of the recording.
TEST(LoihiFixtures, TinynetEqualInEveryBitOfAllThreeLayers) {
    const auto path = data / "loihi_tinynet" / "tiny.net";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "skipped: no shared data";
    auto network = frontend::read_lava(path);
    ASSERT_TRUE(network) << to_string(network.error());
    ASSERT_EQ(network->populations.size(), 3U);
    ASSERT_TRUE(frontend::set_input_bias(*network, PopulationId{0}, input_bias()));
    const auto image = compiled(*network);
    const Recorded layers[]{recorded("tinynet_input.npy"), recorded("tinynet_layer1.npy"),
                            recorded("tinynet_output.npy")};
    const Recorded current = recorded("tinynet_current.npy");
    for (const std::string device : {"golden", "golden:lava", "event"}) {
        const auto d = loaded(image, device);
        ASSERT_NE(d, nullptr);
        std::size_t wrong[4]{}, compared = 0, fired = 0;
        for (std::uint64_t tick = 0; tick < 18; ++tick) {
            ASSERT_TRUE(d->advance(1));
            std::vector<double> spikes(network->neuron_count(), 0.0);
            const auto drained = d->drain();
            for (const auto& s : *drained)
                spikes[s.neuron.value] = 1;
            const auto i      = *d->probe("i");
            std::size_t first = 0;
            for (std::size_t layer = 0; layer < 3; first += layers[layer++].neurons) {
                // Row 0 of the recording is before the first tick; each layer is one tick later.
                const std::uint64_t row = tick + 1 - layer;
                if (tick + 1 < layer || row >= layers[layer].ticks) continue;
                for (std::size_t n = 0; n < layers[layer].neurons; ++n, ++compared) {
                    wrong[layer] += spikes[first + n] != layers[layer].at(n, row) ? 1 : 0;
                    fired += spikes[first + n] != 0 ? 1 : 0;
                    if (layer == 1) wrong[3] += i[first + n] != 64 * current.at(n, row) ? 1 : 0;
                }
            }
        }
        EXPECT_GT(compared, 25000U);
        EXPECT_GT(fired, 6000U);
        for (const std::size_t w : wrong)
            EXPECT_EQ(w, 0U) << device;
    }
}

}  // namespace
}  // namespace spikeloom::backends::loihi::test
