// SPDX-License-Identifier: Apache-2.0
/// The functional reference as a target: its image carries the network itself, its device runs it
/// in float64. What every other target is compared with.
#pragma once

#include "compiler/pipeline/target.hpp"
#include "runtime/device/device.hpp"

#include <memory>

namespace spikeloom::backends::golden {

/// The one instance; it has no state.
const compiler::Target& target();

std::unique_ptr<runtime::Device> make_device();

/// Name of the routing section that holds the network (compiler/pipeline/network_bytes.hpp).
inline constexpr std::string_view network_section = "network";

}  // namespace spikeloom::backends::golden
