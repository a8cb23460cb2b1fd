// SPDX-License-Identifier: Apache-2.0
/// Synapses with integer weights, packed as those of the float engine, and their delivery by the
/// rules of a chip. Inside of simulator/golden only.
#pragma once

#include "simulator/golden/chunk_kernels.hpp"
#include "simulator/golden/chunk_stream.hpp"
#include "simulator/golden/spike_history.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace spikeloom::golden {

/// One synapse before it is packed.
struct IntegerSynapse {
    std::uint32_t post;
    std::uint32_t delay;  ///< ticks, 1 up to what the ring spans
    std::int32_t weight;  ///< below 2^29 in magnitude
    bool depresses;       ///< changes at pre events
    bool potentiates;     ///< changes at post spikes
};

/// A weight with its two flags.
struct PackedInteger {
    static constexpr int flag_bits          = 2;
    static constexpr std::int32_t depresses = 1, potentiates = 2;
    static std::int32_t pack(const IntegerSynapse& s) {
        return s.weight * (1 << flag_bits) | (s.potentiates ? potentiates : 0) |
               (s.depresses ? depresses : 0);
    }
};

/// Pre trace of one row in integer arithmetic.
struct IntegerPreTrace {
    std::int32_t value = 0;  ///< right after the last event
    Stamp last         = 0;
    Stamp applied      = 0;  ///< post spikes up to here have acted on the weights of the row
};

/// Pre trace by age: decayed so many times since the last event, the last entry for ever.
struct Trajectory {
    const std::int32_t* values;
    Stamp longest;
    [[nodiscard]] std::int32_t after(Stamp ticks) const { return values[std::min(ticks, longest)]; }
};

/// What a plastic chunk learns with.
struct IntegerLearning {
    const SpikeHistory* post;
    const std::int32_t* post_now;  ///< post traces of the block
    Trajectory pre;
    IntegerPreTrace row;        ///< before the event
    std::uint32_t first;        ///< neuron of the block's first cell
    std::uint32_t target_mask;  ///< of a cell
    bool event;                 ///< false: only bring the weights up to date
};

using IntegerChunk = ChunkView<std::int32_t>;

/// Adds a chunk to a ring; with Checked through Rules::add(), and returns whether that ever changed
/// a sum.
template <class Word, bool Checked, class Rules>
bool add_integers(const IntegerChunk& view, const Rules& rules) {
    // Copies, so that the compiler knows that no store below changes them.
    const IntegerChunk c = view;
    const Rules r        = rules;
    std::int32_t excess  = 0;
    for (std::uint32_t k = 0; k < c.count; ++k) {
        Word word;
        std::memcpy(&word, c.weights + sizeof word * k, sizeof word);
        const std::int32_t amount = r.delivered(word >> PackedInteger::flag_bits);
        std::int32_t& cell        = c.ring[c.place(k)];
        if constexpr (Checked) {
            const std::int32_t plain = cell + amount;
            cell                     = r.add(cell, amount);
            excess |= plain ^ cell;
        } else {
            cell += amount;
        }
    }
    return excess != 0;
}

/// The weight after several post spikes since the row's last event. Apart, so that the loop below
/// keeps what it needs in registers.
template <class Rules>
[[gnu::noinline]] std::int32_t integer_caught_up(std::int32_t weight, const IntegerLearning& l,
                                                 std::uint32_t target, const Rules& r) {
    l.post->for_each_after(l.first + target, l.row.applied, [&](Stamp spike) {
        weight = r.potentiate(weight, l.pre.after(spike - l.row.last));
    });
    return weight;
}

/// Brings the weights of a chunk up to date and, at an event, depresses them.
template <class Word, class Rules>
void learn_integers(const IntegerChunk& view, const IntegerLearning& learning, const Rules& rules) {
    const IntegerChunk c    = view;
    const IntegerLearning l = learning;
    const Rules r           = rules;

    const Stamp* const last     = l.post->last.data() + l.first;
    const Stamp* const previous = l.post->previous.data() + l.first;
    for (std::uint32_t k = 0; k < c.count; ++k) {
        Word word;
        std::memcpy(&word, c.weights + sizeof word * k, sizeof word);
        if ((word & (PackedInteger::depresses | PackedInteger::potentiates)) == 0) continue;
        const std::uint32_t target = c.cell(k) & l.target_mask;
        std::int32_t weight        = word >> PackedInteger::flag_bits;
        const Stamp spike          = last[target];
        if ((word & PackedInteger::potentiates) != 0 && spike > l.row.applied) {
            weight = previous[target] > l.row.applied
                         ? integer_caught_up(weight, learning, target, rules)
                         : r.potentiate(weight, l.pre.after(spike - l.row.last));
        }
        if (l.event && (word & PackedInteger::depresses) != 0) {
            weight = r.depress(weight, l.post_now[target]);
        }
        const std::int32_t flags = word & ((1 << PackedInteger::flag_bits) - 1);
        word = static_cast<Word>(weight * (1 << PackedInteger::flag_bits) | flags);
        std::memcpy(c.weights + sizeof word * k, &word, sizeof word);
    }
}

}  // namespace spikeloom::golden
