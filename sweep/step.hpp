// SPDX-License-Identifier: Apache-2.0
/// One child process of a point, and how its end is judged; inside of sweep only.
#pragma once

#include "sweep/process.hpp"
#include "sweep/shared_work.hpp"
#include "sweep/spec.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace spikeloom::sweep {

/// The end of a process. Its first "error[code]: message" line is the reason of a refusal, else the
/// last line that it wrote.
StepEnd judge(const ProcessResult& process, const std::string& errors, const Limits& limits);

/// Runs a program under the limits; what it used is added to `outcome` when there is one.
StepEnd run_step(const std::vector<std::string>& arguments, const std::filesystem::path& errors,
                 const Limits& limits, Outcome* outcome = nullptr);

/// A faulty step from a diagnostic.
StepEnd refused(const Diagnostic& diagnostic);

}  // namespace spikeloom::sweep
