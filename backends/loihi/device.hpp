// SPDX-License-Identifier: Apache-2.0
/// The devices that run Loihi images: the fast model timed at one of three fidelities, the golden
/// one without time for any number of threads, and its plain reference.
#pragma once

#include "runtime/device/device.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace spikeloom::backends::loihi {

/// "event", "analytic", "cycle": the fast model with that timing. "golden", or "golden:EMULATOR"
/// with an emulator's name ("nengo", "lava", "brian2loihi"): integers on `threads` (1..256)
/// threads, no time. "plain", "plain:EMULATOR": the same in slow plain code, for tests and for
/// images that learn. Errors: "device.unknown", "device.emulator" (lists the names).
Result<std::unique_ptr<runtime::Device>> open_device(std::string_view name,
                                                     std::uint32_t threads = 1);

}  // namespace spikeloom::backends::loihi
