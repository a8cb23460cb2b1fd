// SPDX-License-Identifier: Apache-2.0
/// Random words of a Loihi core, keyed by what they are for: every device draws the same.
#pragma once

#include "support/keyed_rng.hpp"

#include <cstdint>

namespace spikeloom::backends::loihi {

enum class Draw : std::uint64_t { x_decay = 1, x_bump, y_decay, y_bump, weight, noise };

/// The word for element `index` (axon, compartment or synapse, by purpose) of a core in a tick.
constexpr std::uint32_t draw(std::uint64_t seed, Draw purpose, std::uint32_t core,
                             std::uint64_t index, std::uint64_t tick) {
    const std::uint64_t id =
        static_cast<std::uint64_t>(purpose) << 56 | std::uint64_t{core} << 36 | index;
    return static_cast<std::uint32_t>(keyed_bits(seed, Stream::noise, id, tick) >> 32);
}

/// r of the noise: uniform in -127..127.
constexpr std::int64_t noise_draw(std::uint64_t seed, std::uint32_t core, std::uint32_t slot,
                                  std::uint64_t tick) {
    const std::uint64_t word = draw(seed, Draw::noise, core, slot, tick);
    return static_cast<std::int64_t>((word * 255) >> 32) - 127;
}

}  // namespace spikeloom::backends::loihi
