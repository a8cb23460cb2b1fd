// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/device.hpp"

#include "backends/loihi/fast_golden.hpp"
#include "backends/loihi/golden.hpp"
#include "backends/loihi/timed_engine.hpp"

#include <fmt/format.h>

#include <optional>

namespace spikeloom::backends::loihi {

namespace {

/// "FAMILY" or "FAMILY:EMULATOR": the emulator's name, "nengo" where there is none; nothing for
/// other devices.
std::optional<std::string_view> emulator_of(std::string_view name, std::string_view family) {
    if (name == family) return "nengo";
    if (name.starts_with(family) && name[family.size()] == ':')
        return name.substr(family.size() + 1);
    return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<runtime::Device>> open_device(std::string_view name, std::uint32_t threads) {
    const auto fast  = emulator_of(name, "golden");
    const auto plain = emulator_of(name, "plain");
    if (fast || plain) {
        const std::string_view emulator = fast ? *fast : *plain;
        const auto who                  = neuron::loihi::emulator_by_name(emulator);
        if (who)
            return make_engine_device(fast ? make_fast_golden_engine(*who, threads)
                                           : make_golden_engine(*who));
        return fault("device.emulator", fmt::format("there is no emulator '{}'", emulator), {},
                     {"known: nengo, lava, brian2loihi"});
    }
    const auto fidelity = chip::parse_fidelity(name);
    if (fidelity) return make_engine_device(make_timed_engine(*fidelity));
    return fault("device.unknown", fmt::format("no device '{}'", name), {},
                 {"there are event, analytic, cycle, golden[:EMULATOR] and plain[:EMULATOR]"});
}

}  // namespace spikeloom::backends::loihi
