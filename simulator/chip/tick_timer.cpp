// SPDX-License-Identifier: Apache-2.0
#include "simulator/chip/tick_timer.hpp"

#include "hw/spec/deadlock.hpp"
#include "simulator/chip/noc.hpp"
#include "simulator/chip/timer_base.hpp"

#include <fmt/format.h>

namespace spikeloom::chip {

Result<Fidelity> parse_fidelity(std::string_view name) {
    if (name == "analytic") return Fidelity::analytic;
    if (name == "event") return Fidelity::event;
    if (name == "cycle") return Fidelity::cycle;
    return fault("chip.fidelity",
                 fmt::format("there is no fidelity '{}', known: analytic, event, cycle", name));
}

std::string_view to_string(Fidelity fidelity) {
    switch (fidelity) {
        case Fidelity::analytic:
            return "analytic";
        case Fidelity::event:
            return "event";
        case Fidelity::cycle:
            return "cycle";
    }
    return "";
}

Result<std::unique_ptr<TickTimer>> make_tick_timer(const ChipTiming& chip, Fidelity fidelity) {
    const hw::NocSpec& noc = chip.noc;
    if (noc.cores_per_router < 1 || noc.cores_per_router > 12 || noc.routers() < 1 ||
        noc.routers() > 65536 || noc.networks < 1 || noc.networks > 8 || noc.cycle_ps < 1 ||
        noc.link_buffer < 1 || noc.link_buffer > 4096 || noc.core_buffer < 1 ||
        noc.core_buffer > 4096 || noc.send_queue < 1 || chip.stage_queue > 4096) {
        return fault("chip.noc",
                     fmt::format("{} x {} routers of {} cores on {} networks, buffers of {} and {} "
                                 "flits: the model holds up to 65536 routers, 12 cores a router, 8 "
                                 "networks and 4096 flits, and at least one of each",
                                 noc.columns, noc.rows, noc.cores_per_router, noc.networks,
                                 noc.link_buffer, noc.core_buffer));
    }
    const std::uint64_t packets =
        std::uint64_t{noc.cores()} * noc.networks * noc.send_queue +
        std::uint64_t{noc.routers()} * noc.networks * (4 + noc.cores_per_router) * noc.link_buffer;
    if (fidelity == Fidelity::cycle && packets > Noc::max_packets) {
        return fault("chip.noc", fmt::format("the buffers hold up to {} packets, the limit at "
                                             "fidelity cycle is {}",
                                             packets, Noc::max_packets));
    }
    if (auto free_of_deadlock = hw::check_deadlock(noc); !free_of_deadlock)
        return tl::unexpected{free_of_deadlock.error()};
    switch (fidelity) {
        case Fidelity::analytic:
            return make_analytic_timer(chip);
        case Fidelity::event:
            return make_event_timer(chip);
        case Fidelity::cycle:
            break;
    }
    return make_cycle_timer(chip);
}

}  // namespace spikeloom::chip
