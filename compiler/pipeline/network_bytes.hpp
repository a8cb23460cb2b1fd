// SPDX-License-Identifier: Apache-2.0
/// A Network as bytes: the canonical form behind its hash, and how an image carries a network that
/// is to be run as it is.
#pragma once

#include "compiler/ir/network.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace spikeloom::compiler {

/// Everything but the file's name. Equal networks give equal bytes.
std::vector<std::uint8_t> to_bytes(const ir::Network& network);

/// The inverse. Error: "network.bytes" for anything that to_bytes() does not write; what it
/// accepts still has to pass ir::check().
Result<ir::Network> from_bytes(std::span<const std::uint8_t> bytes);

/// FNV-1a of to_bytes().
std::uint64_t network_hash(const ir::Network& network);

}  // namespace spikeloom::compiler
