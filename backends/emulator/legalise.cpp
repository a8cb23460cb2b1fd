// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/legalise.hpp"

#include "compiler/ir/expand.hpp"
#include "compiler/ir/models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace spikeloom::backends::emulator {

namespace {

/// Populations whose synapses are expanded beyond the limit only to tell their number.
constexpr std::uint64_t countable_synapses = std::uint64_t{1} << 28;
constexpr std::uint32_t rows_at_once       = 256;

class Legaliser {
public:
    Legaliser(const ir::Network& network, const compiler::CompileOptions& options,
              const Limits& limits)
        : network_{network}, options_{options}, limits_{limits} {}

    Checked<LegalNetwork> run() {
        count_populations();
        if (errors_.empty()) {
            for (std::uint32_t p = 0; p < network_.populations.size(); ++p)
                lower_population(p);
        }
        for (std::uint32_t p = 0; p < network_.projections.size(); ++p)
            lower_rule(p);
        if (errors_.empty()) lower_projections();
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        return std::move(out_);
    }

private:
    void error(std::string code, std::string message, std::string place) {
        errors_.push_back({std::move(code), std::move(message), {network_.file, std::move(place)}});
    }

    static std::string population_place(std::uint32_t p) {
        return fmt::format("/populations/{}", p);
    }
    static std::string projection_place(std::uint32_t p) {
        return fmt::format("/projections/{}", p);
    }

    /// Sums first, so that a network of a billion neurons is refused before anything is made.
    void count_populations() {
        std::uint64_t neurons = 0;
        std::uint64_t sources = 0;
        for (const ir::Population& population : network_.populations) {
            const bool source =
                ir::find_model(population.model.name)->kind == ir::ModelKind::source;
            std::uint64_t& sum = source ? sources : neurons;
            const auto limit   = source ? limits_.sources : limits_.neurons;
            const bool fitted  = sum <= limit;
            sum += population.size();
            if (fitted && sum > limit) first_too_many_[source] = population.name;
        }
        refuse_above(neurons, limits_.neurons, "neurons", first_too_many_[false]);
        refuse_above(sources, limits_.sources, "sources", first_too_many_[true]);
    }

    void refuse_above(std::uint64_t actual, std::uint64_t limit, const char* what,
                      const std::string& at) {
        if (actual <= limit) return;
        error(fmt::format("emulator.{}", what),
              fmt::format("the network has {} {}, limit {} (exceeded at population '{}')", actual,
                          what, limit, at),
              "/populations");
    }

    void lower_population(std::uint32_t p) {
        const ir::Population& population = network_.populations[p];
        LegalPopulation legal;
        legal.name      = population.name;
        legal.place     = population_place(p);
        legal.count     = static_cast<std::uint32_t>(population.size());
        legal.is_source = ir::find_model(population.model.name)->kind == ir::ModelKind::source;
        legal.first     = legal.is_source ? out_.sources : out_.neurons;
        if (legal.is_source) {
            out_.sources += legal.count;
            check_rates(p, legal);
        } else {
            out_.neurons += legal.count;
            out_.population_of.resize(out_.neurons, p);
            lower_neurons(p, legal);
        }
        out_.populations.push_back(std::move(legal));
    }

    void lower_neurons(std::uint32_t p, LegalPopulation& legal) {
        legal.neurons.reserve(legal.count);
        for (std::uint32_t k = 0; k < legal.count; ++k) {
            Diagnostic why_not;
            legal.neurons.push_back(
                legalise_neuron(network_, PopulationId{p}, k, options_, why_not));
            if (why_not.code.empty()) continue;
            why_not.location = {network_.file, legal.place};
            errors_.push_back(std::move(why_not));
            return;  // one fault a population tells enough
        }
    }

    /// The host draws a poisson population at one rate.
    void check_rates(std::uint32_t p, const LegalPopulation& legal) {
        if (network_.populations[p].model.name != "poisson") return;
        const double rate = ir::parameter(network_, PopulationId{p}, "rate", 0);
        for (std::uint32_t k = 1; k < legal.count; ++k) {
            const double other = ir::parameter(network_, PopulationId{p}, "rate", k);
            if (other == rate) continue;
            return error("emulator.poisson-rate",
                         fmt::format("population '{}' has rates of {} Hz and {} Hz; one rate a "
                                     "poisson population is possible",
                                     legal.name, rate, other),
                         legal.place);
        }
    }

    void lower_rule(std::uint32_t p) {
        const ir::Projection& projection = network_.projections[p];
        if (!projection.plasticity) return;
        const auto& given = projection.plasticity->parameters;
        const auto at     = [&](const char* name) { return given.at(name); };
        const LegalRule rule{projection.name,
                             std::exp(-options_.dt / at("tau_plus")),
                             std::exp(-options_.dt / at("tau_minus")),
                             at("a_plus"),
                             at("a_minus"),
                             at("w_min"),
                             at("w_max")};
        if (!out_.rule) out_.rule = rule;
        const LegalRule& first = *out_.rule;
        const bool same        = rule.keep_plus == first.keep_plus &&
                          rule.keep_minus == first.keep_minus && rule.a_plus == first.a_plus &&
                          rule.a_minus == first.a_minus && rule.w_min == first.w_min &&
                          rule.w_max == first.w_max;
        if (same) return;
        error("emulator.stdp-rule",
              fmt::format("projection '{}' learns by another rule than '{}'; the core has 1 rule",
                          projection.name, first.owner),
              projection_place(p) + "/plasticity");
    }

    void lower_projections() {
        if (!synapses_may_fit()) return;
        for (std::uint32_t p = 0; p < network_.projections.size() && errors_.empty(); ++p) {
            lower_projection(p);
        }
        std::stable_sort(
            out_.synapses.begin(), out_.synapses.end(),
            [](const LegalSynapse& a, const LegalSynapse& b) { return a.row < b.row; });
    }

    /// Estimates are exact but for random connectors; zero weights may take synapses away, so only
    /// what is far too much is refused unseen.
    bool synapses_may_fit() {
        std::uint64_t estimate = 0;
        for (std::uint32_t p = 0; p < network_.projections.size(); ++p) {
            estimate += ir::synapse_count_estimate(network_, ProjectionId{p});
        }
        if (estimate <= std::max(countable_synapses, limits_.synapse_words)) return true;
        refuse_synapses(estimate, network_.projections.back().name);
        return false;
    }

    void refuse_synapses(std::uint64_t actual, const std::string& at) {
        error("emulator.synapses",
              fmt::format("the network needs {} synapse words, limit {} (exceeded at projection "
                          "'{}')",
                          actual, limits_.synapse_words, at),
              "/projections");
    }

    void lower_projection(std::uint32_t p) {
        const ir::Projection& projection = network_.projections[p];
        const LegalPopulation& pre       = out_.populations[projection.pre.value];
        const LegalPopulation& post      = out_.populations[projection.post.value];
        if (!pre.is_source && pre.count > 0 && !pre.neurons.front().fires) {
            return error("emulator.graded-projection",
                         fmt::format("projection '{}' leaves '{}', which emits values, not spikes",
                                     projection.name, pre.name),
                         projection_place(p));
        }
        const std::uint32_t first_row = pre.first + (pre.is_source ? limits_.neurons : 0);
        const bool plastic            = projection.plasticity.has_value();
        for (std::uint32_t first = 0; first < pre.count && errors_.empty(); first += rows_at_once) {
            const std::uint32_t last = std::min(first + rows_at_once, pre.count);
            ir::for_each_row(
                network_, ProjectionId{p}, first, last,
                [&](std::uint32_t row, std::span<const ir::Synapse> synapses) {
                    for (const ir::Synapse& s : synapses) {
                        add(s, {first_row + row, post.first + s.post, p, 0, plastic, s.weight});
                    }
                });
            if (limits_.sparse_rows && out_.synapses.size() > limits_.synapse_words) {
                return refuse_synapses(count_synapses(), projection.name);
            }
        }
    }

    void add(const ir::Synapse& from, LegalSynapse synapse) {
        if (from.weight == 0 && !synapse.plastic) return;
        if (from.delay > limits_.max_delay) {
            const bool known = !errors_.empty() && errors_.back().code == "emulator.delay";
            if (known) return;
            return error("emulator.delay",
                         fmt::format("projection '{}' has a delay of {} ticks (neuron {} to {}), "
                                     "limit {}",
                                     network_.projections[synapse.projection].name, from.delay,
                                     from.pre, from.post, limits_.max_delay),
                         projection_place(synapse.projection) + "/delays");
        }
        synapse.delay = static_cast<std::uint8_t>(from.delay);
        out_.synapses.push_back(synapse);
    }

    std::uint64_t count_synapses() {
        std::uint64_t count = 0;
        for (std::uint32_t p = 0; p < network_.projections.size(); ++p) {
            const ir::Projection& projection = network_.projections[p];
            const bool plastic               = projection.plasticity.has_value();
            const auto visit = [&](std::uint32_t, std::span<const ir::Synapse> synapses) {
                for (const ir::Synapse& s : synapses)
                    count += s.weight != 0 || plastic ? 1 : 0;
            };
            ir::for_each_row(network_, ProjectionId{p}, 0,
                             out_.populations[projection.pre.value].count, visit);
        }
        return count;
    }

    const ir::Network& network_;
    const compiler::CompileOptions& options_;
    const Limits& limits_;
    LegalNetwork out_;
    Diagnostics errors_;
    std::map<bool, std::string> first_too_many_;
};

}  // namespace

Checked<LegalNetwork> legalise(const ir::Network& network, const compiler::CompileOptions& options,
                               const Limits& limits) {
    return Legaliser{network, options, limits}.run();
}

}  // namespace spikeloom::backends::emulator
