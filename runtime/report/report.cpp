// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/report.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace spikeloom::runtime {

Distribution weighted_distribution(const std::vector<double>& values,
                                   const std::vector<std::uint64_t>& weights, std::string unit,
                                   Basis basis) {
    Distribution result{.unit = std::move(unit), .basis = basis};
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::erase_if(order, [&](std::size_t k) { return weights[k] == 0; });
    if (order.empty()) return result;
    std::ranges::sort(order, {}, [&](std::size_t k) { return values[k]; });

    double sum = 0;
    for (const std::size_t k : order) {
        result.count += weights[k];
        sum += values[k] * static_cast<double>(weights[k]);
    }
    const std::uint64_t rank = result.count - result.count / 100;  // ceil of 0.99 count
    std::uint64_t seen       = 0;
    const auto at_rank       = std::ranges::find_if(order, [&](std::size_t k) {
        seen += weights[k];
        return seen >= rank;
    });
    result.minimum           = values[order.front()];
    result.maximum           = values[order.back()];
    result.mean              = sum / static_cast<double>(result.count);
    result.p99               = values[*at_rank];
    return result;
}

Distribution distribution_of(std::vector<double> samples, std::string unit, Basis basis) {
    const std::vector<std::uint64_t> ones(samples.size(), 1);
    return weighted_distribution(samples, ones, std::move(unit), basis);
}

double Report::total_joules() const {
    return std::accumulate(energy.begin(), energy.end(), 0.0,
                           [](double sum, const EnergyComponent& c) { return sum + c.joules; });
}

}  // namespace spikeloom::runtime
