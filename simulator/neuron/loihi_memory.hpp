// SPDX-License-Identifier: Apache-2.0
/// Loihi's synapse memory: fields of a synapse, and how many bits a list of synapses takes
/// (nengo-loihi, SynapseConfig.bits_per_axon).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace spikeloom::neuron::loihi {

inline constexpr std::array<std::uint32_t, 8> weight_bits_of_code{0, 1, 2, 3, 4, 5, 6, 8};
inline constexpr std::array<std::uint32_t, 8> index_bits_of_code{0, 6, 7, 8, 9, 10, 11, 12};

inline constexpr std::uint32_t block_synapses = 64;     ///< a block holds at most so many
inline constexpr std::uint32_t block_header   = 4 + 6;  ///< format and count [bits]
inline constexpr std::uint32_t memory_word    = 64;     ///< blocks begin at whole words [bits]

/// Widths of the fields of one synapse.
struct SynapseFields {
    std::uint32_t weight = 8;
    std::uint32_t delay  = 0;
    std::uint32_t tag    = 0;
    std::uint32_t index  = 10;  ///< 0 for a dense list (compression 3)
    [[nodiscard]] constexpr std::uint32_t bits() const { return weight + delay + tag + index; }
};

/// Smallest width that a code has for `bits`; the largest where none is large enough.
constexpr std::uint32_t rounded_to_code(const std::array<std::uint32_t, 8>& codes,
                                        std::uint32_t bits) {
    for (const std::uint32_t width : codes)
        if (width >= bits) return width;
    return codes.back();
}

/// Bits of a list of n synapses of one format.
constexpr std::uint64_t list_bits(std::uint64_t n, const SynapseFields& fields) {
    std::uint64_t sum = 0;
    while (n > 0) {
        const std::uint64_t block = std::min<std::uint64_t>(n, block_synapses);
        const std::uint64_t bits  = block * fields.bits() + block_header;
        sum += (bits + memory_word - 1) / memory_word * memory_word;
        n -= block;
    }
    return sum;
}

}  // namespace spikeloom::neuron::loihi
