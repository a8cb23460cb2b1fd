// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/bisect.hpp"

#include "support/keyed_rng.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace spikeloom::mapping {
namespace {

using TwoLimits = std::array<PartLimits, 2>;

/// The largest cluster: small against the smaller side, so that the sides can be balanced.
Amounts cluster_limit(const Hypergraph& graph, const TwoLimits& limits,
                      const BisectOptions& options) {
    Amounts most{};
    const Amounts total = graph.total();
    for (std::uint32_t r = 0; r < graph.resources; ++r) {
        const std::int64_t even = 3 * total[r] / (2 * options.coarsest) + 1;
        most[r]                 = std::min({even, limits[0].amounts[r], limits[1].amounts[r]});
        most[r]                 = std::max<std::int64_t>(most[r], 1);
    }
    return most;
}

struct Level {
    Hypergraph graph;
    Clustering clustering;  ///< of the next finer level's nodes
};

/// Coarser and coarser graphs; the finest given graph is not among them.
class Hierarchy {
public:
    Hierarchy(const Hypergraph& finest, const TwoLimits& limits, const BisectOptions& options,
              const Sides* sides)
        : finest_{finest} {
        if (sides != nullptr) blocks_.assign(sides->begin(), sides->end());
        ClusterOptions clusters;
        clusters.max_amounts = cluster_limit(finest, limits, options);
        clusters.seed        = options.seed;
        if (options.contract_twins) {
            clusters.keep_apart = blocks_.empty() ? nullptr : &blocks_;
            add(cluster_twins(finest, clusters), 0.9);
        }
        while (coarsest().nodes > options.coarsest) {
            clusters.keep_apart = blocks_.empty() ? nullptr : &blocks_;
            clusters.seed       = mix64(clusters.seed);
            if (!add(cluster_by_shared_nets(coarsest(), clusters), 0.92)) break;
        }
    }

    [[nodiscard]] const Hypergraph& coarsest() const {
        return levels_.empty() ? finest_ : levels_.back().graph;
    }
    [[nodiscard]] std::size_t size() const { return levels_.size(); }
    /// Graph below level i.
    [[nodiscard]] const Hypergraph& finer(std::size_t i) const {
        return i == 0 ? finest_ : levels_[i - 1].graph;
    }
    [[nodiscard]] Sides project(std::size_t i, const Sides& coarse) const {
        const Clustering& clustering = levels_[i].clustering;
        Sides fine(clustering.of.size());
        for (std::size_t v = 0; v < fine.size(); ++v)
            fine[v] = coarse[clustering.of[v]];
        return fine;
    }
    /// Sides of the coarsest nodes, when the clusters were kept apart.
    [[nodiscard]] Sides coarse_sides() const { return {blocks_.begin(), blocks_.end()}; }

private:
    bool add(Clustering clustering, double at_most) {
        if (clustering.count > at_most * coarsest().nodes) return false;
        Hypergraph coarse = contract(coarsest(), clustering.of, clustering.count);
        if (!blocks_.empty()) {
            std::vector<std::uint32_t> blocks(clustering.count);
            for (std::size_t v = 0; v < clustering.of.size(); ++v)
                blocks[clustering.of[v]] = blocks_[v];
            blocks_ = std::move(blocks);
        }
        levels_.push_back({std::move(coarse), std::move(clustering)});
        return true;
    }

    const Hypergraph& finest_;
    std::vector<Level> levels_;
    std::vector<std::uint32_t> blocks_;
};

/// Fills side 0 with nodes in the given order up to its share of the whole.
Sides fill_in_order(const Hypergraph& graph, const TwoLimits& limits,
                    const std::vector<std::uint32_t>& order) {
    const Amounts total = graph.total();
    const double share  = static_cast<double>(limits[0].amounts[0]) /
                         static_cast<double>(limits[0].amounts[0] + limits[1].amounts[0]);
    Sides side(graph.nodes, 1);
    std::int64_t filled = 0;
    for (const std::uint32_t v : order) {
        if (static_cast<double>(filled) >= share * static_cast<double>(total[0])) break;
        side[v] = 0;
        filled += graph.amount(v, 0);
    }
    return side;
}

/// Nodes in breadth-first order from `root`, other components after it.
std::vector<std::uint32_t> breadth_first(const Hypergraph& graph, std::uint32_t root) {
    std::vector<std::uint32_t> order;
    std::vector<std::uint8_t> seen(graph.nodes, 0), seen_net(graph.nets, 0);
    order.reserve(graph.nodes);
    for (std::uint32_t i = 0; i < graph.nodes; ++i) {
        const std::uint32_t start = (root + i) % graph.nodes;
        if (seen[start] != 0) continue;
        seen[start] = 1;
        order.push_back(start);
        for (std::size_t head = order.size() - 1; head < order.size(); ++head)
            for (const std::uint32_t e : graph.nets_of(order[head])) {
                if (seen_net[e] != 0) continue;
                seen_net[e] = 1;
                for (const std::uint32_t u : graph.pins_of(e)) {
                    if (seen[u] != 0) continue;
                    seen[u] = 1;
                    order.push_back(u);
                }
            }
    }
    return order;
}

std::vector<std::uint32_t> random_order(std::uint32_t count, std::uint64_t seed) {
    std::vector<std::uint32_t> order(count);
    for (std::uint32_t i = 0; i < count; ++i)
        order[i] = i;
    KeyedSequence random{seed, Stream::mapping, 2};
    for (std::uint32_t i = count; i > 1; --i)
        std::swap(order[i - 1], order[random.below(i)]);
    return order;
}

/// Initial cuts: in order of the ids, breadth first from random roots, and at random.
Sides initial_cut(const Hypergraph& graph, const TwoLimits& limits, const BisectOptions& options,
                  std::uint32_t attempt) {
    const std::uint64_t key = keyed_bits(options.seed, Stream::mapping, attempt, 3);
    std::vector<std::uint32_t> order;
    if (attempt == 0) {
        order.resize(graph.nodes);
        for (std::uint32_t v = 0; v < graph.nodes; ++v)
            order[v] = v;
    } else if (attempt % 3 != 0) {
        order = breadth_first(graph, static_cast<std::uint32_t>(key % graph.nodes));
    } else {
        order = random_order(graph.nodes, key);
    }
    return fill_in_order(graph, limits, order);
}

struct InitialCut {
    Sides side;
    std::int64_t over = 0, cut = 0;
};

/// Tries all initial cuts with little refinement, then refines the best two well.
Sides best_initial(const Hypergraph& graph, const TwoLimits& limits, const BisectOptions& options) {
    const auto judged = [&](Sides side, const TwoWayOptions& refining) {
        refine_two_way(graph, limits, refining, side);
        const std::int64_t over = excess(graph, limits, side);
        const std::int64_t cut  = cut_weight(graph, side);
        return InitialCut{std::move(side), over, cut};
    };
    const auto better = [](const InitialCut& a, const InitialCut& b) {
        return std::pair{a.over, a.cut} < std::pair{b.over, b.cut};
    };
    const TwoWayOptions quick{.passes = 2, .stall = 25};
    std::vector<InitialCut> cuts;
    for (std::uint32_t attempt = 0; attempt <= options.starts; ++attempt)
        cuts.push_back(judged(initial_cut(graph, limits, options, attempt), quick));
    std::stable_sort(cuts.begin(), cuts.end(), better);
    InitialCut best = judged(cuts[0].side, options.refine);
    if (cuts.size() > 1) {
        InitialCut second = judged(std::move(cuts[1].side), options.refine);
        if (better(second, best)) best = std::move(second);
    }
    return std::move(best.side);
}

/// Adds to both limits what the largest node may need to be moved at all.
TwoLimits loosened(const Hypergraph& graph, TwoLimits limits) {
    for (std::uint32_t r = 0; r < graph.resources; ++r) {
        std::int64_t largest = 0;
        for (std::uint32_t v = 0; v < graph.nodes; ++v)
            largest = std::max<std::int64_t>(largest, graph.amount(v, r));
        for (PartLimits& side : limits)
            side.amounts[r] += largest - 1;
    }
    return limits;
}

}  // namespace

Sides bisect(const Hypergraph& graph, const TwoLimits& limits, const BisectOptions& options) {
    const Hierarchy levels{graph, limits, options, nullptr};
    Sides side = best_initial(levels.coarsest(), loosened(levels.coarsest(), limits), options);
    for (std::size_t i = levels.size(); i-- > 0;) {
        side                   = levels.project(i, side);
        const Hypergraph& fine = levels.finer(i);
        refine_two_way(fine, i == 0 ? limits : loosened(fine, limits), options.refine, side);
    }
    return side;
}

std::int64_t improve_sides(const Hypergraph& graph, const TwoLimits& limits,
                           const BisectOptions& options, Sides& side) {
    const std::int64_t before = cut_weight(graph, side);
    const Hierarchy levels{graph, limits, options, &side};
    Sides now = levels.coarse_sides();
    refine_two_way(levels.coarsest(), loosened(levels.coarsest(), limits), options.refine, now);
    for (std::size_t i = levels.size(); i-- > 0;) {
        now                    = levels.project(i, now);
        const Hypergraph& fine = levels.finer(i);
        refine_two_way(fine, i == 0 ? limits : loosened(fine, limits), options.refine, now);
    }
    if (excess(graph, limits, now) > excess(graph, limits, side)) return 0;
    const std::int64_t gain = before - cut_weight(graph, now);
    if (gain <= 0) return 0;
    side = std::move(now);
    return gain;
}

}  // namespace spikeloom::mapping
