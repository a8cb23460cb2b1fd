// SPDX-License-Identifier: Apache-2.0
/// The subcommands of `spikeloom`, one function and one file each.
#pragma once

#include "support/result.hpp"

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace spikeloom::tools {

/// What every subcommand sees of the command line.
struct Global {
    bool quiet = false;  ///< no progress bars, no warnings
};

/// A subcommand does its work when called after parsing and returns a fault of the user's input.
using Action = std::function<Checked<void>(const Global&)>;

Action add_targets(CLI::App& app);
Action add_compile(CLI::App& app);
Action add_run(CLI::App& app);
Action add_compare(CLI::App& app);
Action add_convert(CLI::App& app);
Action add_sweep(CLI::App& app);
Action add_serve_rtl(CLI::App& app);
Action add_probe(CLI::App& app);
Action add_report(CLI::App& app);
Action add_cosim(CLI::App& app);

/// A Diagnostic as the error of a Checked result.
template <class T>
tl::unexpected<Diagnostics> failed(const Result<T>& result) {
    return tl::unexpected<Diagnostics>{Diagnostics{result.error()}};
}
template <class T>
tl::unexpected<Diagnostics> failed(const Checked<T>& result) {
    return tl::unexpected<Diagnostics>{result.error()};
}
tl::unexpected<Diagnostics> failed(std::string code, std::string message,
                                   SourceLocation location = {});

/// Writes to standard output; a closed pipe or full disk is "file.write".
Result<void> print(const std::string& text);

}  // namespace spikeloom::tools
