// SPDX-License-Identifier: Apache-2.0
/// Content hashes: what shared work, points and specs are known by.
#pragma once

#include "support/result.hpp"
#include "sweep/value.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace spikeloom::sweep {

/// Collects parts into one 64-bit key (FNV-1a, then the finaliser of SplitMix64). Parts are
/// delimited: ("ab", "c") and ("a", "bc") differ.
class ContentHash {
public:
    ContentHash& add(std::string_view part);
    ContentHash& add(std::uint64_t part);
    ContentHash& add(const Settings& settings);
    [[nodiscard]] std::uint64_t value() const;
    /// 16 hexadecimal digits.
    [[nodiscard]] std::string text() const;

private:
    void mix(std::string_view bytes);
    std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

/// Hash of a file's bytes. Errors: those of read_file().
Result<std::uint64_t> hash_file(const std::filesystem::path& path);

}  // namespace spikeloom::sweep
