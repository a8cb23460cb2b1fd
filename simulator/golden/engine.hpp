// SPDX-License-Identifier: Apache-2.0
/// What is behind golden::Simulation. Inside of simulator/golden only.
#pragma once

#include "simulator/golden/golden.hpp"
#include "simulator/golden/population_state.hpp"
#include "simulator/golden/synapse_store.hpp"
#include "simulator/golden/thread_team.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spikeloom::golden {

/// A projection of a running simulation.
struct ProjectionState {
    std::string name;
    std::uint32_t pre;
    std::uint32_t post;
    SynapseStore store;
    /// Plastic ones: index into post_traces of the post population.
    std::optional<std::size_t> post_trace{};
};

class Simulation::Engine {
public:
    Engine(const ir::Network& network, const GoldenOptions& options, const Discretisation& how);

    Result<void> push(std::span<const InputEvent> events);
    void advance(std::uint64_t ticks);
    std::vector<SpikeEvent> drain() { return std::exchange(spikes_, {}); }
    Result<void> record(std::string_view owner, std::string_view variable);
    Result<std::vector<double>> probe(std::string_view owner, std::string_view variable);
    [[nodiscard]] Counters counters() const;
    [[nodiscard]] MemoryFigures memory() const;

    std::vector<Recording> recordings;
    std::vector<std::string> warnings;
    Discretisation how;
    std::uint64_t tick = 0;

private:
    /// Variable of a population or projection.
    struct Probe {
        std::uint32_t owner;
        bool is_projection;
        char variable;  ///< first letter: v, i, s, x, y, w
    };

    void make_populations(const ir::Network& network);
    void make_projections(const ir::Network& network, const GoldenOptions& options);
    [[nodiscard]] Result<Probe> find(std::string_view owner, std::string_view variable) const;
    std::vector<double> values(const Probe& probe);
    [[nodiscard]] std::vector<double> pre_traces(std::uint32_t population) const;

    /// Sources deliver into the blocks of this thread, then its neurons are updated.
    void receive_and_update(std::uint32_t thread, std::uint64_t now);
    /// What was emitted is delivered into the blocks of this thread.
    void emit(std::uint32_t thread, std::uint64_t now);
    void deliver(ProjectionState& projection, std::uint32_t thread, std::uint64_t emission);
    [[nodiscard]] DeliveryContext context_for(const ProjectionState& projection,
                                              std::uint64_t emission) const;
    /// Plastic rows into populations where a neuron has spiked often catch up.
    void sweep(std::uint32_t thread, std::uint64_t now);
    void catch_up(ProjectionState& projection) const;
    void prepare_sources(std::uint32_t thread, std::uint64_t for_tick);
    void take_inputs(std::uint64_t for_tick);
    void collect_spikes(std::uint64_t now);
    void collect_recordings();

    bool plasticity_;
    std::uint64_t seed_;
    std::vector<PopulationState> populations_;
    std::vector<ProjectionState> projections_;
    std::deque<InputEvent> inputs_;
    std::vector<SpikeEvent> spikes_;
    std::vector<Probe> probes_;  ///< of recordings

    struct alignas(64) ThreadCounters {
        std::uint64_t events = 0, updates = 0, external = 0;
    };
    std::vector<ThreadCounters> thread_counters_;
    Counters counters_{};
    ThreadTeam team_;
};

/// Weight format of a projection under the options, given the synapses of the whole network.
WeightFormat weight_format(const ir::Projection& projection, const GoldenOptions& options,
                           std::uint64_t network_synapses);

/// Bound on the magnitude of weights that are drawn.
double largest_weight(const ir::Values& weights);

}  // namespace spikeloom::golden
