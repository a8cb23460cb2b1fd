// SPDX-License-Identifier: Apache-2.0
/// Fidelity `cycle`: the cores' pipelines around a Noc. A core whose network interface is full
/// stands still; a message that its destination has not taken in holds places in the core's buffer,
/// and behind it in the network.
#include "simulator/chip/noc.hpp"
#include "simulator/chip/timer_base.hpp"

#include <algorithm>
#include <cassert>
#include <functional>

namespace spikeloom::chip {

namespace {

class CycleTimer final : public TimerBase {
public:
    explicit CycleTimer(const ChipTiming& chip)
        : TimerBase{chip}, noc_{layout_}, upcoming_(layout_.cores), blocked_(layout_.cores) {}

private:
    /// A core wants to hand over its next message in a cycle.
    struct Wish {
        std::uint64_t cycle                               = 0;
        std::uint32_t core                                = 0;
        friend auto operator<=>(const Wish&, const Wish&) = default;
    };

    std::int64_t run(const TickWork& work) override;
    void prepare_next(const TickWork& work, std::uint32_t core);
    void hand_over(const TickWork& work, const Wish& wish);
    void take_in(const TickWork& work, const Noc::Delivery& packet, std::int64_t now);
    void wish(std::uint64_t cycle, std::uint32_t core) {
        wishes_.push_back({cycle, core});
        std::push_heap(wishes_.begin(), wishes_.end(), std::greater{});
    }
    [[nodiscard]] std::uint64_t cycle_at(std::int64_t ps) const {
        const auto up    = static_cast<std::uint64_t>(ps + layout_.noc.cycle_ps - 1);
        const auto cycle = static_cast<std::uint64_t>(layout_.noc.cycle_ps);
        if ((up | cycle) >> 32 != 0) return up / cycle;
        return static_cast<std::uint32_t>(up) / static_cast<std::uint32_t>(cycle);  // the fast case
    }

    Noc noc_;
    std::vector<Wish> wishes_;            ///< heap, earliest first
    std::vector<std::size_t> upcoming_;   ///< of each core: its message at axon-out
    std::vector<std::uint32_t> blocked_;  ///< of each core: 1 + the network it waits for, or 0
    std::int64_t end_ = 0;
};

std::int64_t CycleTimer::run(const TickWork& work) {
    noc_.reset();
    std::fill(blocked_.begin(), blocked_.end(), 0);
    end_ = 0;
    for (std::uint32_t core = 0; core < layout_.cores; ++core) {
        upcoming_[core] = work.first(core);
        prepare_next(work, core);
    }
    while (true) {
        const std::uint64_t wished = wishes_.empty() ? Noc::never : wishes_.front().cycle;
        const std::uint64_t cycle  = std::min(noc_.next_cycle(), wished);
        if (cycle == Noc::never) break;
        while (!wishes_.empty() && wishes_.front().cycle == cycle) {
            std::pop_heap(wishes_.begin(), wishes_.end(), std::greater{});
            const Wish due = wishes_.back();
            wishes_.pop_back();
            hand_over(work, due);
        }
        noc_.step(cycle);
        for (const Noc::Delivery& packet : noc_.delivered())
            take_in(work, packet, static_cast<std::int64_t>(cycle) * layout_.noc.cycle_ps);
        for (const std::uint32_t interface : noc_.left()) {
            const std::uint32_t core = interface / layout_.noc.networks;
            if (blocked_[core] != 1 + interface % layout_.noc.networks) continue;
            blocked_[core] = 0;
            wish(cycle + 1, core);
        }
    }
    assert(noc_.packets_under_way() == 0 && noc_.counts().order_faults == 0);
    for (std::uint32_t core = 0; core < layout_.cores; ++core)
        end_ = std::max(end_, cores_.sent_all(core, work.tail_ps(core)));
    return end_;
}

void CycleTimer::prepare_next(const TickWork& work, std::uint32_t core) {
    const std::size_t m = upcoming_[core];
    if (m == work.first(core + 1)) return;
    ready_[m] = cores_.ready(core, work.messages()[m]);
    wish(std::max(noc_.now(), cycle_at(ready_[m])), core);
}

void CycleTimer::hand_over(const TickWork& work, const Wish& due) {
    const std::size_t m         = upcoming_[due.core];
    const std::uint32_t network = routes_[m].network;
    if (!noc_.can_send(due.core, network)) {
        blocked_[due.core] = 1 + network;
        return;
    }
    const Message& message = work.messages()[m];
    noc_.send(due.core, network, message.destination, message.flits, static_cast<std::uint32_t>(m));
    const bool waited = due.cycle > cycle_at(ready_[m]);
    const std::int64_t now =
        waited ? static_cast<std::int64_t>(due.cycle) * layout_.noc.cycle_ps : ready_[m];
    stall_[due.core] += now - ready_[m];
    cores_.handed(due.core, now);
    ++upcoming_[due.core];
    prepare_next(work, due.core);
}

void CycleTimer::take_in(const TickWork& work, const Noc::Delivery& packet, std::int64_t now) {
    const auto received    = cores_.receive(packet.core, now, work.messages()[packet.tag]);
    delivered_[packet.tag] = received.finished;
    end_                   = std::max(end_, received.finished);
    noc_.release(packet, cycle_at(received.taken));
}

}  // namespace

std::unique_ptr<TickTimer> make_cycle_timer(const ChipTiming& chip) {
    return std::make_unique<CycleTimer>(chip);
}

}  // namespace spikeloom::chip
