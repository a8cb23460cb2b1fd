// SPDX-License-Identifier: Apache-2.0
/// A synapse of the running model in 32 bits: compartment (12), delay field (6), mantissa (9,
/// signed).
#pragma once

#include <cstdint>

namespace spikeloom::backends::loihi {

constexpr std::uint32_t synapse_word(std::uint32_t target, std::uint32_t delay,
                                     std::int32_t weight) {
    return target | delay << 12 | static_cast<std::uint32_t>(weight) << 23;
}
constexpr std::uint32_t word_target(std::uint32_t word) {
    return word & 0xFFF;
}
constexpr std::uint32_t word_delay(std::uint32_t word) {
    return word >> 12 & 0x3F;
}
constexpr std::int32_t word_weight(std::uint32_t word) {
    return static_cast<std::int32_t>(word) >> 23;
}
constexpr std::uint32_t with_weight(std::uint32_t word, std::int32_t weight) {
    return (word & 0x7FFFFF) | static_cast<std::uint32_t>(weight) << 23;
}

}  // namespace spikeloom::backends::loihi
