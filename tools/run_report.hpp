// SPDX-License-Identifier: Apache-2.0
/// Turns what a compile or a run left behind into a Report.
#pragma once

#include "hw/image/image.hpp"
#include "hw/spec/chip_spec.hpp"
#include "runtime/report/report.hpp"
#include "runtime/session/session.hpp"

#include <string>
#include <vector>

namespace spikeloom::tools {

/// What the image says of itself: options, populations, utilisation, quantisation.
runtime::Report image_report(const hw::HardwareImage& image);

/// How the run was driven, as the report echoes it.
struct RunFacts {
    std::string device;
    std::uint64_t ticks = 0;
    double wall_seconds = 0;
    double cpu_seconds  = 0;
    std::uint32_t baud  = 3'000'000;  ///< for the modelled link time
};

/// image_report() plus activity and link, and, where the chip is known, latency at its clock and
/// energy by its table.
runtime::Report run_report(const hw::HardwareImage& image, const hw::ChipSpec* chip,
                           const runtime::SessionResult& result, const RunFacts& facts);

}  // namespace spikeloom::tools
