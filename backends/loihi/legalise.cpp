// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/legalise.hpp"

#include "compiler/ir/expand.hpp"
#include "compiler/ir/models.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikeloom::backends::loihi {

namespace {

class Legaliser {
public:
    Legaliser(const ir::Network& network, const compiler::CompileOptions& options,
              const Limits& limits, std::uint64_t cores)
        : network_{network}, options_{options}, limits_{limits}, cores_{cores} {}

    Checked<LegalNetwork> run() {
        count_neurons();
        for (std::uint32_t p = 0; errors_.empty() && p < network_.populations.size(); ++p)
            lower_population(p);
        for (std::uint32_t p = 0; p < network_.projections.size(); ++p)
            check_projection(p);
        if (errors_.empty() && may_fit()) {
            for (std::uint32_t p = 0; errors_.empty() && p < network_.projections.size(); ++p)
                lower_projection(p);
        }
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        sort_by_row();
        return std::move(out_);
    }

private:
    void error(std::string code, std::string message, std::string place) {
        errors_.push_back({std::move(code), std::move(message), {network_.file, std::move(place)}});
    }

    [[nodiscard]] bool is_source(const ir::Population& population) const {
        return ir::find_model(population.model.name)->kind == ir::ModelKind::source;
    }

    void count_neurons() {
        std::uint64_t neurons = 0;
        for (const ir::Population& population : network_.populations)
            neurons += is_source(population) ? 0 : population.size();
        const std::uint64_t most = cores_ * limits_.compartments;
        if (neurons > most)
            error("loihi.neurons",
                  fmt::format("the network has {} neurons, limit {} ({} cores of {} compartments)",
                              neurons, most, cores_, limits_.compartments),
                  "/populations");
        if (network_.projections.size() > 0xFFFF)
            error("loihi.projections",
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
        legal.shape     = population.shape;
        legal.is_source = is_source(population);
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
            return error("loihi.poisson-rate",
                         fmt::format("population '{}' has rates of {} Hz and {} Hz; one rate a "
                                     "poisson population is possible",
                                     legal.name, rate, other),
                         legal.place);
        }
    }

    void check_projection(std::uint32_t p) {
        const ir::Projection& projection = network_.projections[p];
        const ir::Population& pre        = network_.at(projection.pre);
        if (ir::find_model(pre.model.name)->kind == ir::ModelKind::graded)
            error("loihi.graded-projection",
                  fmt::format("projection '{}' leaves '{}', which emits values, not spikes",
                              projection.name, pre.name),
                  fmt::format("/projections/{}", p));
        const ir::Connector& c = projection.connector;
        const bool conv        = std::holds_alternative<ir::Conv2d>(c);
        const bool dense =
            std::holds_alternative<ir::Dense>(c) || std::holds_alternative<ir::AllToAll>(c);
        out_.kinds.push_back(conv    ? SynapseKind::conv
                             : dense ? SynapseKind::dense
                                     : SynapseKind::sparse);
        if (projection.plasticity) add_rule(p);
    }

    void add_rule(std::uint32_t p) {
        const ir::Projection& projection = network_.projections[p];
        const auto& given                = projection.plasticity->parameters;
        const LegalRule rule{projection.post.value, projection.name,    given.at("tau_plus"),
                             given.at("tau_minus"), given.at("a_plus"), given.at("a_minus"),
                             given.at("w_min"),     given.at("w_max")};
        for (const LegalRule& other : out_.rules) {
            if (other.population != rule.population) continue;
            const bool same = other.tau_plus == rule.tau_plus &&
                              other.tau_minus == rule.tau_minus && other.a_plus == rule.a_plus &&
                              other.a_minus == rule.a_minus && other.w_min == rule.w_min &&
                              other.w_max == rule.w_max;
            if (same) return;
            return error("loihi.stdp-rule",
                         fmt::format("projections '{}' and '{}' end at one population and learn by "
                                     "different rules; the limit is 1 rule a population",
                                     other.owner, rule.owner),
                         fmt::format("/projections/{}/plasticity", p));
        }
        out_.rules.push_back(rule);
    }

    /// A synapse takes two bytes at the least; what exceeds the whole chip is refused unseen.
    bool may_fit() {
        std::uint64_t estimate = 0;
        for (std::uint32_t p = 0; p < network_.projections.size(); ++p)
            estimate += ir::synapse_count_estimate(network_, ProjectionId{p});
        const std::uint64_t most = cores_ * limits_.synapse_bits / 14;
        const bool has_zeros     = estimate <= 4 * most;  // which may take synapses away
        if (estimate <= most || has_zeros) {
            out_.synapses.reserve(std::min(estimate, most));
            return true;
        }
        error("loihi.synapses",
              fmt::format("the network has {} synapses, limit {} ({} cores of {} bits)", estimate,
                          most, cores_, limits_.synapse_bits),
              "/projections");
        return false;
    }

    void lower_projection(std::uint32_t p) {
        const ir::Projection& projection = network_.projections[p];
        const LegalPopulation& pre       = out_.populations[projection.pre.value];
        const LegalPopulation& post      = out_.populations[projection.post.value];
        const std::uint32_t first_row    = pre.first + (pre.is_source ? out_.neurons : 0);
        const bool plastic               = projection.plasticity.has_value();
        if (rows_.empty()) rows_.reserve(out_.synapses.capacity());
        const auto visit = [&](std::uint32_t row, std::span<const ir::Synapse> synapses) {
            for (const ir::Synapse& s : synapses) {
                if (s.weight == 0 && !plastic && !limits_.keep_zeros) continue;
                if (s.delay > limits_.max_delay) return refuse_delay(p, s);
                out_.longest_delay = std::max(out_.longest_delay, s.delay);
                rows_.push_back(first_row + row);
                out_.synapses.push_back({static_cast<float>(s.weight), post.first + s.post,
                                         static_cast<std::uint16_t>(p),
                                         static_cast<std::uint8_t>(s.delay), plastic});
            }
        };
        ir::for_each_row(network_, ProjectionId{p}, 0, pre.count, visit);
    }

    void refuse_delay(std::uint32_t p, const ir::Synapse& s) {
        if (!errors_.empty() && errors_.back().code == "loihi.delay") return;
        error("loihi.delay",
              fmt::format("projection '{}' has a delay of {} ticks (neuron {} to {}), limit {}",
                          network_.projections[p].name, s.delay, s.pre, s.post, limits_.max_delay),
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
    std::uint64_t cores_;
    LegalNetwork out_;
    std::vector<std::uint32_t> rows_;
    Diagnostics errors_;
};

}  // namespace

Checked<LegalNetwork> legalise(const ir::Network& network, const compiler::CompileOptions& options,
                               const Limits& limits, std::uint64_t cores) {
    return Legaliser{network, options, limits, cores}.run();
}

}  // namespace spikeloom::backends::loihi
