// SPDX-License-Identifier: Apache-2.0
#include "backends/registry.hpp"

#include "backends/emulator/device.hpp"
#include "backends/emulator/golden.hpp"
#include "backends/emulator/target.hpp"
#include "backends/golden/target.hpp"
#include "backends/loihi/device.hpp"
#include "backends/loihi/target.hpp"
#include "backends/spinnaker/device.hpp"
#include "backends/spinnaker/target.hpp"
#include "backends/truenorth/device.hpp"
#include "backends/truenorth/target.hpp"

#include <fmt/format.h>

#include <array>

namespace spikeloom::backends {

namespace {

using DeviceResult = Result<std::unique_ptr<runtime::Device>>;

/// One way to run images. `make` gets the whole name, with what follows its ':'.
struct DeviceEntry {
    std::string_view name;
    DeviceResult (*make)(std::string_view name, const DeviceOptions& options);
    bool has_threads = false;
};

DeviceResult open_emulator(std::string_view name, const DeviceOptions& options) {
    emulator::DeviceConfig config;
    if (!options.chip.empty()) config.chip = options.chip;
    config.clock_hz     = options.clock_hz;
    config.uart_divisor = options.uart_divisor;
    config.uart_skew    = options.uart_skew;
    config.baud         = options.baud;
    config.trace        = options.trace;
    config.timeout      = options.timeout;
    config.reconnects   = options.reconnects;
    return emulator::open_device(name, config);
}

/// Software devices have no waveforms.
template <auto Make>
DeviceResult make_software(std::string_view name, const DeviceOptions& options) {
    if (options.trace.empty()) return Make();
    return fault("device.no-trace", fmt::format("device '{}' has no waveforms to trace", name));
}

/// The same, for those that share their work out.
template <auto Make>
DeviceResult make_threaded(std::string_view name, const DeviceOptions& options) {
    if (options.trace.empty()) return Make(options.threads);
    return fault("device.no-trace", fmt::format("device '{}' has no waveforms to trace", name));
}

constexpr std::uint32_t most_threads = 256;

Result<void> check_threads(const DeviceEntry& device, const DeviceOptions& options) {
    if (options.threads < 1 || options.threads > most_threads)
        return fault("device.threads",
                     fmt::format("{} threads, range 1..{}", options.threads, most_threads));
    if (options.threads == 1 || device.has_threads) return {};
    return fault("device.no-threads", fmt::format("device '{}' runs on one thread, not on {}",
                                                  device.name, options.threads));
}

constexpr std::array emulator_devices{
    DeviceEntry{"rtl", open_emulator},
    DeviceEntry{"rtl-uart", open_emulator},
    DeviceEntry{"serial:", open_emulator},
    DeviceEntry{"model", open_emulator},
    DeviceEntry{"golden", make_threaded<emulator::make_golden_device>, true},
};

DeviceResult open_loihi(std::string_view name, const DeviceOptions& options) {
    if (options.trace.empty()) return loihi::open_device(name, options.threads);
    return fault("device.no-trace", fmt::format("device '{}' has no waveforms to trace", name));
}

constexpr std::array loihi_devices{
    DeviceEntry{"event", open_loihi},         DeviceEntry{"analytic", open_loihi},
    DeviceEntry{"cycle", open_loihi},         DeviceEntry{"golden", open_loihi, true},
    DeviceEntry{"golden:", open_loihi, true}, DeviceEntry{"plain", open_loihi},
    DeviceEntry{"plain:", open_loihi},
};

constexpr std::array golden_devices{
    DeviceEntry{"float64", make_threaded<golden::make_device>, true},
};

constexpr std::array truenorth_devices{
    DeviceEntry{"model", make_software<truenorth::make_model_device>},
    DeviceEntry{"golden", make_software<truenorth::make_golden_device>},
};

DeviceResult open_spinnaker(std::string_view name, const DeviceOptions& options) {
    if (options.trace.empty()) return spinnaker::open_device(name);
    return fault("device.no-trace", fmt::format("device '{}' has no waveforms to trace", name));
}

constexpr std::array spinnaker_devices{
    DeviceEntry{"event", open_spinnaker},
    DeviceEntry{"functional", open_spinnaker},
    DeviceEntry{"golden", open_spinnaker},
};

struct TargetEntry {
    const compiler::Target& target;
    std::span<const DeviceEntry> devices;
};

/// The register: one line for each target.
std::span<const TargetEntry> entries() {
    static const std::array all{
        TargetEntry{golden::target(), golden_devices},
        TargetEntry{emulator::target(), emulator_devices},
        TargetEntry{truenorth::target(), truenorth_devices},
        TargetEntry{loihi::target(), loihi_devices},
        TargetEntry{spinnaker::target(), spinnaker_devices},
    };
    return all;
}

std::span<const DeviceEntry> device_entries(const compiler::Target& target) {
    for (const TargetEntry& entry : entries()) {
        if (&entry.target == &target) return entry.devices;
    }
    return {};
}

const DeviceEntry* find_device(std::span<const DeviceEntry> devices, std::string_view name) {
    for (const DeviceEntry& device : devices) {
        const bool takes_argument = device.name.ends_with(':');
        if (takes_argument ? name.starts_with(device.name) : name == device.name) return &device;
    }
    return nullptr;
}

}  // namespace

std::span<const compiler::Target* const> targets() {
    static const std::vector<const compiler::Target*> all = [] {
        std::vector<const compiler::Target*> list;
        for (const TargetEntry& entry : entries())
            list.push_back(&entry.target);
        return list;
    }();
    return all;
}

Result<const compiler::Target*> find_target(std::string_view name) {
    Diagnostic unknown{"target.unknown", fmt::format("there is no target '{}'", name)};
    for (const compiler::Target* target : targets()) {
        if (target->name() == name) return target;
        unknown.notes.push_back(fmt::format("known: {}", target->name()));
    }
    return tl::unexpected{std::move(unknown)};
}

std::vector<std::string_view> devices_of(const compiler::Target& target) {
    std::vector<std::string_view> names;
    for (const DeviceEntry& device : device_entries(target))
        names.push_back(device.name);
    return names;
}

DeviceResult make_device(const compiler::Target& target, std::string_view device,
                         const DeviceOptions& options) {
    const auto devices       = device_entries(target);
    const DeviceEntry* found = device.empty() ? &devices.front() : find_device(devices, device);
    if (found != nullptr) {
        const auto good = check_threads(*found, options);
        if (!good) return tl::unexpected{good.error()};
        return found->make(device.empty() ? found->name : device, options);
    }
    Diagnostic unknown{"device.unknown",
                       fmt::format("target '{}' has no device '{}'", target.name(), device)};
    for (const DeviceEntry& known : devices) {
        unknown.notes.push_back(
            fmt::format("known: {}{}", known.name, known.name.ends_with(':') ? "PATH" : ""));
    }
    return tl::unexpected{std::move(unknown)};
}

}  // namespace spikeloom::backends
