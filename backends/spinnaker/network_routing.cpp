// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/network_routing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace spikeloom::backends::spinnaker {

KeyPlan::KeyPlan(const Layout& layout) : layout_{layout} {
    for (const CorePlan& core : layout.cores) {
        first_.push_back(static_cast<std::uint32_t>(elements_.size()));
        elements_.insert(elements_.end(), core.stages + 1,
                         static_cast<std::uint32_t>(core.rows.size()));
    }
    reached_.assign(elements_.size(), std::vector<bool>(layout.cores.size(), false));
}

void KeyPlan::finish(std::vector<KeyBlock>& blocks, std::vector<Relay>& relays) const {
    for (std::uint32_t c = 0; c < layout_.cores.size(); ++c) {
        const CorePlan& core = layout_.cores[c];
        for (std::uint32_t stage = 0; stage <= core.stages; ++stage) {
            const std::uint32_t block = block_of(c, stage);
            KeyBlock keys{block << index_bits,
                          ~(std::bit_ceil(std::max(1U, elements_[block])) - 1),
                          place_of(stage == 0 ? core.id : core.relay),
                          {}};
            for (std::uint32_t to = 0; to < layout_.cores.size(); ++to)
                if (reached_[block][to]) keys.to.push_back(place_of(layout_.cores[to].id));
            if (stage == 0 && core.stages > 0) keys.to.push_back(place_of(core.relay));
            std::sort(keys.to.begin(), keys.to.end());
            blocks.push_back(std::move(keys));
            if (stage > 0) relays.push_back({key_of(c), block << index_bits, stage * stage_ticks});
        }
    }
}

KeyPlan allocate_keys(const Layout& layout) {
    return KeyPlan{layout};
}

Result<Routed> route(const KeyPlan& keys, const Limits& limits, Program& program) {
    Routed routed;
    constexpr std::size_t most_blocks = std::size_t{1} << (32 - index_bits);
    if (keys.blocks() > most_blocks)
        return fault("spinnaker.keys", fmt::format("the network needs {} blocks of keys, limit {}",
                                                   keys.blocks(), most_blocks));
    keys.finish(program.blocks, program.relays);
    auto tables = make_tables(program.machine, program.blocks);
    if (!tables) return tl::unexpected{tables.error()};
    program.tables = std::move(*tables);
    for (std::uint32_t k = 0; k < program.tables.size(); ++k) {
        RouterTable& table = program.tables[k];
        routed.made += table.entries.size();
        if (table.entries.size() > limits.router_entries) {
            minimise(table);
            ++routed.minimised;
        }
        if (table.entries.size() > limits.router_entries)
            return fault("spinnaker.router-entries",
                         fmt::format("chip {} needs {} routing entries, limit {}", k,
                                     table.entries.size(), limits.router_entries));
        routed.loaded += table.entries.size();
        routed.most = std::max<std::uint64_t>(routed.most, table.entries.size());
    }
    const auto good =
        verify_routing(program.machine, program.blocks, program.tables, routed.walked);
    if (!good) return tl::unexpected{good.error()};
    return routed;
}

}  // namespace spikeloom::backends::spinnaker
