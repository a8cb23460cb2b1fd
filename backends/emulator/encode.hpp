// SPDX-License-Identifier: Apache-2.0
/// The last step to an image: integers become the words of the core's memories
/// (docs/emulator-core.md, "Memory map").
#pragma once

#include "backends/emulator/quantise.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace spikeloom::backends::emulator {

inline constexpr CoreId only_core{0};

/// Errors, all that are found: "emulator.parameter-sets", "emulator.synapses",
/// "emulator.column-entries", "emulator.parallel-synapses" (span rows: two synapses between one
/// pair of neurons that differ in delay or learn).
Checked<hw::HardwareImage> encode_tables(const LegalNetwork& legal,
                                         const QuantisedNetwork& quantised,
                                         const ir::Network& network, const Limits& limits);

/// What the image must say of its core, so that it needs no chip file to run: words of the routing
/// section "configuration", in this order: configuration hash, neurons, sources, sparse rows,
/// widths of membrane, current, accumulator, bias, weight fraction and trace.
std::vector<std::uint32_t> configuration_words(const Limits& limits);
/// The inverse; nullopt for another number of words or widths that no core has. Synapse, column and
/// set capacities are not kept.
std::optional<Limits> limits_from(std::span<const std::uint32_t> words);

/// Section bytes of 32-bit words, little endian, and back (bytes beyond whole words are dropped).
std::vector<std::uint8_t> bytes_of(std::span<const std::uint32_t> words);
std::vector<std::uint32_t> words_of(std::span<const std::uint8_t> bytes);

}  // namespace spikeloom::backends::emulator
