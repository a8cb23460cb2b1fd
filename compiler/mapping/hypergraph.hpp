// SPDX-License-Identifier: Apache-2.0
/// Hypergraph: the mapping problem lowered to plain integers for the partitioners' inner loops.
/// Internal to the room.
#pragma once

#include "compiler/mapping/problem.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace spikeloom::mapping {

inline constexpr std::uint32_t absent      = 0xFFFFFFFFU;
inline constexpr std::size_t max_resources = 6;  ///< additive ones, neurons included
inline constexpr std::size_t max_classes   = 4;  ///< unions: incoming axons, then shared tables
using Amounts                              = std::array<std::int64_t, max_resources>;
using Unions                               = std::array<std::int64_t, max_classes>;

/// Limits of a part (one core, or several cores seen as one).
struct PartLimits {
    Amounts amounts{};
    Unions unions{};
    std::int64_t row_bits = 0;
};

/// Nodes are clusters of neurons, nets are sources (or shared table entries, with weight 0).
/// A net's pins are distinct nodes. `lead[e]` says that the first pin is there only as the source:
/// it counts for the traffic but not for axons and rows.
struct Hypergraph {
    std::uint32_t nodes        = 0;
    std::uint32_t nets         = 0;
    std::uint32_t resources    = 1;
    std::uint32_t classes      = 0;        ///< unions that bind; 0: none is tracked
    const PackingRule* packing = nullptr;  ///< set: rows are tracked

    std::vector<std::uint32_t> net_begin{0}, pins;
    std::vector<std::uint32_t> node_begin{0}, incident;
    std::vector<std::int64_t> weight;    ///< per net, spikes
    std::vector<std::uint8_t> lead;      ///< per net
    std::vector<std::uint32_t> amounts;  ///< node * resources + r
    // Only with classes > 0 or packing:
    std::vector<std::uint8_t> net_class;      ///< per net
    std::vector<std::uint32_t> lines;         ///< per net: axons it stands for
    std::vector<std::uint32_t> own_lines;     ///< node * classes + c: needed wherever the node goes
    std::vector<std::uint32_t> pin_synapses;  ///< per pin, only with packing
    std::vector<std::uint64_t> own_bits;      ///< per node, only with packing

    [[nodiscard]] std::span<const std::uint32_t> pins_of(std::uint32_t net) const {
        return {pins.data() + net_begin[net], pins.data() + net_begin[net + 1]};
    }
    [[nodiscard]] std::span<const std::uint32_t> nets_of(std::uint32_t node) const {
        return {incident.data() + node_begin[node], incident.data() + node_begin[node + 1]};
    }
    [[nodiscard]] std::uint32_t amount(std::uint32_t node, std::uint32_t r) const {
        return amounts[std::size_t{node} * resources + r];
    }
    [[nodiscard]] bool tracks_unions() const { return classes > 0 || packing != nullptr; }
    /// Fills node_begin and incident from the pins.
    void index_nodes();
    [[nodiscard]] Amounts total() const;
};

/// The problem as a hypergraph, one node for each neuron, and the limits of one core.
struct Lowered {
    Hypergraph graph;
    PartLimits limits;
};

enum class Track { sums, everything };  ///< whether axon, table and row limits are kept, too
Lowered lower(const MappingProblem& problem, Track track);

/// Reused between calls of extract() by one thread.
struct ExtractScratch {
    std::vector<std::uint32_t> net_local, net_count;
    std::vector<std::uint32_t> touched;
};

/// The part of `graph` on `nodes` (node i of the result is nodes[i]); nets keep their pins among
/// them, and vanish below two.
Hypergraph extract(const Hypergraph& graph, std::span<const std::uint32_t> nodes,
                   ExtractScratch& scratch);

/// Merges nodes with equal `cluster`; clusters are 0 .. count-1. Nets with the same pins merge.
Hypergraph contract(const Hypergraph& graph, std::span<const std::uint32_t> cluster,
                    std::uint32_t count);

}  // namespace spikeloom::mapping
