// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/pair_scores.hpp"

#include "compiler/mapping/parallel.hpp"

#include <algorithm>

namespace spikeloom::mapping {
namespace {

/// The parts each net touches, and whether with one pin only.
struct NetParts {
    std::vector<std::uint32_t> begin{0};
    std::vector<std::uint32_t> entry;  ///< part * 2 + lone
};

NetParts list_net_parts(const Hypergraph& graph, std::uint32_t count, const Parts& part) {
    NetParts lists;
    lists.begin.reserve(graph.nets + std::size_t{1});
    std::vector<std::uint32_t> at(count, absent);
    for (std::uint32_t e = 0; e < graph.nets; ++e) {
        const std::size_t first = lists.entry.size();
        for (const std::uint32_t v : graph.pins_of(e)) {
            std::uint32_t& slot = at[part[v]];
            if (slot == absent) {
                slot = static_cast<std::uint32_t>(lists.entry.size());
                lists.entry.push_back(part[v] * 2 + 1);
            } else {
                lists.entry[slot] &= ~1U;
            }
        }
        for (std::size_t i = first; i < lists.entry.size(); ++i)
            at[lists.entry[i] / 2] = absent;
        lists.begin.push_back(static_cast<std::uint32_t>(lists.entry.size()));
    }
    return lists;
}

struct Move {
    std::uint32_t to;
    std::int64_t gain;
};

/// Best gain of a move from one part to each other part that its nets touch.
class PartMoves {
public:
    PartMoves(const Hypergraph& graph, const NetParts& lists, std::uint32_t count)
        : graph_{graph}, lists_{lists}, shared_(count, 0), best_(count, lowest) {}

    std::vector<Move> run(std::uint32_t own, std::span<const std::uint32_t> members) {
        for (const std::uint32_t v : members)
            add_node(own, v);
        std::vector<Move> moves;
        for (const std::uint32_t q : met_)
            moves.push_back({q, best_[q]});
        for (const std::uint32_t q : met_)
            best_[q] = lowest;
        met_.clear();
        return moves;
    }

private:
    static constexpr std::int64_t lowest = INT64_MIN;

    void add_node(std::uint32_t own, std::uint32_t v) {
        std::int64_t stays = 0;
        seen_.clear();
        for (const std::uint32_t e : graph_.nets_of(v)) {
            const std::int64_t w = graph_.weight[e];
            stays += w;
            for (std::uint32_t i = lists_.begin[e]; i < lists_.begin[e + 1]; ++i) {
                const std::uint32_t q = lists_.entry[i] / 2;
                if (q == own) {
                    if ((lists_.entry[i] & 1U) != 0) stays -= w;
                    continue;
                }
                if (shared_[q] == 0) seen_.push_back(q);
                shared_[q] += w;
            }
        }
        for (const std::uint32_t q : seen_) {
            if (best_[q] == lowest) met_.push_back(q);
            best_[q]   = std::max(best_[q], shared_[q] - stays);
            shared_[q] = 0;
        }
    }

    const Hypergraph& graph_;
    const NetParts& lists_;
    std::vector<std::int64_t> shared_, best_;
    std::vector<std::uint32_t> seen_, met_;
};

}  // namespace

std::vector<PairScore> score_pairs(const Hypergraph& graph, std::uint32_t count, const Parts& part,
                                   std::uint32_t threads) {
    const NetParts lists = list_net_parts(graph, count, part);
    std::vector<std::vector<std::uint32_t>> members(count);
    for (std::uint32_t v = 0; v < graph.nodes; ++v)
        members[part[v]].push_back(v);
    std::vector<std::vector<Move>> moves(count);
    std::vector<PartMoves> workers(threads, PartMoves{graph, lists, count});
    run_jobs(count, threads, [&](std::size_t p, std::uint32_t worker) {
        moves[p] = workers[worker].run(static_cast<std::uint32_t>(p), members[p]);
    });

    std::vector<PairScore> scores;
    std::vector<std::int64_t> back(count);
    for (std::uint32_t a = 0; a < count; ++a)
        for (const Move& move : moves[a])
            if (a < move.to) scores.push_back({a, move.to, move.gain, move.gain});
    std::sort(scores.begin(), scores.end(), [](const PairScore& x, const PairScore& y) {
        return std::pair{x.b, x.a} < std::pair{y.b, y.a};
    });
    std::size_t i = 0;
    for (std::uint32_t b = 0; b < count; ++b) {
        for (const Move& move : moves[b])
            back[move.to] = move.gain;
        for (; i < scores.size() && scores[i].b == b; ++i) {
            scores[i].score += back[scores[i].a];
            scores[i].either = std::max(scores[i].either, back[scores[i].a]);
        }
    }
    std::stable_sort(scores.begin(), scores.end(),
                     [](const PairScore& x, const PairScore& y) { return x.score > y.score; });
    return scores;
}

}  // namespace spikeloom::mapping
