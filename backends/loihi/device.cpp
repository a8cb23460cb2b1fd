// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/device.hpp"

#include "backends/loihi/golden.hpp"
#include "backends/loihi/timed_engine.hpp"

#include <fmt/format.h>

namespace spikeloom::backends::loihi {

Result<std::unique_ptr<runtime::Device>> open_device(std::string_view name) {
    constexpr std::string_view golden = "golden";
    if (name == golden)
        return make_engine_device(make_golden_engine(neuron::loihi::Emulator::nengo));
    if (name.starts_with("golden:")) {
        const std::string_view emulator = name.substr(golden.size() + 1);
        if (const auto who = neuron::loihi::emulator_by_name(emulator))
            return make_engine_device(make_golden_engine(*who));
        return fault("device.emulator", fmt::format("there is no emulator '{}'", emulator), {},
                     {"known: nengo, lava, brian2loihi"});
    }
    const auto fidelity = chip::parse_fidelity(name);
    if (fidelity) return make_engine_device(make_timed_engine(*fidelity));
    return fault("device.unknown", fmt::format("no device '{}'", name), {},
                 {"there are event, analytic, cycle, golden and golden:EMULATOR"});
}

}  // namespace spikeloom::backends::loihi
