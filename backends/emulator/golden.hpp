// SPDX-License-Identifier: Apache-2.0
/// The emulator core's image executed in software: bit for bit what the RTL does, without clocks.
#pragma once

#include "runtime/device/device.hpp"
#include "simulator/golden/emulator_golden.hpp"

#include <cstdint>
#include <memory>

namespace spikeloom::backends::emulator {

/// Results are the same for any number of threads (1..256).
std::unique_ptr<runtime::Device> make_golden_device(std::uint32_t threads = 1);

/// The core's memories as the image holds them. Errors: "device.wrong-image" (another target, no
/// tables), those of hw::load_chip() and limits_of().
Result<spikeloom::golden::EmulatorTables> golden_tables(const hw::HardwareImage& image);

}  // namespace spikeloom::backends::emulator
