// SPDX-License-Identifier: Apache-2.0
/// Dominance between points whose objectives are all to be made small.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace spikeloom::sweep {

/// Objectives of many points, row-major: point k has [k * width, (k + 1) * width). Smaller is
/// better; no NaN.
struct Scores {
    std::size_t width = 0;
    std::vector<double> values;

    [[nodiscard]] std::size_t size() const { return width == 0 ? 0 : values.size() / width; }
    [[nodiscard]] std::span<const double> of(std::size_t point) const {
        return {values.data() + point * width, width};
    }
};

/// Nowhere worse and somewhere better.
bool dominates(std::span<const double> a, std::span<const double> b);

/// Points that no other dominates, ascending; equal points are all in it. O(n log n) for one, two
/// and three objectives (Kung, Luccio and Preparata, JACM 1975), O(n x front) for more.
std::vector<std::size_t> pareto_front(const Scores& scores);

/// Front number of each point, 0 for the Pareto front, and so on after its removal (fast
/// non-dominated sort: Deb et al., IEEE Trans. Evol. Comput. 2002).
std::vector<std::uint32_t> front_ranks(const Scores& scores);

/// Crowding distance of each of `members` within their front, in their order (ibid.); infinite at
/// the ends of an objective.
std::vector<double> crowding(const Scores& scores, std::span<const std::size_t> members);

}  // namespace spikeloom::sweep
