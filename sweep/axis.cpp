// SPDX-License-Identifier: Apache-2.0
#include "sweep/spec.hpp"

#include <algorithm>
#include <cmath>

namespace spikeloom::sweep {
namespace {

/// The point a fraction of the way through the range.
double along(const Range& range, double fraction) {
    const double value =
        range.logarithmic ? std::exp(std::lerp(std::log(range.from), std::log(range.to), fraction))
                          : std::lerp(range.from, range.to, fraction);
    // exp(log(x)) is not always x: the ends are exact.
    if (fraction <= 0) return range.from;
    if (fraction >= 1) return range.to;
    return range.integer ? std::round(value) : value;
}

}  // namespace

std::uint64_t Axis::levels() const {
    return range ? range->steps : values.size();
}

Value Axis::level(std::uint64_t k) const {
    if (!range) return values[k];
    const double last = range->steps - 1.0;
    return number_value(along(*range, last == 0 ? 0 : static_cast<double>(k) / last));
}

Value Axis::at(double u) const {
    const std::uint64_t count = levels();
    if (count > 0) {
        const auto k = static_cast<std::uint64_t>(u * static_cast<double>(count));
        return level(std::min(k, count - 1));
    }
    if (range->integer && !range->logarithmic) {
        const double width = range->to - range->from + 1;
        return number_value(range->from + std::min(std::floor(u * width), width - 1));
    }
    return number_value(along(*range, u));
}

const Case* Spec::find_case(const Settings& settings) const {
    if (cases.empty()) return nullptr;
    const auto named = settings.find("case");
    if (named == settings.end()) return &cases.front();
    const auto found = std::ranges::find(cases, named->second.text, &Case::name);
    return found == cases.end() ? nullptr : &*found;
}

}  // namespace spikeloom::sweep
