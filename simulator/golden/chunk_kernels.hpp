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

struct ChunkView {
    double* ring;             ///< of the block
    std::uint32_t mask;       ///< cells of the ring - 1
    std::uint32_t slot_base;  ///< first cell of the slot of the tick of emission
    const std::byte* cells;   ///< count 16-bit numbers
    std::byte* weights;       ///< count weights
    std::uint32_t count;
};

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

inline std::uint32_t cell_at(const ChunkView& c, std::uint32_t k) {
    std::uint16_t cell = 0;
    std::memcpy(&cell, c.cells + std::size_t{2} * k, sizeof cell);
    return cell;
}

inline void add_constant(const ChunkView& c, double amount) {
    for (std::uint32_t k = 0; k < c.count; ++k) {
        c.ring[(cell_at(c, k) + c.slot_base) & c.mask] += amount;
    }
}

template <class Weight>
void add_chunk(const ChunkView& c, double value) {
    for (std::uint32_t k = 0; k < c.count; ++k) {
        Weight weight;
        std::memcpy(&weight, c.weights + sizeof weight * k, sizeof weight);
        c.ring[(cell_at(c, k) + c.slot_base) & c.mask] += double{weight} * value;
    }
}

/// The weight after the post spikes since the row was last visited.
template <class Weight>
Weight caught_up(Weight weight, const LearningView& l, std::uint32_t neuron,
                 const PostTrace& post) {
    if (post.last <= l.pre.applied) return weight;
    const auto after = [&l](Weight w, Stamp spike) {
        const double x = l.pre.value * l.pre_left.after(spike - l.pre.last);
        return static_cast<Weight>(l.rule.potentiate(w, x));
    };
    if (post.previous <= l.pre.applied) return after(weight, post.last);
    l.post->for_each_after(neuron, l.pre.applied,
                           [&](Stamp spike) { weight = after(weight, spike); });
    return weight;
}

/// Brings each weight up to date, depresses it, stores it and delivers what was stored.
template <class Weight>
void learn_chunk(const ChunkView& view, const LearningView& learning) {
    // Copies, so that the compiler knows that no store below changes them.
    const ChunkView c                = view;
    const LearningView l             = learning;
    const PostTrace* const traces    = l.post->traces.data() + l.first;
    const DecayTable::View post_left = l.post->table.view();
    constexpr std::uint32_t ahead    = 12;
    for (std::uint32_t k = 0; k < c.count; ++k) {
        // Past the last cell this reads weights: a useless address inside of the same arrays.
        const std::uint32_t later = cell_at(c, k + ahead);
        __builtin_prefetch(&c.ring[(later + c.slot_base) & c.mask], 1);
        const std::uint32_t cell   = cell_at(c, k);
        const std::uint32_t target = cell & l.target_mask;
        const PostTrace post       = traces[target];
        Weight weight;
        std::memcpy(&weight, c.weights + sizeof weight * k, sizeof weight);
        weight         = caught_up(weight, l, l.first + target, post);
        const double y = post.value * post_left.after(l.emission - post.last);
        double sum     = 0;
        for (std::uint32_t event = 0; event < l.repeats; ++event) {
            weight = static_cast<Weight>(l.rule.depress(weight, y));
            sum += double{weight} * l.value;
        }
        c.ring[(cell + c.slot_base) & c.mask] += sum;
        std::memcpy(c.weights + sizeof weight * k, &weight, sizeof weight);
    }
}

}  // namespace spikeloom::golden
