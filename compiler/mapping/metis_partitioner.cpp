// SPDX-License-Identifier: Apache-2.0
/// METIS on the graph of the synapses: least edge cut, with more parts until every part fits.
#include "compiler/mapping/strategies.hpp"

#include <metis.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace spikeloom::mapping {
namespace {

struct SynapseGraph {
    std::vector<idx_t> begin, neighbour, spikes, amounts;
};

/// Each synapse as an edge both ways; METIS adds up what is repeated.
SynapseGraph build_graph(const MappingProblem& problem) {
    SynapseGraph graph;
    const std::uint32_t n = problem.neurons;
    graph.begin.assign(n + std::size_t{1}, 0);
    const auto each = [&](auto&& visit) {
        for (std::uint32_t v = 0; v < n; ++v)
            for (const std::uint32_t target : problem.net(v))
                if (target != v) visit(v, target);
    };
    each([&](std::uint32_t a, std::uint32_t b) {
        ++graph.begin[a + 1];
        ++graph.begin[b + 1];
    });
    for (std::uint32_t v = 0; v < n; ++v)
        graph.begin[v + 1] += graph.begin[v];
    graph.neighbour.resize(static_cast<std::size_t>(graph.begin[n]));
    graph.spikes.resize(graph.neighbour.size());
    std::vector<idx_t> next(graph.begin.begin(), graph.begin.end() - 1);
    const auto put = [&](std::uint32_t from, std::uint32_t to, std::uint32_t weight) {
        const auto at       = static_cast<std::size_t>(next[from]++);
        graph.neighbour[at] = static_cast<idx_t>(to);
        graph.spikes[at]    = static_cast<idx_t>(std::max<std::uint32_t>(1, weight));
    };
    each([&](std::uint32_t a, std::uint32_t b) {
        put(a, b, problem.spikes[a]);
        put(b, a, problem.spikes[a]);
    });
    return graph;
}

Filled cut_graph(SynapseGraph& graph, const Lowered& lowered, idx_t parts, std::uint64_t seed) {
    auto nodes       = static_cast<idx_t>(lowered.graph.nodes);
    auto constraints = static_cast<idx_t>(lowered.graph.resources);
    idx_t options[METIS_NOPTIONS];
    METIS_SetDefaultOptions(options);
    options[METIS_OPTION_SEED] = static_cast<idx_t>(seed % 1000003);
    std::vector<idx_t> part(lowered.graph.nodes, 0);
    idx_t edge_cut = 0;
    const auto way = parts < 8 ? METIS_PartGraphRecursive : METIS_PartGraphKway;
    way(&nodes, &constraints, graph.begin.data(), graph.neighbour.data(), graph.amounts.data(),
        nullptr, graph.spikes.data(), &parts, nullptr, nullptr, options, &edge_cut, part.data());
    return {Parts(part.begin(), part.end()), static_cast<std::uint32_t>(parts)};
}

bool sums_fit(const Lowered& lowered, const Filled& filled) {
    std::vector<Amounts> load(filled.count, Amounts{});
    for (std::uint32_t v = 0; v < lowered.graph.nodes; ++v)
        for (std::uint32_t r = 0; r < lowered.graph.resources; ++r)
            if ((load[filled.part[v]][r] += lowered.graph.amount(v, r)) > lowered.limits.amounts[r])
                return false;
    return true;
}

}  // namespace

Filled partition_metis(const Task& task) {
    SynapseGraph graph = build_graph(task.problem);
    graph.amounts.assign(task.lowered.graph.amounts.begin(), task.lowered.graph.amounts.end());
    std::uint32_t parts = least_cores(task.lowered);
    Filled best;
    if (parts == 1) return {Parts(task.problem.neurons, 0), 1};
    for (int attempt = 0; attempt < 12 && parts <= task.problem.neurons; ++attempt) {
        best = cut_graph(graph, task.lowered, static_cast<idx_t>(parts), task.options.seed);
        if (sums_fit(task.lowered, best)) break;
        parts += 1 + parts / 100;
    }
    if (best.part.empty()) return partition_sequential(task);
    return best;
}

}  // namespace spikeloom::mapping
