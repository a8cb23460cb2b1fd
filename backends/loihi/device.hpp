// SPDX-License-Identifier: Apache-2.0
/// The devices that run Loihi images: the fast model timed at one of three fidelities, and the
/// golden one, which is slow and plain.
#pragma once

#include "runtime/device/device.hpp"
#include "support/result.hpp"

#include <memory>
#include <string_view>

namespace spikeloom::backends::loihi {

/// "event", "analytic", "cycle": the fast model with that timing. "golden", or "golden:EMULATOR"
/// with an emulator's name ("nengo", "lava", "brian2loihi"): plain integers, no time. Errors:
/// "device.unknown", "device.emulator" (lists the names).
Result<std::unique_ptr<runtime::Device>> open_device(std::string_view name);

}  // namespace spikeloom::backends::loihi
