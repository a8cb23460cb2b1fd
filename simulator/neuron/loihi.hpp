// SPDX-License-Identifier: Apache-2.0
/// Integer arithmetic of a Loihi compartment: what one tick does to current, membrane and
/// refractory counter. Pure functions; where the public emulators disagree, the emulator is chosen
/// by name.
///
/// Equations: the current-based LIF of Davies et al. 2018 as written down in nengo-loihi
/// (emulator/interface.py), lava (proc/lif/models.py) and brian2_loihi; docs/targets/loihi.md has
/// them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace spikeloom::neuron::loihi {

/// Whose behaviour holds where the public emulators of the chip differ.
enum class Emulator : std::uint8_t { nengo, lava, brian2loihi };

inline constexpr std::array<std::string_view, 3> emulator_names{"nengo", "lava", "brian2loihi"};

constexpr std::optional<Emulator> emulator_by_name(std::string_view name) {
    for (std::size_t k = 0; k < emulator_names.size(); ++k)
        if (emulator_names[k] == name) return static_cast<Emulator>(k);
    return std::nullopt;
}

inline constexpr int decay_bits           = 12;    ///< of the registers du and dv
inline constexpr int decay_one            = 4096;  ///< a fraction of 1 in units of the decays
inline constexpr int dendrite_bits        = 21;    ///< magnitude bits of the input sum q
inline constexpr int state_bits           = 23;    ///< magnitude bits of u and v
inline constexpr int unit_shift           = 6;     ///< weights and thresholds count 2^6
inline constexpr int threshold_limit      = 131071;
inline constexpr int bias_limit           = 4095;  ///< of the bias mantissa, either sign
inline constexpr int bias_exponents       = 7;     ///< largest bias exponent
inline constexpr int refractory_limit     = 63;    ///< of the refractory register
inline constexpr std::int64_t state_limit = (std::int64_t{1} << state_bits) - 1;

/// x without the fraction `lost` / 4096; its magnitude is rounded down. `lost` is 0..4096.
constexpr std::int64_t decay(std::int64_t x, std::int64_t lost) {
    const std::int64_t magnitude = ((x < 0 ? -x : x) * (decay_one - lost)) >> decay_bits;
    return x < 0 ? -magnitude : magnitude;
}

/// Two's complement wrap to `bits` magnitude bits and a sign: [-2^bits, 2^bits - 1].
constexpr std::int64_t wrap(std::int64_t x, int bits) {
    const std::int64_t span = std::int64_t{1} << (bits + 1);
    const std::int64_t half = span >> 1;
    return (((x + half) % span) + span) % span - half;
}

/// Input sum of one tick as the dendrite delivers it.
constexpr std::int64_t wrap_dendrite(std::int64_t q, Emulator who) {
    return who == Emulator::nengo ? wrap(q, dendrite_bits) : q;
}

/// Overflow of u. At lava's own boundaries +2^23 stays and -2^23 becomes +2^23.
constexpr std::int64_t wrap_current(std::int64_t u, Emulator who) {
    if (who == Emulator::nengo) return wrap(u, state_bits);
    if (who == Emulator::brian2loihi) return u;
    const std::int64_t bound = std::int64_t{1} << state_bits;
    if (u > bound) u -= 2 * bound;
    if (u <= -bound) u += 2 * bound;
    return u;
}

/// Lower and upper bound of v from their core-wide exponents: -(2^e) + 1, 2^(9 + 2e) - 1.
constexpr std::int64_t v_minimum(int exponent) {
    return 1 - (std::int64_t{1} << std::min(exponent, state_bits));
}
constexpr std::int64_t v_maximum(int exponent) {
    return (std::int64_t{1} << (9 + 2 * exponent)) - 1;
}

/// Bias as a number: mantissa x 2^exponent.
constexpr std::int64_t bias_value(std::int64_t mantissa, int exponent) {
    return mantissa * (std::int64_t{1} << exponent);
}

/// Registers of one compartment.
struct Compartment {
    std::int32_t du         = 4095;  ///< 0..4095; du + 1 of 4096 of the current is lost a tick
    std::int32_t dv         = 0;     ///< 0..4095; dv of 4096 of the membrane is lost a tick
    std::int32_t threshold  = 0;     ///< mantissa, 0..131071; spike when v > threshold << 6
    std::int32_t bias       = 0;     ///< as bias_value() gives it
    std::int32_t refractory = 1;     ///< 1..63; v is held for this many ticks less 1
    std::int64_t v_min      = -state_limit;
    std::int64_t v_max      = state_limit;
    bool fires              = true;   ///< false: the threshold is not tested (a readout)
    bool reset_subtracts    = false;  ///< two compartments in one: v -= threshold, see the page
};

/// 64 bits, for brian2loihi lets the current grow.
struct State {
    std::int64_t u                                     = 0;
    std::int64_t v                                     = 0;
    std::int32_t refractory                            = 0;  ///< ticks left, this one included
    friend bool operator==(const State&, const State&) = default;
};

/// Noise of one tick and where it goes in; 0 where the core has none.
struct Noise {
    std::int64_t dendrite = 0;  ///< added to q
    std::int64_t membrane = 0;  ///< added after the current
};

/// One tick. `input` is the sum of the effective weights that arrive. Returns the spike.
constexpr bool update(State& s, const Compartment& c, std::int64_t input, Emulator who,
                      Noise noise = {}) {
    const std::int64_t q    = wrap_dendrite(input + noise.dendrite, who);
    s.u                     = wrap_current(decay(s.u, c.du + 1) + q, who);
    const std::int64_t plus = s.u + c.bias + noise.membrane;
    const std::int64_t held = c.reset_subtracts ? s.v : 0;
    s.v = decay(s.v, c.dv) + (who == Emulator::nengo ? wrap(plus, state_bits) : plus);
    s.v = std::clamp(s.v, c.v_min, c.v_max);
    if (s.refractory > 0) s.v = held;
    const std::int64_t threshold = std::int64_t{c.threshold} << unit_shift;
    const bool spike             = c.fires && s.refractory == 0 && s.v > threshold;
    if (spike) {
        s.v          = c.reset_subtracts ? s.v - threshold : 0;
        s.refractory = c.refractory;
    }
    s.refractory = std::max(s.refractory - 1, 0);
    return spike;
}

/// Value of the noise for a random number r of -127..127: (r + 64 offset) x 2^(exponent - 7),
/// toward zero. Exponent 1..23.
constexpr std::int64_t noise_value(std::int64_t r, std::int64_t offset, int exponent) {
    const std::int64_t mantissa = r + 64 * offset;
    if (exponent >= 7) return mantissa * (std::int64_t{1} << (exponent - 7));
    return mantissa / (std::int64_t{1} << (7 - exponent));
}

}  // namespace spikeloom::neuron::loihi
