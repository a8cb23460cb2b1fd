// SPDX-License-Identifier: Apache-2.0
#include "runtime/device/device.hpp"

namespace spikeloom::runtime {

Result<void> Device::set_plasticity(bool on) {
    if (on) return fault("device.no-learning", "this device does not learn");
    return {};
}

}  // namespace spikeloom::runtime
