// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/noc/dvs_work.hpp"

#include "hw/spec/noc_spec.hpp"
#include "support/keyed_rng.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace spikeloom::chip {

namespace {

constexpr std::uint32_t tiles = 13;

struct Layer {
    std::uint32_t width, channels;  ///< width x width positions
    std::uint32_t per_core;         ///< neurons
    std::uint32_t first_core;       ///< tile * 4 + place
    std::uint32_t stride;           ///< of the convolution into the next layer; 0: dense
    double spikes;                  ///< a tick, on average
};

/// Spikes by layer are chosen so that spikes, messages and synaptic events a tick come out near the
/// published 298, 3,021 and 42,482.
constexpr std::array<Layer, 6> layers{{{32, 1, 1024, 48, 2, 45},
                                       {15, 16, 480, 40, 1, 66},
                                       {13, 32, 676, 32, 1, 47},
                                       {11, 64, 352, 10, 1, 132},
                                       {9, 11, 99, 1, 0, 8},
                                       {1, 11, 11, 0, 0, 0}}};

std::uint32_t size_of(const Layer& layer) {
    return layer.width * layer.width * layer.channels;
}

/// Synapses of one neuron in each core of the next layer.
struct FanOut {
    std::array<std::uint32_t, 32> synapses{};
};

/// Outputs of a 3 x 3 window that position `at` of the input feeds, [from, to).
std::pair<std::uint32_t, std::uint32_t> window(std::uint32_t at, std::uint32_t stride,
                                               std::uint32_t outputs) {
    const std::uint32_t from = at < 2 ? 0 : (at - 2 + stride - 1) / stride;
    return {from, std::min(at / stride + 1, outputs)};
}

FanOut fan_out(const Layer& layer, const Layer& next, std::uint32_t neuron) {
    FanOut result;
    if (layer.stride == 0) {
        result.synapses[0] = size_of(next);
        return result;
    }
    const std::uint32_t position = neuron % (layer.width * layer.width);
    const auto [y0, y1]          = window(position / layer.width, layer.stride, next.width);
    const auto [x0, x1]          = window(position % layer.width, layer.stride, next.width);
    for (std::uint32_t c = 0; c < next.channels; ++c)
        for (std::uint32_t y = y0; y < y1; ++y)
            for (std::uint32_t x = x0; x < x1; ++x)
                ++result.synapses[((c * next.width + y) * next.width + x) / next.per_core];
    return result;
}

constexpr std::uint32_t ps(double ns) {
    return static_cast<std::uint32_t>(ns * 1000 + 0.5);
}

}  // namespace

ChipTiming loihi_timing(const hw::Overrides& overrides) {
    const auto chip = hw::load_chip("loihi", overrides);
    if (!chip) std::fputs(to_string(chip.error()).c_str(), stderr), std::exit(1);
    const auto noc = hw::noc_spec(*chip);
    if (!noc) std::fputs(to_string(noc.error()).c_str(), stderr), std::exit(1);
    ChipTiming timing;
    timing.noc        = *noc;
    timing.barrier_ps = hw::barrier_ps(*chip, "sanafe_", tiles);
    return timing;
}

std::uint64_t DvsWork::fill(std::uint64_t tick, TickWork& work) const {
    // From core to layer, in ascending order of cores.
    constexpr std::array<std::size_t, 6> by_core{5, 4, 3, 2, 1, 0};
    const double level   = 0.25 + 1.5 * keyed_uniform(seed_, Stream::test, ~std::uint64_t{0}, tick);
    std::uint64_t events = 0;
    work.clear();
    std::uint64_t id = 0;
    for (const std::size_t l : by_core) {
        const Layer& layer       = layers[l];
        const double probability = level * layer.spikes / size_of(layer);
        for (std::uint32_t neuron = 0; neuron < size_of(layer); ++neuron, ++id) {
            if (neuron % layer.per_core == 0)
                work.begin_core(layer.first_core + neuron / layer.per_core);
            const double u     = keyed_uniform(seed_, Stream::test, id, tick);
            const bool fires   = u < probability;
            const bool updated = fires || u > 1 - 0.563;  // the published share
            work.soma(ps(6.0) + (updated ? ps(3.7) : 0) + (fires ? ps(30.0) : 0));
            if (!fires || l + 1 == layers.size()) continue;
            const Layer& next = layers[l + 1];
            const FanOut fan  = fan_out(layer, next, neuron);
            for (std::uint32_t core = 0; core < fan.synapses.size(); ++core) {
                const std::uint32_t n = fan.synapses[core];
                if (n == 0) continue;
                const double each = layer.stride == 0 ? 3.8 : 3.1;
                work.send({next.first_core + core, 1, 0, ps(5.1), ps(16.0), n * ps(each), 0});
                events += n;
            }
        }
    }
    work.finish();
    return events;
}

}  // namespace spikeloom::chip
