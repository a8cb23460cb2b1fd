// SPDX-License-Identifier: Apache-2.0
/// What the timers of all fidelities share: routes, counts and sums. Internal to the room.
#pragma once

#include "simulator/chip/core_pipelines.hpp"
#include "simulator/chip/noc_layout.hpp"
#include "simulator/chip/tick_timer.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace spikeloom::chip {

class TimerBase : public TickTimer {
public:
    explicit TimerBase(const ChipTiming& chip);

    TickTiming time_tick(const TickWork& work) final;
    [[nodiscard]] std::span<const std::int64_t> delivered_ps() const final { return delivered_; }
    [[nodiscard]] const TimingTotals& totals() const final { return totals_; }
    [[nodiscard]] const std::vector<Link>& links() const final { return layout_.links; }
    void reset() final;

protected:
    /// Fills delivered_, ready_ and stall_ and returns when the last core is done [ps].
    virtual std::int64_t run(const TickWork& work) = 0;

    /// Where a message goes.
    struct Route {
        std::uint32_t channel = 0;    ///< of the destination core on its network
        std::int16_t dx = 0, dy = 0;  ///< steps to the east and to the north
        std::uint8_t network = 0;     ///< message k of a core travels on network k mod networks
        std::uint8_t y_first = 0;
    };

    ChipTiming chip_;
    NocLayout layout_;
    CorePipelines cores_;
    std::vector<Route> routes_;            ///< of each message; run() may change them
    std::vector<std::int64_t> delivered_;  ///< of each message
    std::vector<std::int64_t> ready_;      ///< of each message: when it wanted to leave
    std::vector<std::int64_t> stall_;      ///< of each core

private:
    Route route_message(std::uint32_t core, std::uint32_t network, const Message& message,
                        TickTiming& tick);
    void add_up(const TickWork& work, const TickTiming& tick);

    TimingTotals totals_;
};

std::unique_ptr<TickTimer> make_analytic_timer(const ChipTiming& chip);
std::unique_ptr<TickTimer> make_event_timer(const ChipTiming& chip);
std::unique_ptr<TickTimer> make_cycle_timer(const ChipTiming& chip);

}  // namespace spikeloom::chip
