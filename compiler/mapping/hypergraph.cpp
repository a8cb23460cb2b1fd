// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/hypergraph.hpp"

#include "support/keyed_rng.hpp"

#include <algorithm>

namespace spikeloom::mapping {

void Hypergraph::index_nodes() {
    node_begin.assign(std::size_t{nodes} + 1, 0);
    for (const std::uint32_t pin : pins)
        ++node_begin[pin + 1];
    for (std::uint32_t v = 0; v < nodes; ++v)
        node_begin[v + 1] += node_begin[v];
    incident.resize(pins.size());
    std::vector<std::uint32_t> next(node_begin.begin(), node_begin.end() - 1);
    for (std::uint32_t e = 0; e < nets; ++e)
        for (const std::uint32_t pin : pins_of(e))
            incident[next[pin]++] = e;
}

Amounts Hypergraph::total() const {
    Amounts sum{};
    for (std::uint32_t v = 0; v < nodes; ++v)
        for (std::uint32_t r = 0; r < resources; ++r)
            sum[r] += amount(v, r);
    return sum;
}

namespace {

void prepare(ExtractScratch& scratch, std::uint32_t nets) {
    if (scratch.net_count.size() < nets) {
        scratch.net_count.assign(nets, 0);
        scratch.net_local.assign(nets, absent);
    }
    scratch.touched.clear();
}

void count_pins(const Hypergraph& graph, std::span<const std::uint32_t> nodes,
                ExtractScratch& scratch) {
    for (const std::uint32_t v : nodes)
        for (const std::uint32_t e : graph.nets_of(v))
            if (scratch.net_count[e]++ == 0) scratch.touched.push_back(e);
}

/// Numbers the nets that keep two pins and makes room for their pins.
void number_nets(const Hypergraph& graph, ExtractScratch& scratch, Hypergraph& part) {
    for (const std::uint32_t e : scratch.touched) {
        if (scratch.net_count[e] < 2) continue;
        scratch.net_local[e] = part.nets++;
        part.net_begin.push_back(part.net_begin.back() + scratch.net_count[e]);
        part.weight.push_back(graph.weight[e]);
        if (!graph.tracks_unions()) continue;
        part.net_class.push_back(graph.net_class[e]);
        part.lines.push_back(graph.lines[e]);
    }
    part.lead.assign(part.nets, 0);
    part.pins.resize(part.net_begin.back());
    if (graph.packing != nullptr) part.pin_synapses.resize(part.pins.size());
}

/// Where in net `e` node `v` is pinned, as an offset into the pins.
std::uint32_t pin_position(const Hypergraph& graph, std::uint32_t e, std::uint32_t v) {
    std::uint32_t position = graph.net_begin[e];
    while (graph.pins[position] != v)
        ++position;
    return position;
}

/// A net with one pin left costs axons and rows wherever that pin goes.
void add_own(const Hypergraph& graph, std::uint32_t e, std::uint32_t v, std::uint32_t local,
             Hypergraph& part) {
    if (graph.lead[e] != 0 && graph.pins[graph.net_begin[e]] == v) return;
    const std::uint32_t c = graph.net_class[e];
    if (c < graph.classes) part.own_lines[std::size_t{local} * graph.classes + c] += graph.lines[e];
    if (graph.packing != nullptr && c == 0)
        part.own_bits[local] +=
            graph.lines[e] * graph.packing->row_bits(graph.pin_synapses[pin_position(graph, e, v)]);
}

void fill_pins(const Hypergraph& graph, std::span<const std::uint32_t> nodes,
               const ExtractScratch& scratch, Hypergraph& part) {
    std::vector<std::uint32_t> next(part.net_begin.begin(), part.net_begin.end() - 1);
    for (std::uint32_t local = 0; local < part.nodes; ++local) {
        const std::uint32_t v = nodes[local];
        for (const std::uint32_t e : graph.nets_of(v)) {
            const std::uint32_t f = scratch.net_local[e];
            if (f == absent) {
                if (graph.tracks_unions()) add_own(graph, e, v, local, part);
                continue;
            }
            const std::uint32_t at = next[f]++;
            part.pins[at]          = local;
            if (graph.packing != nullptr)
                part.pin_synapses[at] = graph.pin_synapses[pin_position(graph, e, v)];
            if (graph.lead[e] == 0 || graph.pins[graph.net_begin[e]] != v) continue;
            part.lead[f] = 1;
            std::swap(part.pins[at], part.pins[part.net_begin[f]]);
            if (graph.packing != nullptr)
                std::swap(part.pin_synapses[at], part.pin_synapses[part.net_begin[f]]);
        }
    }
}

}  // namespace

Hypergraph extract(const Hypergraph& graph, std::span<const std::uint32_t> nodes,
                   ExtractScratch& scratch) {
    prepare(scratch, graph.nets);
    count_pins(graph, nodes, scratch);

    Hypergraph part;
    part.nodes     = static_cast<std::uint32_t>(nodes.size());
    part.resources = graph.resources;
    part.classes   = graph.classes;
    part.packing   = graph.packing;
    number_nets(graph, scratch, part);
    part.amounts.reserve(nodes.size() * graph.resources);
    for (const std::uint32_t v : nodes)
        for (std::uint32_t r = 0; r < graph.resources; ++r)
            part.amounts.push_back(graph.amount(v, r));
    if (graph.classes > 0) {
        part.own_lines.reserve(nodes.size() * graph.classes);
        for (const std::uint32_t v : nodes)
            for (std::uint32_t c = 0; c < graph.classes; ++c)
                part.own_lines.push_back(graph.own_lines[std::size_t{v} * graph.classes + c]);
    }
    if (graph.packing != nullptr)
        for (const std::uint32_t v : nodes)
            part.own_bits.push_back(graph.own_bits[v]);
    fill_pins(graph, nodes, scratch, part);
    for (const std::uint32_t e : scratch.touched) {
        scratch.net_count[e] = 0;
        scratch.net_local[e] = absent;
    }
    part.index_nodes();
    return part;
}

namespace {

/// Builds a contracted hypergraph net by net.
class Contraction {
public:
    Contraction(const Hypergraph& graph, std::span<const std::uint32_t> cluster,
                std::uint32_t count)
        : graph_{graph}, cluster_{cluster}, slot_(count, absent) {
        out_.nodes     = count;
        out_.resources = graph.resources;
        out_.classes   = graph.classes;
        out_.packing   = graph.packing;
        sum_nodes();
        table_.assign(std::size_t{1} << table_bits(graph.nets), absent);
    }

    Hypergraph run() {
        // Pages that stay unused cost nothing; growing step by step would cost up to thrice.
        out_.pins.reserve(graph_.pins.size());
        for (std::uint32_t e = 0; e < graph_.nets; ++e)
            add_net(e);
        out_.index_nodes();
        return std::move(out_);
    }

private:
    static unsigned table_bits(std::uint32_t nets) {
        unsigned bits = 4;
        while ((std::uint64_t{1} << bits) < std::uint64_t{nets} * 2)
            ++bits;
        return bits;
    }

    void sum_nodes() {
        const std::uint32_t resources = graph_.resources;
        out_.amounts.assign(std::size_t{out_.nodes} * resources, 0);
        out_.own_lines.assign(std::size_t{out_.nodes} * graph_.classes, 0);
        if (graph_.packing != nullptr) out_.own_bits.assign(out_.nodes, 0);
        for (std::uint32_t v = 0; v < graph_.nodes; ++v) {
            const std::size_t to = cluster_[v];
            for (std::uint32_t r = 0; r < resources; ++r)
                out_.amounts[to * resources + r] += graph_.amount(v, r);
            for (std::uint32_t c = 0; c < graph_.classes; ++c)
                out_.own_lines[to * graph_.classes + c] +=
                    graph_.own_lines[std::size_t{v} * graph_.classes + c];
            if (graph_.packing != nullptr) out_.own_bits[to] += graph_.own_bits[v];
        }
    }

    void add_net(std::uint32_t e) {
        const bool led = gather(e);
        if (buffer_.size() < 2) {
            if (!buffer_.empty() && !led && graph_.tracks_unions()) add_own(e);
        } else if (!merge(e, led)) {
            append(e, led);
        }
        for (const std::uint32_t pin : buffer_)
            slot_[pin] = absent;
    }

    /// Distinct clusters of the net's pins into buffer_; true when the first is source only.
    bool gather(std::uint32_t e) {
        buffer_.clear();
        synapses_.clear();
        bool led = graph_.lead[e] != 0;
        for (std::uint32_t at = graph_.net_begin[e]; at < graph_.net_begin[e + 1]; ++at) {
            const std::uint32_t to = cluster_[graph_.pins[at]];
            const std::uint32_t n  = graph_.packing != nullptr ? graph_.pin_synapses[at] : 0;
            if (slot_[to] == absent) {
                slot_[to] = static_cast<std::uint32_t>(buffer_.size());
                buffer_.push_back(to);
                synapses_.push_back(n);
            } else {
                synapses_[slot_[to]] += n;
                if (slot_[to] == 0) led = false;
            }
        }
        return led;
    }

    void add_own(std::uint32_t e) {
        const std::uint32_t c = graph_.net_class[e];
        const std::size_t to  = buffer_[0];
        if (c < graph_.classes) out_.own_lines[to * graph_.classes + c] += graph_.lines[e];
        if (graph_.packing != nullptr && c == 0)
            out_.own_bits[to] += graph_.lines[e] * graph_.packing->row_bits(synapses_[0]);
    }

    [[nodiscard]] std::uint64_t hash(std::uint32_t e, bool led) const {
        std::uint64_t h = led ? mix64(buffer_[0] + 0x51ULL) : 0;
        if (graph_.tracks_unions()) h += std::uint64_t{graph_.net_class[e]} << 7;
        for (const std::uint32_t pin : buffer_)
            h += mix64(pin);
        if (graph_.packing != nullptr)
            for (std::size_t i = 0; i < buffer_.size(); ++i)
                h += mix64(buffer_[i] ^ (std::uint64_t{synapses_[i]} << 32));
        return h;
    }

    /// Finds an equal net already there and adds this one's weight to it.
    bool merge(std::uint32_t e, bool led) {
        const std::uint64_t h  = hash(e, led);
        const std::size_t mask = table_.size() - 1;
        std::size_t at         = mix64(h) & mask;
        for (; table_[at] != absent; at = (at + 1) & mask) {
            const std::uint32_t f = table_[at];
            if (hashes_[f] != h || !equal(e, f, led)) continue;
            out_.weight[f] += graph_.weight[e];
            if (graph_.tracks_unions()) out_.lines[f] += graph_.lines[e];
            return true;
        }
        table_[at] = out_.nets;
        hashes_.push_back(h);
        return false;
    }

    [[nodiscard]] bool equal(std::uint32_t e, std::uint32_t f, bool led) const {
        const auto other = out_.pins_of(f);
        if (other.size() != buffer_.size() || (out_.lead[f] != 0) != led) return false;
        if (led && other[0] != buffer_[0]) return false;
        if (graph_.tracks_unions() && graph_.net_class[e] != out_.net_class[f]) return false;
        for (std::size_t i = 0; i < other.size(); ++i) {
            if (slot_[other[i]] == absent) return false;
            if (graph_.packing != nullptr &&
                out_.pin_synapses[out_.net_begin[f] + i] != synapses_[slot_[other[i]]])
                return false;
        }
        return true;
    }

    void append(std::uint32_t e, bool led) {
        out_.pins.insert(out_.pins.end(), buffer_.begin(), buffer_.end());
        out_.net_begin.push_back(static_cast<std::uint32_t>(out_.pins.size()));
        out_.weight.push_back(graph_.weight[e]);
        out_.lead.push_back(led ? 1 : 0);
        ++out_.nets;
        if (!graph_.tracks_unions()) return;
        out_.net_class.push_back(graph_.net_class[e]);
        out_.lines.push_back(graph_.lines[e]);
        if (graph_.packing != nullptr)
            out_.pin_synapses.insert(out_.pin_synapses.end(), synapses_.begin(), synapses_.end());
    }

    const Hypergraph& graph_;
    std::span<const std::uint32_t> cluster_;
    Hypergraph out_;
    std::vector<std::uint32_t> slot_, buffer_, synapses_, table_;
    std::vector<std::uint64_t> hashes_;
};

}  // namespace

Hypergraph contract(const Hypergraph& graph, std::span<const std::uint32_t> cluster,
                    std::uint32_t count) {
    return Contraction{graph, cluster, count}.run();
}

}  // namespace spikeloom::mapping
