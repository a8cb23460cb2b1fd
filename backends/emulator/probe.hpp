// SPDX-License-Identifier: Apache-2.0
/// Asks what is at the other end of a line, without an image.
#pragma once

#include "runtime/link/byte_channel.hpp"
#include "runtime/link/messages.hpp"
#include "support/result.hpp"

#include <memory>
#include <string>

namespace spikeloom::backends::emulator {

struct ProbeResult {
    link::Identity identity;
    link::Status status;
    std::string chip;  ///< whose configuration the core tells; empty: none that this program knows
};

/// Opens the link, asks for identity and status; the core's memories stay as they are. `patience`
/// is the longest silence [us].
/// - "probe.no-answer" (says how many bytes came that were no frames), errors of the line
Result<ProbeResult> probe_core(std::unique_ptr<link::ByteChannel> channel, link::Time patience);

}  // namespace spikeloom::backends::emulator
