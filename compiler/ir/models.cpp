// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/models.hpp"

#include "compiler/ir/values.hpp"

#include <algorithm>
#include <array>

namespace spikeloom::ir {
namespace {

constexpr double largest       = 1e30;
constexpr double shortest_time = 1e-12;
constexpr double longest_time  = 1e12;

constexpr ParameterDescription tau{"tau",         "s",          std::nullopt,
                                   shortest_time, longest_time, "membrane time constant"};
constexpr ParameterDescription tau_mem{"tau_mem",     "s",          std::nullopt,
                                       shortest_time, longest_time, "membrane time constant"};
constexpr ParameterDescription tau_syn{"tau_syn",    "s",
                                       std::nullopt, shortest_time,
                                       longest_time, "time constant of the synaptic current"};
constexpr ParameterDescription r{"r", "1", 1.0, -largest, largest, "membrane resistance"};
constexpr ParameterDescription w_in{
    "w_in", "1", 1.0, -largest, largest, "factor on the input of the synaptic current"};
constexpr ParameterDescription v_leak{"v_leak", "1", 0.0, -largest, largest, "resting potential"};
constexpr ParameterDescription v_threshold{"v_threshold", "1",     1.0,
                                           -largest,      largest, "spike when v > v_threshold"};
constexpr ParameterDescription v_reset{
    "v_reset", "1", 0.0, -largest, largest, "v after a spike, when reset is by value"};
constexpr ParameterDescription bias{"bias",   "1",     0.0,
                                    -largest, largest, "added to the summed input of every tick"};
constexpr ParameterDescription refractory{
    "refractory", "tick", 0.0, 0.0, 65535.0, "ticks after a spike in which v stands still"};
constexpr ParameterDescription v_init{"v_init", "1", 0.0, -largest, largest, "v before tick 0"};
constexpr ParameterDescription threshold{
    "threshold", "1", 1.0, -largest, largest, "spike when the input of the tick > threshold"};
constexpr ParameterDescription rate{"rate", "Hz", std::nullopt,
                                    0.0,    1e9,  "mean number of events a second"};

constexpr std::array lif{tau, r, v_leak, v_threshold, v_reset, bias, refractory, v_init};
constexpr std::array integrate_and_fire{r, v_threshold, v_reset, bias, refractory, v_init};
constexpr std::array cuba_lif{tau_syn,     tau_mem, r,    w_in,       v_leak,
                              v_threshold, v_reset, bias, refractory, v_init};
constexpr std::array li{tau, r, v_leak, bias, v_init};
constexpr std::array cuba_li{tau_syn, tau_mem, r, w_in, v_leak, bias, v_init};
constexpr std::array integrator{r, bias, v_init};
constexpr std::array threshold_unit{threshold, bias};
constexpr std::array linear_unit{bias};
constexpr std::array poisson{rate};

constexpr std::array all_models{
    ModelDescription{"spike_source", ModelKind::source, {}},
    ModelDescription{"poisson", ModelKind::source, poisson},
    ModelDescription{"lif", ModelKind::spiking, lif},
    ModelDescription{"cuba_lif", ModelKind::spiking, cuba_lif},
    ModelDescription{"if", ModelKind::spiking, integrate_and_fire},
    ModelDescription{"threshold", ModelKind::spiking, threshold_unit},
    ModelDescription{"li", ModelKind::graded, li},
    ModelDescription{"cuba_li", ModelKind::graded, cuba_li},
    ModelDescription{"i", ModelKind::graded, integrator},
    ModelDescription{"linear", ModelKind::graded, linear_unit},
};

constexpr ParameterDescription stdp_tau(std::string_view name, std::string_view meaning) {
    return {name, "s", std::nullopt, shortest_time, longest_time, meaning};
}
constexpr ParameterDescription stdp_weight(std::string_view name, std::string_view meaning) {
    return {name, "1", std::nullopt, -largest, largest, meaning};
}

constexpr std::array stdp_pair{
    stdp_tau("tau_plus", "time constant of the pre trace"),
    stdp_tau("tau_minus", "time constant of the post trace"),
    stdp_weight("a_plus", "weight added at a post spike for a pre trace of 1"),
    stdp_weight("a_minus", "weight subtracted at a pre spike for a post trace of 1"),
    stdp_weight("w_min", "lower bound of the weight"),
    stdp_weight("w_max", "upper bound of the weight"),
};

constexpr std::array all_rules{RuleDescription{"stdp_pair", stdp_pair}};

const ParameterDescription* find_in(std::span<const ParameterDescription> all,
                                    std::string_view name) {
    const auto found = std::ranges::find(all, name, &ParameterDescription::name);
    return found == all.end() ? nullptr : &*found;
}

/// Distinguishes the parameters of one population from each other (FNV-1a of the name).
std::uint64_t parameter_key(std::uint64_t population, std::string_view name) {
    std::uint64_t h = 0xCBF29CE484222325ULL;
    for (const char c : name)
        h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    return mix64(h ^ population);
}

}  // namespace

const ParameterDescription* ModelDescription::find(std::string_view parameter) const {
    return find_in(parameters, parameter);
}

const ParameterDescription* RuleDescription::find(std::string_view parameter) const {
    return find_in(parameters, parameter);
}

std::span<const ModelDescription> models() {
    return all_models;
}

const ModelDescription* find_model(std::string_view name) {
    const auto found = std::ranges::find(all_models, name, &ModelDescription::name);
    return found == all_models.end() ? nullptr : &*found;
}

std::span<const RuleDescription> plasticity_rules() {
    return all_rules;
}

const RuleDescription* find_plasticity_rule(std::string_view name) {
    const auto found = std::ranges::find(all_rules, name, &RuleDescription::name);
    return found == all_rules.end() ? nullptr : &*found;
}

double parameter(const Network& network, PopulationId population, std::string_view name,
                 std::uint64_t element) {
    const NeuronModel& model                = network.at(population).model;
    const ParameterDescription* description = find_model(model.name)->find(name);
    const auto given                        = model.parameters.find(std::string{name});
    if (given == model.parameters.end()) return description->default_value.value_or(0.0);
    const DrawKey key{network.seed, Stream::initial, parameter_key(population.value, name),
                      description->unit == "tick"};
    return ValueReader{given->second, key}[element];
}

double value_at(const Values& values, std::uint64_t element, std::uint64_t seed,
                std::uint64_t stream, std::uint64_t owner) {
    const auto named = static_cast<Stream>(stream);
    return ValueReader{values, {seed, named, owner, named == Stream::delay}}[element];
}

}  // namespace spikeloom::ir
