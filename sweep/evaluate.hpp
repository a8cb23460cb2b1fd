// SPDX-License-Identifier: Apache-2.0
/// Evaluates one point of a sweep in child processes.
#pragma once

#include "sweep/point.hpp"
#include "sweep/spec.hpp"

#include <filesystem>
#include <string>

namespace spikeloom::sweep {

/// Where a sweep lives.
struct Workplace {
    std::filesystem::path folder;  ///< of the sweep's results
    std::filesystem::path tool;    ///< the `spikeloom` program
    std::uint64_t tool_hash = 0;   ///< of its bytes: another build shares no work

    [[nodiscard]] std::filesystem::path cache() const { return folder / "cache"; }
    /// points/<id / 1000>/<id>; holds point.json, report.json, what else the point left.
    [[nodiscard]] std::filesystem::path point_folder(std::uint64_t id) const;
};

/// Compiles and runs the point (or runs the spec's program), reads its objectives. Whatever goes
/// wrong is in the outcome. A report that an earlier, killed sweep left for the very same point is
/// adopted in place of a run.
Outcome evaluate(const Spec& spec, const Workplace& place, const Point& point);

}  // namespace spikeloom::sweep
