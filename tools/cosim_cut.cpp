// SPDX-License-Identifier: Apache-2.0
#include "tools/cosim_cut.hpp"

#include "compiler/ir/expand.hpp"
#include "compiler/ir/models.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace spikeloom::tools {
namespace {

bool is_drawn(const ir::Values& values) {
    return std::holds_alternative<ir::Normal>(values) ||
           std::holds_alternative<ir::Uniform>(values);
}

bool is_drawn(const ir::Projection& projection) {
    const auto& connector = projection.connector;
    return is_drawn(projection.weights) || is_drawn(projection.delays) ||
           std::holds_alternative<ir::FixedProbability>(connector) ||
           std::holds_alternative<ir::FixedOutdegree>(connector) ||
           std::holds_alternative<ir::FixedTotalNumber>(connector);
}

/// Draws are keyed by the projection's number, which a part changes: written out as a list.
void write_out(const ir::Network& network, ProjectionId id, ir::Projection& projection) {
    std::vector<std::uint32_t> pre, post;
    std::vector<double> weights, delays;
    const auto rows = static_cast<std::uint32_t>(network.at(projection.pre).size());
    ir::for_each_row(network, id, 0, rows, [&](std::uint32_t, std::span<const ir::Synapse> row) {
        for (const ir::Synapse& synapse : row) {
            pre.push_back(synapse.pre);
            post.push_back(synapse.post);
            weights.push_back(synapse.weight);
            delays.push_back(synapse.delay);
        }
    });
    projection.connector = ir::Sparse{std::make_shared<const std::vector<std::uint32_t>>(pre),
                                      std::make_shared<const std::vector<std::uint32_t>>(post)};
    projection.weights   = std::make_shared<const std::vector<double>>(weights);
    projection.delays    = std::make_shared<const std::vector<double>>(delays);
}

/// The same for parameters, keyed by the population's number.
void write_out(const ir::Network& network, PopulationId id, ir::Population& population) {
    for (auto& [name, values] : population.model.parameters) {
        if (!is_drawn(values)) continue;
        std::vector<double> all(population.size());
        for (std::uint64_t k = 0; k < all.size(); ++k)
            all[k] = ir::parameter(network, id, name, k);
        values = std::make_shared<const std::vector<double>>(std::move(all));
    }
}

ir::Population stand_in(const ir::Population& population) {
    ir::Population source  = population;
    source.model           = {"spike_source", {}};
    source.is_output       = false;
    source.pipeline_offset = 0;
    return source;
}

class Cutter {
public:
    Cutter(const ir::Network& network, const Owners& owners) : network_{network}, owners_{owners} {}

    ir::Network part(std::size_t number, Diagnostics& faults) const {
        std::vector<bool> needed(network_.populations.size(), false);
        for (std::uint32_t k = 0; k < network_.projections.size(); ++k) {
            const ir::Projection& projection = network_.projections[k];
            if (owners_[projection.post.value] != number) continue;
            needed[projection.pre.value] = true;
            check(k, number, faults);
        }
        ir::Network part = network_;
        part.populations.clear();
        part.projections.clear();
        std::vector<std::uint32_t> moved(network_.populations.size(), 0);
        for (std::uint32_t p = 0; p < network_.populations.size(); ++p) {
            const bool own = owners_[p] == number;
            if (!own && !needed[p]) continue;
            moved[p] = static_cast<std::uint32_t>(part.populations.size());
            part.populations.push_back(own ? network_.populations[p]
                                           : stand_in(network_.populations[p]));
            if (own) write_out(network_, PopulationId{p}, part.populations.back());
        }
        for (std::uint32_t k = 0; k < network_.projections.size(); ++k) {
            ir::Projection projection = network_.projections[k];
            if (owners_[projection.post.value] != number) continue;
            if (is_drawn(projection)) write_out(network_, ProjectionId{k}, projection);
            projection.pre  = PopulationId{moved[projection.pre.value]};
            projection.post = PopulationId{moved[projection.post.value]};
            part.projections.push_back(std::move(projection));
        }
        return part;
    }

private:
    void check(std::uint32_t number, std::size_t part, Diagnostics& faults) const {
        const ir::Projection& projection = network_.projections[number];
        const auto owner                 = owners_[projection.pre.value];
        if (!owner || *owner == part) return;
        const ir::Population& pre = network_.at(projection.pre);
        const SourceLocation where{network_.file, fmt::format("/projections/{}", number)};
        if (projection.plasticity)
            faults.push_back({"platform.cut-plastic",
                              fmt::format("projection \"{}\" learns and cannot cross from one "
                                          "device to another",
                                          projection.name),
                              where,
                              {}});
        if (ir::find_model(pre.model.name)->kind == ir::ModelKind::graded)
            faults.push_back({"platform.cut-graded",
                              fmt::format("population \"{}\" emits values, not spikes, and cannot "
                                          "be cut from \"{}\"",
                                          pre.name, network_.at(projection.post).name),
                              where,
                              {}});
    }

    const ir::Network& network_;
    const Owners& owners_;
};

}  // namespace

Checked<std::vector<ir::Network>> cut(const ir::Network& network, const Owners& owners,
                                      std::size_t parts) {
    Diagnostics faults;
    std::vector<ir::Network> networks;
    const Cutter cutter{network, owners};
    for (std::size_t part = 0; part < parts; ++part)
        networks.push_back(cutter.part(part, faults));
    if (!faults.empty()) return tl::unexpected{std::move(faults)};
    return networks;
}

}  // namespace spikeloom::tools
