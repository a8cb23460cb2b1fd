// SPDX-License-Identifier: Apache-2.0
/// Files appear whole or not at all: written to a temporary name beside the target, then renamed.
#pragma once

#include "support/result.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace spikeloom {

/// Writes `bytes` to `path`. On any failure (no such folder, disk full, closed pipe) the target
/// keeps its former content, the temporary file is removed and the error is "file.write". A path
/// that names a device or a pipe (/dev/stdout) is written directly.
Result<void> write_file(const std::filesystem::path& path, std::string_view bytes);
Result<void> write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);

/// Reads a whole regular file. Errors: "file.open", "file.read", "file.too-large" above
/// `limit_bytes`.
Result<std::string> read_file(const std::filesystem::path& path,
                              std::uint64_t limit_bytes = std::uint64_t{4} << 30);

}  // namespace spikeloom
