// SPDX-License-Identifier: Apache-2.0
/// What the nodes put on one core use up there, all limits at once. Internal to the room.
#pragma once

#include "compiler/mapping/hypergraph.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::mapping {

class CoreLoad {
public:
    CoreLoad(const Hypergraph& graph, const PartLimits& limits);

    void clear();
    [[nodiscard]] bool fits(std::uint32_t v) const;
    void add(std::uint32_t v);
    /// Is net `e` a line of this core already?
    [[nodiscard]] bool present(std::uint32_t e) const { return stamp_[e] == now_; }
    [[nodiscard]] std::int64_t free_lines() const { return limits_.unions[0] - unions_[0]; }
    [[nodiscard]] std::int64_t free_neurons() const { return limits_.amounts[0] - amounts_[0]; }
    [[nodiscard]] std::int64_t neurons() const { return amounts_[0]; }
    /// Nets that the last add() made present.
    [[nodiscard]] const std::vector<std::uint32_t>& arrived() const { return arrived_; }

private:
    [[nodiscard]] bool leads(std::uint32_t e, std::uint32_t v) const {
        return graph_.lead[e] != 0 && graph_.pins[graph_.net_begin[e]] == v;
    }
    [[nodiscard]] std::int64_t more_bits(std::uint32_t e, std::uint32_t v) const;

    const Hypergraph& graph_;
    const PartLimits& limits_;
    Amounts amounts_{};
    Unions unions_{};
    std::int64_t bits_ = 0;
    std::uint32_t now_ = 1;
    std::vector<std::uint32_t> stamp_, synapses_, arrived_;
};

}  // namespace spikeloom::mapping
