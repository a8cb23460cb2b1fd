// SPDX-License-Identifier: Apache-2.0
/// One run of one image, as `run` and `compare` need it.
#pragma once

#include "backends/registry.hpp"
#include "hw/image/image.hpp"
#include "runtime/report/report.hpp"
#include "runtime/session/session.hpp"
#include "tools/command.hpp"
#include "tools/options.hpp"

#include <memory>
#include <string>
#include <vector>

namespace spikeloom::tools {

/// --device, --ticks, --plasticity, --trace, --baud, --timeout, --reconnect, --threads.
struct RunFlags {
    std::string device;
    std::uint64_t ticks = 0;
    std::string plasticity;
    std::string trace;
    std::uint32_t baud       = 3'000'000;
    double timeout           = 5;
    std::uint32_t reconnects = 2;
    std::uint32_t threads    = 1;
    std::vector<runtime::RecordRequest> records;

    void add_to(CLI::App& app);
};

struct Compiled {
    hw::HardwareImage image;
    std::vector<std::string> warnings;
};

/// Compiles a network file (.json, .nir; then --target must be given) or reads an image.
Checked<Compiled> compile_or_load(const std::string& path, const CompileFlags& flags);

struct Run {
    hw::HardwareImage image;
    std::unique_ptr<runtime::Device> device;
    runtime::SessionResult result;
    runtime::Report report;
};

/// Runs the image on the device that the flags name, with a progress bar.
Result<Run> run_image(Compiled compiled, const std::vector<runtime::InputEvent>& input,
                      const RunFlags& flags, const Global& global);

}  // namespace spikeloom::tools
