// SPDX-License-Identifier: Apache-2.0
/// Byte channels over ttys: a serial port, and the master side of a pseudo-terminal.
#pragma once

#include "runtime/link/byte_channel.hpp"

#include <memory>
#include <string>

namespace spikeloom::link {

struct SerialOptions {
    std::uint32_t baud = 115'200;  ///< one of the rates that termios names, up to 4 000 000
};

/// Opens a tty raw, 8N1, without flow control, and empties its buffers.
/// Errors: "link.open" (no such port, no permission), "link.not-a-tty", "link.baud", "link.busy"
/// (another program holds it).
Result<std::unique_ptr<ByteChannel>> open_serial_port(const std::string& path,
                                                      const SerialOptions& options);

/// A pseudo-terminal: this side is a channel, the other a tty that any program can open by `path`.
struct PseudoTerminal {
    std::unique_ptr<ByteChannel> channel;
    std::string path;
};

/// Errors: "link.open" when the system has no pseudo-terminal to give.
Result<PseudoTerminal> open_pseudo_terminal();

}  // namespace spikeloom::link
