// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/binomial.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace spikeloom::ir {
namespace {

/// log(k!) by table, then by Stirling's series (error below 1e-13 from k = 16 on).
double log_factorial(double k) {
    static const std::array<double, 16> table = [] {
        std::array<double, 16> logs{};
        for (std::size_t i = 1; i < logs.size(); ++i)
            logs[i] = logs[i - 1] + std::log(static_cast<double>(i));
        return logs;
    }();
    if (k < 16.0) return table[static_cast<std::size_t>(k)];
    const double inverse = 1.0 / k, square = inverse * inverse;
    return (k + 0.5) * std::log(k) - k + 0.5 * std::log(2.0 * std::numbers::pi) +
           inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1260.0));
}

/// Walks the cumulative distribution up from 0; for n p < 10.
std::uint64_t by_inversion(KeyedSequence& sequence, std::uint64_t n, double p) {
    const double odds = p / (1.0 - p);
    const double none = std::exp(static_cast<double>(n) * std::log1p(-p));
    while (true) {
        double left = sequence.uniform(), chance = none;
        for (std::uint64_t k = 0; k <= n && k < 200; ++k) {
            if (left < chance) return k;
            left -= chance;
            chance *= odds * static_cast<double>(n - k) / static_cast<double>(k + 1);
        }
    }
}

/// Transformed rejection with squeeze (Hoermann 1993, algorithm BTRS); for n p >= 10, p <= 1/2.
std::uint64_t by_rejection(KeyedSequence& sequence, std::uint64_t n, double p) {
    const double trials = static_cast<double>(n), q = 1.0 - p;
    const double deviation = std::sqrt(trials * p * q);
    const double b         = 1.15 + 2.53 * deviation;
    const double a         = -0.0873 + 0.0248 * b + 0.01 * p;
    const double centre    = trials * p + 0.5;
    const double squeeze   = 0.92 - 4.2 / b;
    const double alpha     = (2.83 + 5.1 / b) * deviation;
    const double log_odds  = std::log(p / q);
    const double mode      = std::floor((trials + 1.0) * p);
    const double at_mode   = log_factorial(mode) + log_factorial(trials - mode);
    while (true) {
        const double u    = sequence.uniform() - 0.5;
        const double v    = sequence.uniform();
        const double edge = 0.5 - std::fabs(u);
        const double k    = std::floor((2.0 * a / edge + b) * u + centre);
        if (!(k >= 0.0 && k <= trials)) continue;
        if (edge >= 0.07 && v <= squeeze) return static_cast<std::uint64_t>(k);
        const double height = std::log(v * alpha / (a / (edge * edge) + b));
        const double bound =
            at_mode - log_factorial(k) - log_factorial(trials - k) + (k - mode) * log_odds;
        if (height <= bound) return static_cast<std::uint64_t>(k);
    }
}

}  // namespace

std::uint64_t binomial(KeyedSequence& sequence, std::uint64_t n, double p) {
    if (n == 0 || !(p > 0.0)) return 0;
    if (p >= 1.0) return n;
    if (p > 0.5) return n - binomial(sequence, n, 1.0 - p);
    if (static_cast<double>(n) * p < 10.0) return by_inversion(sequence, n, p);
    return by_rejection(sequence, n, p);
}

}  // namespace spikeloom::ir
