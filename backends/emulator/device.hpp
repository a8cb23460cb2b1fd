// SPDX-License-Identifier: Apache-2.0
/// Devices that run emulator images, by name.
#pragma once

#include "runtime/device/device.hpp"
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

}  // namespace spikeloom::backends::emulator
