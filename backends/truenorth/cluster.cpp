// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/coding.hpp"

#include <algorithm>
#include <cmath>

namespace spikeloom::backends::truenorth {

namespace tn = neuron::truenorth;

namespace {

std::int32_t whole(double value) {
    return static_cast<std::int32_t>(
        std::lround(std::clamp(value, double{-tn::weight_max}, double{tn::weight_max})));
}

/// Lloyd's iteration on sorted values: each centre the mean of what lies nearest to it.
std::vector<double> centres_of(const std::vector<double>& sorted) {
    std::vector<double> centres;
    for (std::size_t k = 0; k < tn::axon_types; ++k)
        centres.push_back(sorted[(2 * k + 1) * sorted.size() / (2 * tn::axon_types)]);
    for (int round = 0; round < 24; ++round) {
        std::size_t begin = 0;
        bool moved        = false;
        for (std::size_t k = 0; k < centres.size(); ++k) {
            std::size_t end = sorted.size();
            if (k + 1 < centres.size()) {
                const double border = (centres[k] + centres[k + 1]) / 2;
                end                 = static_cast<std::size_t>(
                    std::upper_bound(sorted.begin() + static_cast<std::ptrdiff_t>(begin),
                                                     sorted.end(), border) -
                    sorted.begin());
            }
            if (end == begin) continue;
            double sum = 0;
            for (std::size_t i = begin; i < end; ++i)
                sum += sorted[i];
            const double mean = sum / static_cast<double>(end - begin);
            moved             = moved || mean != centres[k];
            centres[k]        = mean;
            begin             = end;
        }
        if (!moved) break;
    }
    return centres;
}

}  // namespace

Clusters cluster(const std::vector<double>& values) {
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    std::vector<double> distinct = sorted;
    const auto same = [](double a, double b) { return std::abs(a - b) <= 1e-9 * std::abs(b); };
    distinct.erase(std::unique(distinct.begin(), distinct.end(), same), distinct.end());
    Clusters clusters;
    for (const double centre : distinct.size() <= tn::axon_types ? distinct : centres_of(sorted))
        clusters.centre.push_back(whole(centre));
    std::sort(clusters.centre.begin(), clusters.centre.end());
    clusters.centre.erase(std::unique(clusters.centre.begin(), clusters.centre.end()),
                          clusters.centre.end());
    for (const double value : values) {
        const auto nearest = std::min_element(clusters.centre.begin(), clusters.centre.end(),
                                              [&](std::int32_t a, std::int32_t b) {
                                                  return std::abs(a - value) < std::abs(b - value);
                                              });
        clusters.of.push_back(static_cast<std::uint8_t>(nearest - clusters.centre.begin()));
    }
    return clusters;
}

SliceCode slice_code(std::uint32_t bits) {
    switch (bits) {
        case 2:
            return {{1, -2, 0, 0}, {1, 1, 0, 0}};
        case 3:
            return {{1, 2, -4, 0}, {1, 1, 1, 0}};
        case 4:
            return {{1, 2, 4, -8}, {1, 1, 1, 1}};
        case 5:
            return {{1, 2, 4, -16}, {1, 1, 3, 1}};
        case 6:
            return {{1, 2, 8, -32}, {1, 3, 3, 1}};
        case 7:
            return {{1, 4, 16, -64}, {3, 3, 3, 1}};
        default:
            return {{1, 4, 16, -128}, {3, 3, 7, 1}};
    }
}

SliceCode signed_slice_code(std::uint32_t bits) {
    const std::uint32_t most = (1U << (bits - 1)) - 1;
    std::uint32_t step       = 1;
    while ((step + 1) * (step + 1) <= most + 1)
        ++step;
    const std::uint32_t small = step == 1 ? most : step - 1;
    const std::uint32_t large = step == 1 ? 0 : (most - small + step - 1) / step;
    const auto value          = static_cast<std::int32_t>(step);
    return {{1, value, -1, -value}, {small, large, small, large}};
}

namespace {

/// Of the values with this sign the largest first, as many of each as there are copies.
void take(std::int32_t& number, std::int32_t sign, const SliceCode& code,
          std::array<std::uint32_t, 4>& count) {
    for (;;) {
        std::size_t best = 4;
        for (std::size_t k = 0; k < 4; ++k) {
            const std::int32_t value = code.value[k] * sign;
            const bool fits = value > 0 && value <= number * sign && count[k] < code.copies[k];
            if (fits && (best == 4 || value > code.value[best] * sign)) best = k;
        }
        if (best == 4) return;
        ++count[best];
        number -= code.value[best];
    }
}

}  // namespace

/// A negative number takes its negative values first; two's complement has only one, which goes
/// below it, and positive ones bring it back.
std::array<std::uint32_t, 4> slices_of(std::int32_t number, const SliceCode& code) {
    std::array<std::uint32_t, 4> count{};
    if (number < 0) take(number, -1, code, count);
    for (std::size_t k = 0; k < 4 && number < 0; ++k) {
        if (code.value[k] >= 0 || count[k] == code.copies[k]) continue;
        ++count[k];
        number -= code.value[k];
    }
    if (number > 0) take(number, 1, code, count);
    return count;
}

}  // namespace spikeloom::backends::truenorth
