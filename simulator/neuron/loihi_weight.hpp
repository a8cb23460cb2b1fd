// SPDX-License-Identifier: Apache-2.0
/// Loihi's weights: what a stored mantissa with its format adds to a dendrite, and how the public
/// emulators bring a number to that format.
#pragma once

#include "simulator/neuron/loihi.hpp"

#include <cmath>
#include <cstdint>
#include <span>

namespace spikeloom::neuron::loihi {

enum class SignMode : std::uint8_t { mixed = 1, excitatory = 2, inhibitory = 3 };

/// Format shared by the synapses of a list.
struct WeightFormat {
    int exponent  = 0;  ///< -8..7; weights count 2^(6 + exponent)
    int bits      = 8;  ///< 0, 1, 2, 3, 4, 5, 6 or 8 (brian2loihi and nengo-loihi have no 7)
    SignMode sign = SignMode::mixed;
    friend bool operator==(const WeightFormat&, const WeightFormat&) = default;
};

/// Low bits of the 8-bit magnitude that the format does not store.
constexpr int lost_bits(const WeightFormat& f) {
    return 8 - f.bits + (f.sign == SignMode::mixed ? 1 : 0);
}

/// Range of stored weights.
constexpr std::int32_t largest_weight(const WeightFormat& f) {
    if (f.sign == SignMode::inhibitory) return 0;
    return (255 >> lost_bits(f)) << lost_bits(f);
}
constexpr std::int32_t smallest_weight(const WeightFormat& f) {
    if (f.sign == SignMode::excitatory) return 0;
    return f.sign == SignMode::mixed ? -256 : -((255 >> lost_bits(f)) << lost_bits(f));
}

/// Nearest even on ties.
inline std::int64_t round_half_even(double x) {
    const double below = std::floor(x);
    const double part  = x - below;
    const auto low     = static_cast<std::int64_t>(below);
    if (part != 0.5) return part < 0.5 ? low : low + 1;
    return low % 2 == 0 ? low : low + 1;
}

/// x 2^exponent, floor for negative exponents.
constexpr std::int64_t scaled(std::int64_t x, int exponent) {
    return exponent >= 0 ? x * (std::int64_t{1} << exponent) : x >> -exponent;
}

/// What is left of the weight `w` in the format. brian2loihi truncates toward zero; lava toward
/// minus infinity (inhibitory toward zero); nengo rounds half to even and clips to 2^(8 - lsb) - 1
/// steps.
inline std::int64_t stored_weight(std::int64_t w, const WeightFormat& f, Emulator who) {
    const int lsb           = lost_bits(f);
    const std::int64_t step = std::int64_t{1} << lsb;
    if (who == Emulator::brian2loihi) return w / step * step;
    if (who == Emulator::lava) {
        if (f.sign == SignMode::inhibitory) return -((-w >> lsb) * step);
        return (w >> lsb) * step;
    }
    const std::int64_t most = (std::int64_t{1} << (8 - lsb)) - 1;
    const double steps      = static_cast<double>(w) / static_cast<double>(step);
    std::int64_t mantissa   = std::clamp(round_half_even(steps), -most, most);
    const int shift         = lsb + f.exponent;
    if (shift >= 0) return mantissa * step;
    const double coarse = std::exp2(shift);  // nengo rounds before the shift that loses bits
    mantissa            = std::clamp(
                   static_cast<std::int64_t>(
            static_cast<double>(round_half_even(static_cast<double>(mantissa) * coarse)) / coarse),
                   -most, most);
    return mantissa * step;
}

/// What one synapse of stored weight adds to its dendrite: a multiple of 64.
constexpr std::int64_t effective_weight(std::int64_t stored, const WeightFormat& f, Emulator who) {
    constexpr std::int64_t bound = (std::int64_t{1} << dendrite_bits) - 64;
    const std::int64_t value     = scaled(stored, f.exponent) * (std::int64_t{1} << unit_shift);
    return who == Emulator::brian2loihi ? std::clamp(value, -bound, bound) : value;
}

/// What stored weights of one format add together: lava applies a negative exponent to the sum, the
/// others to each weight.
constexpr std::int64_t effective_sum(std::span<const std::int64_t> stored, const WeightFormat& f,
                                     Emulator who) {
    std::int64_t sum = 0;
    if (who == Emulator::lava) {
        for (const std::int64_t w : stored)
            sum += w;
        return effective_weight(sum, f, who);
    }
    for (const std::int64_t w : stored)
        sum += effective_weight(w, f, who);
    return sum;
}

}  // namespace spikeloom::neuron::loihi
