// SPDX-License-Identifier: Apache-2.0
/// Deferred STDP as SpiNNaker software does it: a plastic synapse is brought up to date when its
/// pre-synaptic neuron spikes, from the history of post-synaptic spikes since its last one. Pair
/// and nearest rule, additive weights; 1.0 is 2^11. Pure functions; docs/targets/spinnaker.md.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace spikeloom::neuron::spinnaker {

inline constexpr int stdp_fraction        = 11;
inline constexpr std::int32_t stdp_one    = 1 << stdp_fraction;
inline constexpr std::size_t stdp_entries = 256;  ///< ticks that an exponential table covers
inline constexpr std::size_t history_size = 16;   ///< post spikes kept, the placeholder included

/// exp(-ticks / tau) in 2^-11 for 0..255 ticks; nothing is left after that.
using DecayTable = std::array<std::int16_t, stdp_entries>;

/// Which earlier spikes count: all of them (pair) or the last one (nearest).
enum class Pairing : std::uint8_t { pair, nearest };

struct StdpRule {
    Pairing pairing = Pairing::pair;
    DecayTable plus{};             ///< of the pre trace
    DecayTable minus{};            ///< of the post trace
    std::int32_t a_plus      = 0;  ///< weight change for a trace of 1.0, in weight units
    std::int32_t a_minus     = 0;
    std::int32_t w_min       = 0;
    std::int32_t w_max       = 0xFFFF;
    std::uint32_t back_delay = 0;  ///< dendritic delay of a post spike [ticks]
};

/// The chip's 16 x 16 multiply: takes the low halves of both registers, signed.
constexpr std::int32_t stdp_multiply(std::int32_t a, std::int32_t b) {
    return (std::int32_t{static_cast<std::int16_t>(a)} * static_cast<std::int16_t>(b)) >>
           stdp_fraction;
}

/// Trace after `ticks` more ticks.
constexpr std::int32_t stdp_decay(std::int32_t trace, const DecayTable& table,
                                  std::uint32_t ticks) {
    return ticks < stdp_entries ? stdp_multiply(trace, table[ticks]) : 0;
}

/// Trace right after a further spike.
constexpr std::int32_t next_trace(std::int32_t trace, const DecayTable& table, std::uint32_t ticks,
                                  Pairing pairing) {
    return pairing == Pairing::nearest ? stdp_one : stdp_decay(trace, table, ticks) + stdp_one;
}

/// Spikes of one post-synaptic neuron, oldest first. Entry 0 stands for the time before the first.
struct PostHistory {
    std::array<std::uint32_t, history_size> time{};
    std::array<std::int32_t, history_size> trace{};
    std::size_t count = 1;

    /// A spike in tick `now`; when the history is full, the oldest entry goes.
    constexpr void add(std::uint32_t now, const StdpRule& rule) {
        const std::int32_t grown =
            next_trace(trace[count - 1], rule.minus, now - time[count - 1], rule.pairing);
        if (count == history_size) {
            std::copy(time.begin() + 1, time.end(), time.begin());
            std::copy(trace.begin() + 1, trace.end(), trace.begin());
            --count;
        }
        time[count]  = now;
        trace[count] = grown;
        ++count;
    }
};

/// Spike trace of a pre-synaptic neuron, kept at the head of its row.
struct PreTrace {
    std::uint32_t time = 0;
    std::int32_t trace = 0;
};

/// What is left of a post spike's trace when the pre spike of tick `now` meets it.
struct Window {
    std::size_t first;  ///< first entry after the last pre spike
    std::size_t last;   ///< one past the last entry before or at `now`
};

/// Entries of the history in (begin, end]; entry 0 never belongs to it.
constexpr Window window_of(const PostHistory& post, std::int64_t begin, std::int64_t end) {
    std::size_t last = post.count;
    while (last > 1 && post.time[last - 1] > end)
        --last;
    std::size_t first = last;
    while (first > 1 && post.time[first - 1] > begin)
        --first;
    return {first, last};
}

/// Weight of a plastic synapse at the pre spike of tick `now`: all post spikes since the last pre
/// spike potentiate it, then the pre spike depresses it; clamped once at the end. `pre` is the
/// row's trace as the last pre spike left it.
constexpr std::int32_t bring_up_to_date(std::int32_t weight, const PreTrace& pre,
                                        const PostHistory& post, std::uint32_t now,
                                        const StdpRule& rule) {
    const std::int64_t shift = rule.back_delay;
    const auto [first, last] = window_of(post, pre.time - shift, now - shift);
    std::int32_t plus = 0, minus = 0;
    for (std::size_t k = first; k < last; ++k) {
        const std::int64_t after = post.time[k] + shift - pre.time;
        if (after > 0) {
            plus += stdp_decay(pre.trace, rule.plus, static_cast<std::uint32_t>(after));
        }
    }
    const std::int64_t since = now - (post.time[last - 1] + shift);
    if (since > 0) {
        minus = stdp_decay(post.trace[last - 1], rule.minus, static_cast<std::uint32_t>(since));
    }
    return std::clamp(
        weight + stdp_multiply(plus, rule.a_plus) - stdp_multiply(minus, rule.a_minus), rule.w_min,
        rule.w_max);
}

/// The row's trace after the pre spike of tick `now`.
constexpr PreTrace after_spike(const PreTrace& pre, std::uint32_t now, const StdpRule& rule) {
    return {now, next_trace(pre.trace, rule.plus, now - pre.time, rule.pairing)};
}

}  // namespace spikeloom::neuron::spinnaker
