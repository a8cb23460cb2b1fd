// SPDX-License-Identifier: Apache-2.0
/// Loihi's learning engine: traces with stochastic rounding, sums of products, write-back.
///
/// After lava's bit-approximate model (magma/core/learning), which says itself that the silicon's
/// generator and rounding order are not public. Random numbers are arguments: whole 32-bit words,
/// so that a caller may key them or replay a recorded stream.
#pragma once

#include "simulator/neuron/loihi.hpp"
#include "simulator/neuron/loihi_weight.hpp"

#include <array>
#include <cmath>
#include <cstdint>

namespace spikeloom::neuron::loihi {

inline constexpr std::int32_t trace_limit    = 127;  ///< traces are 7 bits wide
inline constexpr int accumulator_fraction    = 7;    ///< weight bits below the stored ones
inline constexpr int accumulator_bits        = 15;   ///< magnitude bits of the accumulator
inline constexpr std::int32_t variable_limit = 255;  ///< w, d, t: 8 bits and a sign
inline constexpr int longest_epoch           = 63;   ///< [ticks]

/// Parts of 2^16 that a trace keeps in a tick.
constexpr std::uint32_t trace_one = 1U << 16;
inline std::uint32_t trace_keep(double dt, double tau) {
    return static_cast<std::uint32_t>(std::lround(trace_one * std::exp(-dt / tau)));
}

/// floor(value / 2^shift), plus one with the probability of what that cuts off. value >= 0.
constexpr std::int64_t round_stochastically(std::int64_t value, int shift, std::uint32_t random) {
    const std::int64_t fraction = value & ((std::int64_t{1} << shift) - 1);
    const std::int64_t draw =
        shift <= 32 ? std::int64_t{random} >> (32 - shift) : std::int64_t{random} << (shift - 32);
    return (value >> shift) + (draw < fraction ? 1 : 0);
}

/// One tick of a trace.
constexpr std::int32_t decay_trace(std::int32_t x, std::uint32_t keep, std::uint32_t random) {
    return static_cast<std::int32_t>(round_stochastically(std::int64_t{x} * keep, 16, random));
}

/// A spike: `impulse` counts 1/256, its fraction is added by chance.
constexpr std::int32_t bump_trace(std::int32_t x, std::int32_t impulse, std::uint32_t random) {
    const auto whole = static_cast<std::int32_t>(round_stochastically(impulse, 8, random));
    return std::min(x + whole, trace_limit);
}

/// Times of the spikes of one side inside an epoch: only the last is kept; the one that it pushes
/// out counts at once (its impulse is due when add() says so).
struct EpochSpike {
    std::uint8_t last = 0;  ///< 1..63, 0: none yet

    constexpr bool add(int time) {
        const bool pushed = last != 0;
        last              = static_cast<std::uint8_t>(time);
        return pushed;
    }
};

/// What a product may refer to, with its width in bits.
enum class Variable : std::uint8_t {
    x0,
    x1,
    x2,
    y0,
    y1,
    y2,
    y3,
    weight,
    delay,
    tag,
    constant,
    sign_weight
};

constexpr int width_of(Variable v) {
    switch (v) {
        case Variable::x0:
        case Variable::y0:
        case Variable::sign_weight:
            return 1;
        case Variable::weight:
        case Variable::delay:
        case Variable::tag:
            return 9;
        case Variable::constant:
            return 8;
        default:
            return 7;
    }
}

/// Values of all variables at one synapse in one evaluation, by Variable.
using Values = std::array<std::int32_t, 12>;

struct Factor {
    Variable variable     = Variable::constant;
    std::int32_t constant = 0;  ///< added to the variable
};

/// S x D x (V1 + C1) x (V2 + C2) ...; S = mantissa x 2^exponent.
struct Product {
    std::int32_t mantissa = 0;             ///< -8..7
    std::int32_t exponent = 0;             ///< -7..9
    Variable dependency   = Variable::x0;  ///< x0 or y0; `constant`: at every epoch (u)
    std::array<Factor, 3> factors{};
    std::uint32_t count = 0;  ///< factors in use
};

constexpr std::int64_t clip_accumulator(std::int64_t x) {
    constexpr std::int64_t most = (std::int64_t{1} << accumulator_bits) - 1;
    return std::clamp(x, -most - 1, most);
}

/// What one product adds to the accumulator, which counts 2^-7 of a stored weight.
constexpr std::int64_t evaluate(const Product& p, const Values& values) {
    const bool gated = p.dependency != Variable::constant;
    if (gated && values[static_cast<std::size_t>(p.dependency)] == 0) return 0;
    std::int64_t product = p.mantissa;
    int widths           = 0;
    for (std::uint32_t k = 0; k < p.count; ++k) {
        const Factor& f          = p.factors[k];
        const int width          = width_of(f.variable);
        const std::int64_t bound = std::int64_t{1} << width;
        const std::int64_t value = values[static_cast<std::size_t>(f.variable)];
        product *= std::clamp(value + f.constant, -bound, bound - 1);
        widths += width;
    }
    const int overflow = std::max(0, widths + 4 - accumulator_bits);
    return clip_accumulator(scaled(product >> overflow, p.exponent));
}

/// Rounds the magnitude of an accumulated variable to whole steps, by chance, away from zero.
constexpr std::int64_t write_back(std::int64_t accumulator, std::uint32_t random) {
    const std::int64_t magnitude = accumulator < 0 ? -accumulator : accumulator;
    const std::int64_t rounded   = round_stochastically(magnitude, accumulator_fraction, random);
    return accumulator < 0 ? -rounded : rounded;
}

/// Stored weight after a change of `delta` accumulator steps: enters with 7 bits of fraction, may
/// not leave its sign mode, and keeps to the bits of its format (the low ones are rounded by
/// chance).
constexpr std::int32_t learned_weight(std::int32_t stored, std::int64_t delta,
                                      const WeightFormat& f, std::uint32_t random) {
    std::int64_t sum = clip_accumulator(std::int64_t{stored} * (1 << accumulator_fraction) + delta);
    if (f.sign == SignMode::excitatory) sum = std::max<std::int64_t>(sum, 0);
    if (f.sign == SignMode::inhibitory) sum = std::min<std::int64_t>(sum, 0);
    const int lsb                = lost_bits(f);
    const std::int64_t magnitude = sum < 0 ? -sum : sum;
    const std::int64_t steps = round_stochastically(magnitude, accumulator_fraction + lsb, random)
                               << lsb;
    const std::int64_t weight = sum < 0 ? -steps : steps;
    return static_cast<std::int32_t>(
        std::clamp<std::int64_t>(weight, smallest_weight(f), largest_weight(f)));
}

}  // namespace spikeloom::neuron::loihi
