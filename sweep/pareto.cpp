// SPDX-License-Identifier: Apache-2.0
#include "sweep/pareto.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>

namespace spikeloom::sweep {
namespace {

/// The lower-left staircase of (y, z) pairs: keys ascend, values descend.
class Staircase {
public:
    /// Whether a step lies at or below both.
    [[nodiscard]] bool covers(double y, double z) const {
        const auto above = steps_.upper_bound(y);
        return above != steps_.begin() && std::prev(above)->second <= z;
    }
    void add(double y, double z) {
        auto at = steps_.lower_bound(y);
        while (at != steps_.end() && at->second >= z)
            at = steps_.erase(at);
        steps_.emplace_hint(at, y, z);
    }

private:
    std::map<double, double> steps_;
};

/// A point of at most three objectives; what it has not is 0.
struct Corner {
    double x, y, z;
    std::size_t point;
    [[nodiscard]] bool same_place(const Corner& other) const {
        return x == other.x && y == other.y && z == other.z;
    }
};

std::vector<Corner> corners_of(const Scores& scores) {
    std::vector<Corner> corners(scores.size());
    for (std::size_t k = 0; k < corners.size(); ++k) {
        const auto at = scores.of(k);
        corners[k]    = {at[0], scores.width > 1 ? at[1] : 0, scores.width > 2 ? at[2] : 0, k};
    }
    std::ranges::sort(corners, [](const Corner& a, const Corner& b) {
        if (a.x != b.x) return a.x < b.x;
        return a.y != b.y ? a.y < b.y : a.z < b.z;
    });
    return corners;
}

/// In lexicographic order nothing later dominates anything earlier, and what is earlier is no worse
/// in the first objective.
std::vector<std::size_t> staircase_front(const Scores& scores) {
    const auto corners = corners_of(scores);
    std::vector<std::size_t> front;
    Staircase steps;
    for (std::size_t at = 0; at < corners.size();) {
        const bool beaten = steps.covers(corners[at].y, corners[at].z);
        if (!beaten) steps.add(corners[at].y, corners[at].z);
        const std::size_t first = at;
        for (; at < corners.size() && corners[at].same_place(corners[first]); ++at)
            if (!beaten) front.push_back(corners[at].point);
    }
    return front;
}

std::vector<std::size_t> archive_front(const Scores& scores) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        return std::ranges::lexicographical_compare(scores.of(a), scores.of(b));
    });
    std::vector<std::size_t> front;
    for (const std::size_t k : order) {
        const bool beaten = std::ranges::any_of(
            front, [&](std::size_t other) { return dominates(scores.of(other), scores.of(k)); });
        if (!beaten) front.push_back(k);
    }
    return front;
}

}  // namespace

bool dominates(std::span<const double> a, std::span<const double> b) {
    bool better = false;
    for (std::size_t k = 0; k < a.size(); ++k) {
        if (a[k] > b[k]) return false;
        better = better || a[k] < b[k];
    }
    return better;
}

std::vector<std::size_t> pareto_front(const Scores& scores) {
    if (scores.size() == 0) return {};
    auto front = scores.width <= 3 ? staircase_front(scores) : archive_front(scores);
    std::ranges::sort(front);
    return front;
}

std::vector<std::uint32_t> front_ranks(const Scores& scores) {
    const std::size_t count = scores.size();
    std::vector<std::vector<std::size_t>> beats(count);
    std::vector<std::size_t> beaten_by(count, 0), current;
    for (std::size_t a = 0; a < count; ++a)
        for (std::size_t b = 0; b < count; ++b)
            if (dominates(scores.of(a), scores.of(b))) {
                beats[a].push_back(b);
                ++beaten_by[b];
            }
    std::vector<std::uint32_t> ranks(count, 0);
    for (std::size_t k = 0; k < count; ++k)
        if (beaten_by[k] == 0) current.push_back(k);
    for (std::uint32_t rank = 0; !current.empty(); ++rank) {
        std::vector<std::size_t> next;
        for (const std::size_t k : current) {
            ranks[k] = rank;
            for (const std::size_t other : beats[k])
                if (--beaten_by[other] == 0) next.push_back(other);
        }
        current = std::move(next);
    }
    return ranks;
}

std::vector<double> crowding(const Scores& scores, std::span<const std::size_t> members) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    std::vector<double> distance(members.size(), 0);
    std::vector<std::size_t> order(members.size());
    for (std::size_t objective = 0; objective < scores.width && !members.empty(); ++objective) {
        const auto value = [&](std::size_t k) { return scores.of(members[k])[objective]; };
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::stable_sort(order, [&](auto a, auto b) { return value(a) < value(b); });
        const double width      = value(order.back()) - value(order.front());
        distance[order.front()] = distance[order.back()] = infinite;
        for (std::size_t k = 1; width > 0 && k + 1 < order.size(); ++k)
            distance[order[k]] += (value(order[k + 1]) - value(order[k - 1])) / width;
    }
    return distance;
}

}  // namespace spikeloom::sweep
