// SPDX-License-Identifier: Apache-2.0
/// Quantities with a unit in the type. Integers inside, so sums are exact and reports reproducible.
#pragma once

#include <compare>
#include <cstdint>

namespace spikeloom {

/// Energy in femtojoules [fJ]; 1 pJ = 1000 fJ. Range +-9.2 kJ.
struct Energy {
    std::int64_t femtojoules{};
    friend constexpr auto operator<=>(Energy, Energy) = default;
    friend constexpr Energy operator+(Energy a, Energy b) {
        return {a.femtojoules + b.femtojoules};
    }
    friend constexpr Energy operator*(std::int64_t n, Energy e) { return {n * e.femtojoules}; }
    constexpr Energy& operator+=(Energy other) {
        femtojoules += other.femtojoules;
        return *this;
    }
    [[nodiscard]] constexpr double joules() const {
        return static_cast<double>(femtojoules) * 1e-15;
    }
};

/// Algorithmic time step of a network. Never a clock cycle.
struct Tick {
    std::uint64_t value{};
    friend constexpr auto operator<=>(Tick, Tick) = default;
    friend constexpr Tick operator+(Tick t, std::uint64_t n) { return {t.value + n}; }
};

/// Clock period of a modelled or simulated clock. Never a tick.
struct Cycle {
    std::uint64_t value{};
    friend constexpr auto operator<=>(Cycle, Cycle) = default;
    friend constexpr Cycle operator+(Cycle c, std::uint64_t n) { return {c.value + n}; }
    friend constexpr std::uint64_t operator-(Cycle a, Cycle b) { return a.value - b.value; }
};

namespace literals {
consteval Energy operator""_pJ(long double v) {
    return {static_cast<std::int64_t>(v * 1000.0L + 0.5L)};
}
}  // namespace literals

}  // namespace spikeloom
