// SPDX-License-Identifier: Apache-2.0
/// Devices that run TrueNorth images: the chip model, and the plain integer reference.
#pragma once

#include "runtime/device/device.hpp"

#include <memory>

namespace spikeloom::backends::truenorth {

std::unique_ptr<runtime::Device> make_model_device();
std::unique_ptr<runtime::Device> make_golden_device();

}  // namespace spikeloom::backends::truenorth
