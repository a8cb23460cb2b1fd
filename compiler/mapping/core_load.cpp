// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/core_load.hpp"

namespace spikeloom::mapping {

CoreLoad::CoreLoad(const Hypergraph& graph, const PartLimits& limits)
    : graph_{graph}, limits_{limits}, stamp_(graph.nets, 0) {
    if (graph.packing != nullptr) synapses_.resize(graph.nets);
}

void CoreLoad::clear() {
    amounts_ = {};
    unions_  = {};
    bits_    = 0;
    ++now_;
}

std::int64_t CoreLoad::more_bits(std::uint32_t e, std::uint32_t v) const {
    std::uint32_t at = graph_.net_begin[e];
    while (graph_.pins[at] != v)
        ++at;
    const std::uint32_t before = present(e) ? synapses_[e] : 0;
    return static_cast<std::int64_t>(graph_.lines[e] *
                                     (graph_.packing->row_bits(before + graph_.pin_synapses[at]) -
                                      graph_.packing->row_bits(before)));
}

bool CoreLoad::fits(std::uint32_t v) const {
    for (std::uint32_t r = 0; r < graph_.resources; ++r)
        if (amounts_[r] + graph_.amount(v, r) > limits_.amounts[r]) return false;
    if (!graph_.tracks_unions()) return true;
    Unions more{};
    std::int64_t bits =
        graph_.packing == nullptr ? 0 : static_cast<std::int64_t>(graph_.own_bits[v]);
    for (std::uint32_t c = 0; c < graph_.classes; ++c)
        more[c] = graph_.own_lines[std::size_t{v} * graph_.classes + c];
    for (const std::uint32_t e : graph_.nets_of(v)) {
        if (leads(e, v)) continue;
        if (!present(e)) more[graph_.net_class[e]] += graph_.lines[e];
        if (graph_.packing != nullptr && graph_.net_class[e] == 0) bits += more_bits(e, v);
    }
    for (std::uint32_t c = 0; c < graph_.classes; ++c)
        if (unions_[c] + more[c] > limits_.unions[c]) return false;
    return graph_.packing == nullptr || bits_ + bits <= limits_.row_bits;
}

void CoreLoad::add(std::uint32_t v) {
    arrived_.clear();
    for (std::uint32_t r = 0; r < graph_.resources; ++r)
        amounts_[r] += graph_.amount(v, r);
    if (!graph_.tracks_unions()) return;
    for (std::uint32_t c = 0; c < graph_.classes; ++c)
        unions_[c] += graph_.own_lines[std::size_t{v} * graph_.classes + c];
    if (graph_.packing != nullptr) bits_ += static_cast<std::int64_t>(graph_.own_bits[v]);
    for (const std::uint32_t e : graph_.nets_of(v)) {
        if (leads(e, v)) continue;
        const bool first = !present(e);
        if (graph_.packing != nullptr && graph_.net_class[e] == 0) {
            bits_ += more_bits(e, v);
            std::uint32_t at = graph_.net_begin[e];
            while (graph_.pins[at] != v)
                ++at;
            synapses_[e] = (first ? 0 : synapses_[e]) + graph_.pin_synapses[at];
        }
        if (!first) continue;
        stamp_[e] = now_;
        arrived_.push_back(e);
        unions_[graph_.net_class[e]] += graph_.lines[e];
    }
}

}  // namespace spikeloom::mapping
