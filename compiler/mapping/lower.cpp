// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/hypergraph.hpp"

#include <algorithm>

namespace spikeloom::mapping {
namespace {

/// Pins of a neuron's net: its targets, led by the neuron itself where it is not one of them.
void append_net(const MappingProblem& problem, std::uint32_t n, Hypergraph& graph) {
    const auto targets = problem.net(n);
    const bool sourced = n < problem.neurons;
    const bool led     = sourced && !std::binary_search(targets.begin(), targets.end(), n);
    if (led) graph.pins.push_back(n);
    graph.pins.insert(graph.pins.end(), targets.begin(), targets.end());
    graph.net_begin.push_back(static_cast<std::uint32_t>(graph.pins.size()));
    graph.weight.push_back(problem.spikes[n]);
    graph.lead.push_back(led ? 1 : 0);
    ++graph.nets;
    if (!graph.tracks_unions()) return;
    graph.net_class.push_back(0);
    graph.lines.push_back(1);
    if (graph.packing == nullptr) return;
    if (led) graph.pin_synapses.push_back(0);
    for (std::size_t i = 0; i < targets.size(); ++i)
        graph.pin_synapses.push_back(
            problem.synapses.empty() ? 1 : problem.synapses[problem.net_begin[n] + i]);
}

/// One net of weight 0 for each entry of a shared table.
void append_table(const SharedTable& table, std::uint8_t net_class, Hypergraph& graph) {
    std::vector<std::uint32_t> order(table.entry.size());
    for (std::uint32_t v = 0; v < order.size(); ++v)
        order[v] = v;
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return table.entry[a] < table.entry[b];
    });
    for (std::size_t i = 0; i < order.size();) {
        const std::uint32_t entry = table.entry[order[i]];
        for (; i < order.size() && table.entry[order[i]] == entry; ++i)
            graph.pins.push_back(order[i]);
        graph.net_begin.push_back(static_cast<std::uint32_t>(graph.pins.size()));
        graph.weight.push_back(0);
        graph.lead.push_back(0);
        graph.net_class.push_back(net_class);
        graph.lines.push_back(1);
        ++graph.nets;
    }
    if (graph.packing != nullptr) graph.pin_synapses.resize(graph.pins.size(), 0);
}

void lower_amounts(const MappingProblem& problem, Lowered& lowered) {
    Hypergraph& graph = lowered.graph;
    graph.resources   = static_cast<std::uint32_t>(1 + problem.limits.resources.size());
    graph.amounts.resize(std::size_t{problem.neurons} * graph.resources, 1);
    lowered.limits.amounts[0] = problem.limits.neurons;
    for (std::uint32_t r = 1; r < graph.resources; ++r) {
        const Resource& resource  = problem.limits.resources[r - 1];
        lowered.limits.amounts[r] = static_cast<std::int64_t>(resource.limit);
        for (std::uint32_t v = 0; v < problem.neurons; ++v)
            graph.amounts[std::size_t{v} * graph.resources + r] = resource.amount[v];
    }
}

}  // namespace

Lowered lower(const MappingProblem& problem, Track track) {
    Lowered lowered;
    Hypergraph& graph        = lowered.graph;
    const CoreLimits& limits = problem.limits;
    graph.nodes              = problem.neurons;
    const bool all           = track == Track::everything;
    graph.packing            = all && limits.synapse_bits ? limits.packing.get() : nullptr;
    if (all && (limits.incoming_axons || !limits.tables.empty()))
        graph.classes = static_cast<std::uint32_t>(1 + limits.tables.size());
    lowered.limits.row_bits  = static_cast<std::int64_t>(limits.synapse_bits.value_or(0));
    lowered.limits.unions[0] = limits.incoming_axons.value_or(absent);

    lower_amounts(problem, lowered);
    graph.pins.reserve(problem.targets.size() + problem.neurons);
    for (std::uint32_t n = 0; n < problem.nets(); ++n)
        append_net(problem, n, graph);
    for (std::size_t t = 0; all && t < limits.tables.size(); ++t) {
        lowered.limits.unions[t + 1] = limits.tables[t].limit;
        append_table(limits.tables[t], static_cast<std::uint8_t>(t + 1), graph);
    }
    graph.own_lines.assign(std::size_t{graph.nodes} * graph.classes, 0);
    if (graph.packing != nullptr) graph.own_bits.assign(graph.nodes, 0);
    graph.index_nodes();
    return lowered;
}

}  // namespace spikeloom::mapping
