// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikeloom::ir {
namespace {

/// A Normal is refused when its interval holds less than this share of it: drawing again until a
/// value falls inside would take too long.
constexpr double least_share = 1e-3;

double normal_share(const Normal& n) {
    const auto below = [&](double x) {
        return 0.5 * std::erfc(-(x - n.mean) / (n.deviation * std::sqrt(2.0)));
    };
    return below(n.maximum) - below(n.minimum);
}

class ValuesCheck {
public:
    ValuesCheck(const ValuesRule& rule, const std::string& pointer, Faults& faults)
        : rule_{rule}, pointer_{pointer}, faults_{faults} {}

    void operator()(double value) const {
        if (!std::isfinite(value))
            faults_.add("not-finite", pointer_, fmt::format("{} is not a finite number", value));
        else if (!allowed(value))
            faults_.add(rule_.range_code, pointer_, complaint(value));
    }

    void operator()(const Array& array) const {
        if (!array) return faults_.add("length", pointer_, "the array has no data");
        if (!rule_.length)
            return faults_.add("length", pointer_, "one number is expected here, not an array");
        if (array->size() != *rule_.length)
            return faults_.add("length", pointer_,
                               fmt::format("the array has {} elements where {} are expected",
                                           array->size(), *rule_.length));
        report_first(*array, "not-finite", [](double x) { return std::isfinite(x); });
        report_first(*array, rule_.range_code,
                     [this](double x) { return !std::isfinite(x) || allowed(x); });
    }

    void operator()(const Normal& n) const {
        if (!distribution_allowed()) return;
        if (!std::isfinite(n.mean) || !std::isfinite(n.deviation) || std::isnan(n.minimum) ||
            std::isnan(n.maximum))
            return faults_.add("not-finite", pointer_,
                               "the distribution has a number that is not finite");
        if (n.deviation < 0)
            return faults_.add("distribution", pointer_, "the deviation is negative");
        if (n.minimum > n.maximum)
            return faults_.add("distribution", pointer_, "the minimum is above the maximum");
        const bool inside = n.mean >= n.minimum && n.mean <= n.maximum;
        if (n.deviation > 0 ? normal_share(n) < least_share : !inside)
            return faults_.add("distribution", pointer_,
                               "less than 1/1000 of the distribution lies in its interval");
        check_interval(n.deviation > 0 ? n.minimum : n.mean, n.deviation > 0 ? n.maximum : n.mean);
    }

    void operator()(const Uniform& u) const {
        if (!distribution_allowed()) return;
        if (!std::isfinite(u.minimum) || !std::isfinite(u.maximum))
            return faults_.add("not-finite", pointer_,
                               "the distribution has a number that is not finite");
        if (u.minimum > u.maximum)
            return faults_.add("distribution", pointer_, "the minimum is above the maximum");
        if (rule_.integers && std::ceil(u.minimum) > std::floor(u.maximum))
            return faults_.add("distribution", pointer_, "there is no integer in the interval");
        check_interval(u.minimum, u.maximum);
    }

private:
    [[nodiscard]] bool allowed(double x) const {
        return x >= rule_.minimum && x <= rule_.maximum && (!rule_.integers || x == std::floor(x));
    }
    [[nodiscard]] std::string complaint(double x) const {
        return fmt::format("{} is not {} from {} to {}", text_of(x),
                           rule_.integers ? "an integer" : "in the range", text_of(rule_.minimum),
                           text_of(rule_.maximum));
    }
    [[nodiscard]] bool distribution_allowed() const {
        if (!rule_.distributions)
            faults_.add("distribution", pointer_, "a distribution cannot stand here");
        return rule_.distributions;
    }
    void check_interval(double minimum, double maximum) const {
        // The open ends of a Normal over a quantity without bounds are no fault.
        const bool below = minimum < rule_.minimum && rule_.minimum > -1e30;
        const bool above = maximum > rule_.maximum && rule_.maximum < 1e30;
        if (below || above)
            faults_.add(
                rule_.range_code, pointer_,
                fmt::format("the interval {} to {} leaves the range {} to {}", text_of(minimum),
                            text_of(maximum), text_of(rule_.minimum), text_of(rule_.maximum)));
    }
    template <class Good>
    void report_first(const std::vector<double>& array, std::string_view code, Good good) const {
        const auto bad = std::ranges::find_if_not(array, good);
        if (bad == array.end()) return;
        const auto more = std::count_if(bad + 1, array.end(), [&](double x) { return !good(x); });
        std::string message =
            std::isfinite(*bad) ? complaint(*bad) : fmt::format("{} is not a finite number", *bad);
        if (more > 0) message += fmt::format(" (and {} more of this array)", more);
        faults_.add(code, fmt::format("{}/{}", pointer_, bad - array.begin()), message);
    }

    const ValuesRule& rule_;
    const std::string& pointer_;
    Faults& faults_;
};

}  // namespace

std::string pointer_to(const std::string& parent, std::string_view token) {
    std::string pointer = parent + "/";
    for (const char c : token) {
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer += c;
    }
    return pointer;
}

std::string text_of(double value) {
    return fmt::format("{}", value);
}

void check_values(const Values& values, const ValuesRule& rule, const std::string& pointer,
                  Faults& faults) {
    std::visit(ValuesCheck{rule, pointer, faults}, values);
}

}  // namespace spikeloom::ir
