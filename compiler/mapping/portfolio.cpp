// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/portfolio.hpp"

#include "compiler/mapping/coarsen.hpp"
#include "compiler/mapping/pairwise.hpp"
#include "compiler/mapping/recombine.hpp"
#include "compiler/mapping/regroup.hpp"
#include "support/keyed_rng.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace spikeloom::mapping {
namespace {

struct Candidate {
    Parts part;
    std::int64_t cost = 0;
};

/// Share of the nets' weight above which the first cut of a recursion is no guide.
constexpr double hopeless_cut = 0.85;
/// A filled partition this much worse than the recursive one is not worth refining.
constexpr double not_worth_refining = 1.15;

class Portfolio {
public:
    Portfolio(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
              const PortfolioOptions& options)
        : graph_{graph}, limits_{limits}, count_{count}, options_{options} {}

    std::optional<Parts> run() {
        contract_twins();
        report(0.05);
        std::optional<Candidate> best = recursive();
        report(0.6);
        const std::optional<Candidate> filled = best_filled(best.has_value());
        if (filled && (!best || static_cast<double>(filled->cost) <
                                    not_worth_refining * static_cast<double>(best->cost)))
            keep_better(refined(*filled, false), best);
        report(1.0);
        if (!best) return std::nullopt;
        return std::move(best->part);
    }

private:
    void report(double done) const {
        if (options_.progress) options_.progress(done);
    }

    void contract_twins() {
        ClusterOptions clusters;
        for (std::uint32_t r = 0; r < graph_.resources; ++r)
            clusters.max_amounts[r] = std::max<std::int64_t>(1, limits_.amounts[r] / 16);
        twins_ = cluster_twins(graph_, clusters);
        if (twins_.count < 0.8 * graph_.nodes) {
            small_ = contract(graph_, twins_.of, twins_.count);
        } else {
            twins_ = {};
        }
    }

    [[nodiscard]] bool contracted() const { return twins_.count > 0; }
    [[nodiscard]] const Hypergraph& working() const { return contracted() ? small_ : graph_; }

    void keep_better(Candidate next, std::optional<Candidate>& best) const {
        if (!sums_hold(graph_, limits_, count_, next.part)) return;
        if (!best || next.cost < best->cost) best = std::move(next);
    }

    /// How many starts cost about as much as some passes over the given graph.
    [[nodiscard]] std::uint32_t starts() const {
        const double work =
            static_cast<double>(working().pins.size() + working().nodes) * std::log2(count_ + 1.0);
        const double allowance =
            options_.effort * 3.2 * static_cast<double>(graph_.pins.size() + graph_.nodes);
        return static_cast<std::uint32_t>(std::clamp(allowance / work, 1.0, 8.0));
    }

    /// Several recursive bisections of the contracted graph, the best carried to the given one.
    std::optional<Candidate> recursive() {
        if (is_hopeless()) return std::nullopt;
        std::optional<Candidate> best;
        std::vector<Parts> others;
        bool balanced = false;
        for (std::uint32_t start = 0; start < starts(); ++start) {
            Candidate next{recursion(start), 0};
            if (next.part.empty()) return std::nullopt;
            refine_pairs(working(), limits_, count_, pairs(starts() > 1 ? 0 : 2), next.part);
            next.cost       = connectivity(working(), next.part);
            const bool fits = sums_hold(working(), limits_, count_, next.part);
            const bool better =
                !best || (fits == balanced ? next.cost < best->cost : fits && !balanced);
            if (better && best) std::swap(*best, next);
            if (best)
                others.push_back(std::move(next.part));
            else
                best = std::move(next);
            balanced = balanced || fits;
            report(0.05 + 0.4 * (start + 1) / starts());
        }
        recombine_small(others, best->part);
        regroup_small(best->part);
        std::optional<Candidate> whole;
        if (!contracted()) {
            best->cost = connectivity(graph_, best->part);
            keep_better(std::move(*best), whole);
            return whole;
        }
        keep_better(refined(expanded(*best), true), whole);
        if (!balanced) keep_uncontracted(whole);
        return whole;
    }

    /// Large graphs are asked on a sample first.
    [[nodiscard]] bool is_hopeless() const {
        constexpr std::size_t sample = 700000;
        if (working().pins.size() < 2 * sample) return false;
        BisectOptions options{.seed = options_.seed, .starts = 4, .contract_twins = false};
        return sampled_cut_share(working(), limits_, count_, options, sample) > hopeless_cut;
    }

    [[nodiscard]] Parts recursion(std::uint32_t start) const {
        RecursiveOptions cut;
        cut.threads               = options_.threads;
        cut.hopeless              = hopeless_cut;
        cut.bisect.seed           = keyed_bits(options_.seed, Stream::mapping, start, 8);
        cut.bisect.contract_twins = false;
        if (starts() > 1) cut.cycles = 0;
        return bisect_recursively(working(), limits_, count_, cut);
    }

    /// Where the twins could not be balanced: once more with single nodes, which always can.
    void keep_uncontracted(std::optional<Candidate>& best) const {
        RecursiveOptions cut;
        cut.threads               = options_.threads;
        cut.bisect.seed           = options_.seed;
        cut.bisect.contract_twins = false;
        cut.cycles                = 1;
        Candidate next{bisect_recursively(graph_, limits_, count_, cut), 0};
        keep_better(refined(std::move(next), true), best);
    }

    /// Takes over what the other starts found better, both ways.
    void recombine_small(const std::vector<Parts>& others, Parts& part) const {
        PairwiseOptions options = pairs(0);
        for (Parts other : others) {
            options.seed = mix64(options.seed);
            recombine(working(), limits_, count_, options, part, other);
            recombine(working(), limits_, count_, options, other, part);
            if (sums_hold(working(), limits_, count_, other) &&
                connectivity(working(), other) < connectivity(working(), part))
                part = std::move(other);
        }
    }

    void regroup_small(Parts& part) const {
        const double ratio = static_cast<double>(graph_.pins.size()) /
                             static_cast<double>(working().pins.size() + 1);
        RegroupOptions options;
        options.seed                  = options_.seed;
        options.threads               = options_.threads;
        options.bisect.contract_twins = false;
        const auto rounds =
            static_cast<std::uint32_t>(std::clamp(options_.effort * ratio / 4, 0.0, 3.0));
        for (std::uint32_t round = 0; round < rounds; ++round) {
            options.seed = mix64(options.seed);
            regroup(working(), limits_, count_, options, part);
            refine_pairs(working(), limits_, count_, pairs(1), part);
        }
    }

    [[nodiscard]] Candidate expanded(const Candidate& small) const {
        Candidate fine{Parts(graph_.nodes), 0};
        for (std::uint32_t v = 0; v < graph_.nodes; ++v)
            fine.part[v] = small.part[twins_.of[v]];
        return fine;
    }

    std::optional<Candidate> best_filled(bool has_recursive) const {
        std::optional<Candidate> best;
        const auto consider = [&](Filled filled) {
            if (filled.count > count_) return;
            const std::int64_t cost = connectivity(graph_, filled.part);
            keep_better({std::move(filled.part), cost}, best);
        };
        consider(fill_in_sequence(graph_, limits_));
        if (!has_recursive) consider(fill_by_overlap(graph_, limits_));
        return best;
    }

    [[nodiscard]] PairwiseOptions pairs(std::uint32_t deep) const {
        PairwiseOptions options;
        options.seed    = options_.seed;
        options.threads = options_.threads;
        options.deep    = deep;
        return options;
    }

    Candidate refined(Candidate candidate, bool structured) const {
        PairwiseOptions options = pairs(structured ? 1 : 0);
        if (!structured)
            options.refine = {.passes = 4,
                              .stall  = std::clamp(graph_.nodes / count_ / 8, 30U, 60U)};
        refine_pairs(graph_, limits_, count_, options, candidate.part);
        candidate.cost = connectivity(graph_, candidate.part);
        return candidate;
    }

    const Hypergraph& graph_;
    const PartLimits& limits_;
    const std::uint32_t count_;
    const PortfolioOptions& options_;
    Clustering twins_;
    Hypergraph small_;
};

}  // namespace

std::optional<Parts> partition_by_portfolio(const Hypergraph& graph, const PartLimits& limits,
                                            std::uint32_t count, const PortfolioOptions& options) {
    if (count <= 1)
        return sums_hold(graph, limits, 1, Parts(graph.nodes, 0))
                   ? std::optional{Parts(graph.nodes, 0)}
                   : std::nullopt;
    return Portfolio{graph, limits, count, options}.run();
}

}  // namespace spikeloom::mapping
