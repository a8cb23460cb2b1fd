// SPDX-License-Identifier: Apache-2.0
/// FNV-1a, 64 bits: tells byte strings apart; not cryptographic. Fowler, Noll and Vo's constants,
/// as in draft-eastlake-fnv.
#pragma once

#include <cstdint>
#include <string_view>

namespace spikeloom {

constexpr std::uint64_t fnv1a(std::string_view bytes) {
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    for (const char byte : bytes)
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3ULL;
    return hash;
}

}  // namespace spikeloom
