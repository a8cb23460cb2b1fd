// SPDX-License-Identifier: Apache-2.0
/// The innermost loops of delivery: one chunk of one row into the ring of one block. Inside of
/// simulator/golden only.
#pragma once

#include "simulator/golden/traces.hpp"
#include "simulator/neuron/float_models.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace spikeloom::golden {

/// A chunk and the ring that it goes to; Sum: double or int32.
template <class Sum>
struct ChunkView {
    Sum* ring;                ///< of the block
    std::uint32_t mask;       ///< cells of the ring - 1
    std::uint32_t slot_base;  ///< first cell of the slot of the tick of emission
    const std::byte* cells;   ///< count 16-bit numbers
    std::byte* weights;       ///< count weights
    std::uint32_t count;

    [[nodiscard]] std::uint32_t cell(std::uint32_t k) const {
        std::uint16_t cell = 0;
        std::memcpy(&cell, cells + std::size_t{2} * k, sizeof cell);
        return cell;
    }
    [[nodiscard]] std::uint32_t place(std::uint32_t k) const {
        return (cell(k) + slot_base) & mask;
    }
};
using FloatChunk = ChunkView<double>;

/// Pre event of a plastic row.
struct LearningView {
    neuron::PairRule rule;
    const PostTraces* post;     ///< of the population
    DecayTable::View pre_left;  ///< of the pre trace
    PreTrace pre;               ///< before the event
    std::uint32_t first;        ///< neuron of the block's first cell
    std::uint32_t target_mask;  ///< of a cell
    Stamp emission;
    std::uint32_t repeats;  ///< events at once; 0: only bring the weights up to date
    double value;           ///< emitted by each
};

/// Bytes of a weight of 24 bits, a two's complement number of steps.
inline constexpr std::uint32_t packed_weight_bytes = 3;

/// Steps of a packed weight. Reads one byte more than it has.
inline std::int32_t packed_steps(const std::byte* at) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return static_cast<std::int32_t>(word << 8) >> 8;
}

inline void add_constant(const FloatChunk& c, double amount) {
    for (std::uint32_t k = 0; k < c.count; ++k)
        c.ring[c.place(k)] += amount;
}

/// `step_value`: one step of a weight (a power of two) times the value emitted.
inline void add_packed(const FloatChunk& c, double step_value) {
    for (std::uint32_t k = 0; k < c.count; ++k) {
        c.ring[c.place(k)] +=
            packed_steps(c.weights + std::size_t{packed_weight_bytes} * k) * step_value;
    }
}

template <class Weight>
void add_chunk(const FloatChunk& c, double value) {
    for (std::uint32_t k = 0; k < c.count; ++k) {
        Weight weight;
        std::memcpy(&weight, c.weights + sizeof weight * k, sizeof weight);
        c.ring[c.place(k)] += double{weight} * value;
    }
}

/// The weight after the post spikes since the row was last visited.
template <class Weight>
Weight caught_up(Weight weight, const LearningView& l, std::uint32_t neuron) {
    if (l.post->history.last[neuron] <= l.pre.applied) return weight;
    l.post->history.for_each_after(neuron, l.pre.applied, [&](Stamp spike) {
        const double x = l.pre.value * l.pre_left.after(spike - l.pre.last);
        weight         = static_cast<Weight>(l.rule.potentiate(weight, x));
    });
    return weight;
}

/// Brings each weight up to date, depresses it, stores it and delivers what was stored.
template <class Weight>
void learn_chunk(const FloatChunk& c, const LearningView& l) {
    for (std::uint32_t k = 0; k < c.count; ++k) {
        const std::uint32_t target = l.first + (c.cell(k) & l.target_mask);
        Weight weight;
        std::memcpy(&weight, c.weights + sizeof weight * k, sizeof weight);
        weight         = caught_up(weight, l, target);
        const double y = l.post->at(target, l.emission);
        double sum     = 0;
        for (std::uint32_t event = 0; event < l.repeats; ++event) {
            weight = static_cast<Weight>(l.rule.depress(weight, y));
            sum += double{weight} * l.value;
        }
        c.ring[c.place(k)] += sum;
        std::memcpy(c.weights + sizeof weight * k, &weight, sizeof weight);
    }
}

/// learn_chunk() for one event, with the post traces of the block at the tick of emission at hand:
/// by whole vectors, for the widest that the processor has. The same bits.
void learn_chunk_single(const FloatChunk& chunk, const LearningView& learning,
                        const double* post_now);
void learn_chunk_exact(const FloatChunk& chunk, const LearningView& learning,
                       const double* post_now);

/// Post traces of the neurons [first, first + count) at a tick.
void traces_now(const PostTraces& post, std::uint32_t first, std::uint32_t count, Stamp now,
                double* result);

}  // namespace spikeloom::golden
