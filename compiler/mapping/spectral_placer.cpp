// SPDX-License-Identifier: Apache-2.0
/// Spectral placement (Hall 1970): the second and third eigenvectors of the traffic's Laplacian as
/// coordinates, then rank by rank onto the mesh.
#include "compiler/mapping/placers.hpp"
#include "support/keyed_rng.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <numeric>
#include <utility>

namespace spikeloom::mapping {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void remove_component(Vector& v, const Vector& unit) {
    const double share = dot(v, unit);
    for (std::size_t i = 0; i < v.size(); ++i)
        v[i] -= share * unit[i];
}

void normalise(Vector& v) {
    const double length = std::sqrt(dot(v, v));
    if (length > 0)
        for (double& x : v)
            x /= length;
}

/// Power iteration for the smallest eigenvectors of the Laplacian besides those given.
Vector smooth_vector(const CoreTraffic& traffic, const Vector& degree,
                     const std::vector<Vector>& known, std::uint64_t seed) {
    const double shift = 2.0 * *std::max_element(degree.begin(), degree.end()) + 1e-9;
    KeyedSequence random{seed, Stream::mapping, known.size(), 21};
    Vector v(traffic.cores), next(traffic.cores);
    for (double& x : v)
        x = random.uniform() - 0.5;
    for (int step = 0; step < 300; ++step) {
        for (const Vector& unit : known)
            remove_component(v, unit);
        normalise(v);
        for (std::uint32_t a = 0; a < traffic.cores; ++a) {
            double sum = (shift - degree[a]) * v[a];
            for (std::size_t i = traffic.begin[a]; i < traffic.begin[a + 1]; ++i)
                sum += static_cast<double>(traffic.spikes[i]) * v[traffic.to[i]];
            next[a] = sum;
        }
        v.swap(next);
    }
    for (const Vector& unit : known)
        remove_component(v, unit);
    normalise(v);
    return v;
}

double spikes_by_distance(const CoreTraffic& traffic, const Positions& at) {
    double sum = 0;
    for (std::uint32_t a = 0; a < traffic.cores; ++a)
        for (std::size_t i = traffic.begin[a]; i < traffic.begin[a + 1]; ++i) {
            const Position p = at[a], q = at[traffic.to[i]];
            sum += static_cast<double>(traffic.spikes[i]) *
                   (std::abs(double(p.x) - double(q.x)) + std::abs(double(p.y) - double(q.y)));
        }
    return sum;
}

/// Rank by rank onto the region: columns by `along`, rows within a column by `across`.
Positions by_rank(const PlaceTask& task, const Vector& along, const Vector& across) {
    const std::uint32_t cores = task.traffic.cores;
    std::vector<std::uint32_t> order(cores);
    std::iota(order.begin(), order.end(), 0U);
    const auto by = [](const Vector& value) {
        return [&value](std::uint32_t a, std::uint32_t b) { return value[a] < value[b]; };
    };
    std::stable_sort(order.begin(), order.end(), by(along));
    Positions positions(cores);
    const std::uint32_t rows = task.region.height;
    for (std::uint32_t first = 0, x = 0; first < cores; first += rows, ++x) {
        const std::uint32_t last = std::min(cores, first + rows);
        std::stable_sort(order.begin() + first, order.begin() + last, by(across));
        for (std::uint32_t i = first; i < last; ++i)
            positions[order[i]] = {x, i - first};
    }
    return positions;
}

struct Axes {
    Vector first, second;
};

Axes spectral_axes(const PlaceTask& task) {
    const CoreTraffic& traffic = task.traffic;
    Vector degree(traffic.cores, 0.0);
    for (std::uint32_t a = 0; a < traffic.cores; ++a)
        for (std::size_t i = traffic.begin[a]; i < traffic.begin[a + 1]; ++i)
            degree[a] += static_cast<double>(traffic.spikes[i]);
    std::vector<Vector> vectors{
        Vector(traffic.cores, 1.0 / std::sqrt(static_cast<double>(traffic.cores)))};
    vectors.push_back(smooth_vector(traffic, degree, vectors, task.options.seed));
    vectors.push_back(smooth_vector(traffic, degree, vectors, task.options.seed));
    return {std::move(vectors[1]), std::move(vectors[2])};
}

}  // namespace

Positions place_spectral(const PlaceTask& task) {
    const Axes axes = spectral_axes(task);
    return by_rank(task, axes.first, axes.second);
}

Positions place_spectral_turned(const PlaceTask& task, std::uint32_t turns) {
    const Axes axes = spectral_axes(task);
    Positions best;
    double least = 0;
    Vector along(task.traffic.cores), across(task.traffic.cores);
    for (std::uint32_t turn = 0; turn < turns; ++turn) {
        const double angle = std::numbers::pi * turn / turns;
        const double c = std::cos(angle), s = std::sin(angle);
        for (std::uint32_t a = 0; a < task.traffic.cores; ++a) {
            along[a]  = c * axes.first[a] + s * axes.second[a];
            across[a] = c * axes.second[a] - s * axes.first[a];
        }
        Positions next    = by_rank(task, along, across);
        const double cost = spikes_by_distance(task.traffic, next);
        if (best.empty() || cost < least) {
            best  = std::move(next);
            least = cost;
        }
    }
    return best;
}

}  // namespace spikeloom::mapping
