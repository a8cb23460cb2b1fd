// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/power.hpp"

#include <fmt/format.h>

#include <cmath>

namespace spikeloom::backends::truenorth {

namespace {

constexpr double line_volts = 0.80;
constexpr double low_volts = 0.70, low_watts = 0.042;
constexpr double high_volts = 1.05, high_watts = 0.1106;

}  // namespace

double static_watts(double volts, double at_800mv) {
    const bool low        = volts < line_volts;
    const double end      = low ? low_volts : high_volts;
    const double watts    = low ? low_watts : high_watts;
    const double exponent = std::log(watts / at_800mv) / std::log(end / line_volts);
    return at_800mv * std::pow(volts / line_volts, exponent);
}

double event_factor(double volts) {
    return (volts / line_volts) * (volts / line_volts);
}

void rescale_power(hw::ChipSpec& chip) {
    const auto supply = chip.timing.find("supply");
    if (supply == chip.timing.end()) return;
    const double volts = supply->second.value;
    if (!(volts > 0) || std::abs(volts - line_volts) < 1e-9) return;
    const auto rescale = [&](hw::Figure& figure, double value) {
        figure.why    = fmt::format("{:g} {} of {} brought from 0.8 V to {:g} V", figure.value,
                                    figure.unit, figure.source, volts);
        figure.source = "estimate";
        figure.value  = value;
    };
    for (hw::EnergyTable& table : chip.energy) {
        for (auto& [name, figure] : table.events)
            rescale(figure, figure.value * event_factor(volts));
        for (auto& [name, figure] : table.static_power)
            rescale(figure, static_watts(volts, figure.value));
    }
}

}  // namespace spikeloom::backends::truenorth
