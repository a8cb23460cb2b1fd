// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/legalise.hpp"

#include "compiler/ir/expand.hpp"
#include "compiler/ir/models.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikeloom::backends::spinnaker {

namespace {

class Legaliser {
public:
    Legaliser(const ir::Network& network, const compiler::CompileOptions& options,
              const Limits& limits)
        : network_{network}, options_{options}, limits_{limits} {}

    Checked<LegalNetwork> run() {
        check_sizes();
        for (std::uint32_t p = 0; errors_.empty() && p < network_.populations.size(); ++p)
            lower_population(p);
        for (std::uint32_t p = 0; p < network_.projections.size(); ++p)
            check_projection(p);
        for (std::uint32_t p = 0; errors_.empty() && p < network_.projections.size(); ++p)
            lower_projection(p);
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        sort_by_row();
        return std::move(out_);
    }

private:
    void error(std::string code, std::string message, std::string place) {
        errors_.push_back({std::move(code), std::move(message), {network_.file, std::move(place)}});
    }

    void check_sizes() {
        std::uint64_t elements = 0;
        for (const ir::Population& population : network_.populations)
            elements += population.size();
        const std::uint64_t most = limits_.cores() * limits_.neurons;
        if (elements > most)
            error("spinnaker.neurons",
                  fmt::format("the network has {} neurons and sources, limit {} ({} cores of {})",
                              elements, most, limits_.cores(), limits_.neurons),
                  "/populations");
        if (network_.projections.size() > 0xFFFF)
            error("spinnaker.projections",
                  fmt::format("the network has {} projections, limit 65535",
                              network_.projections.size()),
                  "/projections");
    }

    void lower_population(std::uint32_t p) {
        const ir::Population& population = network_.populations[p];
        LegalPopulation legal;
        legal.name      = population.name;
        legal.place     = fmt::format("/populations/{}", p);
        legal.count     = static_cast<std::uint32_t>(population.size());
        legal.offset    = population.pipeline_offset;
        legal.is_source = ir::find_model(population.model.name)->kind == ir::ModelKind::source;
        legal.first     = legal.is_source ? out_.sources : out_.neurons;
        (legal.is_source ? out_.sources : out_.neurons) += legal.count;
        if (legal.is_source) {
            check_rates(p, legal);
        } else {
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
            return error("spinnaker.poisson-rate",
                         fmt::format("population '{}' has rates of {} Hz and {} Hz; one rate a "
                                     "poisson population is possible",
                                     legal.name, rate, other),
                         legal.place);
        }
    }

    void check_projection(std::uint32_t p) {
        const ir::Projection& projection = network_.projections[p];
        const ir::Population& pre        = network_.at(projection.pre);
        const std::string place          = fmt::format("/projections/{}", p);
        if (ir::find_model(pre.model.name)->kind == ir::ModelKind::graded)
            error("spinnaker.graded-projection",
                  fmt::format("projection '{}' leaves '{}', which emits values, not spikes",
                              projection.name, pre.name),
                  place);
        if (projection.plasticity)
            error("spinnaker.plasticity",
                  fmt::format("projection '{}' learns; rows with learning are not compiled",
                              projection.name),
                  place + "/plasticity");
    }

    void lower_projection(std::uint32_t p) {
        const ir::Projection& projection = network_.projections[p];
        const LegalPopulation& pre       = out_.populations[projection.pre.value];
        const LegalPopulation& post      = out_.populations[projection.post.value];
        const std::uint32_t first_row    = pre.first + (pre.is_source ? out_.neurons : 0);
        const auto visit = [&](std::uint32_t row, std::span<const ir::Synapse> synapses) {
            for (const ir::Synapse& s : synapses) {
                if (s.weight == 0) continue;
                if (s.delay > limits_.max_delay()) return refuse_delay(p, s);
                rows_.push_back(first_row + row);
                out_.synapses.push_back({static_cast<float>(s.weight), post.first + s.post,
                                         static_cast<std::uint16_t>(p),
                                         static_cast<std::uint16_t>(s.delay)});
            }
        };
        ir::for_each_row(network_, ProjectionId{p}, 0, pre.count, visit);
    }

    void refuse_delay(std::uint32_t p, const ir::Synapse& s) {
        if (!errors_.empty() && errors_.back().code == "spinnaker.delay") return;
        error("spinnaker.delay",
              fmt::format("projection '{}' has a delay of {} ticks (neuron {} to {}), limit {}: "
                          "15 and {} stages of a relay",
                          network_.projections[p].name, s.delay, s.pre, s.post, limits_.max_delay(),
                          limits_.delay_stages),
              fmt::format("/projections/{}/delays", p));
    }

    /// Counting sort: rows ascending, the order of expansion within a row.
    void sort_by_row() {
        out_.row_begin.assign(std::size_t{out_.neurons} + out_.sources + 1, 0);
        for (const std::uint32_t row : rows_)
            ++out_.row_begin[row + 1];
        for (std::size_t r = 1; r < out_.row_begin.size(); ++r)
            out_.row_begin[r] += out_.row_begin[r - 1];
        std::vector<std::uint64_t> next(out_.row_begin.begin(), out_.row_begin.end() - 1);
        std::vector<LegalSynapse> sorted(out_.synapses.size());
        for (std::size_t k = 0; k < rows_.size(); ++k)
            sorted[next[rows_[k]]++] = out_.synapses[k];
        out_.synapses = std::move(sorted);
    }

    const ir::Network& network_;
    const compiler::CompileOptions& options_;
    const Limits& limits_;
    LegalNetwork out_;
    std::vector<std::uint32_t> rows_;
    Diagnostics errors_;
};

}  // namespace

Checked<LegalNetwork> legalise(const ir::Network& network, const compiler::CompileOptions& options,
                               const Limits& limits) {
    return Legaliser{network, options, limits}.run();
}

}  // namespace spikeloom::backends::spinnaker
