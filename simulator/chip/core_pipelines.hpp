// SPDX-License-Identifier: Apache-2.0
/// The stages of all cores: soma -> axon-out in front of the network, axon-in -> synapse ->
/// dendrite behind it. Internal to the room.
///
/// A stage works on one message at a time, in order. `queue` finished messages fit between two
/// stages; when they are there, the stage before holds its next result and stands still. With a
/// queue of 0 the stages of one message run one after the other and none of the next begins
/// before. All times in ps since the tick began.
#pragma once

#include "simulator/chip/tick_work.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::chip {

class CorePipelines {
public:
    CorePipelines(std::uint32_t cores, std::uint32_t queue)
        : queue_{queue},
          send_(cores),
          receive_(cores),
          taken_(std::size_t{cores} * queue),
          second_(std::size_t{cores} * queue),
          third_(std::size_t{cores} * queue) {}

    /// A new tick: all stages are empty.
    void clear() {
        std::fill(send_.begin(), send_.end(), Send{});
        std::fill(receive_.begin(), receive_.end(), Receive{});
        std::fill(taken_.begin(), taken_.end(), 0);
        std::fill(second_.begin(), second_.end(), 0);
        std::fill(third_.begin(), third_.end(), 0);
    }

    /// When the core's next message is made and wants to leave. Call after handed() of the one
    /// before.
    std::int64_t ready(std::uint32_t core, const Message& message) {
        Send& s                 = send_[core];
        const std::int64_t made = s.soma_free + message.soma_ps;
        if (queue_ == 0) return made + message.axon_out_ps;
        std::int64_t& oldest      = taken_[std::size_t{core} * queue_ + s.count++ % queue_];
        const std::int64_t stored = std::max(made, oldest);
        const std::int64_t taken  = std::max(stored, s.handed);
        s.soma_free               = stored;
        oldest                    = taken;
        return taken + message.axon_out_ps;
    }

    /// The network interface has taken the message.
    void handed(std::uint32_t core, std::int64_t ps) {
        send_[core].handed = ps;
        if (queue_ == 0) send_[core].soma_free = ps;
    }

    /// End of a core's own work, when all its messages are handed.
    [[nodiscard]] std::int64_t sent_all(std::uint32_t core, std::int64_t tail_ps) const {
        return std::max(send_[core].soma_free + tail_ps, send_[core].handed);
    }

    struct Received {
        std::int64_t taken    = 0;  ///< axon-in begins: the place in the core's buffer is free
        std::int64_t finished = 0;  ///< the dendrite has accumulated the last synaptic event
    };

    /// A message is complete in the core's buffer; messages in the order of their arrival.
    Received receive(std::uint32_t core, std::int64_t arrival, const Message& message) {
        Receive& r               = receive_[core];
        const std::int64_t start = std::max(arrival, r.first_free);
        const std::int64_t end1  = start + message.axon_in_ps;
        if (queue_ == 0) {
            r.first_free = end1 + message.synapse_ps + message.dendrite_ps;
            return {start, r.first_free};
        }
        const std::size_t slot    = std::size_t{core} * queue_ + r.count++ % queue_;
        r.first_free              = std::max(end1, second_[slot]);
        const std::int64_t start2 = std::max(r.first_free, r.second_free);
        const std::int64_t end2   = start2 + message.synapse_ps;
        r.second_free             = std::max(end2, third_[slot]);
        const std::int64_t start3 = std::max(r.second_free, r.third_free);
        r.third_free              = start3 + message.dendrite_ps;
        second_[slot]             = start2;
        third_[slot]              = start3;
        return {start, r.third_free};
    }

private:
    struct Send {
        std::int64_t soma_free = 0, handed = 0;
        std::uint32_t count = 0;
    };
    struct Receive {
        std::int64_t first_free = 0, second_free = 0, third_free = 0;
        std::uint32_t count = 0;
    };

    std::uint32_t queue_;
    std::vector<Send> send_;
    std::vector<Receive> receive_;
    std::vector<std::int64_t> taken_, second_, third_;  ///< when the last `queue` results left
};

}  // namespace spikeloom::chip
