// SPDX-License-Identifier: Apache-2.0
/// Where a message goes next: dimension-order steps on a mesh or torus, shared by checks and
/// models.
#pragma once

#include "hw/spec/noc_spec.hpp"

#include <cstdint>
#include <optional>

namespace spikeloom::hw {

/// The ports of a router; cores follow from `local` on.
enum class Port : std::uint8_t { east = 0, west = 1, north = 2, south = 3, local = 4 };

constexpr std::uint32_t direction_ports = 4;

/// The port by which a link that leaves by `port` enters the next router.
constexpr Port opposite(Port port) {
    return static_cast<Port>(static_cast<std::uint8_t>(port) ^ 1U);
}

/// Signed steps from `from` to `to` in one dimension; the short way round on a torus, and the
/// direct one of two that are as long.
constexpr std::int32_t steps(std::uint32_t from, std::uint32_t to, std::uint32_t size, bool wrap) {
    auto d           = static_cast<std::int32_t>(to) - static_cast<std::int32_t>(from);
    const auto whole = static_cast<std::int32_t>(size);
    if (wrap && 2 * d > whole) d -= whole;
    if (wrap && 2 * d < -whole) d += whole;
    return d;
}

/// The output port at a router from which the destination lies `dx` to the east and `dy` to the
/// north.
constexpr Port next_port(std::int32_t dx, std::int32_t dy, bool y_first) {
    if (dx != 0 && (dy == 0 || !y_first)) return dx > 0 ? Port::east : Port::west;
    if (dy != 0) return dy > 0 ? Port::north : Port::south;
    return Port::local;
}

/// Does physical network `network` go north-south first?
constexpr bool y_first(const NocSpec& noc, std::uint32_t network) {
    return noc.routing == Routing::yx || (noc.routing == Routing::o1turn && network % 2 == 1);
}

/// The router that a link leads to; nullopt at a rim.
std::optional<std::uint32_t> neighbour(const NocSpec& noc, std::uint32_t router, Port port);

/// Hops of a message between two routers, by dimension.
struct Hops {
    std::uint32_t east_west = 0, north_south = 0;
};
Hops hops(const NocSpec& noc, std::uint32_t from, std::uint32_t to);

/// Does the link that leaves `router` by `port` cross from one chip to the next?
bool crosses_chips(const NocSpec& noc, std::uint32_t router, Port port);

}  // namespace spikeloom::hw
