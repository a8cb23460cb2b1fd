// SPDX-License-Identifier: Apache-2.0
/// Networks of Loihi compartments with fixed weights, executed bit for bit by the integer engine
/// (integer_engine.hpp) with any number of threads.
///
/// Arithmetic: simulator/neuron/loihi.hpp. It knows ticks only, no cores and no time; who spreads
/// compartments over cores gives them one number each, core by core.
#pragma once

#include "simulator/neuron/loihi.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace spikeloom::golden {

/// A synapse as it is delivered.
struct LoihiSynapse {
    std::uint32_t post  = 0;  ///< compartment
    std::uint32_t delay = 1;  ///< ticks, 1..LoihiTables::longest_delay; 1: in the next tick
    std::int32_t weight = 0;  ///< effective weight / 64; below 2^29 in magnitude
    std::uint32_t sum   = 0;  ///< of its compartment, 0..sums - 1
};

struct LoihiTables {
    /// Noise of a compartment in a tick; called by several threads at once.
    using Noise = neuron::loihi::Noise(std::uint32_t compartment, std::uint64_t tick);
    /// Writes the synapses of a row, in any order. Rows: compartments, then sources; each is asked
    /// for once, in order.
    using Row = void(std::uint32_t row, std::vector<LoihiSynapse>& synapses);

    neuron::loihi::Emulator who = neuron::loihi::Emulator::nengo;
    std::vector<neuron::loihi::Compartment> registers{};  ///< sets of them; bias is not read
    std::vector<std::uint32_t> registers_of{};            ///< of each compartment
    std::vector<std::int32_t> bias{};                     ///< of each compartment
    std::vector<neuron::loihi::State> states{};           ///< at the start
    std::uint32_t sources       = 0;
    std::uint32_t longest_delay = 1;     ///< ticks, up to 4096
    std::uint64_t synapses      = 0;     ///< expected
    bool wide_weights           = true;  ///< some weight has more than 14 bits
    /// Sums that a compartment keeps apart, a power of two up to 16: what is added to one of them
    /// is shifted right by the sum's number of bits before the sums are added (lava's negative
    /// weight exponents). `shifts` has compartments * sums entries, or none where sums is 1.
    std::uint32_t sums = 1;
    std::vector<std::uint8_t> shifts{};
    std::function<Noise> noise{};  ///< empty: none
};

class LoihiGolden {
public:
    /// Results are the same for any number of threads (1..256). The tables must be consistent: who
    /// reads them from a file checks that.
    static std::unique_ptr<LoihiGolden> make(LoihiTables tables,
                                             const std::function<LoihiTables::Row>& rows,
                                             std::uint32_t threads);
    virtual ~LoihiGolden() = default;

    /// An event of source `index` for the next tick; as often as there are events.
    virtual void push(std::uint32_t index) = 0;
    /// Runs one tick. Compartments that spiked, ascending; valid until the next call.
    virtual std::span<const std::uint32_t> step() = 0;

    [[nodiscard]] virtual const neuron::loihi::State& state(std::uint32_t compartment) const = 0;
    /// Synapses delivered so far.
    [[nodiscard]] virtual std::uint64_t synaptic_events() const = 0;
    /// Memory of synapses and sums [bytes].
    [[nodiscard]] virtual std::uint64_t bytes() const = 0;
};

}  // namespace spikeloom::golden
