// SPDX-License-Identifier: Apache-2.0
/// EventQueue: events by time, in buckets; far ones in a heap. Internal to the room.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::chip {

struct Event {
    std::int64_t time     = 0;  ///< [ps]
    std::uint32_t what    = 0;  ///< of the user
    std::uint32_t message = 0;  ///< of the user
};

/// Gives events back bucket by bucket, 2^width_log2 ps at a time; within a bucket in the order in
/// which they came. An event in the past of the bucket at hand joins that bucket.
class EventQueue {
public:
    explicit EventQueue(unsigned width_log2) : shift_{width_log2} {}

    /// Back to time 0; to be called when no events are left.
    void restart() { now_ = 0; }

    void push(const Event& event) {
        const std::int64_t bucket = std::max(event.time >> shift_, now_);
        if (bucket - now_ >= std::int64_t{size}) {
            far_.push_back(event);
            std::push_heap(far_.begin(), far_.end(), later);
            return;
        }
        put(bucket, event);
    }

    /// Handles all events until none is left. `handle` may push.
    template <class Handle>
    void run(Handle&& handle) {
        while (advance()) {
            std::vector<Event>& events = near_[slot_of(now_)];
            for (std::size_t i = 0; i < events.size(); ++i) {
                const Event event = events[i];  // the vector may grow
                handle(event);
            }
            events.clear();
            full_[slot_of(now_) / 64] &= ~(std::uint64_t{1} << slot_of(now_) % 64);
        }
    }

private:
    static constexpr std::size_t size = 1024;

    static bool later(const Event& a, const Event& b) {
        return a.time != b.time ? a.time > b.time : a.what > b.what;
    }
    static std::size_t slot_of(std::int64_t bucket) {
        return static_cast<std::size_t>(bucket) % size;
    }

    void put(std::int64_t bucket, const Event& event) {
        near_[slot_of(bucket)].push_back(event);
        full_[slot_of(bucket) / 64] |= std::uint64_t{1} << slot_of(bucket) % 64;
    }

    /// Goes to the next bucket that holds events; false when there is none.
    bool advance() {
        const std::size_t gap = next_full();
        if (gap == size) {
            if (far_.empty()) return false;
            now_ = far_.front().time >> shift_;
        } else {
            const std::int64_t next = now_ + static_cast<std::int64_t>(gap);
            now_ = far_.empty() ? next : std::min(next, far_.front().time >> shift_);
        }
        while (!far_.empty() && (far_.front().time >> shift_) - now_ < std::int64_t{size}) {
            std::pop_heap(far_.begin(), far_.end(), later);
            put(far_.back().time >> shift_, far_.back());
            far_.pop_back();
        }
        return true;
    }

    /// Buckets from now to the next full one, or `size`.
    [[nodiscard]] std::size_t next_full() const {
        const std::size_t start = slot_of(now_);
        for (std::size_t i = 0; i <= full_.size(); ++i) {
            const std::size_t word = (start / 64 + i) % full_.size();
            std::uint64_t bits     = full_[word];
            if (i == 0) bits &= ~std::uint64_t{0} << start % 64;
            if (i == full_.size()) bits &= ~(~std::uint64_t{0} << start % 64);
            if (bits == 0) continue;
            const std::size_t slot = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
            return (slot - start) % size;
        }
        return size;
    }

    unsigned shift_;
    std::int64_t now_ = 0;  ///< bucket at hand
    std::array<std::vector<Event>, size> near_;
    std::array<std::uint64_t, size / 64> full_{};
    std::vector<Event> far_;
};

}  // namespace spikeloom::chip
