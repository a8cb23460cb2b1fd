// SPDX-License-Identifier: Apache-2.0
/// `spikeloom probe`: what is at the other end of a serial port.
#include "backends/emulator/probe.hpp"

#include "runtime/link/serial_port.hpp"
#include "tools/command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace spikeloom::tools {
namespace {

namespace emulator = backends::emulator;

struct Flags {
    std::string device;
    std::uint32_t baud = 0;
    double timeout     = 2;
    bool json          = false;
};

struct Found {
    emulator::ProbeResult core;
    std::uint32_t baud;
};

/// Tries the rates that boards are usually set to, fastest first, unless one is given.
Result<Found> find_core(const std::string& path, const Flags& flags) {
    std::vector<std::uint32_t> rates{3'000'000, 1'000'000, 115'200};
    if (flags.baud != 0) rates = {flags.baud};
    std::optional<Diagnostic> last;
    for (const std::uint32_t baud : rates) {
        auto port = link::open_serial_port(path, {.baud = baud});
        if (!port && port.error().code != "link.baud") return tl::unexpected{port.error()};
        if (!port) {
            last = port.error();
            continue;
        }
        const auto patience = static_cast<link::Time>(flags.timeout * 1e6);
        auto core           = emulator::probe_core(*std::move(port), patience);
        if (core) return Found{*std::move(core), baud};
        last = core.error();
        last->notes.push_back(fmt::format("at {} baud", baud));
    }
    last->location = {path, ""};
    return tl::unexpected{*last};
}

nlohmann::ordered_json to_json(const Found& found, const std::string& path) {
    const auto& [identity, status, chip] = found.core;
    return {{"port", path},
            {"baud", found.baud},
            {"kind", "spikeloom emulator core"},
            {"chip", chip},
            {"protocol_version", identity.version},
            {"configuration", fmt::format("0x{:08x}", identity.configuration)},
            {"neurons", identity.neurons},
            {"sources", identity.sources},
            {"synapse_words", identity.synapse_words},
            {"receive_buffer", {{"value", identity.rx_bytes}, {"unit", "byte"}}},
            {"window", {{"value", identity.window}, {"unit", "frame"}}},
            {"next_tick", status.tick},
            {"status", status.status},
            {"frames_dropped", status.frames_dropped}};
}

std::string to_text(const Found& found, const std::string& path) {
    const auto& [identity, status, chip] = found.core;
    return fmt::format(
        "{}: emulator core {}, configuration 0x{:08x}, protocol version {}, at {} baud\n"
        "  {} neurons, {} sources, {} synapse words\n"
        "  link: receive buffer {} bytes, window {} frames, {} frames dropped\n"
        "  next tick {}, status 0x{:02x}\n",
        path, chip.empty() ? "of a configuration that this program does not know" : chip,
        identity.configuration, identity.version, found.baud, identity.neurons, identity.sources,
        identity.synapse_words, identity.rx_bytes, identity.window, status.frames_dropped,
        status.tick, status.status);
}

Checked<void> probe_it(const Flags& flags) {
    constexpr std::string_view prefix = "serial:";
    if (!flags.device.starts_with(prefix))
        return failed("usage.probe", "only ports can be probed: serial:PATH");
    const std::string path = flags.device.substr(prefix.size());
    const auto found       = find_core(path, flags);
    if (!found) return failed(found);
    const auto printed =
        print(flags.json ? to_json(*found, path).dump(2) + "\n" : to_text(*found, path));
    if (!printed) return failed(printed);
    return {};
}

}  // namespace

Action add_probe(CLI::App& app) {
    const auto flags = std::make_shared<Flags>();
    app.add_option("DEVICE", flags->device, "serial:PATH")->required();
    app.add_option("--baud", flags->baud, "rate of the line; absent: the usual ones in turn");
    app.add_option("--timeout", flags->timeout, "silence after which nobody is there [s]")
        ->check(CLI::Range(0.05, 600.0));
    app.add_flag("--json", flags->json, "one JSON document on standard output");
    return [flags](const Global&) { return probe_it(*flags); };
}

}  // namespace spikeloom::tools
