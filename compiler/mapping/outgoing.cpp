// SPDX-License-Identifier: Apache-2.0
/// Outgoing axons depend on where everybody's targets are: they are relieved after the fact.
#include "compiler/mapping/core_load.hpp"
#include "compiler/mapping/strategies.hpp"

#include <algorithm>
#include <vector>

namespace spikeloom::mapping {
namespace {

/// Cores that hold targets of each neuron.
std::vector<std::uint32_t> target_cores(const MappingProblem& problem, const Filled& filled) {
    std::vector<std::uint32_t> cores(problem.neurons, 0), seen(filled.count, absent);
    for (std::uint32_t n = 0; n < problem.neurons; ++n)
        for (const std::uint32_t target : problem.net(n)) {
            if (seen[filled.part[target]] == n) continue;
            seen[filled.part[target]] = n;
            ++cores[n];
        }
    return cores;
}

/// Takes the widest neurons out of every core that exceeds the limit, until it does not.
std::vector<std::uint32_t> evict(const MappingProblem& problem, const Filled& filled) {
    const std::vector<std::uint32_t> cores = target_cores(problem, filled);
    std::vector<std::vector<std::uint32_t>> members(filled.count);
    for (std::uint32_t v = 0; v < problem.neurons; ++v)
        members[filled.part[v]].push_back(v);
    std::vector<std::uint32_t> evicted;
    for (auto& nodes : members) {
        std::uint64_t load = 0;
        for (const std::uint32_t v : nodes)
            load += cores[v];
        std::stable_sort(nodes.begin(), nodes.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return cores[a] > cores[b]; });
        for (std::size_t i = 0; load > *problem.limits.outgoing_axons && i + 1 < nodes.size();
             ++i) {
            load -= cores[nodes[i]];
            evicted.push_back(nodes[i]);
        }
    }
    return evicted;
}

}  // namespace

Filled relieve_outgoing(const Task& task, Filled filled) {
    if (!task.problem.limits.outgoing_axons) return filled;
    constexpr int attempts = 50;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const std::vector<std::uint32_t> evicted = evict(task.problem, filled);
        if (evicted.empty()) return filled;
        const std::vector<std::uint32_t> cores = target_cores(task.problem, filled);
        CoreLoad core{task.lowered.graph, task.lowered.limits};
        std::uint64_t load = 0;
        for (const std::uint32_t v : evicted) {
            // Spreading the evicted neurons adds target cores: leave room for one more each.
            const std::uint64_t wide = cores[v] + std::uint64_t{1};
            if (load > 0 && (!core.fits(v) || load + wide > *task.problem.limits.outgoing_axons)) {
                core.clear();
                load = 0;
                ++filled.count;
            }
            core.add(v);
            load += wide;
            filled.part[v] = filled.count;
        }
        ++filled.count;
    }
    return filled;
}

}  // namespace spikeloom::mapping
