// SPDX-License-Identifier: Apache-2.0
/// What a co-simulation did, as text and JSON.
#pragma once

#include "runtime/report/compare.hpp"
#include "tools/cosim_build.hpp"

#include <optional>
#include <string>

namespace spikeloom::tools {

struct CosimReport {
    const PlatformFile& file;
    const BuiltPlatform& built;
    const systemc::PlatformOutcome& outcome;
    double wall_seconds = 0;
    std::optional<runtime::TrainComparison> against;  ///< the uncut run on file.reference
};

/// "cosim" (links, lines, environment, pace) beside "reports", one by schemas/report.schema.json
/// for each device.
std::string to_json(const CosimReport& report);
std::string to_text(const CosimReport& report);

}  // namespace spikeloom::tools
