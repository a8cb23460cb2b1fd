// SPDX-License-Identifier: Apache-2.0
/// Prints latency against injection rate of an 8 x 8 mesh under uniform random traffic of 8-flit
/// packets, for both ways of switching: noc_curve [SIDE [PLACES [FLITS]]].
#include "simulator/chip/synthetic_traffic.hpp"

#include <fmt/format.h>

#include <cstdlib>

using namespace spikeloom;
using namespace spikeloom::chip;

namespace {

void curve(hw::NocSpec noc, std::uint32_t flits) {
    const bool wormhole = noc.switching == hw::Switching::wormhole;
    fmt::print("{} x {} mesh, xy, {}, {} places an input, packets of {} flits\n", noc.columns,
               noc.rows, wormhole ? "wormhole" : "virtual cut-through", noc.link_buffer, flits);
    fmt::print(
        "  packets/node/cycle  offered  accepted  share of capacity  mean latency   p99 "
        "[cycles]\n");
    for (const double load : {0.02, 0.08, 0.16, 0.24, 0.32, 0.40, 0.44, 0.48, 0.52, 0.56, 0.60,
                              0.64, 0.70, 0.80, 1.00}) {
        TrafficOptions options;
        const double nodes    = noc.columns * noc.columns;
        const double capacity = 4.0 / noc.columns * (nodes - 1) / nodes;
        options.packet_rate   = load * capacity / flits;
        options.flits         = flits;
        options.warmup        = 5000;
        options.measure       = load < 0.1 ? 60'000 : 20'000;
        options.drain         = 50'000;
        const TrafficResult r = run_uniform_traffic(noc, options);
        fmt::print("  {:18.5f} {:8.4f} {:9.4f} {:17.3f} {:14.1f} {:6}{}\n", options.packet_rate,
                   r.offered_flits, r.accepted_flits, r.accepted_flits / capacity, r.latency.mean(),
                   r.latency.quantile(0.99), r.unfinished > 0 ? "  unfinished" : "");
    }
}

}  // namespace

int main(int count, char** words) {
    const auto number = [&](int i, std::uint32_t absent) {
        return i < count ? static_cast<std::uint32_t>(std::atoi(words[i])) : absent;
    };
    hw::NocSpec noc;
    noc.columns = noc.rows = std::max(2U, number(1, 8));
    noc.link_buffer = noc.core_buffer = std::max(1U, number(2, 8));
    const std::uint32_t flits         = std::max(1U, number(3, 8));
    for (const auto switching : {hw::Switching::virtual_cut_through, hw::Switching::wormhole}) {
        noc.switching = switching;
        curve(noc, flits);
    }
    return 0;
}
