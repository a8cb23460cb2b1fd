// SPDX-License-Identifier: Apache-2.0
/// Input, recordings and probes of a simulation.
#include "simulator/golden/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace spikeloom::golden {

namespace {

struct Variable {
    std::string_view name;
    char code;
};
constexpr std::array population_variables{Variable{"v", 'v'}, Variable{"i", 'i'},
                                          Variable{"spikes", 's'}, Variable{"x", 'x'},
                                          Variable{"y", 'y'}};

/// The letter of a variable that the population has, or 0.
char variable_of(const PopulationState& p, std::string_view name, bool has_pre_traces) {
    const auto found = std::ranges::find(population_variables, name, &Variable::name);
    if (found == population_variables.end()) return 0;
    const bool has_states = !p.is_source();
    const bool exists     = found->code == 'x'   ? has_pre_traces
                            : found->code == 'y' ? !p.post_traces.empty()
                            : found->code == 's' ? true
                                                 : has_states;
    return exists ? found->code : '\0';
}

}  // namespace

Result<void> Simulation::Engine::push(std::span<const InputEvent> events) {
    std::uint64_t last = inputs_.empty() ? 0 : inputs_.back().tick.value;
    for (const InputEvent& e : events) {
        if (e.tick.value < tick) {
            return fault("golden.late-input",
                         fmt::format("input for tick {}, next to run is {}", e.tick.value, tick));
        }
        if (e.tick.value < last) {
            return fault("golden.input-order",
                         fmt::format("input for tick {} after tick {}", e.tick.value, last));
        }
        last             = e.tick.value;
        const auto owner = std::ranges::find_if(populations_, [&](const PopulationState& p) {
            return e.source.value >= p.first_neuron && e.source.value - p.first_neuron < p.size;
        });
        if (owner == populations_.end() || !owner->is_source() || owner->is_poisson) {
            return fault("golden.input-range",
                         fmt::format("neuron {} is no element of a spike_source", e.source.value));
        }
    }
    inputs_.insert(inputs_.end(), events.begin(), events.end());
    return {};
}

Result<Simulation::Engine::Probe> Simulation::Engine::find(std::string_view owner,
                                                           std::string_view variable) const {
    const auto population = std::ranges::find(populations_, owner, &PopulationState::name);
    if (population != populations_.end()) {
        const auto index    = static_cast<std::uint32_t>(population - populations_.begin());
        const bool pre_side = std::ranges::any_of(
            projections_, [&](const ProjectionState& p) { return p.pre == index && p.post_trace; });
        if (const char code = variable_of(*population, variable, pre_side); code != 0) {
            return Probe{index, false, code};
        }
        return fault("golden.record",
                     fmt::format("population \"{}\" has no variable \"{}\"", owner, variable));
    }
    const auto projection = std::ranges::find(projections_, owner, &ProjectionState::name);
    if (projection != projections_.end() && variable == "weights") {
        return Probe{static_cast<std::uint32_t>(projection - projections_.begin()), true, 'w'};
    }
    return fault(
        "golden.record",
        fmt::format("no population or projection \"{}\" with variable \"{}\"", owner, variable));
}

/// Of the first plastic projection that leaves the population.
std::vector<double> Simulation::Engine::pre_traces(std::uint32_t population) const {
    const auto projection = std::ranges::find_if(projections_, [&](const ProjectionState& p) {
        return p.pre == population && p.post_trace;
    });
    std::vector<double> all(populations_[population].size);
    for (std::uint32_t k = 0; k < all.size() && counters_.ticks > 0; ++k) {
        all[k] = projection->store.pre_trace(k, counters_.ticks - 1);
    }
    return all;
}

std::vector<double> Simulation::Engine::values(const Probe& probe) {
    if (probe.is_projection) {
        catch_up(projections_[probe.owner]);
        return projections_[probe.owner].store.weights();
    }
    const PopulationState& p = populations_[probe.owner];
    const auto copy          = [&p](const Buffer<double>& b) {
        std::vector<double> all(b.span().begin(), b.span().end());
        all.resize(p.size);
        return all;
    };
    switch (probe.variable) {
        case 'v':
            return copy(p.v);
        case 'i':
            return copy(p.i);
        case 'x':
            return pre_traces(probe.owner);
        case 'y':
            return p.post_traces.front().values_at(counters_.ticks - 1);
        default:
            break;
    }
    std::vector<double> emitted(p.size);
    for (const Emission& emission : p.emissions) {
        for (std::size_t k = 0; k < emission.elements.size(); ++k) {
            emitted[emission.elements[k]] = emission.value(k);
        }
    }
    return emitted;
}

Result<void> Simulation::Engine::record(std::string_view owner, std::string_view variable) {
    const auto probe = find(owner, variable);
    if (!probe) return tl::unexpected{probe.error()};
    if (!probe->is_projection && probe->variable == 'i') {
        PopulationState& p = populations_[probe->owner];
        if (!p.has_current && !p.keep_input) {
            p.keep_input = true;
            p.i          = Buffer<double>{p.size};
        }
    }
    const std::uint64_t width = probe->is_projection ? projections_[probe->owner].store.synapses()
                                                     : populations_[probe->owner].size;
    recordings.push_back({std::string{owner}, std::string{variable}, width, {}});
    probes_.push_back(*probe);
    return {};
}

void Simulation::Engine::collect_recordings() {
    for (std::size_t k = 0; k < probes_.size(); ++k) {
        const std::vector<double> row = values(probes_[k]);
        recordings[k].values.insert(recordings[k].values.end(), row.begin(), row.end());
    }
}

Result<std::vector<double>> Simulation::Engine::probe(std::string_view owner,
                                                      std::string_view variable) {
    const auto probe = find(owner, variable);
    if (!probe) return tl::unexpected{probe.error()};
    return values(*probe);
}

}  // namespace spikeloom::golden
