// SPDX-License-Identifier: Apache-2.0
/// Synapses with integer weights, packed as those of the float engine, and their delivery by the
/// rules of a chip. Inside of simulator/golden only.
#pragma once

#include "simulator/golden/chunk_kernels.hpp"
#include "simulator/golden/chunk_stream.hpp"
#include "simulator/golden/spike_history.hpp"

#include <algorithm>
#include <array>
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
    template <class Word>
    static Word with_weight(Word word, std::int32_t weight) {
        return static_cast<Word>(weight * (1 << flag_bits) | (word & ((1 << flag_bits) - 1)));
    }
};

/// Pre trace of one row in integer arithmetic.
struct IntegerPreTrace {
    std::int32_t value = 0;  ///< right after the last event
    Stamp last         = 0;
    Stamp applied      = 0;  ///< post spikes up to here have acted on the weights of the row
};

/// What a post spike adds to a weight, by the age of the row's last event; the last entry for ever.
struct Trajectory {
    const std::int32_t* amounts;
    Stamp longest;
    [[nodiscard]] std::int32_t after(Stamp ticks) const {
        return amounts[std::min(ticks, longest)];
    }
};

/// What a plastic chunk learns with.
struct IntegerLearning {
    const SpikeHistory* post;
    const std::int32_t* drops;  ///< what a pre event takes, of each neuron of the block
    Trajectory pre;
    IntegerPreTrace row;        ///< before the event
    std::uint32_t first;        ///< neuron of the block's first cell
    std::uint32_t target_mask;  ///< of a cell
    bool event;                 ///< false: only bring the weights up to date
};

/// Adds a chunk to a ring; with Checked through Rules::add(), and returns whether that ever changed
/// a sum.
template <class Word, bool Checked, class Rules>
bool add_integers(const ChunkView<typename Rules::Sum>& view, const Rules& rules) {
    using Sum = typename Rules::Sum;
    // Copies, so that the compiler knows that no store below changes them.
    const ChunkView<Sum> c = view;
    const Rules r          = rules;
    Sum excess             = 0;
    for (std::uint32_t k = 0; k < c.count; ++k) {
        Word word;
        std::memcpy(&word, c.weights + sizeof word * k, sizeof word);
        const std::int32_t amount = r.delivered(word >> PackedInteger::flag_bits);
        Sum& cell                 = c.ring[c.place(k)];
        if constexpr (Checked) {
            const Sum plain = cell + static_cast<Sum>(amount);
            cell            = r.add(cell, amount);
            excess |= plain ^ cell;
        } else {
            cell += static_cast<Sum>(amount);
        }
    }
    return excess != 0;
}

/// A synapse with several post spikes since the row's last event.
template <class Word>
struct LateSynapse {
    std::uint32_t number;  ///< in its chunk
    Word word;             ///< as it was
};

/// Learns the synapses of `late` once more, from what they were.
template <class Word, class Rules>
[[gnu::noinline]] void mend_integers(const ChunkView<typename Rules::Sum>& c,
                                     const IntegerLearning& l,
                                     std::span<const LateSynapse<Word>> late, const Rules& r) {
    for (const LateSynapse<Word>& s : late) {
        const std::uint32_t target = c.cell(s.number) & l.target_mask;
        std::int32_t weight        = s.word >> PackedInteger::flag_bits;
        l.post->for_each_after(l.first + target, l.row.applied, [&](Stamp spike) {
            weight = r.potentiate(weight, l.pre.after(spike - l.row.last));
        });
        if (l.event && (s.word & PackedInteger::depresses) != 0)
            weight = r.depress(weight, l.drops[target]);
        const Word word = PackedInteger::with_weight(s.word, weight);
        std::memcpy(c.weights + sizeof word * s.number, &word, sizeof word);
    }
}

/// Brings the weights of a chunk up to date and, at an event, depresses them. Without branches that
/// depend on the data: one post spike at most, then those with more once more.
template <class Word, class Rules>
void learn_integers(const ChunkView<typename Rules::Sum>& view, const IntegerLearning& learning,
                    const Rules& rules) {
    constexpr std::uint32_t group = 64;
    // Copies, so that the compiler knows that no store below changes them.
    const ChunkView<typename Rules::Sum> c = view;
    const IntegerLearning l                = learning;
    const Rules r                          = rules;
    const std::int32_t depresses           = l.event ? PackedInteger::depresses : 0;
    const Stamp* const last                = l.post->last.data() + l.first;
    const Stamp* const previous            = l.post->previous.data() + l.first;
    std::array<LateSynapse<Word>, group> late;
    for (std::uint32_t begin = 0; begin < c.count; begin += group) {
        const std::uint32_t behind = std::min(begin + group, c.count);
        std::uint32_t lates        = 0;
        for (std::uint32_t k = begin; k < behind; ++k) {
            Word word;
            std::memcpy(&word, c.weights + sizeof word * k, sizeof word);
            const std::uint32_t target = c.cell(k) & l.target_mask;
            const Stamp spike          = last[target];
            const bool rises =
                static_cast<bool>(static_cast<unsigned>((word & PackedInteger::potentiates) != 0) &
                                  static_cast<unsigned>(spike > l.row.applied));
            late[lates] = {k, word};
            lates += static_cast<unsigned>(rises) &
                     static_cast<unsigned>(previous[target] > l.row.applied);
            std::int32_t weight     = word >> PackedInteger::flag_bits;
            const std::int32_t up   = r.potentiate(weight, l.pre.after(spike - l.row.last));
            weight                  = rises ? up : weight;
            const std::int32_t down = r.depress(weight, l.drops[target]);
            weight                  = (word & depresses) != 0 ? down : weight;
            word                    = PackedInteger::with_weight(word, weight);
            std::memcpy(c.weights + sizeof word * k, &word, sizeof word);
        }
        if (lates > 0) mend_integers<Word>(c, l, std::span{late}.first(lates), r);
    }
}

}  // namespace spikeloom::golden
