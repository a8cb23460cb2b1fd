// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/values.hpp"

#include <algorithm>
#include <cmath>

namespace spikeloom::ir {
namespace {

/// check() refuses intervals that hold less than 1/1000 of a Normal, so this many draws outside
/// of the interval do not happen; the bound only keeps an unchecked network from hanging.
constexpr int most_draws = 100'000;

}  // namespace

double draw(const Uniform& distribution, const DrawKey& key, std::uint64_t element) {
    KeyedSequence sequence{key.seed, key.stream, key.owner, element};
    const double low = distribution.minimum, high = distribution.maximum;
    if (!key.integers) return low + (high - low) * sequence.uniform();
    const double first = std::ceil(low), count = std::floor(high) - first + 1;
    if (!(count >= 1) || count > 0x1p63) return first;
    return first + static_cast<double>(sequence.below(static_cast<std::uint64_t>(count)));
}

double draw(const Normal& distribution, const DrawKey& key, std::uint64_t element) {
    KeyedSequence sequence{key.seed, key.stream, key.owner, element};
    for (int i = 0; i < most_draws; ++i) {
        const double x = distribution.mean + distribution.deviation * sequence.normal();
        const double y = key.integers ? std::round(x) : x;
        if (y >= distribution.minimum && y <= distribution.maximum) return y;
    }
    return std::clamp(distribution.mean, distribution.minimum, distribution.maximum);
}

ValueReader::ValueReader(const Values& values, const DrawKey& key) : key_{key} {
    if (const auto* scalar = std::get_if<double>(&values))
        scalar_ = *scalar;
    else if (const auto* array = std::get_if<Array>(&values))
        array_ = (*array)->data();
    else
        distribution_ = &values;
}

double ValueReader::drawn(std::uint64_t element) const {
    if (const auto* uniform = std::get_if<Uniform>(distribution_))
        return draw(*uniform, key_, element);
    return draw(std::get<Normal>(*distribution_), key_, element);
}

}  // namespace spikeloom::ir
