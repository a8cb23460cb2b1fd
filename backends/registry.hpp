// SPDX-License-Identifier: Apache-2.0
/// Every target of this build, and the devices that run its images.
#pragma once

#include "compiler/pipeline/target.hpp"
#include "runtime/device/device.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::backends {

/// What a device may be told when it is made. Devices ignore what does not concern them.
struct DeviceOptions {
    std::string trace{};                     ///< waveform file to write (FST); empty: none
    std::string chip{};                      ///< the image's chip; empty: the target's default
    double clock_hz            = 12e6;       ///< clock of a simulated core [Hz]
    std::uint32_t uart_divisor = 4;          ///< clocks a bit of a simulated serial line
    double uart_skew           = 0;          ///< host's clock error on it, as a fraction
    std::uint32_t baud         = 1'000'000;  ///< of a real port
    double timeout             = 0;  ///< silence after which a real port is dead [s]; 0: 5 s
    std::uint32_t reconnects   = 0;  ///< how often a real port is opened again
    std::uint32_t threads      = 1;  ///< 1..256, of devices that share their work out
};

/// All targets, in the order of registry.cpp.
std::span<const compiler::Target* const> targets();

/// Error: "target.unknown", which lists the known ones.
Result<const compiler::Target*> find_target(std::string_view name);

/// Names that `--device` may give for a target's images; the first is the default. A name that ends
/// in ':' takes an argument ("serial:PATH").
std::vector<std::string_view> devices_of(const compiler::Target& target);

/// Makes a device; an empty name takes the default. Errors: "device.unknown", which lists the known
/// ones; "device.threads" (out of range), "device.no-threads" (several, and the device has one);
/// those of the device itself ("serial port cannot be opened").
Result<std::unique_ptr<runtime::Device>> make_device(const compiler::Target& target,
                                                     std::string_view device,
                                                     const DeviceOptions& options = {});

}  // namespace spikeloom::backends
