// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/scale.hpp"

#include <algorithm>
#include <cmath>

namespace spikeloom::backends::loihi {

namespace {

namespace chip = neuron::loihi;

constexpr double weight_unit    = 1 << chip::unit_shift;
constexpr double state_room     = double{chip::state_limit};
constexpr double dendrite_room  = (1 << chip::dendrite_bits) - 1;
constexpr double bias_room      = double{chip::bias_limit} * (1 << chip::bias_exponents);
constexpr double threshold_room = double{chip::threshold_limit} * weight_unit;
constexpr double fewest_levels  = 64;  ///< below, rounding costs more than a wrap that never comes
/// How far current and membrane may go above the largest weight or threshold before they wrap or
/// saturate: as far as this where the weights keep their levels, and never less than that.
constexpr double wide_room = 512, least_room = 8;

chip::WeightFormat format_of(const Demand& d) {
    chip::WeightFormat format;
    if (!d.negative) format.sign = chip::SignMode::excitatory;
    if (!d.positive && d.negative) format.sign = chip::SignMode::inhibitory;
    return format;
}

/// Sum of squared errors when the largest weight becomes the mantissa `levels` (which counts
/// `step`s).
double weight_error(const Demand& d, double levels, double step) {
    const double unit = levels / d.largest_weight;
    double sum        = 0;
    for (const double w : d.weights) {
        const double error = std::round(w * unit / step) * step / unit - w;
        sum += error * error;
    }
    return sum;
}

/// The mantissa from half of `most` up that suits the weights best; the finer of equals.
double best_levels(const Demand& d, double most, double step) {
    double best       = std::max(step, std::floor(most / step) * step);
    double best_error = weight_error(d, best, step);
    for (double levels = best - step; levels >= most / 2 && levels >= step; levels -= step) {
        const double error = weight_error(d, levels, step);
        if (error < best_error * (1 - 1e-9)) best = levels, best_error = error;
    }
    return best;
}

/// Largest scale at which levels and states have that much room; the input sum apart.
double scale_with(const Demand& d, double room) {
    const double reach = room * std::max(d.level, d.largest_weight);
    const double v     = std::max(d.level * (d.fires ? 2 : 1), std::min(d.worst_v, reach));
    const double i     = std::max(d.largest_weight, std::min(d.worst_i, reach));
    double scale       = weight_unit * 256 * 128;  // of a population that has nothing to scale
    if (d.level > 0) scale = std::min(scale, threshold_room / d.level);
    if (v > 0) scale = std::min(scale, state_room / v);
    if (i > 0) scale = std::min(scale, state_room / i);
    if (d.bias > 0) scale = std::min(scale, bias_room / d.bias);
    return scale;
}

double scale_by_states(const Demand& d, double most_levels) {
    const double wide = scale_with(d, wide_room);
    if (wide * d.largest_weight >= most_levels * weight_unit) return wide;
    const double least = scale_with(d, least_room);
    return d.largest_weight > 0 ? std::min(least, most_levels * weight_unit / d.largest_weight)
                                : least;
}

}  // namespace

Scale choose_scale(const Demand& d, const Limits& limits) {
    Scale s;
    s.format = format_of(d);
    s.split  = limits.split_signs && !d.learns && s.format.sign == chip::SignMode::mixed;
    if (s.split) s.format.sign = chip::SignMode::excitatory;
    if (d.in_chip_units) {
        s.v = weight_unit, s.unit = 1, s.levels = d.largest_weight;
        s.worst_q = d.largest_sum * s.v;
        return s;
    }
    const double step = s.format.sign == chip::SignMode::mixed ? 2 : 1;
    const double most = std::min<double>(
        limits.largest_weight,
        chip::largest_weight(
            {0, 8, step == 2 ? chip::SignMode::mixed : chip::SignMode::excitatory}));
    s.v = scale_by_states(d, most);
    if (d.largest_weight <= 0) return s;
    const double by_sum = dendrite_room / d.largest_sum;
    // Integer of the largest weight, in units of 64, that states and sums leave.
    const double floor_levels = std::min(fewest_levels, most);
    const double room =
        std::min(s.v, std::max(by_sum, floor_levels * weight_unit / d.largest_weight)) *
        d.largest_weight / weight_unit * (1 + 1e-12);
    const int exponent = std::clamp(static_cast<int>(std::floor(std::log2(room / most))), 0,
                                    limits.largest_exponent);
    s.levels = best_levels(d, std::min(most, std::max(room / std::exp2(exponent), step)), step);
    s.format.exponent = exponent;
    s.unit            = s.levels / d.largest_weight;
    s.v               = s.unit * std::exp2(exponent) * weight_unit;
    s.worst_q         = d.largest_sum * s.v;
    return s;
}

}  // namespace spikeloom::backends::loihi
