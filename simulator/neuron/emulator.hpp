// SPDX-License-Identifier: Apache-2.0
/// Integer arithmetic of the emulator core: what one tick does to one neuron, one trace and one
/// weight. Pure functions on integers; the golden simulator calls them, and the lockstep tests hold
/// the RTL to them bit for bit. docs/emulator-core.md tells the same in words.
#pragma once

#include <algorithm>
#include <cstdint>

namespace spikeloom::neuron::emulator {

/// Widths of one configuration of the core (rtl/configs.json). All signed values are two's
/// complement and saturate symmetrically at +-(2^(width-1) - 1).
struct Widths {
    int membrane;         ///< v, threshold, v_reset [bits]
    int current;          ///< i and bias [bits]
    int accumulator;      ///< input sum of one tick [bits]
    int weight_fraction;  ///< bits below the 8-bit weight, kept for plastic synapses
    int trace = 16;       ///< spike traces, unsigned
};

inline constexpr int weight_bits = 8;
inline constexpr int delay_slots = 16;
inline constexpr int decay_bits  = 16;
/// A spike adds this much to a trace: 1.0 in units of 2^-12.
inline constexpr std::int32_t trace_one = 1 << 12;
/// Decay register: fraction lost per tick in units of 2^-16; all ones means everything is lost.
inline constexpr std::uint32_t decay_all = 0xFFFF;

constexpr std::int64_t saturate(std::int64_t x, int width) {
    const std::int64_t limit = (std::int64_t{1} << (width - 1)) - 1;
    return std::clamp(x, -limit, limit);
}

/// x without the fraction `lost`; the magnitude of what is lost is rounded up, so that every state
/// reaches 0. Range of x: +-(2^31 - 1).
constexpr std::int64_t decay(std::int64_t x, std::uint32_t lost) {
    const std::int64_t fraction  = lost == decay_all ? 0x10000 : lost;
    const std::int64_t magnitude = x < 0 ? -x : x;
    const std::int64_t decrement = (magnitude * fraction + 0xFFFF) >> 16;
    return x < 0 ? -(magnitude - decrement) : magnitude - decrement;
}

/// Parameters shared by neurons of one set.
struct ParameterSet {
    std::uint32_t current_decay  = decay_all;  ///< 0..0xFFFF
    std::uint32_t membrane_decay = 0;          ///< 0..0xFFFF
    std::int32_t threshold       = 0;          ///< spike when v > threshold
    std::int32_t v_reset         = 0;
    std::uint32_t input_shift    = 0;      ///< 0..15: weights count 2^shift units of current
    std::uint32_t refractory     = 0;      ///< 0..255 ticks after a spike without integration
    bool reset_subtracts         = false;  ///< v -= threshold instead of v = v_reset
};

struct State {
    std::int32_t v           = 0;
    std::int32_t i           = 0;
    std::uint32_t refractory = 0;  ///< ticks left
};

/// One tick of one neuron. `input` is the saturated sum of the weights that arrive in this tick.
/// The current integrates always; the membrane stands still while refractory. Returns the spike.
constexpr bool update(State& s, const ParameterSet& p, std::int32_t bias, std::int32_t input,
                      const Widths& w) {
    s.i = static_cast<std::int32_t>(
        saturate(decay(s.i, p.current_decay) + (static_cast<std::int64_t>(input) << p.input_shift),
                 w.current));
    if (s.refractory > 0) {
        --s.refractory;
        return false;
    }
    s.v =
        static_cast<std::int32_t>(saturate(decay(s.v, p.membrane_decay) + s.i + bias, w.membrane));
    if (s.v <= p.threshold) return false;
    s.v          = p.reset_subtracts
                       ? static_cast<std::int32_t>(saturate(std::int64_t{s.v} - p.threshold, w.membrane))
                       : p.v_reset;
    s.refractory = p.refractory;
    return true;
}

/// One delivered weight; `weight` is the 8-bit integer part. Saturates.
constexpr std::int32_t accumulate(std::int32_t sum, std::int32_t weight, const Widths& w) {
    return static_cast<std::int32_t>(saturate(std::int64_t{sum} + weight, w.accumulator));
}

/// Pair STDP, one rule a core.
struct StdpRule {
    std::uint32_t plus_decay  = 0;  ///< of the pre trace, as decay registers
    std::uint32_t minus_decay = 0;  ///< of the post trace
    std::uint32_t a_plus =
        0;  ///< weight change, in 2^-weight_fraction, for a trace of 1.0; 12 bits
    std::uint32_t a_minus = 0;
    std::int32_t w_min    = -127;  ///< 8-bit weights
    std::int32_t w_max    = 127;
};

constexpr std::int32_t decay_trace(std::int32_t x, std::uint32_t lost) {
    return static_cast<std::int32_t>(decay(x, lost));
}
constexpr std::int32_t bump_trace(std::int32_t x, const Widths& w) {
    return std::min(x + trace_one, (1 << w.trace) - 1);
}

/// Weight change for amplitude a and trace x, rounded half up.
constexpr std::int32_t weight_change(std::uint32_t a, std::int32_t x) {
    return static_cast<std::int32_t>((std::int64_t{a} * x + (trace_one / 2)) >> 12);
}

/// Post spike at a plastic synapse. `wf` is the weight in 2^-weight_fraction; x the pre trace.
constexpr std::int32_t potentiate(std::int32_t wf, std::int32_t x, const StdpRule& r,
                                  const Widths& w) {
    return std::clamp(wf + weight_change(r.a_plus, x), r.w_min * (1 << w.weight_fraction),
                      r.w_max * (1 << w.weight_fraction));
}

/// Pre spike at a plastic synapse, before the weight is delivered; y is the post trace.
constexpr std::int32_t depress(std::int32_t wf, std::int32_t y, const StdpRule& r,
                               const Widths& w) {
    return std::clamp(wf - weight_change(r.a_minus, y), r.w_min * (1 << w.weight_fraction),
                      r.w_max * (1 << w.weight_fraction));
}

/// Integer weight that a synapse delivers: the top bits, rounded toward minus infinity.
constexpr std::int32_t delivered(std::int32_t wf, const Widths& w) {
    return wf >> w.weight_fraction;
}

}  // namespace spikeloom::neuron::emulator
