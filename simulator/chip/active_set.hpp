// SPDX-License-Identifier: Apache-2.0
/// ActiveSet: a set of small integers as two levels of bits, cheap to scan when nearly empty.
/// Internal to the room.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::chip {

class ActiveSet {
public:
    explicit ActiveSet(std::size_t size)
        : words_((size + 63) / 64), summary_((words_.size() + 63) / 64) {}

    void insert(std::uint32_t i) {
        words_[i / 64] |= bit(i);
        summary_[i / 4096] |= bit(i / 64);
    }
    void erase(std::uint32_t i) {
        words_[i / 64] &= ~bit(i);
        if (words_[i / 64] == 0) summary_[i / 4096] &= ~bit(i / 64);
    }
    void clear() {
        std::fill(words_.begin(), words_.end(), 0);
        std::fill(summary_.begin(), summary_.end(), 0);
    }
    [[nodiscard]] bool empty() const {
        return std::all_of(summary_.begin(), summary_.end(),
                           [](std::uint64_t word) { return word == 0; });
    }
    /// Visits the members in ascending order; the visit may erase the member it is at.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (std::size_t s = 0; s < summary_.size(); ++s) {
            for (std::uint64_t words = summary_[s]; words != 0; words &= words - 1) {
                const std::size_t w = s * 64 + static_cast<std::size_t>(std::countr_zero(words));
                for (std::uint64_t bits = words_[w]; bits != 0; bits &= bits - 1)
                    visit(static_cast<std::uint32_t>(
                        w * 64 + static_cast<std::size_t>(std::countr_zero(bits))));
            }
        }
    }

private:
    static constexpr std::uint64_t bit(std::uint32_t i) { return std::uint64_t{1} << i % 64; }

    std::vector<std::uint64_t> words_;
    std::vector<std::uint64_t> summary_;  ///< a bit for each word that is not 0
};

}  // namespace spikeloom::chip
