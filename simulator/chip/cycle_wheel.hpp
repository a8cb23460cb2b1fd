// SPDX-License-Identifier: Apache-2.0
/// CycleWheel: what becomes due in which cycle of the network. Internal to the room.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace spikeloom::chip {

class CycleWheel {
public:
    static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

    /// A flit that reaches a channel.
    struct Arrival {
        std::uint32_t channel = 0, flit = 0;
    };
    struct Slot {
        std::vector<Arrival> arrivals;
        std::vector<std::uint32_t> credits;  ///< outputs that learn of one more free flit
        std::vector<std::uint32_t> wakes;    ///< outputs whose link is free again
    };

    /// `reach`: the largest delay that arrive(), credit() and wake() are asked for.
    explicit CycleWheel(std::uint32_t reach)
        : slots_(std::bit_ceil(std::max(std::size_t{64}, std::size_t{reach} + 1))),
          full_(slots_.size() / 64) {}

    void clear() {
        for (Slot& slot : slots_)
            empty(slot);
        std::fill(full_.begin(), full_.end(), 0);
        far_.clear();
    }

    void arrive(std::uint64_t cycle, Arrival arrival) { at(cycle).arrivals.push_back(arrival); }
    void credit(std::uint64_t cycle, std::uint32_t output) { at(cycle).credits.push_back(output); }
    void wake(std::uint64_t cycle, std::uint32_t output) { at(cycle).wakes.push_back(output); }

    /// Credits at any cycle after `now`.
    void credit_far(std::uint64_t now, std::uint64_t cycle, std::uint32_t output) {
        if (cycle - now < slots_.size()) return credit(cycle, output);
        far_.push_back({cycle, output});
        std::push_heap(far_.begin(), far_.end(), later);
    }

    /// The first cycle after `now` in which something is due.
    [[nodiscard]] std::uint64_t next(std::uint64_t now) const {
        const std::uint64_t far = far_.empty() ? never : far_.front().cycle;
        return std::min(far, next_near(now));
    }

    /// What is due in `cycle`; to be emptied by done().
    Slot& due(std::uint64_t cycle) {
        while (!far_.empty() && far_.front().cycle <= cycle) {
            std::pop_heap(far_.begin(), far_.end(), later);
            credit(cycle, far_.back().output);
            far_.pop_back();
        }
        return slots_[index(cycle)];
    }
    void done(std::uint64_t cycle) {
        empty(slots_[index(cycle)]);
        full_[index(cycle) / 64] &= ~(std::uint64_t{1} << index(cycle) % 64);
    }

private:
    struct FarCredit {
        std::uint64_t cycle  = 0;
        std::uint32_t output = 0;
    };
    static bool later(const FarCredit& a, const FarCredit& b) {
        return a.cycle != b.cycle ? a.cycle > b.cycle : a.output > b.output;
    }
    static void empty(Slot& slot) {
        slot.arrivals.clear();
        slot.credits.clear();
        slot.wakes.clear();
    }

    [[nodiscard]] std::size_t index(std::uint64_t cycle) const {
        return static_cast<std::size_t>(cycle) & (slots_.size() - 1);
    }
    Slot& at(std::uint64_t cycle) {
        full_[index(cycle) / 64] |= std::uint64_t{1} << index(cycle) % 64;
        return slots_[index(cycle)];
    }
    [[nodiscard]] std::uint64_t next_near(std::uint64_t now) const {
        const std::size_t start = index(now + 1);
        for (std::size_t i = 0; i <= full_.size(); ++i) {
            const std::size_t word = (start / 64 + i) % full_.size();
            std::uint64_t bits     = full_[word];
            if (i == 0) bits &= ~std::uint64_t{0} << start % 64;
            if (i == full_.size()) bits &= ~(~std::uint64_t{0} << start % 64);
            if (bits == 0) continue;
            const std::size_t slot = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
            return now + 1 + ((slot - start) & (slots_.size() - 1));
        }
        return never;
    }

    std::vector<Slot> slots_;
    std::vector<std::uint64_t> full_;  ///< a bit for each slot that is not empty
    std::vector<FarCredit> far_;
};

}  // namespace spikeloom::chip
