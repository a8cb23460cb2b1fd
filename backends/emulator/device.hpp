// SPDX-License-Identifier: Apache-2.0
/// Devices that run emulator images, by name.
#pragma once

#include "runtime/device/device.hpp"
#include "runtime/link/byte_channel.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::backends::emulator {

struct DeviceConfig {
    /// Configuration of the core that a simulated device shall have: the image's chip.
    std::string chip = "emulator-sim";
    /// Clock of a simulated core [Hz]; only relates clocks to the link's time limits.
    double clock_hz = 12e6;
    /// Clocks a bit of the simulated serial line ("rtl-uart"), >= 4.
    std::uint32_t uart_divisor = 4;
    /// Clock error of the host's side of the simulated serial line, as a fraction; +-0.02 works.
    double uart_skew = 0;
    /// Rate of a real port ("serial:PATH").
    std::uint32_t baud = 1'000'000;
    /// Waveforms of a simulated core; empty: none.
    std::filesystem::path trace;
    /// Most ticks in one step message; 0: 1 on simulated cores, which gives the clocks of every
    /// tick, 64 on real ports, which saves bytes.
    std::uint32_t ticks_per_step = 0;
    /// Silence on a real port after which the device counts as gone [s]; 0: 5 s.
    double timeout = 0;
    /// How often a real port is opened again after its line or its core was lost; the run is then
    /// played again up to where it was (recovering_device.hpp).
    std::uint32_t reconnects = 0;
};

/// What open_device() knows: "rtl", "rtl-uart", "serial:PATH", "model".
std::vector<std::string> device_names();

/// - "rtl": the Verilated core, bytes handed to the link's byte interface
/// - "rtl-uart": the Verilated core, every bit of the serial line simulated
/// - "serial:PATH": a tty with a core behind it
/// - "model": software in place of the core, functional, without clocks of its own
/// Errors: "device.unknown", "device.unknown-chip" (no simulated core of that configuration),
/// "device.no-trace" (the device has no waveforms), "device.no-rtl" (built without), those of the
/// line.
Result<std::unique_ptr<runtime::Device>> open_device(std::string_view spec,
                                                     const DeviceConfig& config);

/// The bytes of a simulated core without a driver: "rtl", "rtl-uart" or "model", for whoever puts
/// it behind a line of its own. Errors as above.
Result<std::unique_ptr<link::ByteChannel>> open_core_line(std::string_view spec,
                                                          const DeviceConfig& config);

/// The driver on a line that the caller made, whose time is simulated. `clocks_a_byte` is what a
/// byte takes on it, in clocks of `config.clock_hz`.
std::unique_ptr<runtime::Device> drive_line(std::unique_ptr<link::ByteChannel> line,
                                            const DeviceConfig& config, double clocks_a_byte);

}  // namespace spikeloom::backends::emulator
