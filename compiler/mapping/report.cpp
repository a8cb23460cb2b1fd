// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/report.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

namespace spikeloom::mapping {

std::uint64_t ResourceUse::most() const {
    return used.empty() ? 0 : *std::max_element(used.begin(), used.end());
}

double ResourceUse::mean() const {
    const auto sum = std::accumulate(used.begin(), used.end(), std::uint64_t{0});
    return used.empty() ? 0.0 : static_cast<double>(sum) / static_cast<double>(used.size());
}

std::vector<ResourceUse> resource_use(const MappingProblem& problem, const Partition& partition) {
    const CoreLimits& limits       = problem.limits;
    const std::vector<CoreUse> use = core_use(problem, partition);
    std::vector<ResourceUse> limited, counted;
    const auto add = [&](std::string name, std::optional<std::uint64_t> limit, auto&& value) {
        ResourceUse resource{std::move(name), limit, {}};
        for (const CoreUse& core : use)
            resource.used.push_back(value(core));
        (limit ? limited : counted).push_back(std::move(resource));
    };
    add("neurons", limits.neurons, [](const CoreUse& core) { return core.neurons; });
    add("incoming axons", limits.incoming_axons,
        [](const CoreUse& core) { return core.incoming_axons; });
    add("outgoing axons", limits.outgoing_axons,
        [](const CoreUse& core) { return core.outgoing_axons; });
    if (limits.packing)
        add("synapse bits", limits.synapse_bits,
            [](const CoreUse& core) { return core.synapse_bits; });
    for (std::size_t r = 0; r < limits.resources.size(); ++r)
        add(limits.resources[r].name, limits.resources[r].limit,
            [r](const CoreUse& core) { return core.resources[r]; });
    for (std::size_t t = 0; t < limits.tables.size(); ++t)
        add(limits.tables[t].name + " entries", limits.tables[t].limit,
            [t](const CoreUse& core) { return core.table_entries[t]; });
    add("synapses", std::nullopt, [](const CoreUse& core) { return core.synapses; });
    limited.insert(limited.end(), counted.begin(), counted.end());
    return limited;
}

namespace {

/// Runs a pass and writes down what it took.
template <class Pass>
auto timed(std::vector<PassCost>& passes, std::string name, Pass&& pass) {
    const auto start                            = std::chrono::steady_clock::now();
    auto result                                 = pass();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    passes.push_back(
        {std::move(name), seconds.count(), static_cast<std::uint64_t>(usage.ru_maxrss) * 1024});
    return result;
}

std::string binding_resource(const std::vector<ResourceUse>& resources) {
    std::string name;
    double fullest = -1;
    for (const ResourceUse& resource : resources) {
        if (!resource.limit || *resource.limit == 0) continue;
        const double share = resource.mean() / static_cast<double>(*resource.limit);
        if (share <= fullest) continue;
        fullest = share;
        name    = resource.name;
    }
    return name;
}

void measure(const MappingProblem& problem, Mapping& mapping) {
    MappingReport& report = mapping.report;
    report.cores          = mapping.partition.cores;
    report.mesh           = mapping.placement.mesh;
    report.resources      = resource_use(problem, mapping.partition);
    report.binding        = binding_resource(report.resources);
    report.connectivity   = connectivity(problem, mapping.partition);
    report.cut            = cut(problem, mapping.partition);
    report.spike_hops     = spike_hops(core_traffic(problem, mapping.partition), mapping.placement);
    report.multicast_hops = multicast_hops(problem, mapping.partition, mapping.placement);
}

}  // namespace

Result<Mapping> map_network(const MappingProblem& problem, const MappingOptions& options) {
    Mapping mapping;
    MappingReport& report = mapping.report;
    report.network        = problem.name;
    report.partitioner    = options.partition.algorithm;
    report.placer         = options.placement.algorithm;
    report.seed           = options.partition.seed;
    report.neurons        = problem.neurons;
    report.synapses =
        problem.synapses.empty()
            ? problem.targets.size()
            : std::accumulate(problem.synapses.begin(), problem.synapses.end(), std::uint64_t{0});
    auto parts =
        timed(report.passes, "partition", [&] { return partition(problem, options.partition); });
    if (!parts) return tl::unexpected{std::move(parts.error())};
    mapping.partition = std::move(*parts);
    auto places       = timed(report.passes, "place",
                              [&] { return place(problem, mapping.partition, options.placement); });
    if (!places) return tl::unexpected{std::move(places.error())};
    mapping.placement = std::move(*places);
    auto verdict      = timed(report.passes, "verify", [&] {
        measure(problem, mapping);
        return verify_placement(problem, mapping.partition, mapping.placement);
    });
    if (!verdict) return tl::unexpected{std::move(verdict.error().front())};
    return mapping;
}

std::string to_text(const MappingReport& report) {
    std::string text = fmt::format(
        "{}: {} neurons, {} synapses on {} cores of a {} x {} mesh ({}, {}, seed {})\n",
        report.network, report.neurons, report.synapses, report.cores, report.mesh.width,
        report.mesh.height, report.partitioner, report.placer, report.seed);
    for (const ResourceUse& resource : report.resources) {
        text += fmt::format("  {:<16} mean {:>10.1f}  most {:>8}", resource.name, resource.mean(),
                            resource.most());
        if (resource.limit) text += fmt::format("  limit {:>8}", *resource.limit);
        if (resource.name == report.binding) text += "  (binding)";
        text += '\n';
    }
    text += fmt::format("  connectivity {}, cut {}, spikes x hops {}, as multicast {}\n",
                        report.connectivity, report.cut, report.spike_hops, report.multicast_hops);
    for (const PassCost& pass : report.passes)
        text += fmt::format("  {:<10} {:8.3f} s, peak memory {:.1f} MB\n", pass.pass, pass.seconds,
                            static_cast<double>(pass.peak_bytes) / 1e6);
    return text;
}

}  // namespace spikeloom::mapping
