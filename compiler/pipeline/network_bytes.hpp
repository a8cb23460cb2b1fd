// SPDX-License-Identifier: Apache-2.0
/// A Network as bytes: how an image carries a network that is to be run as it is.
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

}  // namespace spikeloom::compiler
