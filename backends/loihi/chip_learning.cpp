// SPDX-License-Identifier: Apache-2.0
/// The learning phase of the fast model, after the spiking phase of an epoch's last tick.
///
/// Order within a tick: all traces decay; y of those that fired is raised; products gated by a
/// spike of that tick see the traces as they are now; x of the axons that brought spikes is raised.
/// So a spike before and behind in one tick counts as the one behind first, as the network file
/// says.
///
/// During an epoch traces rest. Each side keeps the tick of its last spikes; those that they push
/// out are added to the resting trace at once. At the end the ticks of the epoch are replayed.
/// Words are keyed by the tick that a decay or a spike belongs to, not by when they are drawn.
#include "backends/loihi/chip_model.hpp"
#include "backends/loihi/draws.hpp"
#include "backends/loihi/synapse_word.hpp"

#include <algorithm>

namespace spikeloom::backends::loihi {

namespace neuro = neuron::loihi;

std::uint64_t ChipModel::tick_of(int time) const {
    return tick_ - epoch_time_ + static_cast<std::uint64_t>(time);
}

void ChipModel::raise_x(Plastic& p, int time) {
    const LearningProfile& rule = profiles_[formats_[p.format].profile - 1U];
    const std::uint32_t word =
        draw(seed_, Draw::x_bump, core_[p.core].number, p.axon, tick_of(time));
    for (; p.spikes > 0; --p.spikes)
        p.x = neuro::bump_trace(p.x, rule.x_impulse, word);
}

void ChipModel::note_pre(Plastic& p) {
    if (!learns_) return;
    const int before = p.spike.last;
    if (before != static_cast<int>(epoch_time_) && p.spike.add(static_cast<int>(epoch_time_)))
        raise_x(p, before);
    if (p.spikes < 255) ++p.spikes;
}

void ChipModel::note_post(const Core& core, std::uint32_t slot) {
    if (!learns_) return;
    const std::uint32_t j = core.first + slot;
    const int before      = fired_[j].last;
    if (fired_[j].add(static_cast<int>(epoch_time_)) && profile_[j] != 0)
        y_[j] = neuro::bump_trace(y_[j], profiles_[profile_[j] - 1U].y_impulse,
                                  draw(seed_, Draw::y_bump, core.number, slot, tick_of(before)));
}

/// Replays y of a core; y_path_ keeps every tick's, after that tick's spike.
void ChipModel::move_traces(const Core& core) {
    for (std::uint32_t slot = 0; slot < core.count; ++slot) {
        const std::uint32_t j = core.first + slot;
        std::int32_t y        = y_[j];
        for (std::uint32_t time = 1; time <= epoch_; ++time) {
            if (profile_[j] != 0) {
                const LearningProfile& p = profiles_[profile_[j] - 1U];
                const std::uint64_t tick = tick_of(static_cast<int>(time));
                if (y > 0)
                    y = neuro::decay_trace(y, p.y_keep,
                                           draw(seed_, Draw::y_decay, core.number, slot, tick));
                if (fired_[j].last == time)
                    y = neuro::bump_trace(y, p.y_impulse,
                                          draw(seed_, Draw::y_bump, core.number, slot, tick));
            }
            y_path_[std::size_t{time - 1} * core.count + slot] = static_cast<std::uint8_t>(y);
        }
        y_[j] = y;
    }
}

/// Replays x of a segment; x_path_ keeps every tick's, before that tick's spikes.
void ChipModel::move_x(const Core& core, Plastic& p) {
    const LearningProfile& rule = profiles_[formats_[p.format].profile - 1U];
    for (std::uint32_t time = 1; time <= epoch_; ++time) {
        const std::uint64_t tick = tick_of(static_cast<int>(time));
        if (p.x > 0)
            p.x = neuro::decay_trace(p.x, rule.x_keep,
                                     draw(seed_, Draw::x_decay, core.number, p.axon, tick));
        x_path_[time - 1] = static_cast<std::uint8_t>(p.x);
        if (p.spike.last == time) raise_x(p, static_cast<int>(time));
    }
}

std::uint64_t ChipModel::learn_segment(const Core& core, Plastic& p) {
    const SynapseFormat& format = formats_[p.format];
    const LearningProfile& rule = profiles_[format.profile - 1U];
    const bool x0               = p.spike.last != 0;
    move_x(core, p);
    std::uint64_t updates = 0;
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
    const std::uint8_t* const y_then =
        y_path_.data() + (x0 ? std::size_t{p.spike.last - 1U} * core.count : 0);
    for (std::uint32_t k = p.begin; k < p.begin + p.count; ++k) {
        const std::uint32_t slot = word_target(synapses_[k]);
        const std::uint8_t y0    = fired_[core.first + slot].last;
        if (!x0 && y0 == 0) continue;
        // x1 as it was when the neuron behind fired, y1 as it was when the spike before came.
        values[static_cast<std::size_t>(neuro::Variable::y0)] = y0 != 0 ? 1 : 0;
        values[static_cast<std::size_t>(neuro::Variable::x1)] = y0 != 0 ? x_path_[y0 - 1U] : 0;
        values[static_cast<std::size_t>(neuro::Variable::y1)] = y_then[slot];
        const std::int64_t delta =
            neuro::clip_accumulator(neuro::evaluate(plus, values) + neuro::evaluate(minus, values));
        const std::uint32_t word =
            draw(seed_, Draw::weight, core.number, k - core.first_synapse, tick_);
        synapses_[k] = with_weight(synapses_[k], neuro::learned_weight(word_weight(synapses_[k]),
                                                                       delta, format.weight, word));
        ++updates;
    }
    return updates;
}

void ChipModel::learn() {
    longest_learning_ = 0;
    if (epoch_time_ < epoch_) return;
    for (const Core& core : core_) {
        if (!core.traces) continue;
        std::uint64_t updates = 0;
        if (learns_) move_traces(core);
        for (std::uint32_t k = core.first_plastic; k < core.last_plastic; ++k) {
            if (learns_) updates += learn_segment(core, plastic_[k]);
            plastic_[k].spike  = {};
            plastic_[k].spikes = 0;
        }
        counters_.weight_updates += updates;
        longest_learning_ = std::max(longest_learning_, updates);
    }
    std::fill(fired_.begin(), fired_.end(), neuro::EpochSpike{});
}

}  // namespace spikeloom::backends::loihi
