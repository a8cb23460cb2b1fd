// SPDX-License-Identifier: Apache-2.0
/// The functional reference: runs a Network tick by tick in float64, without any hardware.
///
/// Semantics: docs/golden.md. Results are the same bits for any number of threads and any
/// processor.
#pragma once

#include "compiler/ir/network.hpp"
#include "simulator/neuron/float_models.hpp"
#include "support/quantity.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::golden {

using neuron::Integrator;
using neuron::Reset;

/// How weights that differ within a projection are kept. Static ones that are given one by one and
/// lose nothing in 24 or 32 bits have those, whatever is said here of more.
enum class WeightPrecision : std::uint8_t {
    automatic,  ///< as exact up to 256,000 synapses in the network, else as packed
    packed,     ///< static weights that are drawn in 24 bits, others as single: 5 bytes a synapse
    single,     ///< float32: 6 bytes a synapse
    exact,      ///< float64: 10 bytes a synapse
};

struct GoldenOptions {
    double dt             = 0;  ///< [s]; 0: the network's own, else 1 ms with a warning
    Integrator integrator = Integrator::euler;
    std::optional<Reset> reset;  ///< absent: the network's own, else by value with a warning
    WeightPrecision weights    = WeightPrecision::automatic;
    bool plasticity            = true;  ///< false: plastic weights stand still
    std::uint32_t threads      = 1;     ///< 1..256
    std::uint64_t memory_limit = 0;     ///< [bytes]; 0: what the machine has available
};

/// External input: element `source` emits `value` (1: one spike) in `tick`.
struct InputEvent {
    Tick tick;
    NeuronId source;  ///< element of a `spike_source` population, as Network::first_neuron counts
    double value = 1;
};

/// NeuronId counts through all populations of the network in order, sources included.
struct SpikeEvent {
    Tick tick;
    NeuronId neuron;
    friend auto operator<=>(const SpikeEvent&, const SpikeEvent&) = default;
};

/// What has been counted since the start.
struct Counters {
    std::uint64_t ticks = 0, spikes = 0, synaptic_events = 0, weight_updates = 0,
                  neuron_updates = 0, input_events = 0,
                  external_events = 0;  ///< those of the synaptic events that sources emitted
    friend bool operator==(const Counters&, const Counters&) = default;
};

/// One recorded variable, a row of `width` values for each tick run since record().
struct Recording {
    std::string owner;     ///< population, or projection for "weights"
    std::string variable;  ///< "v", "i", "spikes", "x", "y", "weights"
    std::uint64_t width = 0;
    std::vector<double> values;
};

/// Bytes that a simulation takes.
struct MemoryFigures {
    std::uint64_t synapses      = 0;  ///< number, expected for random connectors
    std::uint64_t synapse_bytes = 0;  ///< with row and column indices
    std::uint64_t ring_bytes    = 0;  ///< input sums of pending ticks
    std::uint64_t state_bytes   = 0;  ///< states, traces, coefficients
    [[nodiscard]] std::uint64_t total() const { return synapse_bytes + ring_bytes + state_bytes; }
};

class Simulation {
public:
    Simulation(Simulation&&) noexcept;
    Simulation& operator=(Simulation&&) noexcept;
    ~Simulation();

    /// Queues input. Ticks ascending over all calls, none before the next tick to run; several
    /// events of one element in one tick add up. Errors: "golden.late-input", "golden.input-order",
    /// "golden.input-range" (not an element of a spike_source).
    Result<void> push(std::span<const InputEvent> events);

    /// Runs `ticks` ticks.
    void advance(std::uint64_t ticks);

    /// Spikes of all spiking populations since the last call, by (tick, neuron).
    std::vector<SpikeEvent> drain();

    /// Records a variable of a population (or "weights" of a projection) from the next tick on.
    /// Error: "golden.record" for an unknown owner or a variable that its model does not have.
    Result<void> record(std::string_view owner, std::string_view variable);
    [[nodiscard]] const std::vector<Recording>& recordings() const;

    /// Values after the last tick; errors as record().
    [[nodiscard]] Result<std::vector<double>> probe(std::string_view owner,
                                                    std::string_view variable) const;

    [[nodiscard]] Counters counters() const;
    /// Next tick to run.
    [[nodiscard]] Tick tick() const;
    /// Time step in use [s].
    [[nodiscard]] double dt() const;
    /// What was assumed because the network leaves it open, one sentence each.
    [[nodiscard]] const std::vector<std::string>& warnings() const;
    /// What is taken in fact.
    [[nodiscard]] MemoryFigures memory() const;

private:
    friend Checked<Simulation> build(const ir::Network&, const GoldenOptions&);
    class Engine;
    explicit Simulation(std::unique_ptr<Engine> engine);
    std::unique_ptr<Engine> engine_;
};

/// What build() would take; the network must have passed ir::check().
MemoryFigures estimate_memory(const ir::Network& network, const GoldenOptions& options);

/// Makes a simulation; ir::check() is run first. Errors: those of check(), "golden.memory" (does
/// not fit, with the figures), "golden.delay" (longer than 4096 ticks), "golden.options".
Checked<Simulation> build(const ir::Network& network, const GoldenOptions& options);

/// Name of the vector instruction set in use: "avx512", "avx2" or "baseline".
std::string_view instruction_set();

}  // namespace spikeloom::golden
