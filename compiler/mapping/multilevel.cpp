// SPDX-License-Identifier: Apache-2.0
/// The default partitioner: the portfolio for sums, the packing for unions, the better of both.
#include "compiler/mapping/packing.hpp"
#include "compiler/mapping/pairwise.hpp"
#include "compiler/mapping/portfolio.hpp"
#include "compiler/mapping/strategies.hpp"

#include <algorithm>
#include <optional>

namespace spikeloom::mapping {
namespace {

/// Where unions need this many times the cores of the sums, the portfolio has nothing to say.
constexpr double unions_rule = 1.5;

std::optional<Filled> by_sums(const Task& task, std::uint32_t least) {
    PortfolioOptions options{task.options.seed, task.options.threads, task.options.effort, {}};
    if (task.options.progress)
        options.progress = [&](double done) { task.options.progress("partition", done); };
    const bool plain = !task.lowered.graph.tracks_unions();
    const std::optional<Lowered> sums =
        plain ? std::nullopt : std::optional{lower(task.problem, Track::sums)};
    const Lowered& lowered    = plain ? task.lowered : *sums;
    const std::uint32_t limit = least + least / 20 + 2;
    for (std::uint32_t count = least; count <= limit; ++count) {
        auto part = partition_by_portfolio(lowered.graph, lowered.limits, count, options);
        if (part) return Filled{std::move(*part), count};
    }
    return std::nullopt;
}

Filled by_unions(const Task& task) {
    RepackOptions options{
        .seed = task.options.seed, .threads = task.options.threads, .effort = task.options.effort};
    if (task.options.progress)
        options.progress = [&](double done) { task.options.progress("pack", done); };
    Filled packed = pack(task.lowered.graph, task.lowered.limits, options);
    PairwiseOptions pairs;
    pairs.seed    = task.options.seed;
    pairs.threads = task.options.threads;
    refine_pairs(task.lowered.graph, task.lowered.limits, packed.count, pairs, packed.part);
    return packed;
}

}  // namespace

Filled partition_multilevel(const Task& task) {
    const std::uint32_t least = least_cores(task.lowered);
    std::optional<Filled> best;
    if (task.lowered.graph.tracks_unions()) {
        best = by_unions(task);
        if (best->count > unions_rule * least) return std::move(*best);
    }
    std::optional<Filled> sums = by_sums(task, least);
    if (!sums) return best ? std::move(*best) : partition_sequential(task);
    if (!best) return std::move(*sums);
    const Filled legal = legalise(task.lowered.graph, task.lowered.limits, *sums);
    if (legal.count > best->count) return std::move(*best);
    if (legal.count == best->count && connectivity(task.lowered.graph, legal.part) >=
                                          connectivity(task.lowered.graph, best->part))
        return std::move(*best);
    return legal;
}

}  // namespace spikeloom::mapping
