// SPDX-License-Identifier: Apache-2.0
/// Multicast routing: keys, trees and the routers' tables, and the walk that proves them.
#pragma once

#include "backends/spinnaker/machine.hpp"
#include "support/result.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace spikeloom::backends::spinnaker {

/// Where a packet goes on from a chip: bits 0..5 the links, bits 6..23 the 18 cores.
using Route = std::uint32_t;

constexpr Route to_link(std::uint32_t link) {
    return 1U << link;
}
constexpr Route to_core(std::uint32_t core) {
    return 1U << (link_count + core);
}

/// One line of a router's ternary table: matches where (packet key & mask) == key.
struct TableEntry {
    std::uint32_t key;
    std::uint32_t mask;
    Route route;
    friend auto operator<=>(const TableEntry&, const TableEntry&) = default;
};

constexpr bool matches(const TableEntry& entry, std::uint32_t key) {
    return (key & entry.mask) == entry.key;
}
/// Is there a key that both match?
constexpr bool intersect(const TableEntry& a, const TableEntry& b) {
    return ((a.key ^ b.key) & a.mask & b.mask) == 0;
}

struct Place {
    std::uint32_t chip;
    std::uint32_t core;
    friend auto operator<=>(const Place&, const Place&) = default;
};

/// One block of keys [key, key | ~mask], sent by one core to a set of cores.
struct KeyBlock {
    std::uint32_t key;
    std::uint32_t mask;
    Place from;
    std::vector<Place> to;  ///< sorted, each once
};

/// What a block's packets do on one chip of their tree.
struct TreeStep {
    std::uint32_t chip;
    std::optional<std::uint32_t> came_by;  ///< the link of this chip that they enter by
    Route route;
};

/// Tree of shortest paths over what is alive; straight on wherever that is no longer, so that
/// default routing carries most of it. Deterministic. Errors: "spinnaker.unreachable" (names both
/// chips).
Result<std::vector<TreeStep>> route_tree(const Machine& machine, const KeyBlock& block);

/// A router's table: `entries` in order of priority; `passing` are blocks that need no entry, since
/// default routing (straight on) serves them, but that no entry may match.
struct RouterTable {
    std::vector<TableEntry> entries;
    std::vector<TableEntry> passing;
};

/// Tables of all chips for all blocks, not minimised. Errors: those of route_tree().
Result<std::vector<RouterTable>> make_tables(const Machine& machine,
                                             std::span<const KeyBlock> blocks);

/// Merges entries of equal route wherever no other block's packets are led astray; the order of the
/// entries counts from then on. Fewest-first grouping: rare routes stand on top, the most common at
/// the bottom, where they may cover what stands above.
void minimise(RouterTable& table);

/// Where a packet of that key ends up when it is sent from `from`: the cores reached, sorted, those
/// reached twice listed twice. Follows tables, default routing and dead links to the letter.
struct Walk {
    std::vector<Place> reached;
    std::uint32_t hops    = 0;  ///< links crossed
    std::uint32_t dropped = 0;  ///< branches that ran into nothing
    bool endless          = false;
};
Walk walk(const Machine& machine, std::span<const RouterTable> tables, Place from,
          std::uint32_t key);

/// Walks every key of every block. Errors: "spinnaker.routing" (first key whose packets do not
/// reach just the cores that they should). `walked` counts the keys.
Result<void> verify_routing(const Machine& machine, std::span<const KeyBlock> blocks,
                            std::span<const RouterTable> tables, std::uint64_t& walked);

}  // namespace spikeloom::backends::spinnaker
