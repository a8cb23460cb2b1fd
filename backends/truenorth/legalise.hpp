// SPDX-License-Identifier: Apache-2.0
/// First step from a network to cores: every neuron model becomes a TrueNorth neuron, in real
/// numbers still, and every synapse is listed.
///
/// The neuron in real numbers, V counted from `origin`: V <- V + gain x (sum of weights) + leak
/// (toward 0 where `reverses`); spike when V > threshold; then V = reset or V - threshold.
#pragma once

#include "compiler/pipeline/target.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::backends::truenorth {

struct LegalNeuron {
    double gain      = 1;
    double leak      = 0;  ///< each tick; where it reverses, negative is toward 0
    double threshold = 0;
    double reset     = 0;
    double v_init    = 0;
    double origin    = 0;  ///< the network's v = V + origin
    double lost      = 0;  ///< fraction of v that the network's leak takes each tick
    bool reverses    = false;
    bool memoryless  = false;  ///< V does not outlive the tick
    bool subtracts   = false;
    bool fires       = true;
    // What is lost on the way, for the report:
    double leak_error  = 0;  ///< largest difference of leak between rest and threshold
    double tau_syn     = 0;  ///< [s] of a current that is delivered at once
    double refractory  = 0;  ///< [ticks] left out
    double reset_error = 0;
};

struct LegalPopulation {
    std::string name;
    std::string place;  ///< JSON pointer
    bool is_source      = false;
    std::uint32_t first = 0;  ///< neuron, or source element
    std::uint32_t count = 0;
    std::uint32_t late  = 0;  ///< ticks by which retiming makes it late already
    std::vector<LegalNeuron> neurons;
};

struct LegalSynapse {
    std::uint32_t pre;   ///< neuron, or neurons + source element
    std::uint32_t post;  ///< neuron
    std::uint32_t projection;
    std::uint32_t delay;
    double weight;
};

struct LegalNetwork {
    std::vector<LegalPopulation> populations;
    std::vector<std::uint32_t> population_of;  ///< of each neuron, then of each source element
    std::vector<LegalSynapse> synapses;        ///< by post, then pre, then delay; no two alike
    std::uint32_t neurons = 0, sources = 0;
    std::vector<std::string> warnings;

    [[nodiscard]] const LegalNeuron& neuron(std::uint32_t j) const {
        const LegalPopulation& p = populations[population_of[j]];
        return p.neurons[j - p.first];
    }
};

/// All faults: "truenorth.model", "truenorth.decay" (dt above a time constant),
/// "truenorth.plasticity", "truenorth.poisson-rate", "truenorth.graded-projection",
/// "truenorth.neurons" and "truenorth.synapses" (beyond all cores together). Weights of 0 are left
/// out; synapses of one pair and one delay are added up.
Checked<LegalNetwork> legalise(const ir::Network& network, const compiler::CompileOptions& options,
                               std::uint64_t most_neurons);

/// One neuron; a code in `why_not` when it cannot be had.
LegalNeuron legalise_neuron(const ir::Network& network, PopulationId population,
                            std::uint64_t element, const compiler::CompileOptions& options,
                            Diagnostic& why_not);

}  // namespace spikeloom::backends::truenorth
