// SPDX-License-Identifier: Apache-2.0
/// Device: a thing that runs a HardwareImage, be it RTL, a board or a chip model.
#pragma once

#include "hw/image/image.hpp"
#include "support/ids.hpp"
#include "support/quantity.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::runtime {

/// External input: `value` events on one source element. NeuronId as in the image's symbol table.
/// Hardware takes whole numbers >= 0 ("device.value"); the functional reference any real number.
struct InputEvent {
    Tick tick;
    NeuronId source;
    double value = 1;
};

/// A spike of a neuron. NeuronId as in the image's symbol table.
struct SpikeEvent {
    Tick tick;
    NeuronId neuron;
    friend auto operator<=>(const SpikeEvent&, const SpikeEvent&) = default;
};

/// One figure that a device counted.
struct Counter {
    std::uint64_t value = 0;
    std::string unit;  ///< "clock", "1", "byte", ...
};

/// What a device counted since load, by name: "ticks", "clocks", "spikes", "synaptic_events",
/// "weight_updates", "neuron_updates", "link_bytes_out", ... Names are the same for all targets.
using Activity = std::map<std::string, Counter>;

/// How long one tick took on the device.
struct TickTime {
    Tick tick;
    std::uint64_t clocks;
};

/// How often each value of a quantity occurred; `values` ascending, as many as `counts`.
struct Spread {
    std::vector<double> values;
    std::vector<std::uint64_t> counts;
    std::string unit;
};

/// What crossed the network of a chip since load. Core number = (y * columns + x) *
/// cores_per_router + place at the router; x grows to the east, y to the north.
struct Traffic {
    struct Link {
        std::uint32_t from = 0, to = 0;  ///< routers, y * columns + x
        std::uint64_t flits = 0;
    };
    std::uint32_t columns = 1, rows = 1, cores_per_router = 1;
    std::vector<Link> links;                ///< one for each direction; several networks added up
    std::map<std::string, Spread> spreads;  ///< "hops", "spike delivery"
};

class Device {
public:
    virtual ~Device() = default;

    /// Loads an image and clears all state; the next tick is 0.
    /// - refuses an image of another target or chip ("device.wrong-image")
    virtual Result<void> load(const hw::HardwareImage& image) = 0;

    /// Queues input. Ticks ascending, none before the next tick to run ("device.late-input").
    virtual Result<void> push(std::span<const InputEvent> events) = 0;

    /// Runs `ticks` ticks, with the input queued for them.
    virtual Result<void> advance(std::uint64_t ticks) = 0;

    /// Spikes since the last call, sorted by (tick, neuron).
    virtual Result<std::vector<SpikeEvent>> drain() = 0;

    /// Current values of a state variable ("v", "i", "x", "y") for all neurons of the symbol table
    /// in order, 0 where there is none. Integer targets give their integers, exact in a double;
    /// PopulationSymbol::unit_scale turns them into the network's units.
    /// - unknown variable: "device.variable"
    virtual Result<std::vector<double>> probe(std::string_view variable) = 0;

    /// A core's table as it stands now, in the image's encoding (weights after learning).
    virtual Result<hw::Section> read_back(CoreId core, std::string_view section) = 0;

    virtual Result<Activity> activity() = 0;

    /// Time of each tick run since the last call, in clocks of the device.
    virtual std::vector<TickTime> take_tick_times() { return {}; }

    /// Absent for devices without a network of cores.
    [[nodiscard]] virtual std::optional<Traffic> traffic() const { return std::nullopt; }

    /// Turns learning on or off; devices without learning refuse "on" ("device.no-learning").
    virtual Result<void> set_plasticity(bool on);
};

}  // namespace spikeloom::runtime
