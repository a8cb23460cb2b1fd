// SPDX-License-Identifier: Apache-2.0
/// How the input sums of a population are laid out: blocks of neighbouring neurons, each with a
/// ring of slots that 16 bits can address (docs/performance.md, "Layout").
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace spikeloom::golden {

/// Longest delay that a ring can hold; a block then has 16 neurons.
inline constexpr std::uint32_t longest_delay = 4096;

struct Geometry {
    std::uint32_t size        = 0;  ///< neurons of the population
    std::uint32_t slots       = 1;  ///< ticks that the ring spans, a power of two
    std::uint32_t stride_bits = 0;  ///< cells of one slot: 2^stride_bits >= block_size
    std::uint32_t block_size  = 0;  ///< neurons of a block; the last block may have fewer
    std::uint32_t blocks      = 0;

    /// Blocks of equal size, a multiple of `threads` of them where the population is large enough.
    static Geometry make(std::uint32_t size, std::uint32_t max_delay, std::uint32_t threads) {
        Geometry g;
        g.size                          = size;
        g.slots                         = std::bit_ceil(std::max(max_delay, 1U));
        const std::uint32_t widest      = std::min(65536U / g.slots, 16384U);
        std::uint32_t wanted            = (size + widest - 1) / widest;
        constexpr std::uint32_t grain   = 16;
        const bool worth_sharing_it_out = size >= 64 * threads;
        if (worth_sharing_it_out) wanted = (wanted + threads - 1) / threads * threads;
        const std::uint32_t even = (size + wanted - 1) / wanted;
        g.block_size             = std::min((even + grain - 1) / grain * grain, widest);
        g.blocks                 = (size + g.block_size - 1) / g.block_size;
        g.stride_bits            = static_cast<std::uint32_t>(std::bit_width(g.block_size - 1));
        return g;
    }

    [[nodiscard]] std::uint32_t stride() const { return 1U << stride_bits; }
    [[nodiscard]] std::uint32_t cells_per_block() const { return slots << stride_bits; }
    [[nodiscard]] std::uint64_t cells() const { return std::uint64_t{blocks} * cells_per_block(); }
    [[nodiscard]] std::uint32_t cell_mask() const { return cells_per_block() - 1; }
    /// First cell of the slot of a tick within a block.
    [[nodiscard]] std::uint32_t slot_base(std::uint64_t tick) const {
        return static_cast<std::uint32_t>(tick & (slots - 1)) << stride_bits;
    }
    [[nodiscard]] std::uint32_t first(std::uint32_t block) const { return block * block_size; }
    [[nodiscard]] std::uint32_t count(std::uint32_t block) const {
        return std::min(block_size, size - first(block));
    }
    /// Blocks [first, last) that thread `k` of `threads` owns.
    struct Share {
        std::uint32_t first, last;
    };
    [[nodiscard]] Share share(std::uint32_t thread, std::uint32_t threads) const {
        return {static_cast<std::uint32_t>(std::uint64_t{blocks} * thread / threads),
                static_cast<std::uint32_t>(std::uint64_t{blocks} * (thread + 1) / threads)};
    }
};

}  // namespace spikeloom::golden
