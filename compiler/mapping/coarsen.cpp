// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/coarsen.hpp"

#include "support/keyed_rng.hpp"

#include <algorithm>
#include <numeric>

namespace spikeloom::mapping {
namespace {

/// Pins looked at per node, at most, and by all nodes of a level, about.
constexpr std::uint64_t pins_per_node  = 1500;
constexpr std::uint64_t least_per_node = 200;
constexpr std::uint64_t pins_per_level = 100'000'000;

/// Numbers the clusters given by representatives in the order of their first members.
Clustering number_clusters(std::vector<std::uint32_t> leader) {
    Clustering result;
    std::vector<std::uint32_t> number(leader.size(), absent);
    for (std::uint32_t& of : leader) {
        if (number[of] == absent) number[of] = result.count++;
        of = number[of];
    }
    result.of = std::move(leader);
    return result;
}

std::vector<std::uint32_t> shuffled(std::uint32_t count, std::uint64_t seed) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0U);
    KeyedSequence random{seed, Stream::mapping, 1};
    for (std::uint32_t i = count; i > 1; --i)
        std::swap(order[i - 1], order[random.below(i)]);
    return order;
}

class SharedNets {
public:
    SharedNets(const Hypergraph& graph, const ClusterOptions& options)
        : graph_{graph},
          options_{options},
          sample_{std::clamp(pins_per_level / (graph.nodes + std::uint64_t{1}), least_per_node,
                             pins_per_node)},
          leader_(graph.nodes),
          joined_(graph.nodes, 0),
          amounts_(graph.amounts.begin(), graph.amounts.end()),
          rating_(graph.nodes, 0.0) {
        std::iota(leader_.begin(), leader_.end(), 0U);
    }

    Clustering run() {
        std::uint32_t clusters     = graph_.nodes;
        const std::uint32_t enough = static_cast<std::uint32_t>(graph_.nodes / options_.shrink);
        for (const std::uint32_t v : shuffled(graph_.nodes, options_.seed)) {
            if (clusters <= enough) break;
            if (joined_[v] != 0) continue;
            rate_neighbours(v);
            const std::uint32_t best = choose(v);
            if (best == absent) continue;
            join(v, best);
            --clusters;
        }
        return number_clusters(std::move(leader_));
    }

private:
    void rate_neighbours(std::uint32_t v) {
        seen_.clear();
        std::uint64_t pins = 0;
        for (const std::uint32_t e : graph_.nets_of(v))
            pins += graph_.net_begin[e + 1] - graph_.net_begin[e];
        const std::uint32_t stride =
            static_cast<std::uint32_t>(std::max<std::uint64_t>(1, pins / sample_));
        std::uint32_t phase = v % stride;
        for (const std::uint32_t e : graph_.nets_of(v)) {
            const std::uint32_t size = graph_.net_begin[e + 1] - graph_.net_begin[e];
            if (size < 2) continue;
            const double share = static_cast<double>(graph_.weight[e]) / (size - 1);
            const auto* pin    = graph_.pins.data() + graph_.net_begin[e];
            for (; phase < size; phase += stride)
                add_rating(leader_[pin[phase]], v, share);
            phase -= size;
        }
    }

    void add_rating(std::uint32_t cluster, std::uint32_t v, double share) {
        if (cluster == v) return;
        if (rating_[cluster] == 0.0) seen_.push_back(cluster);
        rating_[cluster] += share;
    }

    /// The cluster with most shared weight for its size that still has room.
    std::uint32_t choose(std::uint32_t v) {
        std::uint32_t best = absent;
        double best_rating = 0.0;
        for (const std::uint32_t c : seen_) {
            const double rating = rating_[c] / static_cast<double>(amounts_[first_amount(c)]);
            rating_[c]          = 0.0;
            if (rating <= best_rating || !may_join(v, c)) continue;
            best        = c;
            best_rating = rating;
        }
        return best;
    }

    [[nodiscard]] std::size_t first_amount(std::uint32_t v) const {
        return std::size_t{v} * graph_.resources;
    }

    [[nodiscard]] bool may_join(std::uint32_t v, std::uint32_t c) const {
        if (options_.keep_apart != nullptr &&
            (*options_.keep_apart)[v] != (*options_.keep_apart)[c])
            return false;
        for (std::uint32_t r = 0; r < graph_.resources; ++r)
            if (amounts_[first_amount(c) + r] + graph_.amount(v, r) > options_.max_amounts[r])
                return false;
        return true;
    }

    void join(std::uint32_t v, std::uint32_t c) {
        leader_[v] = c;
        joined_[v] = 1;
        joined_[c] = 1;
        for (std::uint32_t r = 0; r < graph_.resources; ++r)
            amounts_[first_amount(c) + r] += graph_.amount(v, r);
    }

    const Hypergraph& graph_;
    const ClusterOptions& options_;
    const std::uint64_t sample_;  ///< pins looked at for a node
    std::vector<std::uint32_t> leader_;
    std::vector<std::uint8_t> joined_;
    std::vector<std::int64_t> amounts_;
    std::vector<double> rating_;
    std::vector<std::uint32_t> seen_;
};

/// Hash of the nets that node `v` is a target of; 0 for none.
std::uint64_t source_hash(const Hypergraph& graph, std::uint32_t v) {
    std::uint64_t hash = 0;
    for (const std::uint32_t e : graph.nets_of(v))
        if (graph.lead[e] == 0 || graph.pins[graph.net_begin[e]] != v) hash += mix64(e);
    return hash;
}

}  // namespace

Clustering cluster_by_shared_nets(const Hypergraph& graph, const ClusterOptions& options) {
    return SharedNets{graph, options}.run();
}

Clustering cluster_twins(const Hypergraph& graph, const ClusterOptions& options) {
    std::vector<std::uint64_t> hash(graph.nodes);
    for (std::uint32_t v = 0; v < graph.nodes; ++v)
        hash[v] = source_hash(graph, v);
    std::vector<std::uint32_t> order(graph.nodes);
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return hash[a] < hash[b]; });

    std::vector<std::uint32_t> leader(graph.nodes);
    std::iota(leader.begin(), leader.end(), 0U);
    Amounts load{};
    std::uint32_t head = absent;
    for (const std::uint32_t v : order) {
        bool fits = head != absent && hash[v] != 0 && hash[v] == hash[head] &&
                    (options.keep_apart == nullptr ||
                     (*options.keep_apart)[v] == (*options.keep_apart)[head]);
        for (std::uint32_t r = 0; fits && r < graph.resources; ++r)
            fits = load[r] + graph.amount(v, r) <= options.max_amounts[r];
        if (!fits) {
            head = v;
            load = {};
        }
        leader[v] = head;
        for (std::uint32_t r = 0; r < graph.resources; ++r)
            load[r] += graph.amount(v, r);
    }
    return number_clusters(std::move(leader));
}

}  // namespace spikeloom::mapping
