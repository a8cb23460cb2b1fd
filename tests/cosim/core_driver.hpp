// SPDX-License-Identifier: Apache-2.0
/// Drives the three channels of a core: bus accesses, tokens, events, with random back-pressure.
#pragma once

#include "tests/cosim/core_port.hpp"

#include <array>
#include <random>
#include <vector>

namespace spikeloom::cosim {

enum class Token : std::uint8_t { spike = 0, advance = 1, stamp = 2 };

enum class Region : std::uint32_t {
    control,
    row,
    synapse,
    neuron,
    set,
    state,
    trace,
    input,
    column,
    column_entry
};

namespace reg {
inline constexpr std::uint32_t identity = 0, configuration = 1, neurons_used = 2, sources_used = 3,
                               plasticity = 4, plus_decay = 5, minus_decay = 6, a_plus = 7,
                               a_minus = 8, w_min = 9, w_max = 10, tick = 11, status = 12,
                               tick_period = 13, mode = 14, clear = 15, counters = 16;
}  // namespace reg

/// In the order of the registers.
struct Counters {
    std::uint64_t clocks, ticks, spikes, synaptic_events, weight_updates, neuron_updates, stalled,
        inputs, late_inputs, row_walks, busy;
};

struct Event {
    bool tick_end;
    std::uint32_t data;
    bool operator==(const Event&) const = default;
};

constexpr std::uint32_t address(Region region, std::uint32_t index) {
    return static_cast<std::uint32_t>(region) << 28 | index;
}

class CoreDriver {
public:
    CoreDriver(std::unique_ptr<CorePort> core, std::uint32_t seed);

    /// Chance that the event channel is not ready in a clock, 0 (the start) to 1.
    void set_stall(double chance);

    /// One clock without requests; collects events.
    void idle();
    void reset();
    void write(Region region, std::uint32_t index, std::uint32_t data);
    std::uint32_t read(Region region, std::uint32_t index);
    /// Fault of the last access.
    [[nodiscard]] bool fault() const { return fault_; }
    void send(Token kind, std::uint32_t data);
    /// Clocks until `count` ticks have ended since the last call, or throws std::runtime_error
    /// after `limit` clocks. Gives the events since the last call.
    std::vector<Event> finish_ticks(std::uint32_t count, std::uint64_t limit = 10'000'000);
    /// Events since the last call.
    std::vector<Event> take_events();
    Counters counters();
    [[nodiscard]] std::uint64_t clocks() const { return clocks_; }
    [[nodiscard]] const CoreOutputs& outputs() const { return outputs_; }

private:
    void step();

    std::unique_ptr<CorePort> core_;
    std::minstd_rand random_;
    std::uint32_t stall_below_ = 0;
    CoreInputs inputs_;
    CoreOutputs outputs_{};
    std::vector<Event> events_;
    std::uint32_t ends_   = 0;
    std::uint64_t clocks_ = 0;
    bool fault_           = false;
};

}  // namespace spikeloom::cosim
