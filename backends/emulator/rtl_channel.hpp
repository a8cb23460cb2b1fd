// SPDX-License-Identifier: Apache-2.0
/// Byte channels whose far end is the Verilated core.
#pragma once

#include "runtime/link/byte_channel.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

namespace spikeloom::backends::emulator {

struct RtlOptions {
    double clock_hz            = 12e6;  ///< relates clocks to the channel's time
    std::uint32_t uart_divisor = 4;     ///< clocks a bit
    double uart_skew           = 0;     ///< host's bits are longer by this fraction
    std::filesystem::path trace{};      ///< FST file; empty: no waveforms
    std::uint32_t seed = 1;             ///< of the values that memories and registers power up with
};

/// A simulated device that also tells how many clocks it has run.
class RtlChannel : public link::ByteChannel {
public:
    [[nodiscard]] virtual std::uint64_t clocks() const = 0;
};

/// Bytes to and from the link's byte interface, one a clock at most. `chip` is the name of a chip
/// of the emulator. Errors: "device.unknown-chip", "device.trace" (the trace file cannot be
/// written).
Result<std::unique_ptr<RtlChannel>> make_rtl_bytes_channel(std::string_view chip,
                                                           const RtlOptions& options);

/// The same through the UART pins, bit by bit.
Result<std::unique_ptr<RtlChannel>> make_rtl_uart_channel(std::string_view chip,
                                                          const RtlOptions& options);

}  // namespace spikeloom::backends::emulator
