// SPDX-License-Identifier: Apache-2.0
/// Axons, table entries and synapse rows of two sides: loads that are unions over the nodes, not
/// sums. Internal to the room.
#pragma once

#include "compiler/mapping/hypergraph.hpp"
#include "compiler/mapping/two_way.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace spikeloom::mapping {

class UnionLoad {
public:
    UnionLoad(const Hypergraph& graph, const std::array<PartLimits, 2>& limits);

    void load(const Sides& side);
    /// May node `v` leave its side without breaking a limit of the other?
    [[nodiscard]] bool allows(std::uint32_t v, const Sides& side) const;
    /// To be called before side[v] changes.
    void move(std::uint32_t v, const Sides& side);

private:
    struct Change {
        Unions unions{};
        std::int64_t bits = 0;
    };
    /// What node `v` adds to side `to` (or saves there, when it is on it).
    [[nodiscard]] Change share(std::uint32_t v, unsigned to, bool is_there) const;
    [[nodiscard]] std::uint32_t synapses_of(std::uint32_t e, std::uint32_t v) const;

    const Hypergraph& graph_;
    const std::array<PartLimits, 2>& limits_;
    std::array<Change, 2> load_{};
    std::vector<std::array<std::uint32_t, 2>> pins_;      ///< target pins per net and side
    std::vector<std::array<std::uint32_t, 2>> synapses_;  ///< only with packing
};

}  // namespace spikeloom::mapping
