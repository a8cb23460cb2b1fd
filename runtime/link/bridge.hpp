// SPDX-License-Identifier: Apache-2.0
/// Bridge: joins two byte lines, such as a pseudo-terminal and a simulated device.
#pragma once

#include "runtime/link/byte_channel.hpp"

#include <functional>

namespace spikeloom::link {

/// Carries bytes both ways until `stop` says so. `device` may be simulated: its time runs here,
/// slowly once nothing has passed for long. Errors are those of the lines.
Result<void> bridge(ByteChannel& line, ByteChannel& device, const std::function<bool()>& stop);

}  // namespace spikeloom::link
