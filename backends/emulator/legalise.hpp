// SPDX-License-Identifier: Apache-2.0
/// The first step to an image: every neuron model becomes the one that the core has, in real
/// numbers still; every population gets its place; every synapse is listed.
///
/// The core's neuron in real numbers: i <- keep_i i + gain x (sum of weights);
/// v <- keep_v v + i + bias; spike when v > threshold. Its current is the network's current times
/// the factor by which that enters v in one tick, so r, w_in and the integrator are in `gain`.
#pragma once

#include "backends/emulator/limits.hpp"
#include "compiler/pipeline/target.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spikeloom::backends::emulator {

/// One neuron in the core's form, in the network's units of v.
struct Dynamics {
    double keep_i    = 0;  ///< 0..1
    double keep_v    = 0;  ///< 0..1
    double gain      = 1;  ///< of weights
    double bias      = 0;  ///< into v, each tick
    double threshold = 0;
    double v_reset   = 0;
    double v_init    = 0;
    double i_init    = 0;
    double i_unit    = 1;  ///< the network's i = the core's i x i_unit (0: no such variable)
    std::uint32_t refractory = 0;
    bool fires               = true;  ///< false: graded, read only
    bool reset_subtracts     = false;
};

struct LegalPopulation {
    std::string name;
    std::string place;  ///< JSON pointer, for diagnostics
    bool is_source      = false;
    std::uint32_t first = 0;  ///< neuron slot, or source index
    std::uint32_t count = 0;
    std::vector<Dynamics> neurons;  ///< empty for sources
};

struct LegalSynapse {
    std::uint32_t row;     ///< neuron slot, or limits.neurons + source index
    std::uint32_t target;  ///< neuron slot
    std::uint32_t projection;
    std::uint8_t delay;
    bool plastic;
    double weight;  ///< as in the network
};

/// The rule of all plastic synapses; amplitudes and bounds in the network's weight units.
struct LegalRule {
    std::string owner;  ///< first projection that has it
    double keep_plus, keep_minus;
    double a_plus, a_minus, w_min, w_max;
};

struct LegalNetwork {
    std::vector<LegalPopulation> populations;  ///< in the network's order
    std::vector<std::uint32_t> population_of;  ///< of each neuron slot
    std::vector<LegalSynapse> synapses;        ///< by row, then projection, then as expanded
    std::optional<LegalRule> rule;
    std::uint32_t neurons = 0;
    std::uint32_t sources = 0;

    [[nodiscard]] const Dynamics& dynamics(std::uint32_t neuron) const {
        const LegalPopulation& p = populations[population_of[neuron]];
        return p.neurons[neuron - p.first];
    }
};

/// Errors, all that are found: "emulator.model", "emulator.decay" (dt longer than a time constant),
/// "emulator.refractory", "emulator.poisson-rate", "emulator.neurons", "emulator.sources",
/// "emulator.graded-projection", "emulator.delay", "emulator.stdp-rule" (a second rule),
/// "emulator.synapses". Zero weights of synapses that cannot learn are left out.
Checked<LegalNetwork> legalise(const ir::Network& network, const compiler::CompileOptions& options,
                               const Limits& limits);

/// One neuron; empty text in `why_not` unless the model or its parameters cannot be had.
Dynamics legalise_neuron(const ir::Network& network, PopulationId population, std::uint64_t element,
                         const compiler::CompileOptions& options, Diagnostic& why_not);

}  // namespace spikeloom::backends::emulator
