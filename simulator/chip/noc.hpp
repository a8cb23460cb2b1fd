// SPDX-License-Identifier: Apache-2.0
/// Noc: a network-on-chip, flit by flit and cycle by cycle.
///
/// Routers with an input buffer a port, one switch allocation a cycle and output by round robin,
/// credits for the places of the next buffer; wormhole or virtual cut-through; cores send through
/// network interfaces and receive into buffers that the user empties with release(). A cycle has
/// two phases: what was sent in earlier cycles arrives, then routers and interfaces decide on what
/// they see. Nothing that is sent arrives before the next cycle, so the order in which routers are
/// looked at makes no difference. Only routers that can do something are looked at, and cycles in
/// which nothing can happen are skipped.
#pragma once

#include "simulator/chip/active_set.hpp"
#include "simulator/chip/cycle_wheel.hpp"
#include "simulator/chip/noc_layout.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace spikeloom::chip {

class Noc {
public:
    static constexpr std::uint64_t never       = CycleWheel::never;
    static constexpr std::uint32_t max_packets = 1U << 22;

    /// A packet whose last flit has reached its core.
    struct Delivery {
        std::uint32_t tag = 0, core = 0, network = 0, flits = 0;
    };
    struct Counts {
        std::uint64_t flits_in = 0, flits_out = 0;  ///< through network interfaces, into cores
        std::uint64_t order_faults = 0;  ///< flits that came out of turn in their packet: always 0
        std::uint64_t evaluations  = 0;  ///< of routers
    };

    /// `layout` must outlive the network.
    explicit Noc(const NocLayout& layout);

    /// Empty, at cycle 0.
    void reset();

    /// Has the core's interface to that network room for a packet?
    [[nodiscard]] bool can_send(std::uint32_t core, std::uint32_t network) const;
    /// Puts a packet of 1 or more flits into the interface; its first flit leaves in the next
    /// step() at the earliest. Needs can_send().
    void send(std::uint32_t core, std::uint32_t network, std::uint32_t destination,
              std::uint32_t flits, std::uint32_t tag);

    /// The first cycle that may still be stepped.
    [[nodiscard]] std::uint64_t now() const { return now_; }
    /// The first cycle not yet stepped in which something happens; `never` when all is at rest.
    [[nodiscard]] std::uint64_t next_cycle() const;
    /// Steps one cycle, no later than next_cycle() and later than the last.
    void step(std::uint64_t cycle);

    /// Packets that arrived in the last step; they hold their places in the core's buffer. A packet
    /// longer than that buffer passes through it and holds all of it in the end.
    [[nodiscard]] std::span<const Delivery> delivered() const { return delivered_; }
    /// Interfaces (core * networks + network) that a packet left completely in the last step.
    [[nodiscard]] std::span<const std::uint32_t> left() const { return left_; }
    /// The core takes a delivered packet out of its buffer in `cycle`, the last step or later.
    void release(const Delivery& packet, std::uint64_t cycle);

    [[nodiscard]] const Counts& counts() const { return counts_; }
    /// Flits that passed each link of the layout.
    [[nodiscard]] const std::vector<std::uint64_t>& link_flits() const { return link_flits_; }
    /// Packets in the network and its interfaces.
    [[nodiscard]] std::uint32_t packets_under_way() const {
        return static_cast<std::uint32_t>(packets_.size() - free_packets_.size());
    }

private:
    static constexpr std::uint8_t nobody = 0xFF;

    /// Flit = packet << 10 | number in the packet (mod 512) << 1 | is the last.
    struct Packet {
        std::uint32_t tag = 0, destination = 0;
        std::uint32_t flits = 0, received = 0;
        std::uint16_t x = 0, y = 0;
        std::uint16_t port = 0;  ///< of the destination at its router
    };
    struct Output {
        std::uint32_t target    = 0;  ///< channel, or `core_bit` | channel
        std::uint32_t busy_till = 0;  ///< cycle, low 32 bits
        std::uint16_t latency = 1, period = 1;
        std::uint16_t credits  = 0;
        std::uint16_t requests = 0;       ///< inputs whose first packet wants this output
        std::uint8_t owner     = nobody;  ///< input whose packet is passing
        std::uint8_t turn      = 0;       ///< input that comes first in the next round
        std::uint8_t armed     = 0;       ///< a wake is under way
    };
    struct Input {
        std::uint32_t feeder = 0;  ///< output that is told of free places
        std::uint16_t first = 0, count = 0;
        std::uint8_t route = nobody;  ///< output of the packet at the front
    };
    struct Node {
        std::uint16_t ready    = 0;  ///< outputs that can send
        std::uint16_t nonempty = 0;  ///< inputs that hold flits
        std::uint16_t x = 0, y = 0;
        std::uint8_t y_first = 0;
    };
    struct Interface {
        std::uint32_t first = 0, count = 0;  ///< of its queue
        std::uint32_t busy_till = 0;
        std::uint32_t sent      = 0;  ///< flits of the packet at the front
        std::uint16_t credits   = 0;
        std::uint8_t armed      = 0;
    };

    void arrive(CycleWheel::Arrival arrival);
    void arrive_at_core(std::uint32_t channel, std::uint32_t flit);
    void credit(std::uint32_t output);
    void wake(std::uint32_t output);
    void request_route(std::uint32_t node, std::uint32_t port, std::uint64_t when);
    void refresh(std::uint32_t node, std::uint32_t port, std::uint64_t when);
    void evaluate(std::uint32_t node);
    bool pick_input(std::uint32_t base, const Output& out, std::uint32_t& in) const;
    std::uint32_t take_flit(std::uint32_t node, std::uint32_t in);
    void pass(std::uint32_t node, std::uint32_t port, std::uint32_t in, std::uint16_t& new_fronts);
    void evaluate_interface(std::uint32_t interface);
    [[nodiscard]] bool later_than(std::uint32_t till, std::uint64_t cycle) const {
        return static_cast<std::int32_t>(till - static_cast<std::uint32_t>(cycle)) > 0;
    }
    [[nodiscard]] std::uint32_t room_needed(std::uint32_t packet, std::uint32_t depth) const;

    const NocLayout& layout_;
    std::uint32_t ring_;    ///< flits of a buffer, to the next power of two
    std::uint32_t credit_;  ///< cycles
    std::uint32_t inject_;
    bool whole_packets_;

    std::vector<Output> outputs_;  ///< by channel
    std::vector<Input> inputs_;    ///< by channel
    std::vector<Node> nodes_;
    std::vector<std::uint32_t> buffers_;       ///< `ring_` flits of each channel
    std::vector<Interface> interfaces_;        ///< core * networks + network
    std::vector<std::uint32_t> queues_;        ///< `send_queue` packets of each interface
    std::vector<std::uint32_t> channel_of_;    ///< of each interface
    std::vector<std::uint32_t> interface_of_;  ///< of each channel of a core
    std::vector<Packet> packets_;
    std::vector<std::uint32_t> free_packets_;

    ActiveSet active_nodes_, active_interfaces_;
    CycleWheel wheel_;
    std::uint64_t now_   = 0;  ///< the next cycle that may be stepped is now_ or later
    std::uint64_t cycle_ = 0;  ///< being stepped
    std::vector<Delivery> delivered_;
    std::vector<std::uint32_t> left_;
    std::vector<std::uint64_t> link_flits_;
    Counts counts_;
};

}  // namespace spikeloom::chip
