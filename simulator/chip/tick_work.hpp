// SPDX-License-Identifier: Apache-2.0
/// TickWork: what the function simulation of one tick hands to a timing model.
///
/// Function and time are separate: what the cores of a barrier-synchronised chip compute does not
/// depend on when they compute it. A device first runs the arithmetic of a tick and writes down,
/// core by core and in order, what each core spends and sends; a TickTimer then says how long the
/// tick takes and when each message arrives.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace spikeloom::chip {

/// One message to one destination core, with the time that it costs at both ends [ps].
/// The stages of a core: soma -> axon-out | network | axon-in -> synapse -> dendrite.
struct Message {
    std::uint32_t destination = 0;  ///< core
    std::uint32_t flits       = 1;  ///< hw::NocSpec::flits(bits)
    std::uint32_t soma_ps     = 0;  ///< filled by TickWork: soma work since the message before
    std::uint32_t axon_out_ps = 0;  ///< making this message
    std::uint32_t axon_in_ps  = 0;  ///< taking it in at the destination
    std::uint32_t synapse_ps  = 0;  ///< all its synaptic events at the destination
    std::uint32_t dendrite_ps = 0;  ///< accumulating them
};

/// The work of all cores in one tick. Buffers are reused: clear() keeps what is allocated.
class TickWork {
public:
    explicit TickWork(std::uint32_t cores) : cores_{cores}, first_(std::size_t{cores} + 1, 0) {
        tail_.assign(cores, 0);
    }

    /// Empty again, for the next tick.
    void clear() {
        messages_.clear();
        tail_.assign(cores_, 0);
        first_.assign(std::size_t{cores_} + 1, 0);
        open_ = 0;
    }

    /// What follows is work of `core`. Cores come in ascending order; a core without work may be
    /// left out.
    void begin_core(std::uint32_t core) {
        assert(core < cores_ && core >= open_);
        close_until(core);
    }

    /// Soma time [ps] of the open core: neuron updates, spike generation.
    void soma(std::int64_t ps) { tail_[open_] += ps; }

    /// A message of the open core. Soma time since its message before goes in front of it; should
    /// that exceed 4.29 ms, the rest stays with the core's next message.
    void send(const Message& message) {
        constexpr std::int64_t most = 0xFFFFFFFF;
        const std::int64_t soma     = tail_[open_] < most ? tail_[open_] : most;
        messages_.push_back(message);
        messages_.back().soma_ps = static_cast<std::uint32_t>(soma);
        tail_[open_] -= soma;
    }

    /// Closes the tick; needed before it is timed.
    void finish() {
        close_until(cores_ == 0 ? 0 : cores_ - 1);
        first_[cores_] = messages_.size();
    }

    [[nodiscard]] std::uint32_t cores() const { return cores_; }
    /// All messages: those of core 0 in order, then those of core 1, ...
    [[nodiscard]] std::span<const Message> messages() const { return messages_; }
    /// Messages of `core` are [first(core), first(core + 1)).
    [[nodiscard]] std::size_t first(std::uint32_t core) const { return first_[core]; }
    /// Soma time of a core after its last message [ps].
    [[nodiscard]] std::int64_t tail_ps(std::uint32_t core) const { return tail_[core]; }

private:
    void close_until(std::uint32_t core) {
        while (open_ < core)
            first_[++open_] = messages_.size();
    }

    std::uint32_t cores_;
    std::uint32_t open_ = 0;
    std::vector<Message> messages_;
    std::vector<std::size_t> first_;
    std::vector<std::int64_t> tail_;
};

}  // namespace spikeloom::chip
