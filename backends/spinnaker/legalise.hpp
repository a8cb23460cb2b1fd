// SPDX-License-Identifier: Apache-2.0
/// The first step to an image: every neuron becomes one of the form that the cores compute, in real
/// numbers still, and every synapse is listed by its source.
///
/// i <- keep_i i + gain x (sum of weights); v <- keep_v v + i + bias; spike when v > threshold,
/// then v = v_reset (or v -= threshold).
#pragma once

#include "backends/spinnaker/limits.hpp"
#include "compiler/ir/network.hpp"
#include "compiler/pipeline/target.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::backends::spinnaker {

struct Dynamics {
    double keep_i            = 0;  ///< 0..1
    double keep_v            = 0;  ///< 0..1
    double gain              = 1;  ///< of weights
    double bias              = 0;  ///< into v, each tick
    double threshold         = 0;
    double v_reset           = 0;
    double v_init            = 0;
    double i_init            = 0;
    double i_unit            = 0;  ///< the network's i = this i x i_unit (0: no such variable)
    std::uint32_t refractory = 0;  ///< ticks
    bool fires               = true;
    bool subtracts           = false;
};

struct LegalPopulation {
    std::string name;
    std::string place;  ///< JSON pointer, for diagnostics
    bool is_source       = false;
    std::uint32_t first  = 0;  ///< neuron, or source element, counted over the network
    std::uint32_t count  = 0;
    std::uint32_t offset = 0;       ///< ticks by which retiming makes it late
    std::vector<Dynamics> neurons;  ///< empty for sources
};

struct LegalSynapse {
    float weight;          ///< as in the network
    std::uint32_t target;  ///< neuron
    std::uint16_t projection;
    std::uint16_t delay;  ///< ticks
};

struct LegalNetwork {
    std::vector<LegalPopulation> populations;  ///< in the network's order
    std::vector<std::uint32_t> population_of;  ///< of each neuron
    std::uint32_t neurons = 0, sources = 0;
    std::vector<std::uint64_t> row_begin;  ///< rows: the neurons, then the source elements
    std::vector<LegalSynapse> synapses;    ///< by row, then projection, then as expanded

    [[nodiscard]] const Dynamics& dynamics(std::uint32_t neuron) const {
        const LegalPopulation& p = populations[population_of[neuron]];
        return p.neurons[neuron - p.first];
    }
};

/// Errors, all that are found: "spinnaker.model", "spinnaker.decay" (dt longer than a time
/// constant), "spinnaker.neurons" (more than all cores take), "spinnaker.poisson-rate",
/// "spinnaker.graded-projection", "spinnaker.plasticity", "spinnaker.delay",
/// "spinnaker.projections" (more than 65535). Zero weights are left out.
Checked<LegalNetwork> legalise(const ir::Network& network, const compiler::CompileOptions& options,
                               const Limits& limits);

/// One neuron; `why_not` keeps an empty code where a core can have it.
Dynamics legalise_neuron(const ir::Network& network, PopulationId population, std::uint64_t element,
                         const compiler::CompileOptions& options, Diagnostic& why_not);

}  // namespace spikeloom::backends::spinnaker
