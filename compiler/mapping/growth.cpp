// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/growth.hpp"

#include "compiler/mapping/bucket_queue.hpp"
#include "compiler/mapping/core_load.hpp"

#include <algorithm>
#include <utility>

namespace spikeloom::mapping {
namespace {

class Overlap {
public:
    Overlap(const Hypergraph& graph, const PartLimits& limits)
        : graph_{graph},
          core_{graph, limits},
          queue_{graph.nodes},
          shared_(graph.nodes, 0),
          present_(graph.nets, absent) {
        filled_.part.assign(graph.nodes, absent);
    }

    Filled run() {
        for (std::uint32_t first = 0; first < graph_.nodes;) {
            if (filled_.part[first] != absent) {
                ++first;
                continue;
            }
            fill_core(first);
            ++filled_.count;
        }
        return std::move(filled_);
    }

private:
    void fill_core(std::uint32_t first) {
        core_.clear();
        put(first);
        std::uint32_t spare = first;
        for (;;) {
            std::uint32_t v = queue_.best();
            if (v != absent) queue_.remove(v);
            while (v == absent && spare < graph_.nodes && !takes(spare))
                ++spare;
            if (v == absent) v = spare;
            if (v == graph_.nodes) break;
            if (core_.fits(v)) put(v);
        }
        for (const std::uint32_t v : met_)
            shared_[v] = 0;
        met_.clear();
        queue_.clear();
    }

    [[nodiscard]] bool takes(std::uint32_t v) const {
        return filled_.part[v] == absent && core_.fits(v);
    }

    void put(std::uint32_t v) {
        if (queue_.contains(v)) queue_.remove(v);
        filled_.part[v] = filled_.count;
        core_.add(v);
        for (const std::uint32_t e : graph_.nets_of(v)) {
            if (present_[e] == filled_.count) continue;
            present_[e] = filled_.count;
            for (const std::uint32_t u : graph_.pins_of(e)) {
                if (filled_.part[u] != absent || graph_.weight[e] == 0) continue;
                share(u, graph_.weight[e]);
            }
        }
    }

    void share(std::uint32_t u, std::int64_t weight) {
        const bool waiting = shared_[u] == 0 || queue_.contains(u);
        if (shared_[u] == 0) met_.push_back(u);
        shared_[u] += weight;
        if (queue_.contains(u))
            queue_.update(u, shared_[u]);
        else if (waiting)
            queue_.insert(u, shared_[u]);
    }

    const Hypergraph& graph_;
    CoreLoad core_;
    BucketQueue queue_;
    Filled filled_;
    std::vector<std::int64_t> shared_;
    std::vector<std::uint32_t> present_, met_;
};

}  // namespace

Filled fill_by_overlap(const Hypergraph& graph, const PartLimits& limits) {
    return Overlap{graph, limits}.run();
}

Filled fill_in_sequence(const Hypergraph& graph, const PartLimits& limits,
                        std::span<const std::uint32_t> order, std::span<const std::uint32_t> kind) {
    Filled filled;
    CoreLoad core{graph, limits};
    filled.part.resize(graph.nodes);
    filled.count           = graph.nodes > 0 ? 1 : 0;
    std::uint32_t previous = absent;
    for (std::uint32_t i = 0; i < graph.nodes; ++i) {
        const std::uint32_t v = order.empty() ? i : order[i];
        const bool other      = !kind.empty() && previous != absent && kind[v] != kind[previous];
        if (other || !core.fits(v)) {
            core.clear();
            ++filled.count;
        }
        core.add(v);
        filled.part[v] = filled.count - 1;
        previous       = v;
    }
    return filled;
}

Filled legalise(const Hypergraph& graph, const PartLimits& limits, const Filled& filled) {
    std::vector<std::vector<std::uint32_t>> members(filled.count);
    for (std::uint32_t v = 0; v < graph.nodes; ++v)
        members[filled.part[v]].push_back(v);
    Filled legal;
    legal.part.resize(graph.nodes);
    CoreLoad core{graph, limits};
    std::vector<std::uint32_t> homeless;
    for (const auto& nodes : members) {
        if (nodes.empty()) continue;
        core.clear();
        for (const std::uint32_t v : nodes) {
            if (!core.fits(v)) {
                homeless.push_back(v);
                continue;
            }
            core.add(v);
            legal.part[v] = legal.count;
        }
        ++legal.count;
    }
    core.clear();
    for (std::size_t i = 0; i < homeless.size(); ++i) {
        if (i > 0 && !core.fits(homeless[i])) {
            core.clear();
            ++legal.count;
        }
        core.add(homeless[i]);
        legal.part[homeless[i]] = legal.count;
    }
    if (!homeless.empty()) ++legal.count;
    return legal;
}

}  // namespace spikeloom::mapping
