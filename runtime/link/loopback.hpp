// SPDX-License-Identifier: Apache-2.0
/// Loopback: two byte channels in memory, each the far end of the other.
#pragma once

#include "runtime/link/byte_channel.hpp"

#include <memory>
#include <utility>

namespace spikeloom::link {

/// A connected pair. Time stands still except in wait(), which advances the common time. At most
/// `capacity` bytes wait in either direction.
std::pair<std::unique_ptr<ByteChannel>, std::unique_ptr<ByteChannel>> make_loopback(
    std::size_t capacity = 4096);

}  // namespace spikeloom::link
