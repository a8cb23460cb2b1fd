// SPDX-License-Identifier: Apache-2.0
/// Fixed-point arithmetic of the current-based LIF neuron as software on SpiNNaker computes it:
/// s16.15 states, u0.32 decays, 16-bit ring buffers. Pure functions; docs/targets/spinnaker.md has
/// the equations, which are those of sPyNNaker's IF_curr_exp.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace spikeloom::neuron::spinnaker {

/// s16.15 in 32 bits (`accum` of ISO TR 18037, saturation off: it wraps).
using Accum = std::int32_t;

inline constexpr int accum_fraction      = 15;
inline constexpr Accum accum_one         = 1 << accum_fraction;
inline constexpr int delay_slots         = 16;  ///< of a ring buffer; slot 0 is the current tick
inline constexpr int longest_delay       = delay_slots - 1;
inline constexpr std::uint32_t ring_full = 0xFFFF;

/// How the product of two s16.15 numbers is brought back to 15 fraction bits: older releases floor
/// it, newer ones round the membrane's product to nearest (halves up; Hopkins et al., arXiv
/// 1904.11263).
enum class Rounding : std::uint8_t { floor, nearest };

inline constexpr std::array<std::string_view, 2> rounding_names{"floor", "nearest"};

constexpr std::optional<Rounding> rounding_by_name(std::string_view name) {
    for (std::size_t k = 0; k < rounding_names.size(); ++k)
        if (rounding_names[k] == name) return static_cast<Rounding>(k);
    return std::nullopt;
}

/// Sum and difference that wrap at 32 bits.
constexpr Accum wrap(std::int64_t x) {
    return static_cast<Accum>(static_cast<std::uint32_t>(static_cast<std::uint64_t>(x)));
}

constexpr Accum multiply(Accum a, Accum b, Rounding rounding) {
    const std::int64_t half    = rounding == Rounding::nearest ? 1 << (accum_fraction - 1) : 0;
    const std::int64_t product = std::int64_t{a} * b;
    return wrap((product + half) >> accum_fraction);
}

/// x times a fraction in units of 2^-32, floored.
constexpr Accum decay(Accum x, std::uint32_t fraction) {
    return static_cast<Accum>((std::int64_t{x} * fraction) >> 32);
}

/// One ring buffer entry takes one more weight; `saturated` counts sums cut to 0xFFFF.
constexpr std::uint16_t add_to_ring(std::uint32_t sum, std::uint32_t weight,
                                    std::uint64_t& saturated) {
    const std::uint32_t total = sum + weight;
    if (total <= ring_full) return static_cast<std::uint16_t>(total);
    ++saturated;
    return static_cast<std::uint16_t>(ring_full);
}

/// What a ring buffer entry means as current, in s16.15.
constexpr Accum ring_current(std::uint16_t sum, unsigned left_shift) {
    return wrap(std::int64_t{sum} << left_shift);
}

/// The two synapse types of a neuron; a row's weights are unsigned, the type gives the sign.
inline constexpr int synapse_types = 2;
enum : int { excitatory = 0, inhibitory = 1 };

/// Neuron parameters as the host writes them. Currents and voltages share one unit.
struct Parameters {
    Accum resistance                               = 0;  ///< tau_m / c_m
    Accum membrane                                 = 0;  ///< exp(-dt / tau_m)
    Accum v_rest                                   = 0;
    Accum v_reset                                  = 0;
    Accum v_threshold                              = 0;  ///< spike when v >= v_threshold
    Accum bias                                     = 0;
    std::int32_t refractory                        = 0;   ///< ticks after a spike
    std::array<std::uint32_t, synapse_types> decay = {};  ///< exp(-dt / tau_syn), 2^-32
    std::array<Accum, synapse_types> gain          = {};  ///< weight to the current's first tick
    Rounding rounding                              = Rounding::nearest;
    bool fires                                     = true;   ///< false: the membrane is only read
    bool subtracts                                 = false;  ///< a spike takes v_reset from v
};

struct State {
    Accum v                                = 0;
    std::array<Accum, synapse_types> input = {};  ///< decaying currents, both counted positive
    std::int32_t refractory                = 0;   ///< ticks left
};

/// One tick of one neuron: the currents decay and take the ring buffers' input, then the membrane
/// moves unless it is refractory. Returns the spike.
constexpr bool update(State& s, const Parameters& p, const std::array<Accum, synapse_types>& ring) {
    for (std::size_t x = 0; x < synapse_types; ++x) {
        s.input[x] = wrap(std::int64_t{decay(s.input[x], p.decay[x])} +
                          multiply(ring[x], p.gain[x], Rounding::floor));
    }
    if (s.refractory > 0) {
        --s.refractory;
        return false;
    }
    const Accum current = wrap(std::int64_t{s.input[excitatory]} - s.input[inhibitory] + p.bias);
    const Accum alpha = wrap(std::int64_t{multiply(current, p.resistance, p.rounding)} + p.v_rest);
    const Accum distance = wrap(std::int64_t{alpha} - s.v);
    s.v                  = wrap(std::int64_t{alpha} - multiply(p.membrane, distance, p.rounding));
    if (!p.fires || s.v < p.v_threshold) return false;
    s.v          = p.subtracts ? wrap(std::int64_t{s.v} - p.v_reset) : p.v_reset;
    s.refractory = p.refractory;
    return true;
}

}  // namespace spikeloom::neuron::spinnaker
