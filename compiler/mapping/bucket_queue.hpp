// SPDX-License-Identifier: Apache-2.0
/// Gain buckets: nodes in lists by gain. Buckets are exact below 16 and then widen with the gain
/// (a sixteenth of an octave each), so that small gains stay exact and large spike weights cost no
/// memory. Internal to the room.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace spikeloom::mapping {

class BucketQueue {
public:
    explicit BucketQueue(std::uint32_t nodes)
        : head_(2 * middle + 1, none), next_(nodes), previous_(nodes), bucket_(nodes, none) {}

    [[nodiscard]] bool contains(std::uint32_t v) const { return bucket_[v] != none; }

    void insert(std::uint32_t v, std::int64_t gain) {
        const std::uint32_t b = bucket_of(gain);
        bucket_[v]            = b;
        previous_[v]          = none;
        next_[v]              = head_[b];
        if (head_[b] != none) previous_[head_[b]] = v;
        head_[b] = v;
        if (b > top_) top_ = b;
    }

    void remove(std::uint32_t v) {
        const std::uint32_t b = bucket_[v];
        if (previous_[v] == none)
            head_[b] = next_[v];
        else
            next_[previous_[v]] = next_[v];
        if (next_[v] != none) previous_[next_[v]] = previous_[v];
        bucket_[v] = none;
    }

    /// Moves a contained node to the bucket of its new gain, if that is another one.
    void update(std::uint32_t v, std::int64_t gain) {
        if (bucket_of(gain) == bucket_[v]) return;
        remove(v);
        insert(v, gain);
    }

    /// A node of the highest bucket, or `none`.
    [[nodiscard]] std::uint32_t best() {
        while (top_ > 0 && head_[top_] == none)
            --top_;
        return head_[top_];
    }

    void clear() {
        for (; top_ > 0; --top_)
            clear_bucket(top_);
        clear_bucket(0);
    }

    static constexpr std::uint32_t none = 0xFFFFFFFFU;

private:
    static constexpr std::uint32_t middle = 16 * 61;

    static std::uint32_t magnitude(std::uint64_t g) {
        if (g < 16) return static_cast<std::uint32_t>(g);
        const unsigned octave = static_cast<unsigned>(std::bit_width(g)) - 5;
        return 16 * octave + static_cast<std::uint32_t>(g >> octave);
    }

    static std::uint32_t bucket_of(std::int64_t gain) {
        return gain >= 0 ? middle + magnitude(static_cast<std::uint64_t>(gain))
                         : middle - magnitude(static_cast<std::uint64_t>(-gain));
    }

    void clear_bucket(std::uint32_t b) {
        for (std::uint32_t v = head_[b]; v != none; v = next_[v])
            bucket_[v] = none;
        head_[b] = none;
    }

    std::vector<std::uint32_t> head_, next_, previous_, bucket_;
    std::uint32_t top_ = 0;
};

}  // namespace spikeloom::mapping
