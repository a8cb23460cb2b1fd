// SPDX-License-Identifier: Apache-2.0
/// The learning phase of the fast model, an epoch of one tick after every spiking phase.
///
/// Order within a tick: all traces decay; y of those that fired is raised; the products are
/// evaluated; x of the axons that brought spikes is raised. So a spike before and behind in one
/// tick counts as the one behind first, as the network file says.
#include "backends/loihi/chip_model.hpp"
#include "backends/loihi/draws.hpp"
#include "backends/loihi/synapse_word.hpp"

#include <algorithm>

namespace spikeloom::backends::loihi {

namespace neuro = neuron::loihi;

void ChipModel::move_traces(const Core& core) {
    for (std::uint32_t j = core.first; j < core.first + core.count; ++j) {
        if (profile_[j] == 0) continue;
        const LearningProfile& p = profiles_[profile_[j] - 1U];
        const std::uint32_t slot = j - core.first;
        if (y_[j] > 0)
            y_[j] = neuro::decay_trace(y_[j], p.y_keep,
                                       draw(seed_, Draw::y_decay, core.number, slot, tick_));
        if (fired_[j] != 0)
            y_[j] = neuro::bump_trace(y_[j], p.y_impulse,
                                      draw(seed_, Draw::y_bump, core.number, slot, tick_));
    }
}

std::uint64_t ChipModel::learn_segment(const Core& core, Plastic& p) {
    const SynapseFormat& format = formats_[p.format];
    const LearningProfile& rule = profiles_[format.profile - 1U];
    if (p.x > 0)
        p.x = neuro::decay_trace(p.x, rule.x_keep,
                                 draw(seed_, Draw::x_decay, core.number, p.axon, tick_));
    std::uint64_t updates = 0;
    const bool x0         = p.spikes > 0;
    const neuro::Product plus{rule.plus_mantissa,
                              rule.plus_exponent,
                              neuro::Variable::y0,
                              {neuro::Factor{neuro::Variable::x1, 0}},
                              1};
    const neuro::Product minus{rule.minus_mantissa,
                               rule.minus_exponent,
                               neuro::Variable::x0,
                               {neuro::Factor{neuro::Variable::y1, 0}},
                               1};
    neuro::Values values{};
    values[static_cast<std::size_t>(neuro::Variable::x0)] = x0 ? 1 : 0;
    values[static_cast<std::size_t>(neuro::Variable::x1)] = p.x;
    for (std::uint32_t k = p.begin; k < p.begin + p.count; ++k) {
        const std::uint32_t j = core.first + word_target(synapses_[k]);
        if (!x0 && fired_[j] == 0) continue;
        values[static_cast<std::size_t>(neuro::Variable::y0)] = fired_[j];
        values[static_cast<std::size_t>(neuro::Variable::y1)] = y_[j];
        const std::int64_t delta =
            neuro::clip_accumulator(neuro::evaluate(plus, values) + neuro::evaluate(minus, values));
        const std::uint32_t word =
            draw(seed_, Draw::weight, core.number, k - core.first_synapse, tick_);
        synapses_[k] = with_weight(synapses_[k], neuro::learned_weight(word_weight(synapses_[k]),
                                                                       delta, format.weight, word));
        ++updates;
    }
    for (; p.spikes > 0; --p.spikes)
        p.x = neuro::bump_trace(p.x, rule.x_impulse,
                                draw(seed_, Draw::x_bump, core.number, p.axon, tick_));
    return updates;
}

void ChipModel::learn() {
    longest_learning_ = 0;
    for (const Core& core : core_) {
        if (core.first_plastic == core.last_plastic) continue;
        std::uint64_t updates = 0;
        if (learns_) move_traces(core);
        for (std::uint32_t k = core.first_plastic; k < core.last_plastic; ++k) {
            if (learns_) updates += learn_segment(core, plastic_[k]);
            plastic_[k].spikes = 0;
        }
        counters_.weight_updates += updates;
        longest_learning_ = std::max(longest_learning_, updates);
    }
    std::fill(fired_.begin(), fired_.end(), std::uint8_t{0});
}

}  // namespace spikeloom::backends::loihi
