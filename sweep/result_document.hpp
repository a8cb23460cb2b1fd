// SPDX-License-Identifier: Apache-2.0
/// The result document of a point: its report with what the sweep adds, and figures out of it.
#pragma once

#include "runtime/report/compare.hpp"
#include "support/result.hpp"
#include "sweep/point.hpp"
#include "sweep/spec.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace spikeloom::sweep {

/// Parts that join the report, each where it is present.
struct Additions {
    std::optional<double> accuracy;                         ///< /score/accuracy, 0 to 1
    std::optional<runtime::TrainDifference> golden;         ///< /golden/missed, added, ...
    std::map<std::string, std::filesystem::path> measures;  ///< /measures/NAME: JSON files
};

/// Reads the report, adds the rest, and fills objectives, hashes and tool version of `outcome`. An
/// objective that is not there or not finite makes it `incomplete`, a report that is no JSON
/// `failed`. The additions are written to `extras` when there are any.
void read_result(const Spec& spec, const std::filesystem::path& report, const Additions& additions,
                 const std::filesystem::path& extras, Outcome& outcome);

/// The figure at a pointer of a JSON text; a "*" part stands for every member, and `reduce` makes
/// one number of all. Nothing when there is no number there.
std::optional<double> figure_at(const std::string& json, const Objective& objective);

/// Ticks by which a population's spikes are late, as a run's report says; 0 where it does not.
std::uint64_t pipeline_offset(const std::filesystem::path& report, const std::string& population);

}  // namespace spikeloom::sweep
