// SPDX-License-Identifier: Apache-2.0
/// The emulator core's image executed in software, bit for bit: the integer golden simulator.
///
/// EmulatorTables holds what the core's memories hold (docs/emulator-core.md, "Memory map"), as
/// plain words; EmulatorGolden runs it through the pure functions of simulator/neuron/emulator.hpp.
/// It knows ticks only, no clocks. The synapses are packed and the work
/// is shared out as in the float engine (integer_engine.hpp).
#pragma once

#include "simulator/neuron/emulator.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace spikeloom::golden {

/// Content of one core's memories and control registers. Memories may be shorter than the core's;
/// what is missing reads as 0.
struct EmulatorTables {
    neuron::emulator::Widths widths{};
    std::uint32_t neurons = 0;  ///< N of the configuration: row N is the first source row
    std::uint32_t sources = 0;  ///< S of the configuration
    bool sparse_rows      = true;

    std::uint32_t neurons_used     = 0;  ///< control register 2
    std::uint32_t rows_used_source = 0;  ///< control register 3
    bool plasticity                = false;
    neuron::emulator::StdpRule rule{};

    std::vector<std::uint32_t> rows;      ///< region 1, two words a row
    std::vector<std::uint32_t> synapses;  ///< region 2, one word a synapse
    std::vector<std::uint32_t> neuron;    ///< region 3, two words a neuron
    std::vector<std::uint32_t> sets;      ///< region 4, eight words a set
};

/// Where the fields of a synapse word lie for a configuration.
struct SynapseFormat {
    int weight_bits;  ///< 8 + weight_fraction, at bit 0
    int target_bits;  ///< ceil(log2 N), above delay (4 bits) and plastic (1 bit); sparse rows only

    [[nodiscard]] std::int32_t weight(std::uint32_t word) const {
        return static_cast<std::int32_t>(word << (32 - weight_bits)) >> (32 - weight_bits);
    }
    [[nodiscard]] std::uint32_t delay(std::uint32_t word) const {
        return (word >> weight_bits) & 15U;
    }
    [[nodiscard]] bool plastic(std::uint32_t word) const {
        return ((word >> (weight_bits + 4)) & 1U) != 0;
    }
    [[nodiscard]] std::uint32_t target(std::uint32_t word) const {
        return (word >> (weight_bits + 5)) & ((1U << target_bits) - 1U);
    }
    [[nodiscard]] std::uint32_t with_weight(std::uint32_t word, std::int32_t weight) const {
        const std::uint32_t mask = (1U << weight_bits) - 1U;
        return (word & ~mask) | (static_cast<std::uint32_t>(weight) & mask);
    }
};

SynapseFormat synapse_format(const EmulatorTables& tables);

/// What the core counts (control registers 18..35), without the clocks.
struct EmulatorCounters {
    std::uint64_t ticks = 0, spikes = 0, synaptic_events = 0, weight_updates = 0,
                  neuron_updates = 0, input_events = 0, row_walks = 0;
    friend bool operator==(const EmulatorCounters&, const EmulatorCounters&) = default;
};

class EmulatorGolden {
public:
    /// Checks that rows lie inside the synapse memory, that targets and parameter sets exist and
    /// that counts are within the configuration; all states start cleared. Results are the same for
    /// any number of threads (1..256).
    /// Error: "golden.tables", which names the memory and the entry.
    static Result<EmulatorGolden> build(EmulatorTables tables, std::uint32_t threads = 1);

    EmulatorGolden(EmulatorGolden&&) noexcept;
    EmulatorGolden& operator=(EmulatorGolden&&) noexcept;
    ~EmulatorGolden();

    /// A spike of source `index` (0..S-1) that belongs to the next tick to run, after those given
    /// before. A source whose row does not exist sets status bit 3 and is dropped.
    void push(std::uint32_t index);

    /// Runs one tick. Neurons that spiked, ascending; valid until the next call.
    std::span<const std::uint32_t> step();

    /// Clears states, traces, input sums, tick, counters and status; tables and weights stay.
    void clear();

    void set_plasticity(bool on);
    /// State before the next tick, as a host may write it; clear() takes it away.
    void set_state(std::uint32_t neuron, const neuron::emulator::State& state);
    void set_bias(std::uint32_t neuron, std::int32_t bias);

    /// Next tick to run.
    [[nodiscard]] std::uint64_t tick() const { return counters().ticks; }
    [[nodiscard]] std::int32_t v(std::uint32_t neuron) const;
    [[nodiscard]] std::int32_t i(std::uint32_t neuron) const;
    [[nodiscard]] std::uint32_t refractory(std::uint32_t neuron) const;
    /// Post trace of a neuron.
    [[nodiscard]] std::int32_t y(std::uint32_t neuron) const;
    /// Pre trace of a row: neurons 0..N-1, then sources.
    [[nodiscard]] std::int32_t x(std::uint32_t row) const;
    /// Pending input sum, as region 7.
    [[nodiscard]] std::int32_t input(std::uint32_t neuron, std::uint32_t slot) const;
    /// Synapse memory as it stands now. Brings plastic weights up to date: not for every tick of a
    /// long run.
    [[nodiscard]] std::span<const std::uint32_t> synapses() const;
    /// As given to build(), the plasticity switch and the weights as they stood at the last
    /// synapses() excepted.
    [[nodiscard]] const EmulatorTables& tables() const;
    [[nodiscard]] const EmulatorCounters& counters() const;
    /// Bits 1 (an input sum saturated) and 3 (input for a row that does not exist) of register 12.
    [[nodiscard]] std::uint32_t status() const;
    /// Memory of synapses, sums and traces, without the tables [bytes].
    [[nodiscard]] std::uint64_t bytes() const;

private:
    class Core;
    explicit EmulatorGolden(std::unique_ptr<Core> core);
    std::unique_ptr<Core> core_;
};

}  // namespace spikeloom::golden
