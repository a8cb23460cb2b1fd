// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/retime.hpp"

#include "compiler/frontend/nir/components.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace spikeloom::frontend::nir {
namespace {

/// Union of populations that share a level.
class Groups {
public:
    explicit Groups(std::size_t count) : of_(count) {
        for (std::size_t k = 0; k < count; ++k)
            of_[k] = k;
    }
    [[nodiscard]] std::size_t operator[](std::size_t k) const { return of_[k]; }
    /// Nodes of equal label become one group, named by its first node.
    void merge(const std::vector<std::uint32_t>& label, const std::set<std::uint32_t>& which) {
        std::vector<std::size_t> first(label.size(), label.size());
        for (std::size_t k = 0; k < of_.size(); ++k) {
            const std::uint32_t own = label[of_[k]];
            if (!which.contains(own)) continue;
            first[own] = std::min(first[own], of_[k]);
        }
        for (std::size_t& group : of_)
            if (which.contains(label[group])) group = first[label[group]];
    }

private:
    std::vector<std::size_t> of_;
};

class Levelling {
public:
    Levelling(const std::vector<bool>& is_source, const std::vector<TimedEdge>& edges)
        : is_source_{is_source}, edges_{edges}, groups_{is_source.size()} {}

    Retiming run() {
        merge_instant_cycles();
        instant_ = groups_;
        while (!find_levels()) {
        }
        return result();
    }

private:
    [[nodiscard]] bool is_free(const TimedEdge& e) const {
        return !is_source_[e.pre] && groups_[e.pre] != groups_[e.post];
    }

    template <class Condition>
    [[nodiscard]] std::vector<std::uint32_t> components(const Condition& condition) const {
        std::vector<std::vector<std::size_t>> successors(is_source_.size());
        for (const TimedEdge& e : edges_)
            if (is_free(e) && condition(e)) successors[groups_[e.pre]].push_back(groups_[e.post]);
        return strong_components(successors);
    }

    void merge_instant_cycles() {
        const auto label = components([](const TimedEdge& e) { return e.delay == 0; });
        groups_.merge(label, {label.begin(), label.end()});
    }

    /// Ticks that the target's level must be above the origin's.
    [[nodiscard]] std::int64_t step(const TimedEdge& e,
                                    const std::vector<std::uint32_t>& cycle) const {
        const bool on_cycle = cycle[groups_[e.pre]] == cycle[groups_[e.post]];
        return on_cycle ? 1 - std::int64_t{e.delay} : 1;
    }

    /// Least levels that satisfy every edge. Where a cycle allows none, its groups are merged and
    /// the answer is false: try again.
    bool find_levels() {
        const auto cycle = components([](const TimedEdge&) { return true; });
        level_.assign(is_source_.size(), 0);
        std::set<std::uint32_t> restless;
        for (std::size_t round = 0; round <= is_source_.size(); ++round) {
            restless.clear();
            for (const TimedEdge& e : edges_) {
                if (!is_free(e)) continue;
                std::int64_t& level        = level_[groups_[e.post]];
                const std::int64_t minimum = level_[groups_[e.pre]] + step(e, cycle);
                if (level >= minimum) continue;
                level = minimum;
                if (cycle[groups_[e.pre]] == cycle[groups_[e.post]])
                    restless.insert(cycle[groups_[e.post]]);
                is_settled_ = false;
            }
            if (std::exchange(is_settled_, true)) return true;
        }
        // The first one along the edges; those behind it may be restless because of it alone.
        groups_.merge(cycle, {*restless.rbegin()});
        return false;
    }

    [[nodiscard]] Retiming result() const {
        Retiming out;
        for (std::size_t k = 0; k < is_source_.size(); ++k)
            out.level.push_back(is_source_[k] ? 0 : static_cast<std::uint32_t>(level_[groups_[k]]));
        for (std::size_t k = 0; k < edges_.size(); ++k) {
            const TimedEdge& e    = edges_[k];
            const bool within     = !is_source_[e.pre] && groups_[e.pre] == groups_[e.post];
            const std::int64_t at = is_source_[e.pre] ? -1 : level_[groups_[e.pre]];
            out.within_level.push_back(within);
            out.shift.push_back(level_[groups_[e.post]] - at);
            if (within && instant_[e.pre] != instant_[e.post]) out.stretched.push_back(k);
        }
        return out;
    }

    const std::vector<bool>& is_source_;
    const std::vector<TimedEdge>& edges_;
    Groups groups_;
    Groups instant_{0};  ///< the groups that cycles without any delay make
    std::vector<std::int64_t> level_;
    bool is_settled_ = true;
};

}  // namespace

Retiming retime(const std::vector<bool>& is_source, const std::vector<TimedEdge>& edges) {
    return Levelling{is_source, edges}.run();
}

}  // namespace spikeloom::frontend::nir
