// SPDX-License-Identifier: Apache-2.0
/// One population of a running simulation: states, coefficients, rings, traces and what it emits.
/// Inside of simulator/golden only.
#pragma once

#include "compiler/ir/models.hpp"
#include "compiler/ir/network.hpp"
#include "simulator/golden/buffer.hpp"
#include "simulator/golden/emission.hpp"
#include "simulator/golden/geometry.hpp"
#include "simulator/golden/update_kernels.hpp"
#include "simulator/neuron/float_models.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace spikeloom::golden {

/// Exponential trace of all elements of a population.
struct Trace {
    double tau;    ///< [s]
    double decay;  ///< factor a tick
    Buffer<double> values;
};

/// Discretisation, settled.
struct Discretisation {
    double dt;
    neuron::Integrator integrator;
    neuron::Reset reset;
    std::uint32_t threads;
};

class PopulationState {
public:
    PopulationState(const ir::Network& network, PopulationId id, std::uint32_t max_delay,
                    const Discretisation& how);

    /// Index of the pre (post) trace with that time constant, made if need be.
    std::size_t pre_trace(double tau, double dt) { return add_trace(pre_traces, tau, dt); }
    std::size_t post_trace(double tau, double dt) { return add_trace(post_traces, tau, dt); }

    /// Phase "update" of one block: pre traces get the spikes of the tick before and decay, then
    /// the neurons are updated and post traces follow. Fills emissions[block].
    void update(std::uint32_t block, std::uint64_t tick);
    /// The same for the source elements of one share of a source population (traces only).
    void decay_source_traces(std::uint32_t thread, std::uint32_t threads);
    /// Draws what the elements of one share of a poisson population emit in `tick`.
    void draw(std::uint32_t thread, std::uint64_t tick, std::uint64_t seed);

    /// Pre trace as it stands after the tick, with the spikes of that tick.
    [[nodiscard]] std::vector<double> pre_trace_values(std::size_t index) const;
    [[nodiscard]] std::uint64_t bytes() const;
    [[nodiscard]] std::uint64_t ring_bytes() const { return ring.size() * sizeof(double); }
    [[nodiscard]] bool is_source() const { return kind == ir::ModelKind::source; }

    std::string name;
    std::uint32_t first_neuron = 0;
    std::uint32_t size         = 0;
    ir::ModelKind kind         = ir::ModelKind::spiking;
    bool is_poisson            = false;
    bool has_current           = false;
    std::uint32_t hold         = 0;  ///< ticks in which the population stands still (retiming)

    Geometry geometry{};
    Buffer<double> ring;
    Buffer<double> v, i, refractory_left;
    bool keep_input = false;  ///< `i` of a model without a current is its input: kept on demand
    std::vector<Trace> pre_traces, post_traces;
    /// By block; source populations: by thread's share.
    std::vector<Emission> emissions;

private:
    static std::size_t add_trace_to(std::vector<Trace>& traces, double tau, double dt,
                                    std::uint32_t size);
    std::size_t add_trace(std::vector<Trace>& traces, double tau, double dt) {
        return add_trace_to(traces, tau, dt, size);
    }
    void make_coefficients(const ir::Network& network, PopulationId id, const Discretisation& how);
    void make_states(const ir::Network& network, PopulationId id);
    [[nodiscard]] BlockView view(std::uint32_t block, double* input);
    void emit_values(std::uint32_t block);

    Equations equations_ = Equations::leaky;
    AfterSpike after_    = AfterSpike::reset_to_value;
    bool uniform_        = true;
    bool refracts_       = false;
    std::deque<std::vector<double>> arrays_;  ///< what coefficients_ points to
    Coefficients coefficients_{};
    std::vector<double> means_;  ///< poisson: events a tick; one or one for each
    std::vector<double> silence_;
    std::vector<std::vector<std::uint32_t>> scratch_;  ///< spikes of a block
};

/// Largest delay that `delays` can give.
std::uint32_t longest_delay_of(const ir::Values& delays);

}  // namespace spikeloom::golden
