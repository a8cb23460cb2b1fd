// SPDX-License-Identifier: Apache-2.0
/// From a platform file to a platform: the network cut, compiled part by part, wired up.
#pragma once

#include "compiler/ir/network.hpp"
#include "runtime/report/compare.hpp"
#include "simulator/systemc/platform.hpp"
#include "tools/cosim_platform.hpp"
#include "tools/options.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace spikeloom::tools {

struct BuiltPlatform {
    ir::Network network;
    systemc::Platform platform;
    std::unique_ptr<systemc::Environment> environment;
    std::vector<hw::HardwareImage> images;  ///< of the devices, in their order
    runtime::Trains input;                  ///< of the spike sources, from the file
    std::vector<std::string> warnings;
};

/// Codes: those of the front end, the compiler and the devices; "platform.unknown-population",
/// "platform.source" (a source placed on a device), "platform.twice", "platform.unplaced",
/// "platform.not-a-source" (the environment drives a population that is none), "platform.line" (a
/// line to a device that has none), those of cut().
Checked<BuiltPlatform> build_platform(const PlatformFile& file, const CompileFlags& flags);

/// Input of one image: the trains of the sources that it has.
std::vector<runtime::InputEvent> input_of(const hw::HardwareImage& image,
                                          const runtime::Trains& trains);

}  // namespace spikeloom::tools
