// SPDX-License-Identifier: Apache-2.0
/// Counts of times in buckets no wider than 1/32 of what they hold, for quantiles of many samples.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace spikeloom::chip {

/// Times [ps], 0 and up. Minimum, maximum, mean and count are exact; quantiles are the upper end of
/// a bucket: exact below 64 ps, at most 3.2 % too large above.
class LatencyHistogram {
public:
    LatencyHistogram() : buckets_(std::size_t{60} * 32, 0) {}

    void add(std::int64_t ps) {
        const auto value = static_cast<std::uint64_t>(ps);
        ++buckets_[bucket_of(value)];
        ++count_;
        sum_ += value;
        minimum_ = std::min(minimum_, value);
        maximum_ = std::max(maximum_, value);
    }

    void clear() { *this = LatencyHistogram{}; }

    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::uint64_t minimum() const { return count_ == 0 ? 0 : minimum_; }
    [[nodiscard]] std::uint64_t maximum() const { return maximum_; }
    [[nodiscard]] double mean() const {
        return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
    }

    /// Smallest bucket end that at least `share` (0..1) of the samples do not exceed; 0 without
    /// samples.
    [[nodiscard]] std::uint64_t quantile(double share) const {
        if (count_ == 0) return 0;
        const double wanted = share * static_cast<double>(count_);
        std::uint64_t seen  = 0;
        for (std::size_t b = 0; b < buckets_.size(); ++b) {
            seen += buckets_[b];
            if (seen > 0 && static_cast<double>(seen) >= wanted)
                return std::clamp(end_of(b), minimum_, maximum_);
        }
        return maximum_;
    }

    /// Calls `visit(end, count)` for each bucket that holds a sample, ascending.
    template <class Visit>
    void for_each(const Visit& visit) const {
        for (std::size_t b = 0; b < buckets_.size(); ++b)
            if (buckets_[b] != 0) visit(std::clamp(end_of(b), minimum_, maximum_), buckets_[b]);
    }

private:
    static std::size_t bucket_of(std::uint64_t value) {
        if (value < 64) return static_cast<std::size_t>(value);
        const unsigned octave = static_cast<unsigned>(std::bit_width(value)) - 6;
        return std::size_t{32} * octave + static_cast<std::size_t>(value >> octave);
    }

    static std::uint64_t end_of(std::size_t bucket) {
        if (bucket < 64) return bucket;
        const unsigned octave = static_cast<unsigned>(bucket / 32) - 1;
        return ((bucket - std::size_t{32} * octave + 1) << octave) - 1;
    }

    std::vector<std::uint64_t> buckets_;
    std::uint64_t count_ = 0, sum_ = 0, maximum_ = 0;
    std::uint64_t minimum_ = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace spikeloom::chip
