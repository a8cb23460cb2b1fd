// SPDX-License-Identifier: Apache-2.0
#include "simulator/chip/noc.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace spikeloom::chip {

namespace {

constexpr std::uint32_t core_bit = 0x80000000U;
constexpr std::uint32_t none     = NocLayout::none;

constexpr std::uint32_t flit_of(std::uint32_t packet, std::uint32_t number, bool last) {
    return packet << 10 | (number & 511U) << 1 | (last ? 1U : 0U);
}

std::uint32_t reach_of(const NocLayout& layout, std::uint32_t credit, std::uint32_t inject) {
    std::uint32_t reach = std::max(credit, inject);
    for (std::uint32_t out = 0; out < layout.channels; ++out)
        reach = std::max({reach, layout.latency[out], layout.period[out]});
    return reach;
}

std::uint32_t in_cycles(std::int64_t ps, std::int64_t cycle_ps) {
    return static_cast<std::uint32_t>(std::max<std::int64_t>(1, (ps + cycle_ps / 2) / cycle_ps));
}

}  // namespace

Noc::Noc(const NocLayout& layout)
    : layout_{layout},
      ring_{std::bit_ceil(layout.noc.link_buffer)},
      credit_{in_cycles(layout.noc.credit_ps, layout.noc.cycle_ps)},
      inject_{in_cycles(layout.noc.inject_ps, layout.noc.cycle_ps)},
      whole_packets_{layout.noc.switching == hw::Switching::virtual_cut_through},
      outputs_(layout.channels),
      inputs_(layout.channels),
      nodes_(layout.nodes),
      buffers_(std::size_t{layout.channels} * ring_),
      interfaces_(std::size_t{layout.cores} * layout.noc.networks),
      queues_(interfaces_.size() * layout.noc.send_queue),
      channel_of_(interfaces_.size()),
      interface_of_(layout.channels, none),
      active_nodes_(nodes_.size()),
      active_interfaces_(interfaces_.size()),
      wheel_(reach_of(layout, credit_, inject_)),
      link_flits_(layout.links.size()) {
    for (std::uint32_t core = 0; core < layout.cores; ++core) {
        for (std::uint32_t network = 0; network < layout.noc.networks; ++network) {
            const std::uint32_t interface         = core * layout.noc.networks + network;
            channel_of_[interface]                = layout.core_channel(network, core);
            interface_of_[channel_of_[interface]] = interface;
        }
    }
    reset();
}

void Noc::reset() {
    for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
        const std::uint32_t router = n % layout_.routers;
        nodes_[n]                  = {0, 0, layout_.x[router], layout_.y[router],
                                      layout_.y_first[n / layout_.routers]};
    }
    for (std::uint32_t c = 0; c < layout_.channels; ++c) {
        const bool core     = interface_of_[c] != none;
        outputs_[c]         = {};
        outputs_[c].target  = core ? core_bit | c : layout_.target[c];
        outputs_[c].latency = static_cast<std::uint16_t>(layout_.latency[c]);
        outputs_[c].period  = static_cast<std::uint16_t>(layout_.period[c]);
        outputs_[c].credits =
            static_cast<std::uint16_t>(core ? layout_.noc.core_buffer : layout_.noc.link_buffer);
        inputs_[c]        = {};
        inputs_[c].feeder = core ? core_bit | interface_of_[c] : layout_.source[c];
    }
    for (Interface& interface : interfaces_) {
        interface         = {};
        interface.credits = static_cast<std::uint16_t>(layout_.noc.link_buffer);
    }
    packets_.clear();
    free_packets_.clear();
    active_nodes_.clear();
    active_interfaces_.clear();
    wheel_.clear();
    now_ = cycle_ = 0;
    delivered_.clear();
    left_.clear();
    std::fill(link_flits_.begin(), link_flits_.end(), 0);
    counts_ = {};
}

std::uint32_t Noc::room_needed(std::uint32_t packet, std::uint32_t depth) const {
    return whole_packets_ ? std::min(packets_[packet].flits, depth) : 1;
}

bool Noc::can_send(std::uint32_t core, std::uint32_t network) const {
    return interfaces_[core * layout_.noc.networks + network].count < layout_.noc.send_queue &&
           (!free_packets_.empty() || packets_.size() < max_packets);
}

void Noc::send(std::uint32_t core, std::uint32_t network, std::uint32_t destination,
               std::uint32_t flits, std::uint32_t tag) {
    assert(can_send(core, network) && flits >= 1 && destination < layout_.cores);
    if (free_packets_.empty()) {
        free_packets_.push_back(static_cast<std::uint32_t>(packets_.size()));
        packets_.emplace_back();
    }
    const std::uint32_t packet = free_packets_.back();
    free_packets_.pop_back();
    const std::uint32_t router = layout_.router_of(destination);
    const std::uint32_t port   = layout_.channel_at[destination] & ((1U << layout_.shift) - 1);
    packets_[packet]           = {tag,
                                  destination,
                                  flits,
                                  0,
                                  layout_.x[router],
                                  layout_.y[router],
                                  static_cast<std::uint16_t>(port)};
    const std::uint32_t id     = core * layout_.noc.networks + network;
    Interface& interface       = interfaces_[id];
    const std::uint32_t queue  = layout_.noc.send_queue;
    queues_[std::size_t{id} * queue + (interface.first + interface.count++) % queue] = packet;
    if (interface.credits > 0 && interface.armed == 0) active_interfaces_.insert(id);
}

std::uint64_t Noc::next_cycle() const {
    if (!active_nodes_.empty() || !active_interfaces_.empty()) return now_;
    return wheel_.next(now_ - 1);
}

void Noc::step(std::uint64_t cycle) {
    assert(cycle >= now_);
    cycle_ = cycle;
    delivered_.clear();
    left_.clear();
    CycleWheel::Slot& due = wheel_.due(cycle);
    for (const CycleWheel::Arrival& arrival : due.arrivals)
        arrive(arrival);
    for (const std::uint32_t output : due.credits)
        credit(output);
    for (const std::uint32_t output : due.wakes)
        wake(output);
    wheel_.done(cycle);
    active_nodes_.for_each([this](std::uint32_t node) { evaluate(node); });
    active_interfaces_.for_each([this](std::uint32_t id) { evaluate_interface(id); });
    now_ = cycle + 1;
}

void Noc::release(const Delivery& packet, std::uint64_t cycle) {
    const std::uint32_t output = channel_of_[packet.core * layout_.noc.networks + packet.network];
    const std::uint32_t held   = std::min(packet.flits, layout_.noc.core_buffer);
    for (std::uint32_t flit = 0; flit < held; ++flit)
        wheel_.credit_far(cycle_, std::max(cycle, cycle_) + credit_, output);
}

void Noc::arrive(CycleWheel::Arrival arrival) {
    if ((arrival.channel & core_bit) != 0)
        return arrive_at_core(arrival.channel & ~core_bit, arrival.flit);
    Input& input = inputs_[arrival.channel];
    buffers_[std::size_t{arrival.channel} * ring_ + ((input.first + input.count) & (ring_ - 1))] =
        arrival.flit;
    if (input.count++ != 0) return;
    const std::uint32_t node = arrival.channel >> layout_.shift;
    const std::uint32_t port = arrival.channel & ((1U << layout_.shift) - 1);
    nodes_[node].nonempty |= static_cast<std::uint16_t>(1U << port);
    if (input.route == nobody)
        request_route(node, port, cycle_);
    else
        refresh(node, input.route, cycle_);
}

void Noc::arrive_at_core(std::uint32_t channel, std::uint32_t flit) {
    const std::uint32_t id     = interface_of_[channel];
    const std::uint32_t packet = flit >> 10;
    Packet& p                  = packets_[packet];
    ++counts_.flits_out;
    const bool last = p.received + 1 == p.flits;
    if (flit != flit_of(packet, p.received, last)) ++counts_.order_faults;
    ++p.received;
    // A packet longer than the buffer passes through it: only its end stays for release().
    if (p.received + layout_.noc.core_buffer <= p.flits) wheel_.credit(cycle_ + credit_, channel);
    if ((flit & 1U) == 0) return;
    delivered_.push_back({p.tag, id / layout_.noc.networks, id % layout_.noc.networks, p.flits});
    if (p.destination != id / layout_.noc.networks) ++counts_.order_faults;
    free_packets_.push_back(packet);
}

void Noc::credit(std::uint32_t output) {
    if ((output & core_bit) != 0) {
        const std::uint32_t id = output & ~core_bit;
        Interface& interface   = interfaces_[id];
        ++interface.credits;
        if (interface.count > 0 && interface.armed == 0) active_interfaces_.insert(id);
        return;
    }
    ++outputs_[output].credits;
    refresh(output >> layout_.shift, output & ((1U << layout_.shift) - 1), cycle_);
}

void Noc::wake(std::uint32_t output) {
    if ((output & core_bit) != 0) {
        const std::uint32_t id = output & ~core_bit;
        interfaces_[id].armed  = 0;
        if (interfaces_[id].count > 0) active_interfaces_.insert(id);
        return;
    }
    outputs_[output].armed = 0;
    refresh(output >> layout_.shift, output & ((1U << layout_.shift) - 1), cycle_);
}

/// The packet at the front of an input says which output it wants.
void Noc::request_route(std::uint32_t node, std::uint32_t port, std::uint64_t when) {
    const Node& n               = nodes_[node];
    const std::uint32_t channel = node << layout_.shift | port;
    Input& input                = inputs_[channel];
    const Packet& packet = packets_[buffers_[std::size_t{channel} * ring_ + input.first] >> 10];
    const hw::Port next =
        hw::next_port(hw::steps(n.x, packet.x, layout_.noc.columns, layout_.noc.wrap),
                      hw::steps(n.y, packet.y, layout_.noc.rows, layout_.noc.wrap), n.y_first != 0);
    input.route = next == hw::Port::local ? static_cast<std::uint8_t>(packet.port)
                                          : static_cast<std::uint8_t>(next);
    outputs_[node << layout_.shift | input.route].requests |=
        static_cast<std::uint16_t>(1U << port);
    refresh(node, input.route, when);
}

/// Works out whether an output has something to send and may send it in cycle `when`.
void Noc::refresh(std::uint32_t node, std::uint32_t port, std::uint64_t when) {
    Node& n                     = nodes_[node];
    const std::uint32_t channel = node << layout_.shift | port;
    Output& out                 = outputs_[channel];
    const auto bit              = static_cast<std::uint16_t>(1U << port);
    const bool wanted =
        out.owner == nobody ? out.requests != 0 : (n.nonempty >> out.owner & 1U) != 0;
    if (!wanted || out.credits == 0) {
        n.ready &= static_cast<std::uint16_t>(~bit);
        return;
    }
    if (later_than(out.busy_till, when)) {
        n.ready &= static_cast<std::uint16_t>(~bit);
        if (out.armed == 0)
            wheel_.wake(cycle_ + (out.busy_till - static_cast<std::uint32_t>(cycle_)), channel);
        out.armed = 1;
        return;
    }
    n.ready |= bit;
    active_nodes_.insert(node);
}

/// The input whose packet passes, or begins to; false when it has to wait for more room.
bool Noc::pick_input(std::uint32_t base, const Output& out, std::uint32_t& in) const {
    if (out.owner != nobody) {
        in = out.owner;
        return true;
    }
    const std::uint32_t later = static_cast<std::uint32_t>(out.requests) >> out.turn;
    in = static_cast<std::uint32_t>(later != 0 ? out.turn + std::countr_zero(later)
                                               : std::countr_zero(out.requests));
    if (!whole_packets_) return true;
    const std::uint32_t flit = buffers_[std::size_t{base | in} * ring_ + inputs_[base | in].first];
    const std::uint32_t depth =
        (out.target & core_bit) != 0 ? layout_.noc.core_buffer : layout_.noc.link_buffer;
    return out.credits >= room_needed(flit >> 10, depth);
}

std::uint32_t Noc::take_flit(std::uint32_t node, std::uint32_t in) {
    const std::uint32_t channel = node << layout_.shift | in;
    Input& input                = inputs_[channel];
    const std::uint32_t flit    = buffers_[std::size_t{channel} * ring_ + input.first];
    input.first                 = static_cast<std::uint16_t>((input.first + 1U) & (ring_ - 1));
    if (--input.count == 0) nodes_[node].nonempty &= static_cast<std::uint16_t>(~(1U << in));
    wheel_.credit(cycle_ + credit_, input.feeder);
    return flit;
}

/// One flit from an input through an output.
void Noc::pass(std::uint32_t node, std::uint32_t port, std::uint32_t in,
               std::uint16_t& new_fronts) {
    const std::uint32_t channel = node << layout_.shift | port;
    Output& out                 = outputs_[channel];
    const std::uint32_t flit    = take_flit(node, in);
    const auto in_bit           = static_cast<std::uint16_t>(1U << in);
    wheel_.arrive(cycle_ + out.latency, {out.target, flit});
    out.busy_till = static_cast<std::uint32_t>(cycle_) + out.period;
    --out.credits;
    if (layout_.link[channel] != none) ++link_flits_[layout_.link[channel]];
    if (out.owner == nobody) {
        out.requests &= static_cast<std::uint16_t>(~in_bit);
        out.turn  = static_cast<std::uint8_t>(in + 1 < layout_.ports ? in + 1 : 0);
        out.owner = static_cast<std::uint8_t>(in);
    }
    if ((flit & 1U) != 0) {
        Input& input = inputs_[node << layout_.shift | in];
        out.owner    = nobody;
        input.route  = nobody;
        if (input.count > 0) new_fronts |= in_bit;
    }
    refresh(node, port, cycle_ + 1);
}

void Noc::evaluate(std::uint32_t node) {
    Node& n                  = nodes_[node];
    const std::uint32_t base = node << layout_.shift;
    std::uint16_t new_fronts = 0;
    ++counts_.evaluations;
    for (std::uint32_t ready = n.ready; ready != 0; ready &= ready - 1) {
        const auto port  = static_cast<std::uint32_t>(std::countr_zero(ready));
        std::uint32_t in = 0;
        if (pick_input(base, outputs_[base | port], in))
            pass(node, port, in, new_fronts);
        else
            n.ready &= static_cast<std::uint16_t>(~(1U << port));
    }
    for (std::uint32_t fronts = new_fronts; fronts != 0; fronts &= fronts - 1)
        request_route(node, static_cast<std::uint32_t>(std::countr_zero(fronts)), cycle_ + 1);
    if (n.ready == 0) active_nodes_.erase(node);
}

/// One flit from a core into its router.
void Noc::evaluate_interface(std::uint32_t id) {
    Interface& interface        = interfaces_[id];
    const std::uint32_t queue   = layout_.noc.send_queue;
    const std::uint32_t packet  = queues_[std::size_t{id} * queue + interface.first];
    const std::uint32_t channel = channel_of_[id];
    const bool starts           = interface.sent == 0;
    active_interfaces_.erase(id);
    if (interface.credits == 0 ||
        (starts && interface.credits < room_needed(packet, layout_.noc.link_buffer)))
        return;
    if (later_than(interface.busy_till, cycle_)) {
        wheel_.wake(cycle_ + (interface.busy_till - static_cast<std::uint32_t>(cycle_)),
                    core_bit | id);
        interface.armed = 1;
        return;
    }
    const bool last = interface.sent + 1 == packets_[packet].flits;
    wheel_.arrive(cycle_ + inject_, {channel, flit_of(packet, interface.sent, last)});
    ++counts_.flits_in;
    --interface.credits;
    ++interface.sent;
    interface.busy_till = static_cast<std::uint32_t>(cycle_) + outputs_[channel].period;
    if (last) {
        interface.sent  = 0;
        interface.first = (interface.first + 1) % queue;
        --interface.count;
        left_.push_back(id);
    }
    if (interface.count > 0 && interface.credits > 0) active_interfaces_.insert(id);
}

}  // namespace spikeloom::chip
