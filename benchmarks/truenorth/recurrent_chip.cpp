// SPDX-License-Identifier: Apache-2.0
#include "recurrent_chip.hpp"

#include "support/keyed_rng.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace spikeloom::backends::truenorth {

namespace {

namespace tn = neuron::truenorth;

constexpr std::int16_t drive       = tn::weight_max;  ///< of every tick, by the leak
constexpr std::uint8_t jitter_bits = 4;               ///< of the threshold

std::uint64_t row_word(KeyedSequence& random, std::uint32_t synapses) {
    if (synapses >= 256) return ~std::uint64_t{0};
    const std::uint64_t word = random.bits();
    return synapses >= 128 ? word : word & random.bits();
}

}  // namespace

std::unique_ptr<ChipModel> recurrent_chip(const Machine& machine, const RecurrentOptions& options) {
    const std::uint32_t cores = options.width * options.height;
    std::vector<std::pair<std::uint16_t, std::uint16_t>> places;
    for (std::uint32_t c = 0; c < cores; ++c)
        places.emplace_back(c % options.width, c / options.width);
    auto chip = std::make_unique<ChipModel>(machine, places, options.seed);
    chip->report_neurons(false);

    std::vector<std::uint32_t> axon_of(std::size_t{cores} *
                                       core_axons);  // each axon has one neuron
    std::iota(axon_of.begin(), axon_of.end(), 0U);
    KeyedSequence shuffle{options.seed, Stream::connectivity, 0};
    for (std::size_t k = axon_of.size() - 1; k > 0; --k)
        std::swap(axon_of[k], axon_of[shuffle.below(k + 1)]);

    const auto threshold = static_cast<std::int32_t>(std::lround(drive / (options.rate * 1e-3)));
    for (std::uint32_t c = 0; c < cores; ++c) {
        KeyedSequence random{options.seed, Stream::connectivity, std::uint64_t{c} + 1};
        CoreProgram core;
        core.x = places[c].first;
        core.y = places[c].second;
        core.rows.resize(core_axons);
        core.axon_types.resize(core_axons);
        for (std::uint32_t a = 0; a < core_axons; ++a) {
            core.axon_types[a] = static_cast<std::uint8_t>(a % 2);
            for (std::uint64_t& word : core.rows[a])
                word = row_word(random, options.synapses);
        }
        core.neurons.resize(core_neurons);
        for (std::uint32_t j = 0; j < core_neurons; ++j) {
            NeuronProgram& n                = core.neurons[j];
            n.parameters.weight             = {1, -1, 0, 0};
            n.parameters.leak               = drive;
            n.parameters.threshold          = threshold;
            n.parameters.mask_bits          = jitter_bits;
            n.parameters.negative_threshold = tn::level_max;
            n.parameters.saturates          = true;
            n.parameters.reset              = tn::Reset::linear;
            n.potential =
                static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(threshold)));
            const std::uint32_t axon = axon_of[std::size_t{c} * core_neurons + j];
            const auto& to           = places[axon / core_axons];
            n.to = {Destination::Kind::core, static_cast<std::int16_t>(to.first - core.x),
                    static_cast<std::int16_t>(to.second - core.y),
                    static_cast<std::uint8_t>(axon % core_axons),
                    static_cast<std::uint8_t>(1 + random.below(longest_hop))};
        }
        chip->set_core(c, core);
    }
    return chip;
}

Counters between(const Counters& before, const Counters& after) {
    Counters c = after;
    c.ticks -= before.ticks;
    c.spikes -= before.spikes;
    c.synaptic_events -= before.synaptic_events;
    c.neuron_updates -= before.neuron_updates;
    c.axon_events -= before.axon_events;
    c.merged_spikes -= before.merged_spikes;
    c.packets -= before.packets;
    c.hops -= before.hops;
    c.chip_crossings -= before.chip_crossings;
    c.overruns -= before.overruns;
    return c;
}

}  // namespace spikeloom::backends::truenorth
