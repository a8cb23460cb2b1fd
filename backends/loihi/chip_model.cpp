// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/chip_model.hpp"

#include "backends/loihi/draws.hpp"
#include "backends/loihi/synapse_word.hpp"
#include "simulator/neuron/loihi.hpp"

#include <algorithm>

namespace spikeloom::backends::loihi {

namespace {

namespace neuro = neuron::loihi;

constexpr std::int32_t v_limit = static_cast<std::int32_t>(neuro::state_limit);

/// neuro::decay() for 24-bit states: keep = 4096 - lost.
inline std::int32_t decayed(std::int32_t x, std::int32_t keep) {
    const std::int64_t magnitude = (std::int64_t{x < 0 ? -x : x} * keep) >> neuro::decay_bits;
    return static_cast<std::int32_t>(x < 0 ? -magnitude : magnitude);
}

/// Sums are multiples of 64: their lowest bit tells that an event has arrived, be its weight 0.
constexpr std::uint32_t arrived_bit = 1;

/// neuro::wrap() to `bits` magnitude bits, of a number that is right modulo 2^32.
template <int bits>
inline std::int32_t wrapped(std::uint32_t x) {
    return static_cast<std::int32_t>(x << (31 - bits)) >> (31 - bits);
}

}  // namespace

const std::vector<CoreSpike>& ChipModel::step(WorkRecorder* recorder) {
    spikes_.clear();
    if (recorder != nullptr) recorder->begin_tick();
    epoch_time_ = static_cast<std::uint32_t>(tick_ % epoch_) + 1;
    take_inputs(recorder != nullptr);
    for (std::uint32_t used = 0; used < core_.size(); ++used)
        step_core(used, recorder);
    if (!plastic_.empty()) learn();
    ++tick_;
    ++counters_.ticks;
    return spikes_;
}

/// Events from outside arrive before the compartments of the same tick.
void ChipModel::take_inputs(bool recorded) {
    const auto compartments = static_cast<std::uint32_t>(u_.size());
    for (const std::uint32_t source : inputs_) {
        deliver(compartments + source, tick_, [&](std::uint32_t used, const Events& events) {
            if (recorded) arrived_[used].push_back(events);
        });
    }
    counters_.inputs += inputs_.size();
    inputs_.clear();
}

/// Walks the lists of an element; `tick` is when a synapse of the shortest delay delivers.
template <class Sent>
void ChipModel::deliver(std::uint32_t element, std::uint64_t tick, const Sent& sent) {
    const std::uint32_t last = segment_begin_[element + 1];
    for (std::uint32_t k = segment_begin_[element]; k < last;) {
        const std::uint32_t used = segments_[k].core;
        Events events{};
        do
            walk(segments_[k++], tick, events);
        while (k < last && !segments_[k].opens);
        for (std::size_t kind = 0; kind < events.size(); ++kind)
            counters_.events[kind] += events[kind];
        ++counters_.messages_in;
        sent(used, events);
    }
    if (plastic_.empty()) return;
    for (std::uint32_t k = plastic_begin_[element]; k < plastic_begin_[element + 1]; ++k)
        note_pre(plastic_[plastic_of_[k]]);
}

void ChipModel::walk(const Segment& segment, std::uint64_t tick, Events& events) {
    const SynapseFormat& f    = formats_[segment.format];
    const int up              = std::max(f.weight.exponent, 0) + neuro::unit_shift;
    const int down            = std::max(-f.weight.exponent, 0);
    const std::size_t stride  = u_.size();
    std::uint32_t* const ring = ring_.data() + core_[segment.core].first;
    const std::uint32_t* s    = synapses_.data() + segment.begin;
    const std::uint32_t* end  = s + segment.count;
    events[f.kind] += segment.count;
    const auto add = [&](std::uint32_t* sums, std::uint32_t word) {
        std::uint32_t& sum = sums[word_target(word)];
        sum = (sum + (static_cast<std::uint32_t>(word_weight(word) >> down) << up)) | arrived_bit;
    };
    if (f.delay_bits == 0) {
        std::uint32_t* const sums = ring + (tick & ring_mask_) * stride;
        for (; s < end; ++s)
            add(sums, *s);
        return;
    }
    for (; s < end; ++s)
        add(ring + ((tick + word_delay(*s)) & ring_mask_) * stride, *s);
}

void ChipModel::step_core(std::uint32_t used, WorkRecorder* recorder) {
    const Core& core = core_[used];
    if (recorder != nullptr) {
        recorder->begin_core(core.number);
        for (const Events& events : arrived_[used])
            recorder->input(events);
        arrived_[used].clear();
    }
    std::uint32_t* const sums = ring_.data() + (tick_ & ring_mask_) * u_.size();
    now_.clear();
    active_ = 0;
    for (std::uint32_t g = core.first_group; g < core.last_group; ++g) {
        if (chip_.noise_exponent == 0)
            update_group(groups_[g], core, sums);
        else
            update_noisy(groups_[g], core, sums);
    }
    send_spikes(used, recorder);
    counters_.active += active_;
    counters_.accesses += core.accesses;
    if (recorder != nullptr) recorder->compartments(core.accesses, active_);
}

/// neuro::update() of nengo-loihi's flavour without noise, on flat arrays. A compartment at rest
/// without input stays as it is.
void ChipModel::update_group(const Group& g, const Core& core, std::uint32_t* sums) {
    const std::uint32_t lasting =
        g.keep_u == 0 ? 0 : ~0U;  // a current that does not is no activity
    for (std::uint32_t j = g.first; j < g.first + g.count; ++j) {
        const std::uint32_t input = sums[j];
        if ((input | static_cast<std::uint32_t>(u_[j] | v_[j] | bias_[j]) | wait_[j]) == 0)
            continue;
        sums[j]                   = 0;
        const std::int32_t q      = wrapped<neuro::dendrite_bits>(input & ~arrived_bit);
        const std::int32_t before = v_[j], u_before = u_[j];
        const std::int32_t u =
            wrapped<neuro::state_bits>(static_cast<std::uint32_t>(decayed(u_[j], g.keep_u) + q));
        u_[j] = u;
        const std::int32_t plus =
            wrapped<neuro::state_bits>(static_cast<std::uint32_t>(u + bias_[j]));
        std::int32_t v  = std::clamp(decayed(before, g.keep_v) + plus, -v_limit, v_limit);
        const auto held = static_cast<std::uint32_t>(before | bias_[j]) | wait_[j];
        const auto left = static_cast<std::uint32_t>(u_before) & lasting;
        active_ += (input | held | left) != 0 ? 1U : 0U;
        if (wait_[j] > 0) {
            v_[j] = g.subtracts ? before : 0;
            --wait_[j];
            continue;
        }
        if (g.fires && v > g.threshold) {
            v        = g.subtracts ? v - g.threshold : 0;
            wait_[j] = static_cast<std::uint8_t>(g.refractory - 1);
            now_.push_back({j - core.first, active_});
        }
        v_[j] = v;
    }
}

std::int64_t ChipModel::next_noise(const Core& core, std::uint32_t slot) {
    const std::int64_t r = chip_.noise.empty() ? noise_draw(seed_, core.number, slot, tick_)
                                               : chip_.noise[noise_next_++ % chip_.noise.size()];
    return neuro::noise_value(r, chip_.noise_offset, static_cast<int>(chip_.noise_exponent));
}

/// With noise every compartment is busy, so the plain function serves.
void ChipModel::update_noisy(const Group& g, const Core& core, std::uint32_t* sums) {
    const neuro::Compartment c{.du              = 4095 - g.keep_u,
                               .dv              = 4096 - g.keep_v,
                               .threshold       = g.threshold >> neuro::unit_shift,
                               .refractory      = g.refractory,
                               .fires           = g.fires,
                               .reset_subtracts = g.subtracts};
    for (std::uint32_t j = g.first; j < g.first + g.count; ++j) {
        neuro::Compartment own   = c;
        own.bias                 = bias_[j];
        const std::int64_t value = next_noise(core, j - core.first);
        const neuro::Noise noise =
            chip_.noise_at_membrane ? neuro::Noise{0, value} : neuro::Noise{value, 0};
        neuro::State s{u_[j], v_[j], wait_[j]};
        const bool spike = neuro::update(s, own, static_cast<std::int32_t>(sums[j] & ~arrived_bit),
                                         neuro::Emulator::nengo, noise);
        sums[j]          = 0;
        u_[j]            = static_cast<std::int32_t>(s.u);
        v_[j]            = static_cast<std::int32_t>(s.v);
        wait_[j]         = static_cast<std::uint8_t>(s.refractory);
        ++active_;
        if (spike) now_.push_back({j - core.first, active_});
    }
}

void ChipModel::send_spikes(std::uint32_t used, WorkRecorder* recorder) {
    const Core& core = core_[used];
    for (const Fired& fired : now_) {
        if (!fired_.empty()) note_post(core, fired.slot);
        spikes_.push_back({used, fired.slot});
        if (recorder != nullptr) {
            recorder->compartments(fired.slot + 1, fired.active);
            recorder->spike();
        }
        deliver(core.first + fired.slot, tick_ + 1, [&](std::uint32_t to, const Events& events) {
            ++counters_.messages_out;
            if (recorder != nullptr) recorder->message(core_[to].number, events);
        });
    }
    counters_.spikes += now_.size();
}

std::vector<std::int32_t> ChipModel::weights(std::uint32_t used) const {
    std::vector<std::int32_t> result;
    for (std::uint64_t k = core_[used].first_synapse; k < core_[used].last_synapse; ++k)
        result.push_back(word_weight(synapses_[k]));
    return result;
}

std::uint64_t ChipModel::bytes() const {
    const auto of = [](const auto& v) { return v.capacity() * sizeof(v[0]); };
    return of(core_) + of(groups_) + of(u_) + of(v_) + of(bias_) + of(wait_) + of(ring_) +
           of(synapses_) + of(segments_) + of(segment_begin_) + of(plastic_) + of(plastic_of_) +
           of(plastic_begin_) + of(y_) + of(profile_) + of(fired_) + of(y_path_);
}

}  // namespace spikeloom::backends::loihi
