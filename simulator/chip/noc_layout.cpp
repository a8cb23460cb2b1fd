// SPDX-License-Identifier: Apache-2.0
#include "simulator/chip/noc_layout.hpp"

#include <algorithm>
#include <bit>

namespace spikeloom::chip {

namespace {

std::uint32_t cycles(std::int64_t ps, std::int64_t cycle_ps) {
    return static_cast<std::uint32_t>(std::max<std::int64_t>(1, (ps + cycle_ps / 2) / cycle_ps));
}

void lay_links(NocLayout& layout, std::uint32_t network, std::uint32_t router) {
    const hw::NocSpec& noc = layout.noc;
    for (std::uint32_t p = 0; p < hw::direction_ports; ++p) {
        const auto port = static_cast<hw::Port>(p);
        const auto next = hw::neighbour(noc, router, port);
        if (!next) continue;
        const std::uint32_t out = layout.node(network, router) << layout.shift | p;
        const std::uint32_t in  = layout.node(network, *next) << layout.shift |
                                 static_cast<std::uint32_t>(hw::opposite(port));
        const bool across = port == hw::Port::east || port == hw::Port::west;
        const bool leaves = hw::crosses_chips(noc, router, port);
        std::int64_t hop  = across ? noc.hop_x_ps : noc.hop_y_ps;
        std::int64_t flit = noc.flit_ps;
        if (leaves && noc.chip_hop_ps > 0) hop = noc.chip_hop_ps;
        if (leaves && noc.chip_flit_ps > 0) flit = noc.chip_flit_ps;
        layout.target[out]  = in;
        layout.source[in]   = out;
        layout.latency[out] = cycles(hop, noc.cycle_ps);
        layout.period[out]  = cycles(flit, noc.cycle_ps);
        layout.link[out]    = static_cast<std::uint32_t>(layout.links.size());
        layout.links.push_back({network, router, *next});
    }
}

}  // namespace

NocLayout::NocLayout(const hw::NocSpec& spec)
    : noc{spec},
      routers{spec.routers()},
      nodes{spec.routers() * spec.networks},
      cores{spec.cores()},
      ports{hw::direction_ports + spec.cores_per_router},
      shift{static_cast<std::uint32_t>(std::bit_width(ports - 1))},
      channels{nodes << shift} {
    for (std::uint32_t router = 0; router < routers; ++router) {
        x.push_back(static_cast<std::uint16_t>(router % noc.columns));
        y.push_back(static_cast<std::uint16_t>(router / noc.columns));
    }
    for (std::uint32_t core = 0; core < cores; ++core) {
        const std::uint32_t router = core / noc.cores_per_router;
        router_at.push_back(router);
        channel_at.push_back(router << shift |
                             (hw::direction_ports + core - router * noc.cores_per_router));
    }
    target.assign(channels, none);
    source.assign(channels, none);
    link.assign(channels, none);
    latency.assign(channels, cycles(noc.eject_ps, noc.cycle_ps));
    period.assign(channels, cycles(noc.flit_ps, noc.cycle_ps));
    for (std::uint32_t network = 0; network < noc.networks; ++network) {
        y_first.push_back(hw::y_first(noc, network) ? 1 : 0);
        for (std::uint32_t router = 0; router < routers; ++router)
            lay_links(*this, network, router);
    }
}

std::uint64_t NocLayout::zero_load_cycles(std::uint32_t network, std::uint32_t from_core,
                                          std::uint32_t to_core, std::uint32_t flits) const {
    std::uint64_t sum = cycles(noc.inject_ps, noc.cycle_ps) + cycles(noc.eject_ps, noc.cycle_ps);
    std::uint32_t slowest = cycles(noc.flit_ps, noc.cycle_ps);
    walk(network, router_of(from_core), router_of(to_core), [&](std::uint32_t out) {
        sum += latency[out];
        slowest = std::max(slowest, period[out]);
    });
    return sum + std::uint64_t{flits - 1} * slowest;
}

}  // namespace spikeloom::chip
