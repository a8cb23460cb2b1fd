// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/quantise.hpp"

#include <algorithm>
#include <cmath>

namespace spikeloom::backends::emulator {

namespace {

/// How far above its threshold (or its largest weight) a state may go without saturating, if the
/// worst case is farther still: more room with wider states, never less than 8.
double headroom(int width) {
    return std::max(8.0, std::exp2(width / 2.0 - 6));
}

/// The same for neurons without a threshold, in largest weights.
double graded_headroom(int width) {
    return std::exp2(width / 2.0 - 2);
}

/// Largest scale at which everything fits with that much room.
double largest_scale(const Demand& d, const Limits& limits, double room_v, double room_i) {
    const double reach = std::max(d.level, d.largest_weight);
    const double v     = std::max(d.level, std::min(d.worst_v, room_v * reach));
    const double i     = std::max(d.largest_weight, std::min(d.worst_i, room_i * reach));
    double scale       = std::exp2(shift_limit + 8);  // of a population that has nothing to scale
    if (v > 0) scale = std::min(scale, static_cast<double>(limits.membrane()) / v);
    if (i > 0) scale = std::min(scale, static_cast<double>(limits.current()) / i);
    if (d.bias > 0) scale = std::min(scale, static_cast<double>(limits.bias()) / d.bias);
    return scale;
}

/// Sum of squared weight errors when the largest weight gets `levels` steps and what is above 127
/// is clipped, in the network's units.
double weight_error(const Demand& d, double levels) {
    const double step  = d.largest_weight / levels;
    const auto squared = [&](double w) {
        const double error = std::min(std::round(w / step), double{weight_limit}) * step - w;
        return error * error;
    };
    double sum = 0;
    for (const double w : d.weights)
        sum += squared(w);
    return sum * d.sample_weight + squared(d.largest_weight);
}

/// Levels between half of the 8 bits and a clipping of the larger half, at most `most`, that give
/// the smallest error; the finer of equals. Whole numbers, so that the largest weight and what is
/// in whole proportion to it are exact.
double best_levels(const Demand& d, double most) {
    const double unclipped = std::floor(std::min(most, double{weight_limit}));
    double best            = unclipped;
    double best_error      = weight_error(d, unclipped);
    for (double levels = unclipped - 1; levels >= std::max(1.0, unclipped / 2); --levels) {
        const double error = weight_error(d, levels);
        if (error < best_error * (1 - 1e-9)) best = levels, best_error = error;
    }
    for (double levels = weight_limit + 1; levels <= std::min(most, 2.0 * weight_limit); ++levels) {
        const double error = weight_error(d, levels);
        if (error < best_error * 0.9) best = levels, best_error = error;
    }
    return best;
}

}  // namespace

double levels_by_sum(const Demand& d, const Limits& limits) {
    const double room = static_cast<double>(limits.accumulator()) - d.fan_in / 2;
    return std::max(0.0, room) * d.largest_weight / d.largest_sum;
}

ScaleChoice choose_scale(const Demand& d, const Limits& limits) {
    const double room_v =
        d.fires ? headroom(limits.widths.membrane) : graded_headroom(limits.widths.membrane);
    double scale = largest_scale(d, limits, room_v, headroom(limits.widths.current));
    if (d.largest_weight <= 0) return {{scale, 0}, 0};
    if (scale * d.largest_weight < weight_limit) {
        scale = std::min(largest_scale(d, limits, 2, 2), weight_limit / d.largest_weight);
    }
    const double by_sum   = levels_by_sum(d, limits);
    const double most_now = std::min(double{weight_limit}, by_sum);
    const int shift =
        std::clamp(static_cast<int>(std::floor(std::log2(scale * d.largest_weight / most_now))), 0,
                   shift_limit);
    const double most   = std::min(by_sum, scale * d.largest_weight / std::exp2(shift));
    const double levels = most < 1 ? most : best_levels(d, most);
    return {{levels * std::exp2(shift) / d.largest_weight, shift}, levels};
}

}  // namespace spikeloom::backends::emulator
