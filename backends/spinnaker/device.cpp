// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/device.hpp"

#include "backends/spinnaker/engine.hpp"

#include <fmt/format.h>

namespace spikeloom::backends::spinnaker {

Result<std::unique_ptr<runtime::Device>> open_device(std::string_view name) {
    if (name == "event") return make_engine_device(make_event_engine(true));
    if (name == "functional") return make_engine_device(make_event_engine(false));
    if (name == "golden") return make_engine_device(make_golden_engine());
    return fault("device.unknown", fmt::format("no device '{}'", name), {},
                 {"there are event, functional and golden"});
}

}  // namespace spikeloom::backends::spinnaker
