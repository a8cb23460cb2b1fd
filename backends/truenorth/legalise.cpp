// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/legalise.hpp"

#include "compiler/ir/expand.hpp"
#include "compiler/ir/models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace spikeloom::backends::truenorth {

namespace {

constexpr std::uint64_t most_synapses = std::uint64_t{1} << 28;

class Legaliser {
public:
    Legaliser(const ir::Network& network, const compiler::CompileOptions& options,
              std::uint64_t most_neurons)
        : network_{network}, options_{options}, most_neurons_{most_neurons} {}

    Checked<LegalNetwork> run() {
        count();
        for (std::uint32_t p = 0; p < network_.projections.size(); ++p)
            check_projection(p);
        if (errors_.empty())
            for (std::uint32_t p = 0; p < network_.populations.size(); ++p)
                add_population(p);
        if (errors_.empty()) add_synapses();
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        return std::move(out_);
    }

private:
    void error(std::string code, std::string message, std::string place) {
        errors_.push_back({std::move(code), std::move(message), {network_.file, std::move(place)}});
    }
    [[nodiscard]] ir::ModelKind kind(PopulationId p) const {
        return ir::find_model(network_.at(p).model.name)->kind;
    }

    void count() {
        std::uint64_t neurons = 0, sources = 0;
        for (std::uint32_t p = 0; p < network_.populations.size(); ++p)
            (kind({p}) == ir::ModelKind::source ? sources : neurons) += network_.at({p}).size();
        if (neurons > most_neurons_)
            error("truenorth.neurons",
                  fmt::format("the network has {} neurons, all cores together {}", neurons,
                              most_neurons_),
                  "/populations");
        if (sources > most_neurons_)
            error("truenorth.neurons",
                  fmt::format("the network has {} source elements, the cores have {} axons",
                              sources, most_neurons_),
                  "/populations");
        std::uint64_t synapses = 0;
        for (std::uint32_t p = 0; p < network_.projections.size(); ++p)
            synapses += ir::synapse_count_estimate(network_, ProjectionId{p});
        if (synapses > most_synapses)
            error("truenorth.synapses",
                  fmt::format("the network has {} synapses, all cores together {}", synapses,
                              most_synapses),
                  "/projections");
    }

    void check_projection(std::uint32_t p) {
        const ir::Projection& projection = network_.projections[p];
        const std::string place          = fmt::format("/projections/{}", p);
        if (projection.plasticity)
            error("truenorth.plasticity",
                  fmt::format("projection '{}' learns; the cores do not", projection.name),
                  place + "/plasticity");
        if (kind(projection.pre) == ir::ModelKind::graded)
            error("truenorth.graded-projection",
                  fmt::format("projection '{}' leaves '{}', which emits values, not spikes",
                              projection.name, network_.at(projection.pre).name),
                  place);
    }

    void add_population(std::uint32_t p) {
        const ir::Population& from = network_.populations[p];
        LegalPopulation to;
        to.name      = from.name;
        to.place     = fmt::format("/populations/{}", p);
        to.is_source = kind({p}) == ir::ModelKind::source;
        to.count     = static_cast<std::uint32_t>(from.size());
        to.late      = from.pipeline_offset;
        to.first     = to.is_source ? out_.sources : out_.neurons;
        (to.is_source ? out_.sources : out_.neurons) += to.count;
        if (!to.is_source)
            add_neurons(p, to);
        else if (from.model.name == "poisson")
            check_rates(p, to);
        out_.populations.push_back(std::move(to));
    }

    void add_neurons(std::uint32_t p, LegalPopulation& to) {
        for (std::uint32_t k = 0; k < to.count; ++k) {
            Diagnostic why_not;
            to.neurons.push_back(legalise_neuron(network_, {p}, k, options_, why_not));
            if (why_not.code.empty()) continue;
            why_not.location = {network_.file, to.place};
            errors_.push_back(std::move(why_not));
            return;  // one fault a population tells enough
        }
        warn(to);
    }

    void warn(const LegalPopulation& to) {
        const auto any = [&](double LegalNeuron::*field) {
            return std::any_of(to.neurons.begin(), to.neurons.end(),
                               [&](const LegalNeuron& n) { return n.*field != 0; });
        };
        if (any(&LegalNeuron::tau_syn))
            out_.warnings.push_back(fmt::format(
                "population '{}': a neuron has no synaptic current; the charge of a spike arrives "
                "at once",
                to.name));
        if (any(&LegalNeuron::refractory))
            out_.warnings.push_back(fmt::format(
                "population '{}': a neuron has no refractory period; it is left out", to.name));
        if (any(&LegalNeuron::leak_error))
            out_.warnings.push_back(fmt::format(
                "population '{}': the leak of a neuron is a constant, not a fraction of v",
                to.name));
        if (any(&LegalNeuron::reset_error))
            out_.warnings.push_back(fmt::format(
                "population '{}': its reset by subtraction with a resting potential other than 0 "
                "becomes a reset to a value",
                to.name));
    }

    void check_rates(std::uint32_t p, const LegalPopulation& to) {
        const double rate = ir::parameter(network_, {p}, "rate", 0);
        for (std::uint32_t k = 1; k < to.count; ++k) {
            const double other = ir::parameter(network_, {p}, "rate", k);
            if (other == rate) continue;
            return error("truenorth.poisson-rate",
                         fmt::format("population '{}' has rates of {} Hz and {} Hz; one rate a "
                                     "poisson population is possible",
                                     to.name, rate, other),
                         to.place);
        }
    }

    void add_synapses() {
        out_.population_of.resize(std::size_t{out_.neurons} + out_.sources);
        for (std::uint32_t p = 0; p < out_.populations.size(); ++p) {
            const LegalPopulation& at = out_.populations[p];
            const auto begin =
                out_.population_of.begin() + at.first + (at.is_source ? out_.neurons : 0);
            std::fill_n(begin, at.count, p);
        }
        for (std::uint32_t p = 0; p < network_.projections.size(); ++p) {
            const ir::Projection& projection = network_.projections[p];
            const LegalPopulation& pre       = out_.populations[projection.pre.value];
            const LegalPopulation& post      = out_.populations[projection.post.value];
            const std::uint32_t first        = pre.first + (pre.is_source ? out_.neurons : 0);
            ir::for_each_row(network_, ProjectionId{p}, 0, pre.count,
                             [&](std::uint32_t row, std::span<const ir::Synapse> synapses) {
                                 for (const ir::Synapse& s : synapses)
                                     if (s.weight != 0)
                                         out_.synapses.push_back({first + row, post.first + s.post,
                                                                  p, s.delay, s.weight});
                             });
        }
        merge();
    }

    void merge() {
        std::vector<LegalSynapse>& all = out_.synapses;
        const auto key = [](const LegalSynapse& s) { return std::tuple{s.post, s.pre, s.delay}; };
        std::stable_sort(all.begin(), all.end(), [&](const LegalSynapse& a, const LegalSynapse& b) {
            return key(a) < key(b);
        });
        std::size_t kept = 0;
        for (std::size_t k = 0; k < all.size(); ++k) {
            if (kept > 0 && key(all[kept - 1]) == key(all[k]))
                all[kept - 1].weight += all[k].weight;
            else
                all[kept++] = all[k];
        }
        all.resize(kept);
        std::erase_if(all, [](const LegalSynapse& s) { return s.weight == 0; });
    }

    const ir::Network& network_;
    const compiler::CompileOptions& options_;
    std::uint64_t most_neurons_;
    LegalNetwork out_;
    Diagnostics errors_;
};

}  // namespace

Checked<LegalNetwork> legalise(const ir::Network& network, const compiler::CompileOptions& options,
                               std::uint64_t most_neurons) {
    return Legaliser{network, options, most_neurons}.run();
}

}  // namespace spikeloom::backends::truenorth
