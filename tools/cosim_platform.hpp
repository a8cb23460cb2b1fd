// SPDX-License-Identifier: Apache-2.0
/// A platform file (schemas/platform.schema.json, docs/cosim.md) as a value.
#pragma once

#include "simulator/systemc/platform.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spikeloom::tools {

struct PlatformDevice {
    std::string name;
    std::string target;
    std::string device;  ///< empty: the target's default
    std::string chip;    ///< empty: the target's default
    std::vector<std::string> populations;
    std::optional<systemc::UartOptions> line;  ///< between host and core, simulated
};

struct PlatformLink {
    std::string from, to;
    double latency   = 0;  ///< [s]
    double bandwidth = 0;  ///< [spikes/s]; 0: no limit
};

struct PlatformEnvironment {
    std::vector<std::string> command;
    double timeout = 10;  ///< [s]
    std::vector<std::string> to_network;
    struct Output {
        std::string population, variable;
    };
    std::vector<Output> from_network;
};

struct PlatformFile {
    std::string path;
    std::string network;  ///< as seen from here
    std::string input;    ///< spikes; empty: none
    std::uint64_t ticks   = 0;
    systemc::Pace pace    = systemc::Pace::lockstep;
    bool drop_late        = false;
    std::uint64_t quantum = 64;  ///< [ticks]
    std::string reference;       ///< target that runs the network uncut; empty: none
    std::vector<PlatformDevice> devices;
    std::vector<PlatformLink> links;
    std::optional<PlatformEnvironment> environment;
};

/// Reads and checks the file by itself; all faults, each at its JSON pointer. Codes: "file.open",
/// "platform.syntax", "platform.field" (unknown, missing, of another kind or out of range),
/// "platform.unknown-device" (a link to one that is not there).
Checked<PlatformFile> read_platform(const std::string& path);

}  // namespace spikeloom::tools
