// SPDX-License-Identifier: Apache-2.0
/// Random numbers keyed by (seed, stream, id, tick): the same key gives the same number whatever
/// was drawn before, so results depend neither on call order nor on the number of threads.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace spikeloom {

/// Names a family of draws, so that two uses of one seed never share numbers.
enum class Stream : std::uint64_t {
    connectivity = 1,
    weight       = 2,
    delay        = 3,
    poisson      = 4,
    initial      = 5,
    noise        = 6,
    test         = 7,
    mapping      = 8,
};

/// Mixes one 64-bit word (the finaliser of SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
constexpr std::uint64_t mix64(std::uint64_t z) {
    z += 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

/// 64 uniform bits for the key.
constexpr std::uint64_t keyed_bits(std::uint64_t seed, Stream stream, std::uint64_t id,
                                   std::uint64_t tick) {
    std::uint64_t h = mix64(seed ^ (static_cast<std::uint64_t>(stream) << 56));
    h               = mix64(h ^ id);
    return mix64(h ^ tick);
}

/// Uniform in [0, 1) with 53 bits.
constexpr double keyed_uniform(std::uint64_t seed, Stream stream, std::uint64_t id,
                               std::uint64_t tick) {
    return static_cast<double>(keyed_bits(seed, stream, id, tick) >> 11) * 0x1.0p-53;
}

/// Poisson-distributed count for a uniform number in [0, 1), by inversion; mean in [0, 500].
/// `silence` is e^-mean, for callers who have it.
inline std::uint32_t poisson_count(double uniform, double mean, double silence) {
    double term             = silence;
    double cumulated        = term;
    std::uint32_t count     = 0;
    const auto last_counted = static_cast<std::uint32_t>(mean + 40.0 * std::sqrt(mean) + 40.0);
    while (uniform >= cumulated && count < last_counted) {
        ++count;
        term *= mean / count;
        cumulated += term;
    }
    return count;
}
inline std::uint32_t poisson_count(double uniform, double mean) {
    return poisson_count(uniform, mean, std::exp(-mean));
}

/// Events that a `poisson` source element emits in a tick: what every target must play to it.
/// `id` is its NeuronId in the network, `mean` its rate times dt.
inline std::uint32_t keyed_poisson(std::uint64_t seed, std::uint64_t id, std::uint64_t tick,
                                   double mean) {
    return poisson_count(keyed_uniform(seed, Stream::poisson, id, tick), mean);
}

/// A short sequence of numbers under one key, for draws that need more than one.
class KeyedSequence {
public:
    constexpr KeyedSequence(std::uint64_t seed, Stream stream, std::uint64_t id,
                            std::uint64_t tick = 0)
        : key_{keyed_bits(seed, stream, id, tick)} {}

    constexpr std::uint64_t bits() { return mix64(key_ ^ mix64(counter_++)); }
    /// Uniform in [0, 1).
    constexpr double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
    /// Uniform integer in [0, bound), bound > 0; bias below 2^-32 for bounds below 2^32.
    constexpr std::uint64_t below(std::uint64_t bound) {
        return static_cast<std::uint64_t>((static_cast<Wide>(bits()) * bound) >> 64);
    }
    /// Standard normal (Box and Muller 1958); takes two uniforms.
    double normal() {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
        return radius * std::cos(2.0 * std::numbers::pi * uniform());
    }

private:
    __extension__ using Wide = unsigned __int128;

    std::uint64_t key_;
    std::uint64_t counter_ = 0;
};

}  // namespace spikeloom
