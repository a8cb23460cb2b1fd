// SPDX-License-Identifier: Apache-2.0
/// Integer arithmetic of a TrueNorth neuron: what one tick does to one membrane potential.
///
/// Equations: Cassidy et al., "Cognitive computing building block: A versatile and efficient
/// digital neuron model for neurosynaptic cores", IJCNN 2013. In tick t: every spike that arrives
/// adds the weight of its axon's type; the leak is added; the threshold is tested.
///
/// Random numbers: the published text gives neither polynomial nor seeds, so the model has its own
/// and keys them: each neuron of each tick begins a 16-bit Galois LFSR (taps 0xB400, of full
/// period) in a state drawn from (seed, core, neuron, tick); one draw is eight shifts and takes the
/// low byte. A neuron draws for its stochastic synapses in ascending order of axons, then for its
/// leak, then for its threshold, and only where the mode asks for it.
#pragma once

#include "support/keyed_rng.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace spikeloom::neuron::truenorth {

inline constexpr std::size_t axon_types  = 4;
inline constexpr std::int32_t weight_max = 255;      ///< of |weight| and |leak|: 9 bits with sign
inline constexpr std::int32_t level_max  = 0x3FFFF;  ///< of both thresholds: 18 bits
inline constexpr int potential_width     = 20;       ///< bits of V, two's complement
inline constexpr std::uint8_t mask_max   = 8;        ///< bits of a draw

/// What happens to V behind a threshold ("gamma").
enum class Reset : std::uint8_t { value = 0, linear = 1, none = 2 };

struct Parameters {
    std::array<std::int16_t, axon_types> weight{};  ///< s, by axon type
    std::uint8_t stochastic_weights = 0;            ///< b: bit g for type g
    std::int16_t leak               = 0;            ///< lambda
    bool stochastic_leak            = false;        ///< c
    bool leak_reversal              = false;        ///< epsilon: leak away from or toward 0
    std::int32_t threshold          = 0;            ///< alpha: spike when V >= alpha + eta
    std::int32_t negative_threshold = 0;            ///< beta
    std::int32_t reset_value        = 0;            ///< R
    std::uint8_t mask_bits          = 0;            ///< eta has so many random bits, 0..8
    Reset reset                     = Reset::value;
    bool saturates                  = false;  ///< kappa: V stays at -beta below it
    friend bool operator==(const Parameters&, const Parameters&) = default;
};

/// Nearest value that `width` bits hold.
constexpr std::int32_t saturate(std::int32_t v, int width) {
    const std::int32_t limit = std::int32_t{1} << (width - 1);
    return std::clamp(v, -limit, limit - 1);
}

/// Key of one core's draws in one tick.
constexpr std::uint64_t draw_key(std::uint64_t seed, std::uint32_t core, std::uint64_t tick) {
    return keyed_bits(seed, Stream::noise, core, tick);
}

/// What eight shifts of the LFSR make of its low byte.
constexpr std::array<std::uint16_t, 256> make_lfsr_bytes() {
    std::array<std::uint16_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t state = byte;
        for (int k = 0; k < 8; ++k)
            state = (state >> 1) ^ ((state & 1U) != 0 ? 0xB400U : 0U);
        table[byte] = static_cast<std::uint16_t>(state);
    }
    return table;
}
inline constexpr std::array<std::uint16_t, 256> lfsr_bytes = make_lfsr_bytes();

/// The draws of one neuron in one tick.
class Lfsr {
public:
    constexpr Lfsr() = default;
    constexpr Lfsr(std::uint64_t key, std::uint32_t neuron)
        : state_{static_cast<std::uint16_t>(mix64(key ^ neuron) | 1U)} {}

    /// 0..255.
    constexpr std::int32_t draw() {
        state_ = static_cast<std::uint16_t>((state_ >> 8) ^ lfsr_bytes[state_ & 0xFFU]);
        return state_ & 0xFF;
    }

private:
    std::uint16_t state_ = 1;
};

constexpr std::int32_t sign(std::int32_t x) {
    return (x > 0 ? 1 : 0) - (x < 0 ? 1 : 0);
}

/// F(s, rho) sgn(s): -1, 0 or 1.
constexpr std::int32_t stochastic_step(std::int32_t s, std::int32_t rho) {
    return (s < 0 ? -s : s) >= rho ? sign(s) : 0;
}

constexpr bool is_stochastic(const Parameters& p) {
    return p.stochastic_weights != 0 || p.stochastic_leak || p.mask_bits != 0;
}

/// What one spike on an axon of this type adds to V.
constexpr std::int32_t synapse(const Parameters& p, std::size_t type, Lfsr& random) {
    if (((p.stochastic_weights >> type) & 1U) == 0) return p.weight[type];
    return stochastic_step(p.weight[type], random.draw());
}

/// V after the leak. Where the leak reverses with the sign of V, it stops at 0 instead of crossing.
constexpr std::int32_t leaked(std::int32_t v, const Parameters& p, Lfsr& random) {
    const std::int32_t step = p.stochastic_leak ? stochastic_step(p.leak, random.draw()) : p.leak;
    if (!p.leak_reversal) return v + step;
    const std::int32_t after = v + sign(v) * step;
    return sign(after) == sign(v) ? after : 0;
}

struct Outcome {
    std::int32_t v;
    bool spike;
};

/// Threshold test and reset; eta in [0, 2^mask_bits).
constexpr Outcome fire(std::int32_t v, const Parameters& p, std::int32_t eta) {
    if (v >= p.threshold + eta) {
        if (p.reset == Reset::value) return {p.reset_value, true};
        return {p.reset == Reset::linear ? v - (p.threshold + eta) : v, true};
    }
    const std::int32_t floor = p.negative_threshold + (p.saturates ? 0 : eta);
    if (v >= -floor) return {v, false};
    if (p.saturates) return {-p.negative_threshold, false};
    if (p.reset == Reset::value) return {-p.reset_value, false};
    return {p.reset == Reset::linear ? v + floor : v, false};
}

/// The end of a tick: `v` holds what arrived already. V saturates at `width` bits after the
/// synapses, after the leak and after the reset.
constexpr Outcome settle(std::int32_t v, const Parameters& p, Lfsr& random,
                         int width = potential_width) {
    v                      = saturate(leaked(saturate(v, width), p, random), width);
    const std::int32_t eta = p.mask_bits == 0 ? 0 : random.draw() & ((1 << p.mask_bits) - 1);
    Outcome outcome        = fire(v, p, eta);
    outcome.v              = saturate(outcome.v, width);
    return outcome;
}

}  // namespace spikeloom::neuron::truenorth
