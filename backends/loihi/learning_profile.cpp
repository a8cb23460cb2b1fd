// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/learning_profile.hpp"

#include "backends/emulator/error_meter.hpp"
#include "simulator/neuron/loihi_learning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikeloom::backends::loihi {

namespace {

namespace chip = neuron::loihi;

/// What a trace gains by a spike: four spikes in a row still fit its seven bits.
constexpr std::int32_t trace_impulse = 32;

struct Factor {
    std::int32_t mantissa = 0, exponent = 0;
    [[nodiscard]] double value() const { return mantissa * std::exp2(exponent); }
};

/// mantissa x 2^exponent nearest to `wanted`; mantissa 0..7, exponent -7..9.
Factor nearest(double wanted) {
    Factor best;
    for (std::int32_t exponent = -7; exponent <= 9; ++exponent) {
        const auto mantissa = static_cast<std::int32_t>(
            std::clamp(std::round(wanted * std::exp2(-exponent)), 0.0, 7.0));
        const Factor factor{mantissa, exponent};
        if (std::abs(factor.value() - wanted) < std::abs(best.value() - wanted)) best = factor;
    }
    return best;
}

class Maker {
public:
    Maker(const LegalRule& rule, double unit, const chip::WeightFormat& format)
        : rule_{rule}, unit_{unit}, format_{format} {}

    Result<ProfileOutcome> run(double dt) {
        LearningProfile& p = out_.profile;
        p.x_keep           = keep("x_keep", dt, rule_.tau_plus);
        p.y_keep           = keep("y_keep", dt, rule_.tau_minus);
        p.x_impulse = p.y_impulse = trace_impulse << 8;
        for (const auto& [name, amplitude, plus] : {std::tuple{"a_plus", rule_.a_plus, true},
                                                    std::tuple{"a_minus", rule_.a_minus, false}}) {
            const double wanted = amplitude * steps_a_weight();
            const Factor factor = nearest(wanted);
            if (wanted < 0 || wanted > 7.5 * 512)
                return fault(
                    "loihi.stdp-range",
                    fmt::format("projection '{}': {} = {:g} asks for a factor of {:g}, limits 0 "
                                "and {}",
                                rule_.owner, name, amplitude, wanted, 7 * 512));
            if (factor.mantissa == 0 && wanted > 0)
                out_.warnings.push_back(fmt::format(
                    "projection '{}': {} = {:g} is below the learning engine's smallest "
                    "factor: it will not act",
                    rule_.owner, name, amplitude));
            report(name, steps_a_weight(), amplitude, factor.value() / steps_a_weight());
            (plus ? p.plus_mantissa : p.minus_mantissa) =
                static_cast<std::int8_t>(plus ? factor.mantissa : -factor.mantissa);
            (plus ? p.plus_exponent : p.minus_exponent) = static_cast<std::int8_t>(factor.exponent);
        }
        check_bounds();
        return std::move(out_);
    }

private:
    /// Factor of a trace of one impulse that changes the network's weight by 1.
    [[nodiscard]] double steps_a_weight() const {
        return unit_ * (1 << chip::accumulator_fraction) / trace_impulse;
    }

    void report(const char* name, double scale, double wanted, double given) {
        emulator::ErrorMeter meter{scale};
        meter.add(wanted, given);
        out_.report.push_back(meter.entry(rule_.owner, name));
    }

    std::uint32_t keep(const char* name, double dt, double tau) {
        const std::uint32_t part = chip::trace_keep(dt, tau);
        report(name, chip::trace_one, std::exp(-dt / tau), double(part) / chip::trace_one);
        return part;
    }

    void check_bounds() {
        const double low  = chip::smallest_weight(format_) / unit_;
        const double high = chip::largest_weight(format_) / unit_;
        const double near = 3 / unit_;
        if (std::abs(rule_.w_min - low) <= near && std::abs(rule_.w_max - high) <= near) return;
        out_.warnings.push_back(
            fmt::format("projection '{}': learned weights stay within {:g} and {:g}, the bounds of "
                        "the sign mode; "
                        "asked for {:g} and {:g}",
                        rule_.owner, low, high, rule_.w_min, rule_.w_max));
    }

    const LegalRule& rule_;
    double unit_;
    chip::WeightFormat format_;
    ProfileOutcome out_;
};

}  // namespace

Result<ProfileOutcome> make_profile(const LegalRule& rule, double unit,
                                    const chip::WeightFormat& format, double dt) {
    return Maker{rule, unit, format}.run(dt);
}

}  // namespace spikeloom::backends::loihi
