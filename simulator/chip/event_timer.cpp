// SPDX-License-Identifier: Apache-2.0
/// Fidelity `event`: messages as discrete events. A message holds a place in the buffer in front of
/// each link; it goes on when the link is free and the next buffer has room for it (for one flit of
/// it under wormhole switching), inputs in turns; a full core stops the messages behind.
/// Flits are not told apart: a message occupies a link for flits x period. Idle links on the way
/// are taken at once, without an event for each.
#include "simulator/chip/event_links.hpp"
#include "simulator/chip/event_queue.hpp"
#include "simulator/chip/timer_base.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>

namespace spikeloom::chip {

namespace {

constexpr std::uint32_t none = NocLayout::none;
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

/// Messages in order; the first one wants to go on.
struct Buffer {
    std::uint32_t first = none, last = none;  ///< messages, through next_
    std::uint32_t coming = 0;                 ///< messages on the link before it
};

/// Numbers: buffers and outputs below `channels` are those of routers, by channel; from there on
/// those of the network interface of the core at channel - channels.
class EventTimer final : public TimerBase {
public:
    explicit EventTimer(const ChipTiming& chip);

private:
    enum Kind : std::uint32_t { core_ready, arrives, wakes, fronts };

    std::int64_t run(const TickWork& work) override;
    void start_tick(const TickWork& work);
    void handle(const Event& event);

    void prepare_next(std::uint32_t core);
    void hand_over(std::uint32_t core, std::int64_t now);
    void arrive(std::uint32_t buffer, std::uint32_t message, std::int64_t now);
    void try_front(std::uint32_t buffer, std::int64_t now);
    void wake(std::uint32_t output, std::int64_t now);
    void go(std::uint32_t buffer, std::uint32_t output, std::int64_t now);
    void reach_core(std::uint32_t output, std::uint32_t message, std::int64_t now);
    void leave_interface(std::uint32_t buffer, std::int64_t tail);

    [[nodiscard]] std::uint32_t port_mask() const { return (1U << layout_.shift) - 1; }
    [[nodiscard]] std::uint32_t port_of(std::uint32_t buffer) const { return buffer & port_mask(); }
    /// What sends into a router's buffer.
    [[nodiscard]] std::uint32_t feeder_of(std::uint32_t buffer) const {
        const std::uint32_t feeder = layout_.source[buffer];
        return feeder == none ? layout_.channels + buffer : feeder;
    }
    [[nodiscard]] std::uint32_t output_of(std::uint32_t buffer, const Route& route) const;
    void step_towards(Route& route, std::uint32_t port) const;
    void free_place(std::uint32_t output, std::int64_t when, std::uint32_t flits);
    void leave_buffer(std::uint32_t buffer, std::int64_t when, std::uint32_t flits);
    void pass_ahead(std::uint32_t buffer, std::uint32_t message, std::int64_t now);
    void wait(std::uint32_t buffer, std::uint32_t output, std::int64_t now);
    void arm(std::uint32_t output, std::int64_t now);
    void schedule(Kind kind, std::uint32_t id, std::int64_t time, std::uint32_t message = 0) {
        queue_.push({time, static_cast<std::uint32_t>(kind) | id << 2, message});
    }

    EventQueue queue_;
    EventLinks outputs_;
    std::vector<Buffer> buffers_;
    std::int64_t cycle_, credit_;

    std::span<const Message> messages_;
    const TickWork* work_ = nullptr;
    std::vector<std::uint32_t> next_;      ///< message behind this one in its buffer
    std::vector<std::uint32_t> slowest_;   ///< period of the slowest link so far [ps]
    std::vector<std::uint64_t> upcoming_;  ///< of each core: its message at axon-out
    std::vector<std::int64_t> slots_;      ///< of each interface: when its last messages had left
    std::vector<std::uint32_t> handed_, left_;  ///< of each interface: its next slot
    std::vector<std::uint32_t> interface_of_;   ///< of each channel of a core
    std::vector<std::uint32_t> core_of_;        ///< of each interface
    std::vector<std::uint8_t> blocked_;         ///< of each core
    std::int64_t end_        = 0;
    std::size_t undelivered_ = 0;
};

unsigned bucket_width(const hw::NocSpec& noc) {
    const std::int64_t finest = std::min({noc.flit_ps, noc.hop_x_ps, noc.hop_y_ps});
    return static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(finest))) - 1;
}

EventTimer::EventTimer(const ChipTiming& chip)
    : TimerBase{chip},
      queue_{bucket_width(chip.noc)},
      outputs_{std::size_t{2} * layout_.channels,
               std::max(chip.noc.link_buffer, chip.noc.core_buffer),
               chip.noc.switching == hw::Switching::virtual_cut_through},
      buffers_(std::size_t{2} * layout_.channels),
      cycle_{chip.noc.cycle_ps},
      credit_{chip.noc.credit_ps},
      upcoming_(layout_.cores),
      slots_(std::size_t{layout_.cores} * layout_.noc.networks * layout_.noc.send_queue),
      handed_(std::size_t{layout_.cores} * layout_.noc.networks),
      left_(std::size_t{layout_.cores} * layout_.noc.networks),
      blocked_(layout_.cores) {
    interface_of_.resize(layout_.channels);
    for (std::uint32_t core = 0; core < layout_.cores; ++core) {
        for (std::uint32_t network = 0; network < layout_.noc.networks; ++network) {
            interface_of_[layout_.core_channel(network, core)] =
                static_cast<std::uint32_t>(core_of_.size());
            core_of_.push_back(core);
        }
    }
    const auto ps = [this](std::int64_t cycles) {
        return static_cast<std::uint32_t>(cycle_ * cycles);
    };
    for (std::uint32_t o = 0; o < layout_.channels; ++o) {
        const bool to_core = port_of(o) >= hw::direction_ports;
        auto& out          = outputs_[o];
        auto& interface    = outputs_[layout_.channels + o];
        out.latency        = ps(layout_.latency[o]);
        out.period         = ps(layout_.period[o]);
        interface.latency  = ps(std::max<std::int64_t>(1, chip.noc.inject_ps / cycle_));
        interface.period   = out.period;
        interface.depth    = static_cast<std::int32_t>(chip.noc.link_buffer);
        out.depth =
            static_cast<std::int32_t>(to_core ? chip.noc.core_buffer : chip.noc.link_buffer);
        out.deep = !to_core && std::int64_t{out.depth - 1} * out.period >= out.latency + credit_;
    }
}

void EventTimer::start_tick(const TickWork& work) {
    work_     = &work;
    messages_ = work.messages();
    next_.resize(messages_.size());
    slowest_.assign(messages_.size(), 0);
    outputs_.clear();
    std::fill(slots_.begin(), slots_.end(), 0);
    std::fill(handed_.begin(), handed_.end(), 0);
    std::fill(left_.begin(), left_.end(), 0);
    std::fill(blocked_.begin(), blocked_.end(), 0);
    end_         = 0;
    undelivered_ = messages_.size();
    queue_.restart();
}

std::int64_t EventTimer::run(const TickWork& work) {
    start_tick(work);
    for (std::uint32_t core = 0; core < layout_.cores; ++core) {
        upcoming_[core] = work.first(core);
        prepare_next(core);
    }
    queue_.run([this](const Event& event) { handle(event); });
    assert(undelivered_ == 0);
    for (std::uint32_t core = 0; core < layout_.cores; ++core)
        end_ = std::max(end_, cores_.sent_all(core, work.tail_ps(core)));
    return end_;
}

void EventTimer::handle(const Event& event) {
    const std::uint32_t id = event.what >> 2;
    switch (static_cast<Kind>(event.what & 3U)) {
        case core_ready:
            return hand_over(id, event.time);
        case arrives:
            --buffers_[id].coming;
            return arrive(id, event.message, event.time);
        case wakes:
            return wake(id, event.time);
        case fronts:
            return try_front(id, event.time);
    }
}

/// Schedules the core's next message, if there is one.
void EventTimer::prepare_next(std::uint32_t core) {
    const std::size_t m = upcoming_[core];
    if (m == work_->first(core + 1)) return;
    ready_[m] = cores_.ready(core, messages_[m]);
    schedule(core_ready, core, ready_[m]);
}

/// Hands the core's message to the network interface, or leaves it to leave_interface().
void EventTimer::hand_over(std::uint32_t core, std::int64_t now) {
    const auto m                  = static_cast<std::uint32_t>(upcoming_[core]);
    const std::uint32_t network   = routes_[m].network;
    const std::uint32_t interface = core * layout_.noc.networks + network;
    const std::uint32_t queue     = layout_.noc.send_queue;
    std::int64_t& slot            = slots_[std::size_t{interface} * queue + handed_[interface]];
    if (slot > now) {
        blocked_[core] = slot == never ? 1 : 0;
        if (slot != never) schedule(core_ready, core, slot);
        return;
    }
    slot               = never;
    handed_[interface] = handed_[interface] + 1 < queue ? handed_[interface] + 1 : 0;
    stall_[core] += now - ready_[m];
    cores_.handed(core, now);
    ++upcoming_[core];
    prepare_next(core);
    arrive(layout_.channels + layout_.core_channel(network, core), m, now);
}

/// The oldest message of an interface has left with its last flit.
void EventTimer::leave_interface(std::uint32_t buffer, std::int64_t tail) {
    const std::uint32_t interface = interface_of_[buffer - layout_.channels];
    const std::uint32_t core      = core_of_[interface];
    const std::uint32_t queue     = layout_.noc.send_queue;
    slots_[std::size_t{interface} * queue + left_[interface]] = tail;
    left_[interface] = left_[interface] + 1 < queue ? left_[interface] + 1 : 0;
    if (blocked_[core] == 0) return;
    blocked_[core] = 0;
    schedule(core_ready, core, tail);
}

void EventTimer::arrive(std::uint32_t buffer, std::uint32_t message, std::int64_t now) {
    Buffer& b      = buffers_[buffer];
    next_[message] = none;
    if (b.first != none) {
        next_[b.last] = message;
        b.last        = message;
        return;
    }
    b.first = b.last = message;
    try_front(buffer, now);
}

std::uint32_t EventTimer::output_of(std::uint32_t buffer, const Route& route) const {
    if (buffer >= layout_.channels) return buffer;
    const hw::Port port = hw::next_port(route.dx, route.dy, route.y_first != 0);
    return port == hw::Port::local ? route.channel
                                   : (buffer & ~port_mask()) | static_cast<std::uint32_t>(port);
}

/// What is left of the way after a hop.
void EventTimer::step_towards(Route& route, std::uint32_t port) const {
    const auto step = static_cast<std::int16_t>((port & 1U) == 0 ? 1 : -1);
    if (port < 2)
        route.dx = static_cast<std::int16_t>(route.dx - step);
    else
        route.dy = static_cast<std::int16_t>(route.dy - step);
}

/// The first message of a buffer goes on or gets into line.
void EventTimer::try_front(std::uint32_t buffer, std::int64_t now) {
    const std::uint32_t message = buffers_[buffer].first;
    const std::uint32_t output  = output_of(buffer, routes_[message]);
    const std::uint32_t flits   = messages_[message].flits;
    const auto& out             = outputs_[output];
    if (out.waiting == 0 && outputs_.idle(out, now, flits) && outputs_.has_room(output, flits, now))
        go(buffer, output, now);
    else
        wait(buffer, output, now);
}

void EventTimer::free_place(std::uint32_t output, std::int64_t when, std::uint32_t flits) {
    if (!outputs_.free_later(output, when, flits)) return;
    outputs_[output].armed = true;
    schedule(wakes, output, when);
}

/// A message has left a router's buffer: what sends into it learns of the room.
void EventTimer::leave_buffer(std::uint32_t buffer, std::int64_t when, std::uint32_t flits) {
    free_place(feeder_of(buffer), when + credit_, flits);
}

void EventTimer::wait(std::uint32_t buffer, std::uint32_t output, std::int64_t now) {
    outputs_[output].waiting |= static_cast<std::uint16_t>(1U << port_of(buffer));
    arm(output, now);
}

/// Sees to it that the output is looked at again when something can have changed.
void EventTimer::arm(std::uint32_t output, std::int64_t now) {
    auto& out = outputs_[output];
    if (out.armed || out.starved) return;
    out.armed   = out.free_at > now || out.freed_count > 0;
    out.starved = !out.armed;
    if (out.free_at > now)
        schedule(wakes, output, out.free_at);
    else if (out.armed)
        schedule(wakes, output, std::max(now, outputs_.next_free(output)));
}

/// The waiting input whose turn it is goes on, if it can.
void EventTimer::wake(std::uint32_t output, std::int64_t now) {
    auto& out = outputs_[output];
    out.armed = false;
    if (out.waiting == 0) return;
    const std::uint32_t later = static_cast<std::uint32_t>(out.waiting) >> out.turn;
    const auto port = static_cast<std::uint32_t>(later != 0 ? out.turn + std::countr_zero(later)
                                                            : std::countr_zero(out.waiting));
    const std::uint32_t buffer = (output & ~port_mask()) | port;
    const std::uint32_t flits  = messages_[buffers_[buffer].first].flits;
    if (outputs_.idle(out, now, flits) && outputs_.has_room(output, flits, now)) {
        out.waiting &= static_cast<std::uint16_t>(~(1U << port));
        go(buffer, output, now);
    }
    if (out.waiting != 0) arm(output, now);
}

/// The first message of `buffer` takes the link.
void EventTimer::go(std::uint32_t buffer, std::uint32_t output, std::int64_t now) {
    auto& out                   = outputs_[output];
    const std::uint32_t message = buffers_[buffer].first;
    const std::uint32_t flits   = messages_[message].flits;
    const std::int64_t tail     = now + std::int64_t{flits - 1} * out.period;
    const std::uint32_t turn    = port_of(buffer) + 1;
    buffers_[buffer].first      = next_[message];
    out.turn                    = static_cast<std::uint8_t>(turn < layout_.ports ? turn : 0);
    slowest_[message]           = std::max(slowest_[message], out.period);
    outputs_.take(out, now, flits);
    if (buffer >= layout_.channels) {
        leave_interface(buffer, tail + cycle_);
        pass_ahead(output - layout_.channels, message, now + out.latency);
    } else {
        leave_buffer(buffer, tail, flits);
        if (layout_.target[output] == none) {
            out.credits -= static_cast<std::int32_t>(flits);
            reach_core(output, message, now);
        } else {
            step_towards(routes_[message], port_of(output));
            pass_ahead(layout_.target[output], message, now + out.latency);
        }
    }
    if (buffers_[buffer].first == none) return;
    if (flits == 1)
        try_front(buffer, now + cycle_);
    else
        schedule(fronts, buffer, tail + cycle_);
}

/// Takes a message, whose head reaches `buffer` at `now`, at once over all links that it finds
/// idle, up to the router of its destination or the first buffer in which it has to stop, and gives
/// it its places there. Buffers that it only passes are not charged: links with deep buffers behind
/// them do not notice. What others do until then can come before it only where it leaves a gap.
void EventTimer::pass_ahead(std::uint32_t buffer, std::uint32_t message, std::int64_t now) {
    Route& route              = routes_[message];
    const std::uint32_t flits = messages_[message].flits;
    while (route.dx != 0 || route.dy != 0) {
        if (buffers_[buffer].first != none || buffers_[buffer].coming > 0) break;
        const std::uint32_t output = output_of(buffer, route);
        auto& out                  = outputs_[output];
        if (!out.deep || out.waiting != 0 || !outputs_.idle(out, now, flits) ||
            !outputs_.has_room(output, flits, now))
            break;
        outputs_.take(out, now, flits);
        slowest_[message] = std::max(slowest_[message], out.period);
        step_towards(route, port_of(output));
        buffer = layout_.target[output];
        now += out.latency;
    }
    outputs_[feeder_of(buffer)].credits -= static_cast<std::int32_t>(flits);
    ++buffers_[buffer].coming;
    schedule(arrives, buffer, now, message);
}

void EventTimer::reach_core(std::uint32_t output, std::uint32_t message, std::int64_t now) {
    const Message& m = messages_[message];
    const std::int64_t arrival =
        now + outputs_[output].latency + std::int64_t{m.flits - 1} * slowest_[message];
    const auto received = cores_.receive(m.destination, arrival, m);
    delivered_[message] = received.finished;
    end_                = std::max(end_, received.finished);
    --undelivered_;
    free_place(output, received.taken + credit_, m.flits);
}

}  // namespace

std::unique_ptr<TickTimer> make_event_timer(const ChipTiming& chip) {
    return std::make_unique<EventTimer>(chip);
}

}  // namespace spikeloom::chip
