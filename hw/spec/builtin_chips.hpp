// SPDX-License-Identifier: Apache-2.0
/// The chip files of hw/chips as text, put into the program at build time.
#pragma once

#include <span>
#include <string_view>

namespace spikeloom::hw {

struct BuiltinChip {
    std::string_view name;  ///< file name without ".json"
    std::string_view text;
};

/// Sorted by name.
std::span<const BuiltinChip> builtin_chip_texts();

}  // namespace spikeloom::hw
