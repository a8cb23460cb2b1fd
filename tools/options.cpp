// SPDX-License-Identifier: Apache-2.0
#include "tools/options.hpp"

#include "compiler/frontend/frontend.hpp"
#include "compiler/pipeline/pipeline.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace spikeloom::tools {
namespace {

std::string full_chip_name(const compiler::Target& target, const std::string& chip) {
    const std::string longer = fmt::format("{}-{}", target.name(), chip);
    const auto chips         = target.chips();
    return std::ranges::find(chips, longer) == chips.end() ? chip : longer;
}

}  // namespace

void CompileFlags::add_to(CLI::App& app) {
    app.add_option("--target,-t", target, "golden, emulator, ... (see `spikeloom targets`)");
    app.add_option("--chip", chip, "configuration of the target, or a chip file");
    app.add_option("--set", sets, "change a figure of the chip")->type_name("PATH=VALUE");
    app.add_option("--seed", seed, "key of everything random");
    app.add_option("--dt", dt, "tick [s]")->check(CLI::PositiveNumber);
    app.add_option("--integrator", integrator, "how time constants become decays")
        ->check(CLI::IsMember({"euler", "exact"}));
    app.add_option("--reset", reset, "membrane after a spike")
        ->check(CLI::IsMember({"value", "subtract"}));
    app.add_option("--weights", weights,
                   "truenorth: weights as four values a neuron, or in bits over several axons")
        ->check(CLI::IsMember({"cluster", "slice"}));
}

Result<compiler::CompileOptions> CompileFlags::options_for(const compiler::Target& to) const {
    compiler::CompileOptions result{.chip       = full_chip_name(to, chip),
                                    .dt         = dt,
                                    .integrator = integrator,
                                    .reset      = reset,
                                    .seed       = seed,
                                    .sets       = {},
                                    .choices    = {}};
    if (!weights.empty()) result.choices["weights"] = weights;
    if (threads != 0) result.choices["threads"] = std::to_string(threads);
    auto by_path = chip_sets();
    if (!by_path) return tl::unexpected{std::move(by_path.error())};
    result.sets = std::move(*by_path);
    return result;
}

Result<std::map<std::string, std::string>> CompileFlags::chip_sets() const {
    std::map<std::string, std::string> by_path;
    for (const std::string& set : sets) {
        const auto equals = set.find('=');
        if (equals == std::string::npos || equals == 0)
            return fault("usage.set", "--set wants PATH=VALUE, not '" + set + "'");
        by_path[set.substr(0, equals)] = set.substr(equals + 1);
    }
    return by_path;
}

Checked<ir::Network> load_network(const std::string& path, const CompileFlags& flags) {
    frontend::ReadOptions options;
    if (flags.dt > 0) options.nir.dt = flags.dt;
    return frontend::read_network(path, options);
}

Checked<compiler::CompileOutput> compile_any(const std::string& path,
                                             const compiler::Target& target,
                                             const compiler::CompileOptions& options,
                                             const CompileFlags& flags) {
    if (target.reads(path)) return compiler::compile_file(path, target, options);
    const auto network = load_network(path, flags);
    if (!network) return tl::unexpected(network.error());
    return compiler::compile(*network, target, options);
}

void warn(const std::vector<std::string>& warnings, bool quiet) {
    if (quiet) return;
    for (const std::string& warning : warnings)
        fmt::print(stderr, "warning: {}\n", warning);
}

}  // namespace spikeloom::tools
