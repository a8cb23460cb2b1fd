// SPDX-License-Identifier: Apache-2.0
/// The functional reference as a target: its image carries the network itself, its device runs it
/// in float64. What every other target is compared with.
#pragma once

#include "compiler/pipeline/target.hpp"
#include "runtime/device/device.hpp"

#include <cstdint>
#include <memory>

namespace spikeloom::backends::golden {

/// The one instance; it has no state.
const compiler::Target& target();

/// Results are the same for any number of threads (1..256).
std::unique_ptr<runtime::Device> make_device(std::uint32_t threads = 1);

/// Name of the routing section that holds the network (compiler/pipeline/network_bytes.hpp).
inline constexpr std::string_view network_section = "network";

}  // namespace spikeloom::backends::golden
