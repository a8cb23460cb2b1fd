// SPDX-License-Identifier: Apache-2.0
// This file is compiled without contraction of a * b + c (CMakeLists.txt), so that all instruction
// sets give the same bits.
#include "simulator/golden/chunk_kernels.hpp"

#include "simulator/golden/instruction_sets.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace spikeloom::golden {

namespace {

/// Synapses that are learned before they are delivered.
constexpr std::uint32_t group = 64;

/// neuron::PairRule::clamped() as two minima, which vectorise.
inline double limited(double w, const neuron::PairRule& rule) {
    const double above = w < rule.w_min ? rule.w_min : w;
    return above > rule.w_max ? rule.w_max : above;
}

/// Weights of one group after the event; those with several post spikes since the row's last event
/// as bits.
template <class Weight>
inline std::uint64_t learn_group(const FloatChunk& c, const LearningView& l, const double* post_now,
                                 std::uint32_t first, std::uint32_t count, Weight* learned) {
    const Stamp* const last         = l.post->history.last.data() + l.first;
    const Stamp* const previous     = l.post->history.previous.data() + l.first;
    const std::byte* cells          = c.cells + std::size_t{2} * first;
    const std::byte* weights        = c.weights + sizeof(Weight) * first;
    const neuron::PairRule rule     = l.rule;
    const DecayTable::View pre_left = l.pre_left;
    const PreTrace pre              = l.pre;
    const std::uint32_t target_mask = l.target_mask;
    std::array<double, group> w, x, y;
    std::array<std::uint64_t, group> spiked, several;
    for (std::uint32_t k = 0; k < count; ++k) {
        std::uint16_t cell = 0;
        std::memcpy(&cell, cells + std::size_t{2} * k, sizeof cell);
        const std::uint32_t target = cell & target_mask;
        const Stamp spike          = last[target];
        x[k]                       = pre_left.after(spike - pre.last);
        y[k]                       = post_now[target];
        spiked[k]                  = spike > pre.applied ? ~std::uint64_t{0} : 0;
        several[k]                 = previous[target] > pre.applied ? 1 : 0;
    }
    SPIKELOOM_INDEPENDENT
    for (std::uint32_t k = 0; k < count; ++k) {
        Weight weight;
        std::memcpy(&weight, weights + sizeof weight * k, sizeof weight);
        w[k] = double{weight};
    }
    SPIKELOOM_INDEPENDENT
    for (std::uint32_t k = 0; k < count; ++k) {
        const double up      = limited(w[k] + rule.a_plus * (pre.value * x[k]), rule);
        const double as_kept = double{static_cast<Weight>(up)};
        // By masks: a condition here would keep the loop from vectorising.
        const double caught =
            std::bit_cast<double>((std::bit_cast<std::uint64_t>(as_kept) & spiked[k]) |
                                  (std::bit_cast<std::uint64_t>(w[k]) & ~spiked[k]));
        learned[k] = static_cast<Weight>(limited(caught - rule.a_minus * y[k], rule));
    }
    std::uint64_t mask = 0;
    for (std::uint32_t k = 0; k < count; ++k)
        mask |= several[k] << k;
    return mask;
}

template <class Weight>
inline void learn_body(const FloatChunk& view, const LearningView& learning,
                       const double* post_now) {
    // Copies, so that the compiler knows that no store below changes them.
    const FloatChunk c   = view;
    const LearningView l = learning;
    std::array<Weight, group> learned;
    for (std::uint32_t first = 0; first < c.count; first += group) {
        const std::uint32_t count = std::min(group, c.count - first);
        std::uint64_t mask        = count == group
                                        ? learn_group(c, l, post_now, first, group, learned.data())
                                        : learn_group(c, l, post_now, first, count, learned.data());
        for (; mask != 0; mask &= mask - 1) {
            const auto k               = static_cast<std::uint32_t>(std::countr_zero(mask));
            const std::uint32_t target = c.cell(first + k) & l.target_mask;
            Weight weight;
            std::memcpy(&weight, c.weights + sizeof weight * (first + k), sizeof weight);
            weight     = caught_up(weight, l, l.first + target);
            learned[k] = static_cast<Weight>(l.rule.depress(weight, post_now[target]));
        }
        std::memcpy(c.weights + sizeof(Weight) * first, learned.data(), sizeof(Weight) * count);
        for (std::uint32_t k = 0; k < count; ++k)
            c.ring[c.place(first + k)] += double{learned[k]} * l.value;
    }
}

inline void learn_chunk_single_body(const FloatChunk& c, const LearningView& l,
                                    const double* post_now) {
    learn_body<float>(c, l, post_now);
}
inline void learn_chunk_exact_body(const FloatChunk& c, const LearningView& l,
                                   const double* post_now) {
    learn_body<double>(c, l, post_now);
}
inline void traces_now_body(const PostTraces& post, std::uint32_t first, std::uint32_t count,
                            Stamp now, double* result) {
    const double* const values   = post.values.data() + first;
    const Stamp* const last      = post.history.last.data() + first;
    const DecayTable::View table = post.table.view();
    SPIKELOOM_INDEPENDENT
    for (std::uint32_t j = 0; j < count; ++j)
        result[j] = values[j] * table.after(now - last[j]);
}

}  // namespace

SPIKELOOM_KERNEL(learn_chunk_single, void,
                 (const FloatChunk& chunk, const LearningView& learning, const double* post_now),
                 (chunk, learning, post_now))
SPIKELOOM_KERNEL(learn_chunk_exact, void,
                 (const FloatChunk& chunk, const LearningView& learning, const double* post_now),
                 (chunk, learning, post_now))
SPIKELOOM_KERNEL(traces_now, void,
                 (const PostTraces& post, std::uint32_t first, std::uint32_t count, Stamp now,
                  double* result),
                 (post, first, count, now, result))

}  // namespace spikeloom::golden
