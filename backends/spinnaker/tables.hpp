// SPDX-License-Identifier: Apache-2.0
/// The tables of a SpiNNaker image: what the compiler writes and every device reads. All sections
/// are little-endian words of 32 bits.
#pragma once

#include "backends/spinnaker/limits.hpp"
#include "backends/spinnaker/quantise.hpp"
#include "backends/spinnaker/routing.hpp"
#include "hw/image/image.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace spikeloom::backends::spinnaker {

inline constexpr std::uint32_t index_mask = (1U << index_bits) - 1;

/// A synapse in a row: weight 16, delay 4 (1..15), synapse type 1, neuron 11 bits.
constexpr std::uint32_t synapse_word(std::uint32_t weight, std::uint32_t delay, std::uint32_t type,
                                     std::uint32_t index) {
    return weight << 16 | delay << (index_bits + 1) | type << index_bits | index;
}
constexpr std::uint32_t weight_of(std::uint32_t word) {
    return word >> 16;
}
constexpr std::uint32_t delay_of(std::uint32_t word) {
    return word >> (index_bits + 1) & 0xF;
}
constexpr std::uint32_t type_of(std::uint32_t word) {
    return word >> index_bits & 1;
}

/// Rows that the spikes of one block of keys have on a core.
struct RowBlock {
    std::uint32_t block = 0;  ///< key >> index_bits
    std::uint32_t rows  = 0;
};

struct CoreProgram {
    std::uint32_t id                   = 0;  ///< chip x 18 + core of the chip
    std::array<std::uint32_t, 2> shift = {};
    std::uint32_t key                  = 0;  ///< of its element 0, where it has any
    std::uint32_t elements             = 0;  ///< neurons or sources
    std::vector<QuantisedNeuron> neurons;    ///< empty on cores of sources and relays
    std::vector<RowBlock> blocks;            ///< ascending
    std::vector<std::uint32_t> row_begin;    ///< of all blocks' rows, and the end
    std::vector<std::uint32_t> words;
};

/// Spikes of `from` come again as keys of `to`, `ticks` later.
struct Relay {
    std::uint32_t from  = 0;  ///< key of element 0
    std::uint32_t to    = 0;
    std::uint32_t ticks = 0;
};

struct Program {
    Machine machine{1, 1, false};
    Costs costs{};
    std::vector<CoreProgram> cores;  ///< by id
    std::vector<KeyBlock> blocks;    ///< their destinations are left to the tables
    std::vector<Relay> relays;
    std::vector<RouterTable> tables;  ///< of each chip
};

constexpr Place place_of(std::uint32_t core_id) {
    return {core_id / cores_a_chip, core_id % cores_a_chip};
}
constexpr std::uint32_t id_of(Place place) {
    return place.chip * cores_a_chip + place.core;
}

/// Fills `cores` and `routing` of an image.
void to_sections(const Program& program, hw::HardwareImage& image);

/// Errors: "device.wrong-image" (another target), "device.malformed" (tables that contradict
/// themselves).
Result<Program> read_program(const hw::HardwareImage& image);

}  // namespace spikeloom::backends::spinnaker
