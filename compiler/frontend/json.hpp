// SPDX-License-Identifier: Apache-2.0
/// Networks as JSON by schemas/network.schema.json; the form is told in docs/network-file.md.
#pragma once

#include "compiler/ir/network.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace spikeloom::frontend {

struct JsonOptions {
    std::uint64_t limit_bytes = std::uint64_t{1}
                                << 27;  ///< larger files are refused; .npy holds more
};

/// Reads a network and checks it (ir::check). All faults are collected, each at the JSON pointer
/// where it lies, faults of the syntax at line:column. Codes: "json.*", "network.*", and of the
/// .npy sidecars "npy.*" and "file.*".
Checked<ir::Network> read_json(const std::filesystem::path& path, const JsonOptions& options = {});

/// The same from text; `file` is named in diagnostics, sidecars are looked for in `folder`.
Checked<ir::Network> parse_json(std::string_view text, const std::string& file,
                                const std::filesystem::path& folder);

struct JsonWriteOptions {
    /// Longer arrays go to sidecars "<stem>.<number>.npy" beside the file.
    std::uint64_t longest_inline_array = 64;
};

/// Network as text with all arrays inline. read_json() gives the same network back.
std::string format_json(const ir::Network& network);

/// Writes a network file and its sidecars, sidecars first. Errors: "file.write".
Result<void> write_json(const ir::Network& network, const std::filesystem::path& path,
                        const JsonWriteOptions& options = {});

}  // namespace spikeloom::frontend
