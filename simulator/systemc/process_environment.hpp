// SPDX-License-Identifier: Apache-2.0
/// An environment that is a program of its own: JSON lines on its standard input and output,
/// started, supervised and ended here (docs/cosim.md, "Environments").
#pragma once

#include "simulator/systemc/environment.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::systemc {

struct ProcessOptions {
    std::vector<std::string> command{};  ///< program and arguments; looked for in PATH
    std::filesystem::path folder{};      ///< that it starts in; empty: this process's
    double timeout = 10;                 ///< [s] that an answer may take
};

/// The program is killed when it does not end by itself. Errors, each with the last lines that it
/// wrote to its standard error as notes:
/// - "environment.start" (no such program), "environment.died", "environment.timeout"
/// - "environment.nonsense" (an answer that is no JSON object, or not of the agreed form)
std::unique_ptr<Environment> make_process_environment(const ProcessOptions& options);

/// Lines of the protocol, without the newline.
std::string start_line(const EnvironmentSetup& setup);
std::string sight_line(const Sight& sight);
/// Error: "environment.nonsense".
Result<Action> parse_action(std::string_view line);
Result<std::map<std::string, double>> parse_last_words(std::string_view line);

}  // namespace spikeloom::systemc
