// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/recursive.hpp"

#include "compiler/mapping/parallel.hpp"
#include "support/keyed_rng.hpp"

#include <algorithm>

namespace spikeloom::mapping {
namespace {

struct CutTask {
    std::vector<std::uint32_t> nodes;
    std::uint32_t first_part;
    std::uint32_t count;
};

PartLimits scaled(const PartLimits& core, std::uint32_t count) {
    PartLimits limits = core;
    for (std::int64_t& amount : limits.amounts)
        amount *= count;
    return limits;
}

struct Halves {
    std::array<CutTask, 2> tasks;
    double cut_share = 0;  ///< of the weight of all nets
};

Sides cut(const Hypergraph& part, const std::array<PartLimits, 2>& limits, BisectOptions bisecting,
          std::uint32_t cycles) {
    Sides side = bisect(part, limits, bisecting);
    for (std::uint32_t cycle = 0; cycle < cycles; ++cycle) {
        bisecting.seed = mix64(bisecting.seed);
        if (improve_sides(part, limits, bisecting, side) <= 0) break;
    }
    return side;
}

/// Above this many pins the whole graph is cut where it lies: a copy, renumbered so that what
/// meets lies together, would be faster but costs memory.
constexpr std::size_t copied_pins = 6'000'000;

Halves split(const Hypergraph& graph, const PartLimits& core, const CutTask& task,
             const RecursiveOptions& options, ExtractScratch& scratch) {
    const std::uint32_t first  = (task.count + 1) / 2;
    const std::uint32_t second = task.count - first;
    const bool in_place     = task.nodes.size() == graph.nodes && graph.pins.size() > copied_pins;
    const Hypergraph copy   = in_place ? Hypergraph{} : extract(graph, task.nodes, scratch);
    const Hypergraph& part  = in_place ? graph : copy;
    BisectOptions bisecting = options.bisect;
    bisecting.seed = keyed_bits(options.bisect.seed, Stream::mapping, task.first_part, task.count);
    const Sides side =
        cut(part, {scaled(core, first), scaled(core, second)}, bisecting, options.cycles);

    Halves halves;
    halves.tasks = {CutTask{{}, task.first_part, first},
                    CutTask{{}, task.first_part + first, second}};
    for (std::uint32_t v = 0; v < part.nodes; ++v)
        halves.tasks[side[v]].nodes.push_back(task.nodes[v]);
    std::int64_t all = 0;
    for (const std::int64_t weight : part.weight)
        all += weight;
    if (all > 0)
        halves.cut_share = static_cast<double>(cut_weight(part, side)) / static_cast<double>(all);
    return halves;
}

}  // namespace

Parts bisect_recursively(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
                         const RecursiveOptions& options) {
    Parts part(graph.nodes, 0);
    std::vector<ExtractScratch> scratch(options.threads);
    std::vector<CutTask> tasks(1);
    tasks[0] = {std::vector<std::uint32_t>(graph.nodes), 0, count};
    for (std::uint32_t v = 0; v < graph.nodes; ++v)
        tasks[0].nodes[v] = v;
    while (!tasks.empty()) {
        std::vector<Halves> halves(tasks.size());
        run_jobs(tasks.size(), options.threads, [&](std::size_t i, std::uint32_t worker) {
            if (tasks[i].count > 1)
                halves[i] = split(graph, limits, tasks[i], options, scratch[worker]);
        });
        std::vector<CutTask> next;
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            if (tasks[i].count <= 1) {
                for (const std::uint32_t v : tasks[i].nodes)
                    part[v] = tasks[i].first_part;
                continue;
            }
            if (tasks[i].count == count && halves[i].cut_share > options.hopeless) return {};
            for (CutTask& half : halves[i].tasks)
                next.push_back(std::move(half));
        }
        tasks = std::move(next);
    }
    return part;
}

double sampled_cut_share(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
                         const BisectOptions& options, std::size_t most_pins) {
    const std::size_t stride = 1 + graph.pins.size() / most_pins;
    Hypergraph sample;
    sample.nodes     = graph.nodes;
    sample.resources = graph.resources;
    sample.amounts   = graph.amounts;
    sample.pins.reserve(2 * most_pins);
    std::int64_t all = 0;
    for (std::size_t e = 0; e < graph.nets; e += stride) {
        const auto net  = static_cast<std::uint32_t>(e);
        const auto pins = graph.pins_of(net);
        if (pins.size() < 2) continue;
        sample.pins.insert(sample.pins.end(), pins.begin(), pins.end());
        sample.net_begin.push_back(static_cast<std::uint32_t>(sample.pins.size()));
        sample.weight.push_back(graph.weight[net]);
        sample.lead.push_back(graph.lead[net]);
        ++sample.nets;
        all += graph.weight[net];
    }
    if (all == 0) return 0;
    sample.index_nodes();
    const std::uint32_t first = (count + 1) / 2;
    const Sides side =
        bisect(sample, {scaled(limits, first), scaled(limits, count - first)}, options);
    return static_cast<double>(cut_weight(sample, side)) / static_cast<double>(all);
}

std::int64_t connectivity(const Hypergraph& graph, const Parts& part) {
    std::vector<std::uint32_t> seen(
        graph.nodes == 0 ? 0 : *std::max_element(part.begin(), part.end()) + std::size_t{1},
        absent);
    std::int64_t sum = 0;
    for (std::uint32_t e = 0; e < graph.nets; ++e) {
        std::int64_t touched = 0;
        for (const std::uint32_t v : graph.pins_of(e)) {
            if (seen[part[v]] == e) continue;
            seen[part[v]] = e;
            ++touched;
        }
        if (touched > 1) sum += graph.weight[e] * (touched - 1);
    }
    return sum;
}

}  // namespace spikeloom::mapping
