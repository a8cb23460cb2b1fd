// SPDX-License-Identifier: Apache-2.0
/// The innermost loops of delivery: one chunk of one row into the ring of one block. Inside of
/// simulator/golden only.
#pragma once

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

struct LearningView {
    neuron::PairRule rule;
    const double* y;            ///< post traces of the block
    std::uint32_t target_mask;  ///< of a cell
    double value;               ///< emitted
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

/// Depresses each weight, stores it and delivers what was stored.
template <class Weight>
void learn_chunk(const ChunkView& c, const LearningView& l) {
    const neuron::PairRule rule = l.rule;
    for (std::uint32_t k = 0; k < c.count; ++k) {
        const std::uint32_t cell = cell_at(c, k);
        Weight weight;
        std::memcpy(&weight, c.weights + sizeof weight * k, sizeof weight);
        weight = static_cast<Weight>(rule.depress(weight, l.y[cell & l.target_mask]));
        std::memcpy(c.weights + sizeof weight * k, &weight, sizeof weight);
        c.ring[(cell + c.slot_base) & c.mask] += double{weight} * l.value;
    }
}

}  // namespace spikeloom::golden
