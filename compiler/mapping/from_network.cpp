// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/from_network.hpp"

#include "compiler/ir/expand.hpp"
#include "compiler/ir/models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikeloom::mapping {
namespace {

bool is_source(const ir::Population& population) {
    const ir::ModelDescription* model = ir::find_model(population.model.name);
    return model != nullptr && model->kind == ir::ModelKind::source;
}

/// Where each population's elements are among the nets: the mapped ones first, then the sources.
struct NetLayout {
    std::vector<std::uint64_t> first;  ///< net of the first element, by population
    std::uint64_t neurons = 0;
    std::uint64_t nets    = 0;
};

NetLayout lay_out(const ir::Network& network) {
    NetLayout layout;
    layout.first.resize(network.populations.size());
    for (const bool sources : {false, true}) {
        for (std::size_t p = 0; p < network.populations.size(); ++p) {
            if (is_source(network.populations[p]) != sources) continue;
            layout.first[p] = layout.nets;
            layout.nets += network.populations[p].size();
        }
        if (!sources) layout.neurons = layout.nets;
    }
    return layout;
}

/// Calls visit(net, post neuron) for every synapse.
template <class Visit>
void each_synapse(const ir::Network& network, const NetLayout& layout, Visit&& visit) {
    for (std::uint32_t id = 0; id < network.projections.size(); ++id) {
        const ir::Projection& projection = network.projections[id];
        const std::uint64_t pre          = layout.first[projection.pre.value];
        const std::uint64_t post         = layout.first[projection.post.value];
        const auto size = static_cast<std::uint32_t>(network.at(projection.pre).size());
        ir::for_each_row(network, ProjectionId{id}, 0, size,
                         [&](std::uint32_t row, std::span<const ir::Synapse> synapses) {
                             for (const ir::Synapse& synapse : synapses)
                                 visit(pre + row, static_cast<std::uint32_t>(post + synapse.post));
                         });
    }
}

void fill_nets(const ir::Network& network, const NetLayout& layout, MappingProblem& problem) {
    problem.net_begin.assign(layout.nets + 1, 0);
    each_synapse(network, layout,
                 [&](std::uint64_t net, std::uint32_t) { ++problem.net_begin[net + 1]; });
    for (std::size_t n = 0; n < layout.nets; ++n)
        problem.net_begin[n + 1] += problem.net_begin[n];
    problem.targets.resize(problem.net_begin.back());
    std::vector<std::uint64_t> next(problem.net_begin.begin(), problem.net_begin.end() - 1);
    each_synapse(network, layout, [&](std::uint64_t net, std::uint32_t target) {
        problem.targets[next[net]++] = target;
    });
    normalise(problem);
}

void fill_rates(const ir::Network& network, const NetLayout& layout,
                const NetworkMappingOptions& options, MappingProblem& problem) {
    problem.spikes.resize(layout.nets);
    std::size_t element = 0;
    for (std::uint32_t p = 0; p < network.populations.size(); ++p) {
        const ir::Population& population = network.populations[p];
        const bool poisson               = population.model.name == "poisson";
        for (std::uint64_t k = 0; k < population.size(); ++k, ++element) {
            double rate = options.default_rate;
            if (options.rates)
                rate = (*options.rates)[element];
            else if (poisson)
                rate = ir::parameter(network, PopulationId{p}, "rate", k);
            problem.spikes[layout.first[p] + k] = spikes_of(rate);
        }
    }
}

Result<void> check_rates(const ir::Network& network, const NetworkMappingOptions& options) {
    if (!options.rates) return {};
    if (options.rates->size() != network.neuron_count())
        return fault("map.rates-size",
                     fmt::format("{} rates for {} neurons and source elements",
                                 options.rates->size(), network.neuron_count()),
                     {network.file, ""});
    for (std::size_t i = 0; i < options.rates->size(); ++i)
        if (const double rate = (*options.rates)[i]; !std::isfinite(rate) || rate < 0)
            return fault("map.rates-value", fmt::format("rate {} of element {}", rate, i),
                         {network.file, ""});
    return {};
}

/// The first capacity of the chip among these names.
std::optional<std::uint64_t> capacity(const hw::ChipSpec& chip,
                                      std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
        if (chip.capacities.contains(std::string{name})) return chip.capacity(name);
    return std::nullopt;
}

std::optional<std::uint32_t> narrow(std::optional<std::uint64_t> limit) {
    if (!limit) return std::nullopt;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(*limit, 0x7FFFFFFFU));
}

std::uint32_t topology_count(const hw::ChipSpec& chip, const std::string& name) {
    const auto figure = chip.topology.figures.find(name);
    if (figure == chip.topology.figures.end()) return 1;
    return static_cast<std::uint32_t>(std::max(1.0, std::round(figure->second.value)));
}

}  // namespace

Result<CoreLimits> chip_limits(const hw::ChipSpec& chip) {
    CoreLimits limits;
    const auto neurons = narrow(capacity(chip, {"neurons", "compartments"}));
    if (!neurons)
        return fault("map.chip-without-neurons",
                     "the chip names neither 'neurons' nor 'compartments' a core",
                     {chip.name, "/capacities"});
    limits.neurons        = *neurons;
    limits.incoming_axons = narrow(capacity(chip, {"input_axons", "axons"}));
    limits.outgoing_axons = narrow(capacity(chip, {"output_axons"}));
    if (const auto bits = capacity(chip, {"synapse_memory"})) {
        const auto width    = static_cast<std::uint32_t>(chip.width("weight_width", 8));
        limits.packing      = std::make_shared<WordPacking>(0, std::max(1U, width), 1);
        limits.synapse_bits = *bits;
    } else if (const auto synapses = capacity(chip, {"synapses"})) {
        limits.packing      = std::make_shared<WordPacking>(0, 1, 1);
        limits.synapse_bits = *synapses;
    }
    return limits;
}

Mesh chip_mesh(const hw::ChipSpec& chip) {
    const std::uint32_t per_router = topology_count(chip, "cores_per_router");
    auto wide = static_cast<std::uint32_t>(std::sqrt(static_cast<double>(per_router)));
    while (per_router % wide != 0)
        --wide;
    return {topology_count(chip, "columns") * wide,
            topology_count(chip, "rows") * (per_router / wide)};
}

Result<MappingProblem> problem_from_network(const ir::Network& network, const hw::ChipSpec& chip,
                                            const NetworkMappingOptions& options) {
    auto limits = chip_limits(chip);
    if (!limits) return tl::unexpected{std::move(limits.error())};
    if (auto checked = check_rates(network, options); !checked)
        return tl::unexpected{std::move(checked.error())};
    const NetLayout layout = lay_out(network);
    if (layout.neurons == 0)
        return fault("map.network-empty", "the network has no neurons besides its sources",
                     {network.file, ""});
    std::uint64_t synapses = 0;
    for (std::uint32_t id = 0; id < network.projections.size(); ++id)
        synapses += ir::synapse_count_estimate(network, ProjectionId{id});
    constexpr std::uint64_t most = 0xFFFFFFFFULL;
    if (layout.nets >= most || synapses + layout.nets >= most)
        return fault("map.network-too-big",
                     fmt::format("{} neurons and {} synapses, the limit is 2^32 together",
                                 layout.nets, synapses),
                     {network.file, ""});

    MappingProblem problem;
    problem.name    = network.file.empty() ? network.name : network.file;
    problem.neurons = static_cast<std::uint32_t>(layout.neurons);
    for (std::uint32_t p = 0; p < network.populations.size(); ++p) {
        const ir::Population& population = network.populations[p];
        problem.population_names.push_back(population.name);
        if (!is_source(population))
            problem.population.insert(problem.population.end(), population.size(), p);
    }
    fill_nets(network, layout, problem);
    fill_rates(network, layout, options, problem);
    problem.limits = std::move(*limits);
    problem.mesh   = chip_mesh(chip);
    return problem;
}

}  // namespace spikeloom::mapping
