// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/pairwise.hpp"

#include "compiler/mapping/pair_scores.hpp"
#include "compiler/mapping/parallel.hpp"
#include "support/keyed_rng.hpp"

#include <algorithm>
#include <unordered_map>

namespace spikeloom::mapping {
namespace {

/// Every partner of all parts costs a walk over all pins: what a round may walk bounds them.
std::uint32_t affordable_partners(const Hypergraph& graph, const PairwiseOptions& options) {
    constexpr std::size_t pins_per_round = 120'000'000;
    const std::size_t walks              = pins_per_round / (graph.pins.size() + 1);
    return static_cast<std::uint32_t>(std::clamp<std::size_t>(walks, 6, options.partners));
}

class Pairwise {
public:
    Pairwise(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
             const PairwiseOptions& options, Parts& part)
        : graph_{graph},
          limits_{limits, limits},
          count_{count},
          options_{options},
          partners_{affordable_partners(graph, options)},
          part_{part},
          members_(count),
          load_(count),
          version_(count, 0),
          scratch_(options.threads) {
        for (std::uint32_t v = 0; v < graph.nodes; ++v)
            members_[part[v]].push_back(v);
        for (std::uint32_t p = 0; p < count; ++p)
            sum_part(p);
    }

    std::int64_t run() {
        std::int64_t total = 0;
        const auto start   = static_cast<double>(connectivity(graph_, part_));
        for (std::uint32_t round = 0; round < options_.rounds; ++round) {
            const std::int64_t gained = run_round(round);
            total += gained;
            bool fits = true;
            for (std::uint32_t p = 0; p < count_; ++p)
                fits = fits && !is_over(p);
            if (fits && static_cast<double>(gained) <= options_.least_gain * start) break;
        }
        return total;
    }

private:
    std::int64_t run_round(std::uint32_t round) {
        std::vector<PairScore> pairs = score_pairs(graph_, count_, part_, options_.threads);
        std::vector<std::uint32_t> partners(count_, 0);
        std::erase_if(pairs, [&](const PairScore& pair) {
            if (!worth(pair)) return true;
            if (relieves(pair)) return false;
            if (std::max(partners[pair.a], partners[pair.b]) >= partners_) return true;
            ++partners[pair.a];
            ++partners[pair.b];
            return false;
        });
        std::int64_t gained = 0;
        std::vector<std::uint32_t> busy(count_, 0);
        std::uint32_t batch = 0;
        while (!pairs.empty()) {
            ++batch;
            std::vector<PairScore> now, later;
            for (const PairScore& pair : pairs) {
                const bool free = busy[pair.a] != batch && busy[pair.b] != batch;
                busy[pair.a] = busy[pair.b] = batch;
                (free ? now : later).push_back(pair);
            }
            gained += run_batch(now, round);
            pairs = std::move(later);
        }
        return gained;
    }

    [[nodiscard]] bool worth(const PairScore& pair) const {
        if (relieves(pair)) return true;
        if (pair.score <= 0 && pair.either <= 0) return false;
        const auto seen = done_.find(key(pair));
        return seen == done_.end() || seen->second != version_[pair.a] + version_[pair.b];
    }

    [[nodiscard]] bool is_over(std::uint32_t p) const {
        for (std::uint32_t r = 0; r < graph_.resources; ++r)
            if (load_[p][r] > limits_[0].amounts[r]) return true;
        return false;
    }

    [[nodiscard]] bool has_room(std::uint32_t p) const {
        for (std::uint32_t r = 0; r < graph_.resources; ++r)
            if (load_[p][r] >= limits_[0].amounts[r]) return false;
        return true;
    }

    /// One part exceeds a sum and the other could take something.
    [[nodiscard]] bool relieves(const PairScore& pair) const {
        return (is_over(pair.a) && has_room(pair.b)) || (is_over(pair.b) && has_room(pair.a));
    }

    void sum_part(std::uint32_t p) {
        load_[p] = {};
        for (const std::uint32_t v : members_[p])
            for (std::uint32_t r = 0; r < graph_.resources; ++r)
                load_[p][r] += graph_.amount(v, r);
    }

    [[nodiscard]] std::uint64_t key(const PairScore& pair) const {
        return std::uint64_t{pair.a} * count_ + pair.b;
    }

    struct Outcome {
        std::vector<std::uint32_t> nodes;
        Sides side;
        std::int64_t gain = 0;
        bool relief       = false;  ///< applied even at a loss
    };

    std::int64_t run_batch(const std::vector<PairScore>& pairs, std::uint32_t round) {
        std::vector<Outcome> outcomes(pairs.size());
        run_jobs(pairs.size(), options_.threads, [&](std::size_t i, std::uint32_t worker) {
            outcomes[i] = refine(pairs[i], round, scratch_[worker]);
        });
        std::int64_t gained = 0;
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            if (outcomes[i].gain > 0 || outcomes[i].relief) gained += apply(pairs[i], outcomes[i]);
            done_[key(pairs[i])] = version_[pairs[i].a] + version_[pairs[i].b];
        }
        return gained;
    }

    Outcome refine(const PairScore& pair, std::uint32_t round, ExtractScratch& scratch) const {
        Outcome outcome;
        const auto& a = members_[pair.a];
        const auto& b = members_[pair.b];
        outcome.nodes.reserve(a.size() + b.size());
        std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(outcome.nodes));
        for (const std::uint32_t v : outcome.nodes)
            outcome.side.push_back(part_[v] == pair.b ? 1 : 0);
        const Hypergraph graph = extract(graph_, outcome.nodes, scratch);
        outcome.relief         = relieves(pair);
        if (round < options_.deep && !outcome.relief) {
            BisectOptions deep{.coarsest = 60, .refine = options_.refine};
            deep.seed    = keyed_bits(options_.seed, Stream::mapping, key(pair), round);
            outcome.gain = improve_sides(graph, limits_, deep, outcome.side);
        } else {
            outcome.gain = refine_two_way(graph, limits_, options_.refine, outcome.side);
        }
        return outcome;
    }

    std::int64_t apply(const PairScore& pair, const Outcome& outcome) {
        const auto put = [&](Parts& part) {
            for (std::size_t i = 0; i < outcome.nodes.size(); ++i)
                part[outcome.nodes[i]] = outcome.side[i] == 0 ? pair.a : pair.b;
        };
        if (options_.accept) {
            Parts after = part_;
            put(after);
            if (!options_.accept(part_, after)) return 0;
        }
        put(part_);
        members_[pair.a].clear();
        members_[pair.b].clear();
        for (const std::uint32_t v : outcome.nodes)
            members_[part_[v]].push_back(v);
        sum_part(pair.a);
        sum_part(pair.b);
        ++version_[pair.a];
        ++version_[pair.b];
        return outcome.gain;
    }

    const Hypergraph& graph_;
    const std::array<PartLimits, 2> limits_;
    const std::uint32_t count_;
    const PairwiseOptions& options_;
    const std::uint32_t partners_;
    Parts& part_;
    std::vector<std::vector<std::uint32_t>> members_;  ///< ascending
    std::vector<Amounts> load_;
    std::vector<std::uint64_t> version_;
    std::vector<ExtractScratch> scratch_;
    std::unordered_map<std::uint64_t, std::uint64_t> done_;  ///< looked up only, never walked
};

}  // namespace

std::int64_t refine_pairs(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
                          const PairwiseOptions& options, Parts& part) {
    if (count < 2) return 0;
    return Pairwise{graph, limits, count, options, part}.run();
}

}  // namespace spikeloom::mapping
