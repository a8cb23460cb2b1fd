// SPDX-License-Identifier: Apache-2.0
/// EventLinks: what sends into a buffer, as fidelity `event` sees it. Internal to the room.
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::chip {

/// The outputs of routers and of cores' network interfaces: when their links are free, and how many
/// places the buffers behind them have. All times in ps since the tick began.
class EventLinks {
public:
    struct Output {
        std::int64_t free_at     = 0;  ///< the link has passed its last message
        std::int64_t gap_from    = 0,
                     gap_to      = 0;  ///< the link stands idle in front of its last message
        std::uint32_t latency    = 0;  ///< to the next buffer
        std::uint32_t period     = 0;  ///< of a flit
        std::int32_t depth       = 0;  ///< flits of the next buffer
        std::int32_t credits     = 0;  ///< free flits of the next buffer
        std::uint16_t freed_head = 0, freed_count = 0;  ///< ring of places that become free
        std::uint16_t waiting = 0;      ///< inputs whose first message waits for this output
        std::uint8_t turn     = 0;      ///< input that comes first in the next round
        bool armed            = false;  ///< a wake is under way
        bool starved          = false;  ///< waits for a place and no time is known
        bool deep = false;  ///< the next buffer never slows down a link that nobody waits for
    };

    /// `depth`: flits of the largest buffer, up to 4096.
    EventLinks(std::size_t outputs, std::uint32_t depth, bool whole_messages)
        : outputs_(outputs),
          ring_{std::bit_ceil(depth)},
          freed_(outputs * ring_),
          whole_messages_{whole_messages} {}

    Output& operator[](std::uint32_t output) { return outputs_[output]; }

    /// Idle links, empty buffers.
    void clear() {
        for (Output& out : outputs_) {
            const Output idle{
                .latency = out.latency, .period = out.period, .depth = out.depth, .deep = out.deep};
            out         = idle;
            out.credits = out.depth;
        }
    }

    /// Is the link idle from `now` on, for `flits`? A message may slip in before the last one.
    [[nodiscard]] bool idle(const Output& out, std::int64_t now, std::uint32_t flits) const {
        return out.free_at <= now ||
               (out.gap_from <= now && now + std::int64_t{flits} * out.period <= out.gap_to);
    }

    /// Has the next buffer room at `now`, for all flits or, under wormhole switching, for one?
    bool has_room(std::uint32_t output, std::uint32_t flits, std::int64_t now) {
        Output& out = outputs_[output];
        const std::int32_t need =
            whole_messages_ ? std::min(static_cast<std::int32_t>(flits), out.depth) : 1;
        while (out.credits < need && out.freed_count > 0) {
            const std::uint64_t place = freed_[output * ring_ + out.freed_head];
            if (static_cast<std::int64_t>(place >> flit_bits) > now) return false;
            out.credits += static_cast<std::int32_t>(place & flit_mask);
            out.freed_head = static_cast<std::uint16_t>((out.freed_head + 1U) & (ring_ - 1));
            --out.freed_count;
        }
        return out.credits >= need;
    }

    /// A message takes the link, which is idle.
    void take(Output& out, std::int64_t now, std::uint32_t flits) {
        const std::int64_t end = now + std::int64_t{flits} * out.period;
        if (out.free_at <= now) {
            out.gap_from = out.free_at;
            out.gap_to   = now;
            out.free_at  = end;
        } else {
            out.gap_from = end;
        }
    }

    /// Places of the next buffer become free at `when`; true if the output waited for just that.
    bool free_later(std::uint32_t output, std::int64_t when, std::uint32_t flits) {
        Output& out = outputs_[output];
        assert(out.freed_count < ring_ && flits <= flit_mask);
        freed_[output * ring_ + ((out.freed_head + out.freed_count++) & (ring_ - 1))] =
            static_cast<std::uint64_t>(when) << flit_bits | flits;
        const bool starved = out.starved;
        out.starved        = false;
        return starved;
    }

    /// When the next places become free; needs freed_count > 0.
    [[nodiscard]] std::int64_t next_free(std::uint32_t output) const {
        return static_cast<std::int64_t>(freed_[output * ring_ + outputs_[output].freed_head] >>
                                         flit_bits);
    }

private:
    static constexpr unsigned flit_bits      = 16;
    static constexpr std::uint64_t flit_mask = 0xFFFF;

    std::vector<Output> outputs_;
    std::size_t ring_;                  ///< places of a ring: a message holds at least one flit
    std::vector<std::uint64_t> freed_;  ///< time << flit_bits | flits
    bool whole_messages_;
};

}  // namespace spikeloom::chip
