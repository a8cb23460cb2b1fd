// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/explicit_delays.hpp"

#include "compiler/frontend/nir/components.hpp"

#include <limits>

namespace spikeloom::frontend::nir {
namespace {

constexpr std::int64_t unreached = std::numeric_limits<std::int64_t>::max();

class Lateness {
public:
    Lateness(const std::vector<bool>& is_source, const std::vector<TimedEdge>& edges,
             const std::vector<std::uint32_t>& longest)
        : is_source_{is_source},
          edges_{edges},
          longest_{longest},
          late_(is_source.size(), unreached) {}

    std::vector<std::int64_t> run() {
        find_groups();
        seed();
        settle();
        for (std::size_t k = 0; k < late_.size(); ++k) {
            if (is_source_[k] || late_[group_[k]] != unreached) continue;
            late_[group_[k]] = 0;
            settle();
        }
        std::vector<std::int64_t> implied;
        for (const TimedEdge& e : edges_)
            implied.push_back(is_inside(e) ? e.delay : late_[group_[e.post]] - start(e));
        return implied;
    }

private:
    [[nodiscard]] bool is_inside(const TimedEdge& e) const {
        return !is_source_[e.pre] && is_merged_[e.pre] && group_[e.pre] == group_[e.post];
    }

    /// A source emits one tick ahead (network.hpp).
    [[nodiscard]] std::int64_t start(const TimedEdge& e) const {
        return is_source_[e.pre] ? -1 : late_[group_[e.pre]];
    }

    /// Cycles of one-tick edges alone are one group; every other population is its own.
    void find_groups() {
        std::vector<std::vector<std::size_t>> successors(is_source_.size());
        for (const TimedEdge& e : edges_)
            successors[e.pre].push_back(e.post);
        const auto component = strong_components(successors);
        std::vector<bool> is_plain(is_source_.size(), true);
        for (std::size_t k = 0; k < edges_.size(); ++k)
            if (component[edges_[k].pre] == component[edges_[k].post] && longest_[k] != 1)
                is_plain[component[edges_[k].pre]] = false;
        std::vector<bool> has_edge(is_source_.size(), false);
        for (const TimedEdge& e : edges_)
            if (component[e.pre] == component[e.post]) has_edge[component[e.pre]] = true;
        std::vector<std::size_t> first(is_source_.size(), is_source_.size());
        for (std::size_t k = 0; k < is_source_.size(); ++k) {
            const std::uint32_t c = component[k];
            if (first[c] == is_source_.size()) first[c] = k;
            group_.push_back(is_plain[c] && has_edge[c] ? first[c] : k);
            is_merged_.push_back(is_plain[c] && has_edge[c]);
        }
    }

    /// What nothing drives runs on time.
    void seed() {
        std::vector<bool> is_driven(is_source_.size(), false);
        for (const TimedEdge& e : edges_)
            if (!is_inside(e)) is_driven[group_[e.post]] = true;
        for (std::size_t k = 0; k < late_.size(); ++k)
            if (!is_driven[group_[k]]) late_[group_[k]] = 0;
    }

    /// Shortest ways from what is known (Bellman and Ford); delays are positive.
    void settle() {
        bool changed = true;
        while (changed) {
            changed = false;
            for (const TimedEdge& e : edges_) {
                if (is_inside(e) || start(e) == unreached) continue;
                std::int64_t& late = late_[group_[e.post]];
                if (late <= start(e) + e.delay) continue;
                late    = start(e) + e.delay;
                changed = true;
            }
        }
    }

    const std::vector<bool>& is_source_;
    const std::vector<TimedEdge>& edges_;
    const std::vector<std::uint32_t>& longest_;
    std::vector<std::int64_t> late_;
    std::vector<std::size_t> group_;
    std::vector<bool> is_merged_;
};

}  // namespace

std::vector<std::int64_t> implied_delays(const std::vector<bool>& is_source,
                                         const std::vector<TimedEdge>& edges,
                                         const std::vector<std::uint32_t>& longest) {
    return Lateness{is_source, edges, longest}.run();
}

}  // namespace spikeloom::frontend::nir
