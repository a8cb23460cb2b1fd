// SPDX-License-Identifier: Apache-2.0
#include "simulator/systemc/uart_wire.hpp"

#include "support/keyed_rng.hpp"

#include <array>
#include <cstddef>

namespace spikeloom::systemc {
namespace {

constexpr std::size_t frame_bits = 10;  ///< start, eight data bits, stop

/// Level of the line around a frame: idle before and after it.
bool level(std::uint32_t frame, std::ptrdiff_t bit) {
    if (bit < 0 || bit >= static_cast<std::ptrdiff_t>(frame_bits)) return true;
    return ((frame >> static_cast<unsigned>(bit)) & 1U) != 0;
}

}  // namespace

std::optional<std::uint8_t> UartWire::carry(std::uint8_t byte) {
    const std::uint64_t number = statistics_.bytes++;
    if (options_.jitter <= 0 && options_.bit_errors <= 0) return byte;
    KeyedSequence draws{options_.seed, Stream::noise, direction_, number};
    const std::uint32_t frame = (std::uint32_t{byte} << 1U) | 0x200U;
    std::array<double, frame_bits + 1> edge{};  // displacement of the edge before each bit [bits]
    for (double& e : edge)
        e = options_.jitter > 0 ? options_.jitter * draws.normal() : 0;
    std::uint32_t seen = 0;
    for (std::size_t k = 0; k < frame_bits; ++k) {
        const double sample = edge[0] + 0.5;  // from the nominal begin of bit k
        auto bit            = static_cast<std::ptrdiff_t>(k);
        if (sample < edge[k]) --bit;
        if (sample >= 1 + edge[k + 1]) ++bit;
        const bool flipped = options_.bit_errors > 0 && draws.uniform() < options_.bit_errors;
        if (level(frame, bit) != flipped) seen |= 1U << k;
    }
    const bool framed = (seen & 1U) == 0 && (seen & 0x200U) != 0;
    if (!framed) {
        ++statistics_.lost;
        return std::nullopt;
    }
    const auto got = static_cast<std::uint8_t>(seen >> 1U);
    if (got != byte) ++statistics_.damaged;
    return got;
}

}  // namespace spikeloom::systemc
