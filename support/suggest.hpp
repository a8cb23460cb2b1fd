// SPDX-License-Identifier: Apache-2.0
/// "Did you mean": the known word that a misspelt one is nearest to.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace spikeloom {

/// The candidate nearest to `word` by edit distance (letter case ignored, the first of equals), or
/// nothing when none is near enough: at most a third of the longer word's letters differ.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates);

/// "; did you mean 'tau_mem'?", or empty text when no candidate is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace spikeloom
