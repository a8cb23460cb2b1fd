// SPDX-License-Identifier: Apache-2.0
/// NocLayout: a NocSpec lowered to flat tables that the timing models run on. Internal to the room.
#pragma once

#include "hw/spec/noc_routing.hpp"
#include "hw/spec/noc_spec.hpp"
#include "simulator/chip/tick_timer.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::chip {

/// Numbers of things:
/// * node = network * routers + router: one router of one physical network;
/// * channel = node << shift | port: an input buffer of a node, or the output of the same port. A
///   core's port is direction_ports + its place at the router;
/// * source = channel of the core's input port, set apart by `sources` in front: the output of a
///   core's network interface is numbered sources + channel.
struct NocLayout {
    explicit NocLayout(const hw::NocSpec& spec);

    static constexpr std::uint32_t none = 0xFFFFFFFFU;

    hw::NocSpec noc;
    std::uint32_t routers = 0, nodes = 0, cores = 0;
    std::uint32_t ports = 0, shift = 0;
    std::uint32_t channels = 0;  ///< nodes << shift; unused ports included

    std::vector<std::uint32_t> router_at;   ///< of each core
    std::vector<std::uint32_t> channel_at;  ///< of each core: its channel on network 0
    std::vector<std::uint16_t> x, y;        ///< of each router
    std::vector<std::uint8_t> y_first;      ///< of each network
    std::vector<std::uint32_t> target;      ///< of each output: input channel; none: a core, a rim
    std::vector<std::uint32_t> source;   ///< of each input: output channel that feeds it, or none
    std::vector<std::uint32_t> latency;  ///< of each output: cycles of a flit to the next buffer
    std::vector<std::uint32_t> period;   ///< of each output: cycles between two flits
    std::vector<std::uint32_t> link;     ///< of each output: number in `links`, or none
    std::vector<Link> links;             ///< all links between routers, by network, then router

    [[nodiscard]] std::uint32_t node(std::uint32_t network, std::uint32_t router) const {
        return network * routers + router;
    }
    [[nodiscard]] std::uint32_t router_of(std::uint32_t core) const { return router_at[core]; }
    /// Channel between a core and its router on a network.
    [[nodiscard]] std::uint32_t core_channel(std::uint32_t network, std::uint32_t core) const {
        return (network * routers << shift) + channel_at[core];
    }
    /// Steps to the east and to the north between two routers.
    [[nodiscard]] std::int32_t steps_x(std::uint32_t from, std::uint32_t to) const {
        return hw::steps(x[from], x[to], noc.columns, noc.wrap);
    }
    [[nodiscard]] std::int32_t steps_y(std::uint32_t from, std::uint32_t to) const {
        return hw::steps(y[from], y[to], noc.rows, noc.wrap);
    }
    /// Calls visit(output channel) for each link on the way between two routers.
    template <class Visit>
    void walk(std::uint32_t network, std::uint32_t from, std::uint32_t to, Visit&& visit) const {
        std::uint32_t at      = node(network, from);
        const std::int32_t dx = steps_x(from, to), dy = steps_y(from, to);
        if (y_first[network] == 0) at = run(at, dx, hw::Port::east, visit);
        at = run(at, dy, hw::Port::north, visit);
        if (y_first[network] != 0) run(at, dx, hw::Port::east, visit);
    }
    /// Cycles of a packet that meets nobody, from the network interface to the last flit in the
    /// destination core: inject + hops + eject + (flits - 1) x the slowest link's period.
    [[nodiscard]] std::uint64_t zero_load_cycles(std::uint32_t network, std::uint32_t from_core,
                                                 std::uint32_t to_core, std::uint32_t flits) const;

private:
    /// Goes on in one dimension, by the port `up` or its opposite; returns the last node.
    template <class Visit>
    std::uint32_t run(std::uint32_t at, std::int32_t distance, hw::Port up, Visit& visit) const {
        const auto port = static_cast<std::uint32_t>(distance > 0 ? up : hw::opposite(up));
        for (std::int32_t left = distance < 0 ? -distance : distance; left > 0; --left) {
            const std::uint32_t out = at << shift | port;
            visit(out);
            at = target[out] >> shift;
        }
        return at;
    }
};

}  // namespace spikeloom::chip
