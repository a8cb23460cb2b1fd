// SPDX-License-Identifier: Apache-2.0
#include "backends/registry.hpp"

#include "backends/emulator/golden.hpp"
#include "backends/emulator/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace spikeloom::backends {

namespace {

using DeviceResult = Result<std::unique_ptr<runtime::Device>>;

/// One way to run images. `make` gets what follows the ':' of its name, if it has one.
struct DeviceEntry {
    std::string_view name;
    DeviceResult (*make)(std::string_view argument, const DeviceOptions& options);
};

constexpr std::array emulator_devices{
    DeviceEntry{"golden",
                [](std::string_view, const DeviceOptions&) -> DeviceResult {
                    return emulator::make_golden_device();
                }},
};

struct TargetEntry {
    const compiler::Target& target;
    std::span<const DeviceEntry> devices;
};

/// The register: one line for each target.
std::span<const TargetEntry> entries() {
    static const std::array all{
        TargetEntry{emulator::target(), emulator_devices},
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
    const auto devices = device_entries(target);
    const DeviceEntry* found =
        device.empty() && !devices.empty() ? &devices.front() : find_device(devices, device);
    if (found != nullptr) {
        const std::size_t skip = std::min(device.size(), found->name.size());
        return found->make(device.substr(skip), options);
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
