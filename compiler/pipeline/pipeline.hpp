// SPDX-License-Identifier: Apache-2.0
/// From a Network to a hardware image: check, settle what the file leaves open, compile.
#pragma once

#include "compiler/pipeline/target.hpp"

#include <string>
#include <vector>

namespace spikeloom::compiler {

/// Options with nothing left open, and what had to be assumed.
struct ResolvedOptions {
    CompileOptions options;
    std::vector<std::string> warnings;
};

/// Settles dt, integrator, reset and chip: the option, else the file, else a stated default with a
/// warning. Errors: "compile.dt" (not a positive finite time), "compile.integrator",
/// "compile.reset", "compile.chip" (no chip of the target; a path is taken as it is).
Checked<ResolvedOptions> resolve(const ir::Network& network, const Target& target,
                                 const CompileOptions& options);

/// ir::check(), resolve(), target.compile(); fills the image's header (network hash, tool version,
/// seed, dt, every option).
Checked<CompileOutput> compile(const ir::Network& network, const Target& target,
                               const CompileOptions& options);

/// The same for a file of the target's own kind (Target::reads()).
Checked<CompileOutput> compile_file(const std::string& path, const Target& target,
                                    const CompileOptions& options);

/// "0.1.0"
std::string_view tool_version();

}  // namespace spikeloom::compiler
