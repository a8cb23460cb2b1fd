// SPDX-License-Identifier: Apache-2.0
/// The `spikeloom` command. Exit status: 0 done, 1 the input is at fault, 2 wrong usage.
#include "compiler/pipeline/pipeline.hpp"
#include "tools/command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <utility>
#include <vector>

namespace spikeloom::tools {

tl::unexpected<Diagnostics> failed(std::string code, std::string message, SourceLocation location) {
    return tl::unexpected<Diagnostics>{
        Diagnostics{Diagnostic{std::move(code), std::move(message), std::move(location), {}}}};
}

Result<void> print(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
        return {};
    return fault("file.write", "cannot write: " + std::string{std::strerror(errno)},
                 {"standard output", ""});
}

namespace {

struct Subcommand {
    CLI::App* app;
    Action action;
};

/// Faults of the command line itself that the option parser cannot see.
bool is_usage(const Diagnostics& diagnostics) {
    return diagnostics.front().code.starts_with("usage.");
}

int parse_and_run(int argc, char** argv) {
    CLI::App app{
        "Compiles spiking neural networks to neuromorphic hardware, runs them on it, and "
        "reports spikes, latency and energy."};
    app.require_subcommand(1);
    app.set_version_flag("--version", fmt::format("spikeloom {}", compiler::tool_version()));
    Global global;
    app.add_flag("--quiet,-q", global.quiet, "no progress bars and no warnings");

    std::vector<Subcommand> subcommands;
    const auto add = [&](const char* name, const char* text, Action (*make)(CLI::App&)) {
        CLI::App* sub = app.add_subcommand(name, text)->fallthrough();
        subcommands.push_back({sub, make(*sub)});
    };
    add("targets", "list the targets and their limits", add_targets);
    add("compile", "compile a network to a hardware image", add_compile);
    add("run", "run a network or an image", add_run);
    add("compare", "compare two spike files, or one network on several targets", add_compare);
    add("convert", "convert a network file", add_convert);
    add("sweep", "evaluate many design points", add_sweep);
    add("serve-rtl", "put a simulated emulator core behind a pseudo-terminal", add_serve_rtl);
    add("probe", "say what is at the other end of a serial port", add_probe);
    add("report", "show reports as one HTML page", add_report);
    add("cosim", "run a network across devices, links and an environment", add_cosim);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    for (const Subcommand& subcommand : subcommands) {
        if (!subcommand.app->parsed()) continue;
        const auto done = subcommand.action(global);
        if (done) return 0;
        fmt::print(stderr, "{}\n", to_string(done.error()));
        return is_usage(done.error()) ? 2 : 1;
    }
    return 2;
}

}  // namespace
}  // namespace spikeloom::tools

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return spikeloom::tools::parse_and_run(argc, argv);
    } catch (const std::bad_alloc&) {
        fmt::print(stderr, "error[tool.memory]: not enough memory\n");
    } catch (const std::exception& error) {
        fmt::print(stderr, "error[tool.internal]: {}\n", error.what());
    }
    return 1;
}
