// SPDX-License-Identifier: Apache-2.0
/// What a serial line does to a byte: 8N1 frames, jittering edges, flipped bits.
#pragma once

#include <cstdint>
#include <optional>

namespace spikeloom::systemc {

struct UartOptions {
    double baud        = 3e6;
    double jitter      = 0;  ///< standard deviation of each edge, as a share of a bit
    double bit_errors  = 0;  ///< probability that a sampled bit is flipped
    std::uint64_t seed = 0;

    [[nodiscard]] double byte_seconds() const { return 10 / baud; }
};

struct UartStatistics {
    std::uint64_t bytes   = 0;  ///< sent
    std::uint64_t damaged = 0;  ///< arrived with other bits
    std::uint64_t lost    = 0;  ///< start or stop bit not seen
};

/// One direction. The receiver starts at the start bit's edge and samples the middle of each bit;
/// an edge that is more than half a bit off gives it the neighbouring bit.
class UartWire {
public:
    UartWire(const UartOptions& options, std::uint64_t direction)
        : options_{options}, direction_{direction} {}

    /// The byte as it arrives, if it does. Keyed by (seed, direction, number of the byte).
    std::optional<std::uint8_t> carry(std::uint8_t byte);

    [[nodiscard]] const UartStatistics& statistics() const { return statistics_; }

private:
    UartOptions options_;
    std::uint64_t direction_;
    UartStatistics statistics_;
};

}  // namespace spikeloom::systemc
