// SPDX-License-Identifier: Apache-2.0
/// Command-line options that several subcommands share.
#pragma once

#include "compiler/ir/network.hpp"
#include "compiler/pipeline/target.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace spikeloom::tools {

/// --target, --chip, --set, --seed, --dt, --integrator, --reset, --weights.
struct CompileFlags {
    std::string target;
    std::string chip;
    std::vector<std::string> sets;
    std::uint64_t seed     = 0;
    double dt              = 0;
    std::string integrator = "euler";
    std::string reset;
    std::string weights;  ///< cluster or slice, for targets with few weights a neuron

    std::uint32_t threads = 0;  ///< of the mapper, set by who has --threads; 0: its own choice

    void add_to(CLI::App& app);
    /// As the pipeline wants them for this target; a chip may be named without the target's name
    /// before it ("sim" for "emulator-sim"). "usage.set" where --set is not PATH=VALUE.
    [[nodiscard]] Result<compiler::CompileOptions> options_for(const compiler::Target& to) const;
    /// The --set arguments by path; "usage.set" as above.
    [[nodiscard]] Result<std::map<std::string, std::string>> chip_sets() const;
};

/// Reads a network by its kind of file, with what --dt says where the format needs it.
Checked<ir::Network> load_network(const std::string& path, const CompileFlags& flags);

/// Compiles what the file holds: a network, or something that only this target knows.
Checked<compiler::CompileOutput> compile_any(const std::string& path,
                                             const compiler::Target& target,
                                             const compiler::CompileOptions& options,
                                             const CompileFlags& flags);

/// Writes the warnings to standard error, "warning: ...", unless quiet.
void warn(const std::vector<std::string>& warnings, bool quiet);

}  // namespace spikeloom::tools
