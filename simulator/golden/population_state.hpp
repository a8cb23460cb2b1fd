// SPDX-License-Identifier: Apache-2.0
/// One population of a running simulation: states, coefficients, rings, traces and what it emits.
/// Inside of simulator/golden only.
#pragma once

#include "compiler/ir/models.hpp"
#include "compiler/ir/network.hpp"
#include "simulator/golden/buffer.hpp"
#include "simulator/golden/emission.hpp"
#include "simulator/golden/geometry.hpp"
#include "simulator/golden/traces.hpp"
#include "simulator/golden/update_kernels.hpp"
#include "simulator/neuron/float_models.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace spikeloom::golden {

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

    /// Index of the post traces with that time constant, made if need be.
    std::size_t post_traces_for(double tau, double dt);

    /// Takes and clears the input of a block and updates its neurons. Fills emissions[block].
    void update(std::uint32_t block, std::uint64_t tick);
    /// Draws what the elements of one share of a poisson population emit in `tick`.
    void draw(std::uint32_t thread, std::uint64_t tick, std::uint64_t seed);

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
    std::vector<PostTraces> post_traces;
    /// By block: a neuron has spiked so often that plastic rows must catch up in this tick.
    std::vector<char> sweep_due;
    /// By block; source populations: by thread's share.
    std::vector<Emission> emissions;

private:
    void make_coefficients(const ir::Network& network, PopulationId id, const Discretisation& how);
    void make_states(const ir::Network& network, PopulationId id);
    [[nodiscard]] BlockView view(std::uint32_t block, double* input);
    void emit_values(std::uint32_t block);
    void tabulate_poisson();
    void draw_uniform(Emission& emission, std::uint32_t first, std::uint32_t last,
                      const PoissonKey& key) const;

    Equations equations_ = Equations::leaky;
    AfterSpike after_    = AfterSpike::reset_to_value;
    bool uniform_        = true;
    bool refracts_       = false;
    std::deque<std::vector<double>> arrays_;  ///< what coefficients_ points to
    Coefficients coefficients_{};
    std::vector<double> means_;  ///< poisson: events a tick; one or one for each
    std::vector<double> silence_;
    std::vector<double> cumulated_;  ///< probability of at most k events; uniform populations
    std::vector<std::vector<std::uint32_t>> scratch_;  ///< spikes of a block
};

/// The keyed normal draw stays within so many deviations (keyed_rng.hpp: 53-bit uniforms).
inline constexpr double widest_normal = 8.6;

/// Largest delay that `delays` can give.
std::uint32_t longest_delay_of(const ir::Values& delays);

}  // namespace spikeloom::golden
