// SPDX-License-Identifier: Apache-2.0
#include "support/suggest.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace spikeloom {
namespace {

constexpr std::size_t longest_word = 64;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Edit distance of Levenshtein (1965), one row of the table at a time.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
            diagonal                   = row[j];
            row[j]                     = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

}  // namespace

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates) {
    std::string_view best;
    std::size_t best_distance = longest_word;
    if (word.empty() || word.size() > longest_word) return best;
    for (const std::string_view candidate : candidates) {
        if (candidate.empty() || candidate.size() > longest_word) continue;
        const std::size_t d = distance(word, candidate);
        const std::size_t limit =
            std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
        if (d > limit || d >= best_distance) continue;
        best          = candidate;
        best_distance = d;
    }
    return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    const std::string_view near = nearest_word(word, candidates);
    return near.empty() ? std::string{} : "; did you mean '" + std::string{near} + "'?";
}

}  // namespace spikeloom
