// SPDX-License-Identifier: Apache-2.0
/// ByteChannel: a two-way byte line with its own time, be it a tty, memory or a simulated UART.
#pragma once

#include "runtime/link/endpoint.hpp"
#include "support/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace spikeloom::link {

class ByteChannel {
public:
    virtual ~ByteChannel() = default;

    /// Takes some of `bytes` for sending; how many (0: full just now). Never blocks.
    /// - "link.closed" once the other side is gone for good
    virtual Result<std::size_t> write(std::span<const std::uint8_t> bytes) = 0;

    /// Fills some of `buffer` with what has come; how many bytes (0: nothing yet). Never blocks.
    virtual Result<std::size_t> read(std::span<std::uint8_t> buffer) = 0;

    /// Lets time pass: returns when bytes may have come or gone, at the latest after `longest`
    /// [us]. A simulated line runs its simulation here.
    virtual Result<void> wait(Time longest) = 0;

    /// The line's own time [us]; a simulated line counts simulated time.
    [[nodiscard]] virtual Time now() const = 0;
};

}  // namespace spikeloom::link
