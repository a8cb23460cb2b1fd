// SPDX-License-Identifier: Apache-2.0
/// Engine: what runs the ticks of a loaded SpiNNaker program, behind the device that speaks with
/// the host.
///
/// Tick t: the packets of the tick before are served (those of its spikes and relays, then those of
/// sources stamped t) and fill the ring buffers; then the timer takes this tick's slot and updates
/// every neuron, whose spikes are packets for the next tick to serve.
#pragma once

#include "backends/spinnaker/tables.hpp"
#include "runtime/device/device.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace spikeloom::backends::spinnaker {

/// A spike, by index of the core in the program.
struct Fired {
    std::uint32_t core;
    std::uint32_t slot;
};

class Engine {
public:
    virtual ~Engine() = default;
    /// The program stays alive and unchanged until the next load.
    virtual void load(const Program& program) = 0;
    /// A source's packet for the tick that step() runs next.
    virtual void inject(std::uint32_t key) = 0;
    /// One tick; its spikes in any order.
    virtual const std::vector<Fired>& step()                                                  = 0;
    [[nodiscard]] virtual std::int32_t membrane(std::uint32_t core, std::uint32_t slot) const = 0;
    /// Excitatory less inhibitory current.
    [[nodiscard]] virtual std::int64_t current(std::uint32_t core, std::uint32_t slot) const = 0;
    [[nodiscard]] virtual runtime::Activity activity() const                                 = 0;
};

/// Data-oriented, event-driven. `timed`: with the cores' input buffers and cycle budgets, so that
/// spikes may come late or be lost; else every spike is served in its tick.
std::unique_ptr<Engine> make_event_engine(bool timed);

/// Plain integers, written apart: walks the routing tables for every packet, keeps its input sums
/// by arrival tick. Like the functional model it loses nothing.
std::unique_ptr<Engine> make_golden_engine();

/// A device around an engine: symbols, queue of input, probes, the real-time tick as tick time.
std::unique_ptr<runtime::Device> make_engine_device(std::unique_ptr<Engine> engine);

}  // namespace spikeloom::backends::spinnaker
