// SPDX-License-Identifier: Apache-2.0
/// Engine: a chip that runs tick by tick; what the devices of this target have inside.
#pragma once

#include "backends/truenorth/program.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::backends::truenorth {

/// Counted since the chip was made.
struct Counters {
    std::uint64_t ticks           = 0;
    std::uint64_t spikes          = 0;
    std::uint64_t synaptic_events = 0;  ///< spike times crossbar bit of its row
    std::uint64_t neuron_updates  = 0;  ///< neurons of all cores, every tick
    std::uint64_t axon_events     = 0;  ///< rows read: axons with a spike
    std::uint64_t merged_spikes   = 0;  ///< packets that met another on the same axon and tick
    std::uint64_t packets         = 0;
    std::uint64_t hops            = 0;  ///< of all packets: |dx| + |dy|
    std::uint64_t chip_crossings  = 0;  ///< links between chips that packets took
    std::uint64_t overruns        = 0;  ///< ticks that took longer than the real-time tick
    friend bool operator==(const Counters&, const Counters&) = default;
};

/// A neuron, or, with core == output_core, an output.
struct Fired {
    std::uint32_t core;
    std::uint32_t slot;
    friend auto operator<=>(const Fired&, const Fired&) = default;
};
inline constexpr std::uint32_t output_core = 0xFFFFFFFFU;

class Engine {
public:
    virtual ~Engine() = default;
    /// A packet that arrives in the tick that step() runs next. In range.
    virtual void inject(std::uint32_t core, std::uint8_t axon) = 0;
    /// Runs one tick. Spikes, sorted and distinct; valid until the next call.
    virtual const std::vector<Fired>& step() = 0;
    /// Clocks that the tick just run took.
    [[nodiscard]] virtual std::uint64_t tick_clocks() const                                    = 0;
    [[nodiscard]] virtual std::int32_t potential(std::uint32_t core, std::uint32_t slot) const = 0;
    [[nodiscard]] virtual const Counters& counters() const                                     = 0;
};

/// Crossings of chip borders on the way east or west, then north or south.
std::uint32_t chip_crossings(const Machine& machine, const CoreProgram& from,
                             const Destination& to);

/// Clocks of one core in one tick. Event-driven: neurons and the synaptic events that came. Dense:
/// every neuron visits every axon (RANC, hardware/IP/RANCNetwork, TokenController.v).
std::uint64_t core_clocks(const Machine& machine, std::uint64_t neurons, std::uint64_t events);

}  // namespace spikeloom::backends::truenorth
