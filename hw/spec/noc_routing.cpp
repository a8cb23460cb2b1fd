// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/noc_routing.hpp"

#include <cstdlib>

namespace spikeloom::hw {

std::optional<std::uint32_t> neighbour(const NocSpec& noc, std::uint32_t router, Port port) {
    const std::uint32_t x        = router % noc.columns;
    const std::uint32_t y        = router / noc.columns;
    const bool across            = port == Port::east || port == Port::west;
    const bool up                = port == Port::east || port == Port::north;
    const std::uint32_t size     = across ? noc.columns : noc.rows;
    const std::uint32_t position = across ? x : y;
    if (port == Port::local || size == 1) return std::nullopt;
    const bool at_rim = up ? position + 1 == size : position == 0;
    if (at_rim && !noc.wrap) return std::nullopt;
    const std::uint32_t next =
        up ? (at_rim ? 0 : position + 1) : (at_rim ? size - 1 : position - 1);
    return across ? y * noc.columns + next : next * noc.columns + x;
}

Hops hops(const NocSpec& noc, std::uint32_t from, std::uint32_t to) {
    const auto dx = steps(from % noc.columns, to % noc.columns, noc.columns, noc.wrap);
    const auto dy = steps(from / noc.columns, to / noc.columns, noc.rows, noc.wrap);
    return {static_cast<std::uint32_t>(std::abs(dx)), static_cast<std::uint32_t>(std::abs(dy))};
}

bool crosses_chips(const NocSpec& noc, std::uint32_t router, Port port) {
    const auto to = neighbour(noc, router, port);
    if (!to) return false;
    const auto chip = [&](std::uint32_t r) {
        const std::uint32_t x = r % noc.columns, y = r / noc.columns;
        const std::uint32_t cx = noc.chip_columns == 0 ? 0 : x / noc.chip_columns;
        const std::uint32_t cy = noc.chip_rows == 0 ? 0 : y / noc.chip_rows;
        return std::pair{cx, cy};
    };
    return chip(router) != chip(*to);
}

}  // namespace spikeloom::hw
