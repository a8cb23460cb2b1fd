// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/recombine.hpp"

#include "compiler/mapping/coarsen.hpp"
#include "support/keyed_rng.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace spikeloom::mapping {
namespace {

/// Coarsest nodes for each part.
constexpr std::uint32_t nodes_per_part = 12;

struct Level {
    Hypergraph graph;
    Clustering clustering;  ///< of the next finer level's nodes
};

/// The values of the finer nodes, all nodes of a cluster having the same.
std::vector<std::uint32_t> raised(const Clustering& clustering,
                                  const std::vector<std::uint32_t>& fine) {
    std::vector<std::uint32_t> coarse(clustering.count);
    for (std::size_t v = 0; v < fine.size(); ++v)
        coarse[clustering.of[v]] = fine[v];
    return coarse;
}

}  // namespace

std::int64_t recombine(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
                       const PairwiseOptions& options, const Parts& other, Parts& part) {
    std::vector<std::uint32_t> cells(graph.nodes);
    for (std::uint32_t v = 0; v < graph.nodes; ++v)
        cells[v] = part[v] * count + other[v];
    Parts now = part;
    ClusterOptions clusters;
    clusters.seed = options.seed;
    for (std::uint32_t r = 0; r < graph.resources; ++r)
        clusters.max_amounts[r] = std::max<std::int64_t>(1, limits.amounts[r] / 5);

    std::vector<Level> levels;
    const auto coarsest = [&]() -> const Hypergraph& {
        return levels.empty() ? graph : levels.back().graph;
    };
    while (coarsest().nodes > nodes_per_part * count) {
        clusters.keep_apart   = &cells;
        clusters.seed         = mix64(clusters.seed);
        Clustering clustering = cluster_by_shared_nets(coarsest(), clusters);
        if (clustering.count > 0.92 * coarsest().nodes) break;
        Hypergraph coarse = contract(coarsest(), clustering.of, clustering.count);
        cells             = raised(clustering, cells);
        now               = raised(clustering, now);
        levels.push_back({std::move(coarse), std::move(clustering)});
    }

    std::int64_t gain = refine_pairs(coarsest(), limits, count, options, now);
    while (!levels.empty()) {
        const std::vector<std::uint32_t>& of = levels.back().clustering.of;
        Parts fine(of.size());
        for (std::size_t v = 0; v < fine.size(); ++v)
            fine[v] = now[of[v]];
        now = std::move(fine);
        levels.pop_back();
        gain += refine_pairs(coarsest(), limits, count, options, now);
    }
    if (gain > 0) part = std::move(now);
    return gain;
}

}  // namespace spikeloom::mapping
