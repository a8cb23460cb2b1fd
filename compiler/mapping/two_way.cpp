// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/two_way.hpp"

#include "compiler/mapping/bucket_queue.hpp"
#include "compiler/mapping/union_load.hpp"

#include <algorithm>
#include <optional>

namespace spikeloom::mapping {
namespace {

using Loads = std::array<Amounts, 2>;

/// Thousandths of the limit by which `load` exceeds it, rounded up, over all resources.
std::int64_t side_excess(const Amounts& load, const PartLimits& limits, std::uint32_t resources) {
    std::int64_t sum = 0;
    for (std::uint32_t r = 0; r < resources; ++r) {
        const std::int64_t over = load[r] - limits.amounts[r];
        if (over > 0) sum += 1 + over * 1000 / std::max<std::int64_t>(1, limits.amounts[r]);
    }
    return sum;
}

Loads side_loads(const Hypergraph& graph, const Sides& side) {
    Loads loads{};
    for (std::uint32_t v = 0; v < graph.nodes; ++v)
        for (std::uint32_t r = 0; r < graph.resources; ++r)
            loads[side[v]][r] += graph.amount(v, r);
    return loads;
}

/// One run of passes over one start.
class TwoWay {
public:
    TwoWay(const Hypergraph& graph, const std::array<PartLimits, 2>& limits,
           const TwoWayOptions& options, Sides& side)
        : graph_{graph},
          limits_{limits},
          options_{options},
          side_{side},
          pins_(graph.nets),
          gain_(graph.nodes),
          queue_{BucketQueue{graph.nodes}, BucketQueue{graph.nodes}} {
        if (graph.tracks_unions()) unions_.emplace(graph, limits);
    }

    std::int64_t run() {
        count_pins();
        std::int64_t total = 0;
        for (std::uint32_t pass = 0; pass < options_.passes; ++pass) {
            const std::int64_t before = overload();
            const std::int64_t gained = run_pass();
            total += gained;
            if (gained <= 0 && overload() >= before) break;
        }
        return total;
    }

private:
    void count_pins() {
        for (std::uint32_t e = 0; e < graph_.nets; ++e) {
            std::uint32_t ones = 0;
            for (const std::uint32_t v : graph_.pins_of(e))
                ones += side_[v];
            pins_[e] = {graph_.net_begin[e + 1] - graph_.net_begin[e] - ones, ones};
        }
        loads_ = side_loads(graph_, side_);
        if (unions_) unions_->load(side_);
    }

    [[nodiscard]] std::int64_t overload() const {
        return side_excess(loads_[0], limits_[0], graph_.resources) +
               side_excess(loads_[1], limits_[1], graph_.resources);
    }

    [[nodiscard]] std::int64_t gain_of(std::uint32_t v) const {
        const unsigned from = side_[v];
        std::int64_t gain   = 0;
        for (const std::uint32_t e : graph_.nets_of(v)) {
            if (pins_[e][from] == 1) gain += graph_.weight[e];
            if (pins_[e][1U - from] == 0) gain -= graph_.weight[e];
        }
        return gain;
    }

    void fill_queues() {
        for (std::uint32_t v = 0; v < graph_.nodes; ++v) {
            gain_[v] = gain_of(v);
            queue_[side_[v]].insert(v, gain_[v]);
        }
    }

    /// Moves until it stalls, then back to the best state seen; returns the weight gained.
    std::int64_t run_pass() {
        fill_queues();
        moved_.clear();
        std::int64_t gained = 0, best = 0;
        std::int64_t best_excess = overload();
        std::size_t best_length  = 0;
        while (moved_.size() < best_length + options_.stall) {
            const std::uint32_t v = choose();
            if (v == absent) break;
            gained += gain_[v];
            move(v);
            moved_.push_back(v);
            const std::int64_t now = overload();
            if (now > best_excess || (now == best_excess && gained <= best)) continue;
            best        = gained;
            best_excess = now;
            best_length = moved_.size();
        }
        queue_[0].clear();
        queue_[1].clear();
        undo(best_length);
        return best;
    }

    /// The best move that the sums allow, from the overloaded side when there is one.
    std::uint32_t choose() {
        for (;;) {
            const bool over0       = side_excess(loads_[0], limits_[0], graph_.resources) > 0;
            const bool over1       = side_excess(loads_[1], limits_[1], graph_.resources) > 0;
            const std::uint32_t v0 = over1 && !over0 ? absent : queue_[0].best();
            const std::uint32_t v1 = over0 && !over1 ? absent : queue_[1].best();
            if (v0 == absent && v1 == absent) return absent;
            const bool zero       = v1 == absent || (v0 != absent && prefer(v0, v1));
            const std::uint32_t v = zero ? v0 : v1;
            queue_[side_[v]].remove(v);
            if (!unions_ || unions_->allows(v, side_)) return v;
        }
    }

    [[nodiscard]] bool prefer(std::uint32_t v0, std::uint32_t v1) const {
        if (gain_[v0] != gain_[v1]) return gain_[v0] > gain_[v1];
        return loads_[0][0] * limits_[1].amounts[0] >= loads_[1][0] * limits_[0].amounts[0];
    }

    void shift_load(std::uint32_t v) {
        const unsigned from = side_[v];
        for (std::uint32_t r = 0; r < graph_.resources; ++r) {
            loads_[from][r] -= graph_.amount(v, r);
            loads_[1U - from][r] += graph_.amount(v, r);
        }
        if (unions_) unions_->move(v, side_);
    }

    void add_gain(std::uint32_t v, std::int64_t change) {
        if (!queue_[side_[v]].contains(v)) return;
        gain_[v] += change;
        queue_[side_[v]].update(v, gain_[v]);
    }

    void move(std::uint32_t v) {
        const unsigned from = side_[v], to = 1U - from;
        shift_load(v);
        side_[v] = static_cast<std::uint8_t>(to);
        for (const std::uint32_t e : graph_.nets_of(v)) {
            auto& count          = pins_[e];
            const std::int64_t w = graph_.weight[e];
            if (count[to] == 0)
                for (const std::uint32_t u : graph_.pins_of(e))
                    add_gain(u, w);
            else if (count[to] == 1)
                add_gain_of_lone(e, to, v, -w);
            --count[from];
            ++count[to];
            if (count[from] == 0)
                for (const std::uint32_t u : graph_.pins_of(e))
                    add_gain(u, -w);
            else if (count[from] == 1)
                add_gain_of_lone(e, from, v, w);
        }
    }

    /// The only pin of net `e` on side `s` besides `except`.
    void add_gain_of_lone(std::uint32_t e, unsigned s, std::uint32_t except, std::int64_t change) {
        for (const std::uint32_t u : graph_.pins_of(e)) {
            if (side_[u] != s || u == except) continue;
            add_gain(u, change);
            return;
        }
    }

    void undo(std::size_t length) {
        while (moved_.size() > length) {
            const std::uint32_t v = moved_.back();
            moved_.pop_back();
            const unsigned from = side_[v];
            shift_load(v);
            side_[v] = static_cast<std::uint8_t>(1U - from);
            for (const std::uint32_t e : graph_.nets_of(v)) {
                --pins_[e][from];
                ++pins_[e][1U - from];
            }
        }
    }

    const Hypergraph& graph_;
    const std::array<PartLimits, 2>& limits_;
    const TwoWayOptions& options_;
    Sides& side_;
    std::vector<std::array<std::uint32_t, 2>> pins_;  ///< per net and side
    std::vector<std::int64_t> gain_;
    std::array<BucketQueue, 2> queue_;
    std::optional<UnionLoad> unions_;
    Loads loads_{};
    std::vector<std::uint32_t> moved_;
};

}  // namespace

std::int64_t refine_two_way(const Hypergraph& graph, const std::array<PartLimits, 2>& limits,
                            const TwoWayOptions& options, Sides& side) {
    return TwoWay{graph, limits, options, side}.run();
}

std::int64_t excess(const Hypergraph& graph, const std::array<PartLimits, 2>& limits,
                    const Sides& side) {
    const Loads loads = side_loads(graph, side);
    return side_excess(loads[0], limits[0], graph.resources) +
           side_excess(loads[1], limits[1], graph.resources);
}

std::int64_t cut_weight(const Hypergraph& graph, const Sides& side) {
    std::int64_t sum = 0;
    for (std::uint32_t e = 0; e < graph.nets; ++e) {
        const auto pins = graph.pins_of(e);
        if (pins.empty()) continue;
        const unsigned first = side[pins[0]];
        if (std::any_of(pins.begin(), pins.end(),
                        [&](std::uint32_t v) { return side[v] != first; }))
            sum += graph.weight[e];
    }
    return sum;
}

}  // namespace spikeloom::mapping
