// SPDX-License-Identifier: Apache-2.0
/// What each neuron model is called and which parameters it takes.
#pragma once

#include "compiler/ir/network.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace spikeloom::ir {

struct ParameterDescription {
    std::string_view name;
    std::string_view unit;                ///< "s", "1", "tick", "Hz"
    std::optional<double> default_value;  ///< absent: must be given
    double minimum;
    double maximum;
    std::string_view meaning;
};

/// How a model takes part in a simulation.
enum class ModelKind {
    source,   ///< emits what the input says (spike_source) or draws it (poisson); has no synapses
    spiking,  ///< emits spikes
    graded,   ///< emits its state each tick (li, cuba_li, i, threshold on graded input excepted)
};

/// Equations: docs/network-file.md. `lif`: tau, r, v_leak, v_threshold, v_reset; `if`: r,
/// v_threshold, v_reset; `cuba_lif`: tau_syn, tau_mem, r, w_in, v_leak, v_threshold, v_reset; all
/// spiking ones also bias (added to the input of every tick, as in NIR's Affine: a current-based
/// model filters it like its weights), refractory [ticks], v_init. `li`, `cuba_li`: the same
/// without threshold and reset. `i`: r. `threshold`: threshold, on its summed input, no state.
/// `linear`: emits its summed input of the tick, no state. `spike_source`; `poisson`: rate [Hz].
struct ModelDescription {
    std::string_view name;
    ModelKind kind;
    std::span<const ParameterDescription> parameters;

    [[nodiscard]] const ParameterDescription* find(std::string_view parameter) const;
};

/// A plasticity rule and its parameters, all of which must be given.
struct RuleDescription {
    std::string_view name;
    std::span<const ParameterDescription> parameters;

    [[nodiscard]] const ParameterDescription* find(std::string_view parameter) const;
};

std::span<const RuleDescription> plasticity_rules();
const RuleDescription* find_plasticity_rule(std::string_view name);

std::span<const ModelDescription> models();
const ModelDescription* find_model(std::string_view name);

/// Value of a population's parameter for element k (row-major), with the model's default where the
/// network gives none. The model and the parameter must exist. Draws are keyed by (seed,
/// population, parameter name, k).
double parameter(const Network& network, PopulationId population, std::string_view name,
                 std::uint64_t element);

/// Element k of Values; distributions are keyed by (seed, stream, owner, k) and draw integers when
/// the stream is Stream::delay. The owner of weights and delays is the projection's index.
double value_at(const Values& values, std::uint64_t element, std::uint64_t seed,
                std::uint64_t stream, std::uint64_t owner);

}  // namespace spikeloom::ir
