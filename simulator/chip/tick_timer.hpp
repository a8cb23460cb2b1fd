// SPDX-License-Identifier: Apache-2.0
/// TickTimer: how long a tick takes and when its messages arrive, at one of three fidelities.
#pragma once

#include "hw/spec/noc_spec.hpp"
#include "simulator/chip/latency_histogram.hpp"
#include "simulator/chip/tick_work.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace spikeloom::chip {

enum class Fidelity {
    analytic,  ///< closed form: sums per core, the worst path, the busiest link
    event,     ///< messages as discrete events: links, buffers and cores, first come first served
    cycle      ///< flits, cycle by cycle: credits, round-robin arbitration, wormhole or cut-through
};

/// "analytic", "event" or "cycle". Errors: "chip.fidelity" (lists the names).
Result<Fidelity> parse_fidelity(std::string_view name);
std::string_view to_string(Fidelity fidelity);

/// What a timing model has to know of a chip, apart from the work.
struct ChipTiming {
    hw::NocSpec noc;
    /// Messages that fit between two stages of a core. 0: the stages of one message run one after
    /// the other, and sending and receiving are each one serial process.
    std::uint32_t stage_queue = 0;
    std::int64_t barrier_ps   = 0;  ///< ends every tick; hw::barrier_ps()
    std::int64_t tick_ps      = 0;  ///< fixed length of a tick; 0: as long as the work takes
};

/// One tick. Delivery latency of a message: from the end of its axon-out work, when it wants to
/// leave the core, to the end of its work at the destination.
struct TickTiming {
    std::int64_t latency_ps        = 0;  ///< work and barrier
    std::int64_t work_ps           = 0;  ///< until the last core is done
    std::int64_t source_stall_ps   = 0;  ///< sum over cores: a message is ready, the network is not
    std::uint64_t messages         = 0;
    std::uint64_t flits            = 0;
    std::uint64_t hops_east_west   = 0;  ///< messages x hops
    std::uint64_t hops_north_south = 0;
    std::uint64_t within_tile      = 0;  ///< messages whose two cores share a router
    std::uint64_t late             = 0;  ///< delivered after `tick_ps`, where that is not 0
};

/// Sums over all ticks since the timer was made or reset().
struct TimingTotals {
    std::uint64_t ticks = 0;
    TickTiming sum;                             ///< every field added up
    LatencyHistogram delivery;                  ///< ps a message
    LatencyHistogram tick_latency;              ///< ps a tick
    std::vector<std::uint64_t> link_flits;      ///< flits over each link of links()
    std::vector<std::int64_t> core_send_ps;     ///< soma and axon-out work of each core
    std::vector<std::int64_t> core_receive_ps;  ///< axon-in, synapse and dendrite work
    std::vector<std::int64_t> core_stall_ps;    ///< share of source_stall_ps
};

/// A directed link between two routers of one physical network.
struct Link {
    std::uint32_t network = 0;
    std::uint32_t from = 0, to = 0;  ///< routers, y * columns + x
};

class TickTimer {
public:
    virtual ~TickTimer() = default;

    /// Times a finished tick that starts on an idle chip. Allocates nothing once its buffers have
    /// grown to the largest tick.
    virtual TickTiming time_tick(const TickWork& work) = 0;
    /// When each message of the last tick was delivered [ps since the tick began], in the order of
    /// TickWork::messages().
    [[nodiscard]] virtual std::span<const std::int64_t> delivered_ps() const = 0;
    [[nodiscard]] virtual const TimingTotals& totals() const                 = 0;
    /// What the entries of TimingTotals::link_flits stand for.
    [[nodiscard]] virtual const std::vector<Link>& links() const = 0;
    virtual void reset()                                         = 0;
};

/// Errors: "chip.noc" (sizes that the model cannot hold), "chip.deadlock".
Result<std::unique_ptr<TickTimer>> make_tick_timer(const ChipTiming& chip, Fidelity fidelity);

}  // namespace spikeloom::chip
