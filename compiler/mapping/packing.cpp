// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/packing.hpp"

#include "compiler/mapping/bucket_queue.hpp"
#include "compiler/mapping/core_load.hpp"
#include "support/keyed_rng.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace spikeloom::mapping {
namespace {

/// Sub-steps of one axon in the queue's order, for ties and noise.
constexpr std::int64_t steps = 16;

class Packer {
public:
    Packer(const Hypergraph& graph, const PartLimits& limits, const PackOptions& options)
        : graph_{graph},
          limits_{limits},
          options_{options},
          core_{graph, limits},
          queue_{graph.nodes},
          lines_(graph.nodes),
          fresh_(graph.nodes) {
        filled_.part.assign(graph.nodes, absent);
        for (std::uint32_t v = 0; v < graph.nodes; ++v) {
            fresh_[v] = lines_[v] = lines_of(v);
            if (lines_[v] > 0) waiting_[lines_[v]].insert(v);
        }
    }

    Filled run() {
        const double share = options_.growth_share * static_cast<double>(limits_.amounts[0]);
        grow_to_           = std::max<std::int64_t>(1, std::llround(share));
        for (std::uint32_t v = next_seed(); v != absent; v = next_seed())
            fill_core(v);
        place_idle();
        return std::move(filled_);
    }

private:
    [[nodiscard]] bool leads(std::uint32_t e, std::uint32_t v) const {
        return graph_.lead[e] != 0 && graph_.pins[graph_.net_begin[e]] == v;
    }

    [[nodiscard]] std::int64_t lines_of(std::uint32_t v) const {
        std::int64_t lines =
            graph_.classes > 0 ? graph_.own_lines[std::size_t{v} * graph_.classes] : 0;
        for (const std::uint32_t e : graph_.nets_of(v))
            if (!leads(e, v) && graph_.net_class[e] == 0) lines += graph_.lines[e];
        return lines;
    }

    [[nodiscard]] bool is_free(std::uint32_t v) const { return filled_.part[v] == absent; }

    std::uint32_t next_seed() {
        if (options_.restart_near && near_ != absent && is_free(near_)) return near_;
        for (; first_ < graph_.nodes; ++first_) {
            const std::uint32_t v = (options_.start + first_) % graph_.nodes;
            if (is_free(v) && lines_[v] > 0) return v;
        }
        return absent;
    }

    void fill_core(std::uint32_t seed) {
        core_.clear();
        near_ = absent;
        put(seed);
        while (core_.neurons() < grow_to_) {
            const std::uint32_t v = grow();
            if (v == absent) break;
            put(v);
        }
        while (core_.free_neurons() > 0) {
            const std::uint32_t v = complement();
            if (v == absent) break;
            put(v);
        }
        leave_core();
    }

    /// The waiting neighbour with the fewest new axons that fits; none: absent.
    std::uint32_t grow() {
        for (;;) {
            const std::uint32_t v = queue_.best();
            if (v == absent) return absent;
            queue_.remove(v);
            if (core_.fits(v)) return v;
            if (near_ == absent) near_ = v;
        }
    }

    /// A node that needs about as many axons a neuron as are left, best below; then any that fits.
    std::uint32_t complement() {
        const double ratio =
            static_cast<double>(core_.free_lines()) / static_cast<double>(core_.free_neurons());
        const auto middle = waiting_.upper_bound(std::max<std::int64_t>(1, std::llround(ratio)));
        for (auto bucket = middle; bucket != waiting_.begin();) {
            --bucket;
            if (!bucket->second.empty() && core_.fits(*bucket->second.begin()))
                return *bucket->second.begin();
        }
        if (const std::uint32_t v = grow(); v != absent) return v;
        for (auto bucket = middle; bucket != waiting_.end(); ++bucket)
            if (!bucket->second.empty() && core_.fits(*bucket->second.begin()))
                return *bucket->second.begin();
        return absent;
    }

    void put(std::uint32_t v) {
        if (queue_.contains(v)) queue_.remove(v);
        filled_.part[v] = filled_.count;
        core_.add(v);
        if (const auto bucket = waiting_.find(lines_[v]); bucket != waiting_.end())
            bucket->second.erase(v);
        for (const std::uint32_t e : core_.arrived()) {
            if (graph_.net_class[e] != 0) continue;
            for (const std::uint32_t u : graph_.pins_of(e))
                if (is_free(u) && !leads(e, u)) meet(u, graph_.lines[e]);
        }
    }

    void meet(std::uint32_t u, std::uint32_t lines) {
        const bool first = fresh_[u] == lines_[u];
        if (first) met_.push_back(u);
        fresh_[u] -= lines;
        if (queue_.contains(u))
            queue_.update(u, key(u));
        else if (first)
            queue_.insert(u, key(u));
    }

    [[nodiscard]] std::int64_t key(std::uint32_t u) const {
        std::int64_t key = -steps * fresh_[u];
        if (options_.noise > 0)
            key -= static_cast<std::int64_t>(
                options_.noise * static_cast<double>(steps) *
                keyed_uniform(options_.seed, Stream::mapping, u, filled_.count));
        return key;
    }

    void leave_core() {
        for (const std::uint32_t u : met_)
            fresh_[u] = lines_[u];
        met_.clear();
        queue_.clear();
        ++filled_.count;
    }

    /// Nodes without sources go wherever neurons are left, towards their targets.
    void place_idle() {
        std::vector<std::uint32_t> idle;
        for (std::uint32_t v = 0; v < graph_.nodes; ++v)
            if (is_free(v)) idle.push_back(v);
        if (idle.empty()) return;
        std::vector<std::vector<std::uint32_t>> members(filled_.count);
        for (std::uint32_t v = 0; v < graph_.nodes; ++v)
            if (!is_free(v)) members[filled_.part[v]].push_back(v);
        std::size_t next = 0;
        for (std::uint32_t p = 0; next < idle.size(); ++p) {
            core_.clear();
            if (p < members.size())
                for (const std::uint32_t v : members[p])
                    core_.add(v);
            else
                ++filled_.count;
            for (; next < idle.size() && core_.fits(idle[next]); ++next) {
                core_.add(idle[next]);
                filled_.part[idle[next]] = p;
            }
        }
    }

    const Hypergraph& graph_;
    const PartLimits& limits_;
    const PackOptions& options_;
    CoreLoad core_;
    BucketQueue queue_;
    Filled filled_;
    std::vector<std::int64_t> lines_, fresh_;  ///< axons of each node; those new to this core
    std::map<std::int64_t, std::set<std::uint32_t>> waiting_;  ///< free nodes by their axons
    std::vector<std::uint32_t> met_;
    std::uint32_t first_ = 0, near_ = absent;
    std::int64_t grow_to_ = 0;
};

}  // namespace

Filled pack_by_axons(const Hypergraph& graph, const PartLimits& limits,
                     const PackOptions& options) {
    return Packer{graph, limits, options}.run();
}

}  // namespace spikeloom::mapping
