// SPDX-License-Identifier: Apache-2.0
/// `spikeloom serve-rtl`: a simulated emulator core behind a pseudo-terminal.
#include "backends/emulator/device.hpp"
#include "runtime/link/bridge.hpp"
#include "runtime/link/serial_port.hpp"
#include "tools/command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

namespace spikeloom::tools {
namespace {

namespace emulator = backends::emulator;

struct Flags {
    std::string chip   = "sim";
    std::string device = "rtl";
    std::string path;
    double clock_hz = 12e6;
    double seconds  = 0;
    bool pty        = false;
};

std::atomic<bool> stop_asked{false};
std::atomic<bool> reset_asked{false};

void on_stop(int /*signal*/) {
    stop_asked = true;
}
void on_reset(int /*signal*/) {
    reset_asked = true;
}

/// A name of the user's own for the terminal, gone when the server goes.
class Name {
public:
    static Result<Name> make(const std::string& path, const std::string& terminal) {
        std::error_code error;
        if (std::filesystem::is_symlink(path, error)) std::filesystem::remove(path, error);
        std::filesystem::create_symlink(terminal, path, error);
        if (error) return fault("file.write", "cannot link: " + error.message(), {path, ""});
        return Name{path, terminal};
    }
    Name(Name&& other) noexcept
        : path_{std::exchange(other.path_, {})}, terminal_{std::move(other.terminal_)} {}
    Name(const Name&)            = delete;
    Name& operator=(const Name&) = delete;
    Name& operator=(Name&&)      = delete;
    ~Name() {
        std::error_code error;
        if (!path_.empty() && std::filesystem::read_symlink(path_, error) == terminal_)
            std::filesystem::remove(path_, error);
    }

private:
    Name(std::string path, std::string terminal)
        : path_{std::move(path)}, terminal_{std::move(terminal)} {}
    std::string path_;
    std::string terminal_;
};

/// Serves until a signal or the time is up; a reset signal gives the line a core fresh from
/// power-up.
Result<void> serve(link::ByteChannel& line, const Flags& flags,
                   const emulator::DeviceConfig& config) {
    const auto start = std::chrono::steady_clock::now();
    const auto over  = [&] {
        const std::chrono::duration<double> lived = std::chrono::steady_clock::now() - start;
        return stop_asked || (flags.seconds > 0 && lived.count() > flags.seconds);
    };
    while (!over()) {
        reset_asked     = false;
        const auto core = emulator::open_core_line(flags.device, config);
        if (!core) return tl::unexpected{core.error()};
        const auto served = link::bridge(line, **core, [&] { return over() || reset_asked; });
        if (!served) return served;
    }
    return {};
}

Checked<void> serve_it(const Flags& flags) {
    emulator::DeviceConfig config;
    config.chip     = flags.chip.starts_with("emulator-") ? flags.chip : "emulator-" + flags.chip;
    config.clock_hz = flags.clock_hz;
    if (const auto core = emulator::open_core_line(flags.device, config); !core)
        return failed(core);
    const auto terminal = link::open_pseudo_terminal();
    if (!terminal) return failed(terminal);
    std::optional<Name> name;
    if (!flags.path.empty()) {
        auto made = Name::make(flags.path, terminal->path);
        if (!made) return failed(made);
        name.emplace(std::move(*made));
    }
    std::signal(SIGINT, on_stop);
    std::signal(SIGTERM, on_stop);
    std::signal(SIGUSR1, on_reset);
    if (const auto printed = print(terminal->path + "\n"); !printed) return failed(printed);
    const auto served = serve(*terminal->channel, flags, config);
    if (!served) return failed(served);
    return {};
}

}  // namespace

Action add_serve_rtl(CLI::App& app) {
    const auto flags = std::make_shared<Flags>();
    app.add_flag("--pty", flags->pty, "behind a pseudo-terminal, whose path is printed")
        ->required();
    app.add_option("--chip", flags->chip, "configuration of the core")
        ->check(CLI::IsMember({"sim", "up5k", "emulator-sim", "emulator-up5k"}));
    app.add_option("--device", flags->device, "what plays the core")
        ->check(CLI::IsMember({"rtl", "rtl-uart", "model"}));
    app.add_option("--path", flags->path, "also link the terminal to this path");
    app.add_option("--clock", flags->clock_hz, "clock of the core, for its link's timeouts [Hz]")
        ->check(CLI::Range(1e3, 1e10));
    app.add_option("--seconds", flags->seconds, "stop after this time")->check(CLI::PositiveNumber);
    app.footer(
        "SIGUSR1 resets the core as a power cycle would; SIGINT and SIGTERM end the server.");
    return [flags](const Global&) { return serve_it(*flags); };
}

}  // namespace spikeloom::tools
