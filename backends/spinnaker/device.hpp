// SPDX-License-Identifier: Apache-2.0
/// Devices that run SpiNNaker images.
#pragma once

#include "runtime/device/device.hpp"
#include "support/result.hpp"

#include <memory>
#include <string_view>

namespace spikeloom::backends::spinnaker {

/// "event" (with time: input buffers, late spikes, overruns), "functional" (without), "golden" (the
/// plain integers). Errors: "device.unknown".
Result<std::unique_ptr<runtime::Device>> open_device(std::string_view name);

}  // namespace spikeloom::backends::spinnaker
