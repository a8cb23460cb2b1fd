// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/union_load.hpp"

namespace spikeloom::mapping {

UnionLoad::UnionLoad(const Hypergraph& graph, const std::array<PartLimits, 2>& limits)
    : graph_{graph}, limits_{limits} {
    pins_.resize(graph.nets);
    if (graph.packing != nullptr) synapses_.resize(graph.nets);
}

void UnionLoad::load(const Sides& side) {
    load_ = {};
    for (std::uint32_t v = 0; v < graph_.nodes; ++v) {
        Change& here = load_[side[v]];
        for (std::uint32_t c = 0; c < graph_.classes; ++c)
            here.unions[c] += graph_.own_lines[std::size_t{v} * graph_.classes + c];
        if (graph_.packing != nullptr) here.bits += static_cast<std::int64_t>(graph_.own_bits[v]);
    }
    for (std::uint32_t e = 0; e < graph_.nets; ++e) {
        pins_[e] = {};
        if (graph_.packing != nullptr) synapses_[e] = {};
        for (std::uint32_t at = graph_.net_begin[e] + graph_.lead[e]; at < graph_.net_begin[e + 1];
             ++at) {
            const unsigned s = side[graph_.pins[at]];
            ++pins_[e][s];
            if (graph_.packing != nullptr) synapses_[e][s] += graph_.pin_synapses[at];
        }
        const std::uint32_t c = graph_.net_class[e];
        for (unsigned s = 0; s < 2; ++s) {
            if (pins_[e][s] > 0 && c < graph_.classes) load_[s].unions[c] += graph_.lines[e];
            if (graph_.packing != nullptr && c == 0)
                load_[s].bits += static_cast<std::int64_t>(
                    graph_.lines[e] * graph_.packing->row_bits(synapses_[e][s]));
        }
    }
}

std::uint32_t UnionLoad::synapses_of(std::uint32_t e, std::uint32_t v) const {
    std::uint32_t at = graph_.net_begin[e];
    while (graph_.pins[at] != v)
        ++at;
    return graph_.pin_synapses[at];
}

UnionLoad::Change UnionLoad::share(std::uint32_t v, unsigned to, bool is_there) const {
    Change change;
    for (std::uint32_t c = 0; c < graph_.classes; ++c)
        change.unions[c] = graph_.own_lines[std::size_t{v} * graph_.classes + c];
    if (graph_.packing != nullptr) change.bits = static_cast<std::int64_t>(graph_.own_bits[v]);
    for (const std::uint32_t e : graph_.nets_of(v)) {
        if (graph_.lead[e] != 0 && graph_.pins[graph_.net_begin[e]] == v) continue;
        const std::uint32_t c = graph_.net_class[e];
        if (c < graph_.classes && pins_[e][to] == (is_there ? 1 : 0))
            change.unions[c] += graph_.lines[e];
        if (graph_.packing == nullptr || c != 0) continue;
        const std::uint32_t own    = synapses_of(e, v);
        const std::uint32_t others = synapses_[e][to] - (is_there ? own : 0);
        change.bits +=
            static_cast<std::int64_t>(graph_.lines[e] * (graph_.packing->row_bits(others + own) -
                                                         graph_.packing->row_bits(others)));
    }
    return change;
}

bool UnionLoad::allows(std::uint32_t v, const Sides& side) const {
    const unsigned to   = 1U - side[v];
    const Change change = share(v, to, false);
    for (std::uint32_t c = 0; c < graph_.classes; ++c)
        if (load_[to].unions[c] + change.unions[c] > limits_[to].unions[c]) return false;
    return graph_.packing == nullptr || load_[to].bits + change.bits <= limits_[to].row_bits;
}

void UnionLoad::move(std::uint32_t v, const Sides& side) {
    const unsigned from = side[v];
    const unsigned to   = 1U - from;
    const Change less   = share(v, from, true);
    const Change more   = share(v, to, false);
    for (std::uint32_t c = 0; c < graph_.classes; ++c) {
        load_[from].unions[c] -= less.unions[c];
        load_[to].unions[c] += more.unions[c];
    }
    load_[from].bits -= less.bits;
    load_[to].bits += more.bits;
    for (const std::uint32_t e : graph_.nets_of(v)) {
        if (graph_.lead[e] != 0 && graph_.pins[graph_.net_begin[e]] == v) continue;
        --pins_[e][from];
        ++pins_[e][to];
        if (graph_.packing == nullptr) continue;
        const std::uint32_t own = synapses_of(e, v);
        synapses_[e][from] -= own;
        synapses_[e][to] += own;
    }
}

}  // namespace spikeloom::mapping
