// SPDX-License-Identifier: Apache-2.0
/// Engine: what runs the ticks of a loaded Loihi image, behind the device that speaks with the
/// host.
#pragma once

#include "backends/loihi/chip_model.hpp"
#include "backends/loihi/tables.hpp"
#include "runtime/device/device.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spikeloom::backends::loihi {

class Engine {
public:
    virtual ~Engine() = default;

    virtual Result<void> load(const std::vector<CoreTable>& cores, const ChipTable& chip,
                              const hw::HardwareImage& image) = 0;
    /// One event of a source element in the next tick.
    virtual void push(std::uint32_t source) = 0;
    /// One tick; its spikes in any order, by number of the used core.
    virtual const std::vector<CoreSpike>& step() = 0;
    /// "u", "v" or "y" of a compartment.
    [[nodiscard]] virtual std::int64_t state(char variable, CoreSpike at) const = 0;
    /// Stored weights of a used core in the order of its lists.
    [[nodiscard]] virtual std::vector<std::int32_t> weights(std::uint32_t used) const = 0;
    virtual void set_plasticity(bool on)                                              = 0;
    [[nodiscard]] virtual runtime::Activity activity() const                          = 0;
    virtual std::vector<runtime::TickTime> take_tick_times() { return {}; }
    [[nodiscard]] virtual std::optional<runtime::Traffic> traffic() const { return std::nullopt; }
};

/// A device around an engine: symbols, queue of input, probes, learned weights.
std::unique_ptr<runtime::Device> make_engine_device(std::unique_ptr<Engine> engine);

}  // namespace spikeloom::backends::loihi
