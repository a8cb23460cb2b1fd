// SPDX-License-Identifier: Apache-2.0
/// The fillers: by id, by population, by shared sources.
#include "compiler/mapping/strategies.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace spikeloom::mapping {

std::uint32_t least_cores(const Lowered& lowered) {
    const Amounts total = lowered.graph.total();
    std::int64_t least  = 1;
    for (std::uint32_t r = 0; r < lowered.graph.resources; ++r) {
        const std::int64_t limit = std::max<std::int64_t>(1, lowered.limits.amounts[r]);
        least                    = std::max(least, (total[r] + limit - 1) / limit);
    }
    return static_cast<std::uint32_t>(least);
}

Filled partition_sequential(const Task& task) {
    return fill_in_sequence(task.lowered.graph, task.lowered.limits);
}

Filled partition_layer(const Task& task) {
    const auto& population = task.problem.population;
    std::vector<std::uint32_t> order(task.problem.neurons);
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return population[a] < population[b];
    });
    return fill_in_sequence(task.lowered.graph, task.lowered.limits, order, population);
}

Filled partition_overlap(const Task& task) {
    return fill_by_overlap(task.lowered.graph, task.lowered.limits);
}

}  // namespace spikeloom::mapping
