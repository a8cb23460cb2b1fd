// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/regroup.hpp"

#include "compiler/mapping/pair_scores.hpp"
#include "compiler/mapping/parallel.hpp"
#include "support/keyed_rng.hpp"

#include <algorithm>

namespace spikeloom::mapping {
namespace {

using Group = std::vector<std::uint32_t>;  ///< parts, ascending

/// Disjoint groups: each free part in a random order with its closest free neighbours.
std::vector<Group> choose_groups(const std::vector<PairScore>& scores, std::uint32_t count,
                                 std::uint32_t size, std::uint64_t key) {
    std::vector<std::vector<std::uint32_t>> near(count);
    for (const PairScore& pair : scores) {
        near[pair.a].push_back(pair.b);
        near[pair.b].push_back(pair.a);
    }
    std::vector<std::uint32_t> order(count);
    for (std::uint32_t p = 0; p < count; ++p)
        order[p] = p;
    KeyedSequence random{key, Stream::mapping, 5};
    for (std::uint32_t i = count; i > 1; --i)
        std::swap(order[i - 1], order[random.below(i)]);

    std::vector<std::uint8_t> taken(count, 0);
    std::vector<Group> groups;
    for (const std::uint32_t p : order) {
        if (taken[p] != 0) continue;
        Group group{p};
        for (const std::uint32_t q : near[p]) {
            if (group.size() == size) break;
            if (taken[q] == 0) group.push_back(q);
        }
        if (group.size() < 2) continue;
        std::sort(group.begin(), group.end());
        for (const std::uint32_t q : group)
            taken[q] = 1;
        groups.push_back(std::move(group));
    }
    return groups;
}

struct Recut {
    std::vector<std::uint32_t> nodes;
    Parts part;  ///< as an index into the group
    std::int64_t gain = 0;
};

class Regrouper {
public:
    Regrouper(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
              const RegroupOptions& options, Parts& part)
        : graph_{graph},
          limits_{limits},
          count_{count},
          options_{options},
          part_{part},
          scratch_(options.threads) {}

    std::int64_t run() {
        std::int64_t total = 0;
        for (std::uint32_t round = 0; round < options_.rounds; ++round)
            total += run_round(round);
        return total;
    }

private:
    std::int64_t run_round(std::uint32_t round) {
        const std::uint64_t key = keyed_bits(options_.seed, Stream::mapping, round, 6);
        const auto scores       = score_pairs(graph_, count_, part_, options_.threads);
        const auto groups       = choose_groups(scores, count_, options_.size, key);
        std::vector<std::vector<std::uint32_t>> members(count_);
        for (std::uint32_t v = 0; v < graph_.nodes; ++v)
            members[part_[v]].push_back(v);
        std::vector<Recut> recuts(groups.size());
        run_jobs(groups.size(), options_.threads, [&](std::size_t i, std::uint32_t worker) {
            recuts[i] =
                recut(groups[i], members, keyed_bits(key, Stream::mapping, i, 7), scratch_[worker]);
        });
        std::int64_t gained = 0;
        for (std::size_t i = 0; i < groups.size(); ++i) {
            if (recuts[i].gain <= 0) continue;
            gained += recuts[i].gain;
            for (std::size_t v = 0; v < recuts[i].nodes.size(); ++v)
                part_[recuts[i].nodes[v]] = groups[i][recuts[i].part[v]];
        }
        return gained;
    }

    Recut recut(const Group& group, const std::vector<std::vector<std::uint32_t>>& members,
                std::uint64_t seed, ExtractScratch& scratch) const {
        Recut result;
        for (const std::uint32_t p : group)
            result.nodes.insert(result.nodes.end(), members[p].begin(), members[p].end());
        std::sort(result.nodes.begin(), result.nodes.end());
        const Hypergraph local = extract(graph_, result.nodes, scratch);
        Parts old;
        for (const std::uint32_t v : result.nodes)
            old.push_back(static_cast<std::uint32_t>(
                std::lower_bound(group.begin(), group.end(), part_[v]) - group.begin()));
        const auto size = static_cast<std::uint32_t>(group.size());
        RecursiveOptions cut{options_.bisect, 1};
        cut.bisect.seed       = seed;
        result.part           = bisect_recursively(local, limits_, size, cut);
        PairwiseOptions pairs = options_.pairs;
        pairs.seed            = seed;
        refine_pairs(local, limits_, size, pairs, result.part);
        if (sums_hold(local, limits_, size, result.part))
            result.gain = connectivity(local, old) - connectivity(local, result.part);
        return result;
    }

    const Hypergraph& graph_;
    const PartLimits& limits_;
    const std::uint32_t count_;
    const RegroupOptions& options_;
    Parts& part_;
    std::vector<ExtractScratch> scratch_;
};

}  // namespace

std::int64_t regroup(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
                     const RegroupOptions& options, Parts& part) {
    return Regrouper{graph, limits, count, options, part}.run();
}

bool sums_hold(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
               const Parts& part) {
    std::vector<Amounts> load(count, Amounts{});
    for (std::uint32_t v = 0; v < graph.nodes; ++v)
        for (std::uint32_t r = 0; r < graph.resources; ++r)
            load[part[v]][r] += graph.amount(v, r);
    for (const Amounts& amounts : load)
        for (std::uint32_t r = 0; r < graph.resources; ++r)
            if (amounts[r] > limits.amounts[r]) return false;
    return true;
}

}  // namespace spikeloom::mapping
