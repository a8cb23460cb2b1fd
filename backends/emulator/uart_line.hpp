// SPDX-License-Identifier: Apache-2.0
/// The host's end of a serial line at bit level: 8N1, low bit first, line idle high.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

namespace spikeloom::backends::emulator {

/// Time of one bit in 2^-16 device clocks, when the host's bits are longer by the fraction `skew`.
inline std::uint64_t bit_time(std::uint32_t divisor, double skew) {
    return static_cast<std::uint64_t>(std::llround(divisor * (1.0 + skew) * 65536.0));
}

/// Puts bytes on a wire, clock by clock of the device.
class UartSender {
public:
    UartSender(std::uint32_t divisor, double skew) : bit_time_{bit_time(divisor, skew)} {}

    /// The wire is free for a byte.
    [[nodiscard]] bool wants_byte() const { return bits_left_ == 0; }
    void send(std::uint8_t byte) {
        shift_     = (std::uint32_t{byte} << 1U) | 0x200U;  // start 0, data, stop 1
        bits_left_ = 10;
        phase_     = 0;
    }
    /// Level of the wire in the next clock.
    std::uint8_t clock() {
        if (bits_left_ == 0) return 1;
        const auto level = static_cast<std::uint8_t>(shift_ & 1U);
        phase_ += 65536;
        if (phase_ >= bit_time_) {
            phase_ -= bit_time_;
            shift_ >>= 1U;
            --bits_left_;
        }
        return level;
    }

private:
    std::uint64_t bit_time_;
    std::uint64_t phase_ = 0;
    std::uint32_t shift_ = 0;
    int bits_left_       = 0;
};

/// Takes bytes off a wire. A byte without a stop bit is dropped.
class UartReceiver {
public:
    UartReceiver(std::uint32_t divisor, double skew) : bit_time_{bit_time(divisor, skew)} {}

    /// Looks at the wire once a clock of the device; a byte when one is complete.
    std::optional<std::uint8_t> clock(bool level) {
        if (bit_ < 0) {
            if (level) return std::nullopt;
            bit_  = 0;
            wait_ = bit_time_ / 2;  // to the middle of the start bit
        }
        if (wait_ >= 65536) {
            wait_ -= 65536;
            return std::nullopt;
        }
        wait_ += bit_time_ - 65536;
        return sample(level);
    }

private:
    std::optional<std::uint8_t> sample(bool level) {
        const int bit = bit_++;
        if (bit == 0) {
            if (level) bit_ = -1;  // a glitch, no start bit
            return std::nullopt;
        }
        if (bit <= 8) {
            shift_ = static_cast<std::uint8_t>((shift_ >> 1U) | (level ? 0x80U : 0U));
            return std::nullopt;
        }
        bit_ = -1;
        if (!level) return std::nullopt;
        return shift_;
    }

    std::uint64_t bit_time_;
    std::uint64_t wait_ = 0;
    int bit_            = -1;
    std::uint8_t shift_ = 0;
};

}  // namespace spikeloom::backends::emulator
