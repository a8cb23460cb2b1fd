// SPDX-License-Identifier: Apache-2.0
/// What the chip's work costs in time, and the recorder that turns a tick's work into it.
#pragma once

#include "hw/spec/chip_spec.hpp"
#include "simulator/chip/tick_work.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace spikeloom::backends::loihi {

/// Times of one cost table [ps].
struct Costs {
    std::int64_t inactive_ps  = 0;  ///< a compartment that rests
    std::int64_t active_ps    = 0;  ///< one that does not
    std::int64_t spike_ps     = 0;  ///< on top when it fires
    std::int64_t learning_ps  = 0;  ///< a weight update
    std::uint32_t axon_out_ps = 0;
    std::uint32_t axon_in_ps  = 0;
    std::array<std::uint32_t, 3> synapse_ps{};  ///< an event, by SynapseKind
    std::string barrier_prefix;                 ///< of the barrier's figures
    bool counts_kinds   = false;                ///< the energy table tells kinds of synapses apart
    std::uint32_t flits = 1;  ///< of one message: topology's message_width over its link_width
};

/// Costs of the table that cost_table() names: `loihi-sanafe` takes the figures `sanafe_*`, any
/// other the plain ones. What the chip file does not name costs no time.
Costs costs_of(const hw::ChipSpec& chip);

/// Synaptic events of one message, by kind.
using Events = std::array<std::uint32_t, 3>;

/// Writes one tick's work down for a timing model.
class WorkRecorder {
public:
    WorkRecorder(const Costs& costs, std::uint32_t cores) : costs_{costs}, work_{cores} {}

    void begin_tick() { work_.clear(); }
    void begin_core(std::uint32_t core) {
        work_.begin_core(core), core_ = core, done_ = active_ = 0;
    }
    /// The compartments up to number `slots` are done, `active` of them were active.
    void compartments(std::uint32_t slots, std::uint32_t active) {
        const std::int64_t busy = active - active_;
        work_.soma(busy * costs_.active_ps +
                   (std::int64_t{slots} - done_ - busy) * costs_.inactive_ps);
        done_ = slots, active_ = active;
    }
    void spike() { work_.soma(costs_.spike_ps); }
    void message(std::uint32_t destination, const Events& events) {
        send(destination, events, costs_.axon_out_ps);
    }
    /// From outside, in at the core that it is for.
    void input(const Events& events) { send(core_, events, 0); }
    const chip::TickWork& end_tick() {
        work_.finish();
        return work_;
    }

private:
    void send(std::uint32_t destination, const Events& events, std::uint32_t axon_out) {
        std::uint32_t synapse = 0;
        for (std::size_t kind = 0; kind < events.size(); ++kind)
            synapse += events[kind] * costs_.synapse_ps[kind];
        work_.send({.destination = destination,
                    .flits       = costs_.flits,
                    .axon_out_ps = axon_out,
                    .axon_in_ps  = costs_.axon_in_ps,
                    .synapse_ps  = synapse});
    }

    Costs costs_;
    chip::TickWork work_;
    std::uint32_t core_ = 0, done_ = 0, active_ = 0;
};

}  // namespace spikeloom::backends::loihi
