// SPDX-License-Identifier: Apache-2.0
/// Fidelity `analytic`: bounds that need no simulation. A tick lasts at least
///   * what each core spends on sending;
///   * until each message, sent without delay over an empty network, is worked off;
///   * for each core, its earliest arrival and then the sum of all it has to work off (of the
///     busiest stage, when stages overlap);
///   * for each link, the time of all its flits and the way of the last.
/// The answer is the largest of these: never more than the other fidelities find. Deliveries are
/// those of an empty network and an idle destination.
#include "simulator/chip/timer_base.hpp"

#include <algorithm>
#include <limits>

namespace spikeloom::chip {

namespace {

struct Intake {
    std::int64_t earliest = std::numeric_limits<std::int64_t>::max();
    std::int64_t axon_in = 0, synapse = 0, dendrite = 0;

    [[nodiscard]] std::int64_t end(bool overlapped) const {
        const std::int64_t sum =
            overlapped ? std::max({axon_in, synapse, dendrite}) : axon_in + synapse + dendrite;
        return axon_in + synapse + dendrite == 0 ? 0 : earliest + sum;
    }
};

class AnalyticTimer final : public TimerBase {
public:
    explicit AnalyticTimer(const ChipTiming& chip)
        : TimerBase{chip}, intake_(layout_.cores), load_(layout_.links.size()) {
        ends_ = layout_.zero_load_cycles(0, 0, 0, 1);
        flit_ = layout_.zero_load_cycles(0, 0, 0, 2) - ends_;
        for (std::uint32_t out = 0; out < layout_.channels; ++out) {
            if (layout_.link[out] == NocLayout::none) continue;
            last_flit_.push_back(layout_.noc.cycle_ps *
                                 (std::int64_t{layout_.latency[out]} - layout_.period[out]));
        }
    }

private:
    std::int64_t run(const TickWork& work) override {
        std::fill(intake_.begin(), intake_.end(), Intake{});
        std::fill(load_.begin(), load_.end(), 0);
        std::int64_t end = 0;
        for (std::uint32_t core = 0; core < work.cores(); ++core) {
            for (std::size_t m = work.first(core); m < work.first(core + 1); ++m)
                end = std::max(end, send(core, m, work.messages()[m]));
            end = std::max(end, cores_.sent_all(core, work.tail_ps(core)));
        }
        for (const Intake& intake : intake_)
            end = std::max(end, intake.end(chip_.stage_queue > 0));
        for (std::size_t link = 0; link < load_.size(); ++link)
            if (load_[link] > 0) end = std::max(end, load_[link] + last_flit_[link]);
        return end;
    }

    /// When the message is worked off if nothing is in its way.
    std::int64_t send(std::uint32_t core, std::size_t m, const Message& message) {
        const std::int64_t cycle = layout_.noc.cycle_ps;
        ready_[m]                = cores_.ready(core, message);
        cores_.handed(core, ready_[m]);
        std::uint64_t way = ends_, slowest = flit_;
        layout_.walk(routes_[m].network, layout_.router_of(core),
                     layout_.router_of(message.destination), [&](std::uint32_t out) {
                         way += layout_.latency[out];
                         slowest = std::max<std::uint64_t>(slowest, layout_.period[out]);
                         load_[layout_.link[out]] +=
                             cycle * layout_.period[out] * std::int64_t{message.flits};
                     });
        const std::int64_t arrival =
            ready_[m] + cycle * static_cast<std::int64_t>(way + (message.flits - 1) * slowest);
        Intake& intake  = intake_[message.destination];
        intake.earliest = std::min(intake.earliest, arrival);
        intake.axon_in += message.axon_in_ps;
        intake.synapse += message.synapse_ps;
        intake.dendrite += message.dendrite_ps;
        delivered_[m] = arrival + message.axon_in_ps + message.synapse_ps + message.dendrite_ps;
        return delivered_[m];
    }

    std::uint64_t ends_ = 0, flit_ = 0;    ///< cycles into and out of the network; of a flit
    std::vector<Intake> intake_;           ///< of each core
    std::vector<std::int64_t> load_;       ///< of each link [ps]
    std::vector<std::int64_t> last_flit_;  ///< of each link: its latency less its period [ps]
};

}  // namespace

std::unique_ptr<TickTimer> make_analytic_timer(const ChipTiming& chip) {
    return std::make_unique<AnalyticTimer>(chip);
}

}  // namespace spikeloom::chip
