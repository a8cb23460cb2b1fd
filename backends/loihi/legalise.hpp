// SPDX-License-Identifier: Apache-2.0
/// The first step to an image: every neuron becomes a Loihi compartment in real numbers still, and
/// every synapse is listed by its source.
///
/// A compartment in real numbers, its membrane counted from v_reset:
/// i <- keep_i i + gain x (sum of weights); v <- keep_v v + i + bias; spike when v > threshold,
/// then v = 0 (or v -= threshold).
#pragma once

#include "backends/loihi/limits.hpp"
#include "compiler/ir/network.hpp"
#include "compiler/pipeline/target.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::backends::loihi {

struct Dynamics {
    double keep_i    = 0;  ///< 0..1
    double keep_v    = 0;  ///< 0..1
    double gain      = 1;  ///< of weights
    double bias      = 0;  ///< into v, each tick
    double threshold = 0;  ///< above v_reset
    double v_init    = 0;  ///< above v_reset
    double i_init    = 0;
    double i_unit    = 1;  ///< the network's i = the compartment's i x i_unit (0: no such variable)
    std::uint32_t refractory = 0;  ///< ticks
    bool fires               = true;
    bool reset_subtracts     = false;
};

struct LegalPopulation {
    std::string name;
    std::string place;  ///< JSON pointer, for diagnostics
    bool is_source       = false;
    std::uint32_t first  = 0;  ///< compartment, or source element, counted over the network
    std::uint32_t count  = 0;
    std::uint32_t offset = 0;  ///< ticks by which retiming makes it late
    std::vector<std::uint32_t> shape{};
    std::vector<Dynamics> neurons;  ///< empty for sources
};

enum class SynapseKind : std::uint8_t { dense, sparse, conv };  ///< what the cost tables tell apart

struct LegalSynapse {
    float weight;  ///< as in the network
    std::uint32_t target;
    std::uint16_t projection;
    std::uint8_t delay;  ///< ticks, 1..62
    bool plastic;
};

/// Pair STDP of one population's plastic synapses; amplitudes and bounds in network weights.
struct LegalRule {
    std::uint32_t population = 0;
    std::string owner;  ///< first projection that has it
    double tau_plus = 0, tau_minus = 0, a_plus = 0, a_minus = 0, w_min = 0, w_max = 0;
};

struct LegalNetwork {
    std::vector<LegalPopulation> populations;  ///< in the network's order
    std::vector<SynapseKind> kinds;            ///< of each projection
    std::vector<std::uint32_t> population_of;  ///< of each neuron
    std::uint32_t neurons = 0, sources = 0;
    std::vector<std::uint64_t> row_begin;  ///< rows: the neurons, then the source elements
    std::vector<LegalSynapse> synapses;    ///< by row, then projection, then as expanded
    std::vector<LegalRule> rules;          ///< at most one a population
    std::uint32_t longest_delay = 1;

    [[nodiscard]] const Dynamics& dynamics(std::uint32_t neuron) const {
        const LegalPopulation& p = populations[population_of[neuron]];
        return p.neurons[neuron - p.first];
    }
};

/// Errors, all that are found: "loihi.model", "loihi.decay" (dt longer than a time constant),
/// "loihi.threshold" (not above v_reset), "loihi.refractory", "loihi.initial-state",
/// "loihi.poisson-rate", "loihi.neurons" (more than the whole chip has compartments),
/// "loihi.graded-projection", "loihi.delay", "loihi.stdp-rule", "loihi.synapses" (more than the
/// whole chip could hold), "loihi.projections" (more than 65535). Zero weights that cannot learn
/// are left out unless the limits keep them.
Checked<LegalNetwork> legalise(const ir::Network& network, const compiler::CompileOptions& options,
                               const Limits& limits, std::uint64_t cores);

/// One neuron; `why_not` keeps an empty code where the chip can have it.
Dynamics legalise_neuron(const ir::Network& network, PopulationId population, std::uint64_t element,
                         const compiler::CompileOptions& options, Diagnostic& why_not);

}  // namespace spikeloom::backends::loihi
