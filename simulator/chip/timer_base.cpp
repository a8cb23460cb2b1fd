// SPDX-License-Identifier: Apache-2.0
#include "simulator/chip/timer_base.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>

namespace spikeloom::chip {

TimerBase::TimerBase(const ChipTiming& chip)
    : chip_{chip}, layout_{chip.noc}, cores_{layout_.cores, chip.stage_queue} {
    reset();
}

void TimerBase::reset() {
    totals_ = {};
    totals_.link_flits.assign(layout_.links.size(), 0);
    totals_.core_send_ps.assign(layout_.cores, 0);
    totals_.core_receive_ps.assign(layout_.cores, 0);
    totals_.core_stall_ps.assign(layout_.cores, 0);
}

TimerBase::Route TimerBase::route_message(std::uint32_t core, std::uint32_t network,
                                          const Message& message, TickTiming& tick) {
    const std::uint32_t from = layout_.router_of(core);
    const std::uint32_t to   = layout_.router_of(message.destination);
    const std::int32_t dx = layout_.steps_x(from, to), dy = layout_.steps_y(from, to);
    tick.flits += message.flits;
    tick.within_tile += from == to ? 1 : 0;
    tick.hops_east_west += static_cast<std::uint32_t>(std::abs(dx));
    tick.hops_north_south += static_cast<std::uint32_t>(std::abs(dy));
    layout_.walk(network, from, to, [&](std::uint32_t out) {
        totals_.link_flits[layout_.link[out]] += message.flits;
    });
    totals_.core_send_ps[core] += std::int64_t{message.soma_ps} + message.axon_out_ps;
    totals_.core_receive_ps[message.destination] +=
        std::int64_t{message.axon_in_ps} + message.synapse_ps + message.dendrite_ps;
    return {layout_.core_channel(network, message.destination), static_cast<std::int16_t>(dx),
            static_cast<std::int16_t>(dy), static_cast<std::uint8_t>(network),
            layout_.y_first[network]};
}

TickTiming TimerBase::time_tick(const TickWork& work) {
    assert(work.cores() == layout_.cores);
    const auto messages = work.messages();
    routes_.resize(messages.size());
    delivered_.resize(messages.size());
    ready_.resize(messages.size());
    stall_.assign(layout_.cores, 0);
    cores_.clear();
    TickTiming tick;
    tick.messages = messages.size();
    for (std::uint32_t core = 0; core < layout_.cores; ++core) {
        std::uint32_t network = 0;
        for (std::size_t m = work.first(core); m < work.first(core + 1); ++m) {
            routes_[m] = route_message(core, network, messages[m], tick);
            network    = network + 1 < layout_.noc.networks ? network + 1 : 0;
        }
        totals_.core_send_ps[core] += work.tail_ps(core);
    }
    tick.work_ps    = run(work);
    tick.latency_ps = tick.work_ps + chip_.barrier_ps;
    for (std::size_t m = 0; m < messages.size(); ++m) {
        totals_.delivery.add(delivered_[m] - ready_[m]);
        tick.late += chip_.tick_ps > 0 && delivered_[m] > chip_.tick_ps ? 1 : 0;
    }
    for (std::uint32_t core = 0; core < layout_.cores; ++core)
        tick.source_stall_ps += stall_[core];
    add_up(work, tick);
    return tick;
}

void TimerBase::add_up(const TickWork& work, const TickTiming& tick) {
    TickTiming& sum = totals_.sum;
    ++totals_.ticks;
    sum.latency_ps += tick.latency_ps;
    sum.work_ps += tick.work_ps;
    sum.source_stall_ps += tick.source_stall_ps;
    sum.messages += tick.messages;
    sum.flits += tick.flits;
    sum.hops_east_west += tick.hops_east_west;
    sum.hops_north_south += tick.hops_north_south;
    sum.within_tile += tick.within_tile;
    sum.late += tick.late;
    totals_.tick_latency.add(tick.latency_ps);
    for (std::uint32_t core = 0; core < work.cores(); ++core)
        totals_.core_stall_ps[core] += stall_[core];
}

}  // namespace spikeloom::chip
