// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/partition.hpp"

#include "compiler/mapping/strategies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace spikeloom::mapping {
namespace {

struct Entry {
    PartitionerInfo info;
    Filled (*run)(const Task&);
};

constexpr std::array<Entry, 5> registry{{
    {{"multilevel", "ours: multilevel portfolio, packing by axons, pairwise refinement"},
     partition_multilevel},
    {{"sequential", "neurons in order of their ids"}, partition_sequential},
    {{"layer", "in order, a core holds one population only"}, partition_layer},
    {{"overlap", "greedy by sources shared with the core"}, partition_overlap},
    {{"metis", "METIS: least edge cut"}, partition_metis},
}};

constexpr auto infos = [] {
    std::array<PartitionerInfo, registry.size()> list{};
    for (std::size_t i = 0; i < registry.size(); ++i)
        list[i] = registry[i].info;
    return list;
}();

/// Numbers the cores anew without gaps, in the order of their first neurons.
Partition compact(const Filled& filled) {
    Partition partition;
    partition.core_of.reserve(filled.part.size());
    std::vector<std::uint32_t> number(filled.count, absent);
    for (const std::uint32_t part : filled.part) {
        if (number[part] == absent) number[part] = partition.cores++;
        partition.core_of.push_back(CoreId{number[part]});
    }
    return partition;
}

/// The faults of a verdict as one diagnostic, the others in its notes.
tl::unexpected<Diagnostic> first_of(Diagnostics faults) {
    Diagnostic first = std::move(faults.front());
    for (std::size_t i = 1; i < faults.size(); ++i)
        first.notes.push_back(faults[i].message);
    return tl::unexpected{std::move(first)};
}

}  // namespace

std::span<const PartitionerInfo> partitioners() {
    return infos;
}

Result<Partition> partition(const MappingProblem& problem, const PartitionOptions& options) {
    const auto entry = std::find_if(registry.begin(), registry.end(), [&](const Entry& candidate) {
        return candidate.info.name == options.algorithm;
    });
    if (entry == registry.end())
        return fault("map.unknown-partitioner",
                     fmt::format("there is no partitioner '{}'", options.algorithm),
                     {problem.name, ""});
    if (auto checked = check(problem); !checked) return first_of(std::move(checked.error()));

    PartitionOptions used = options;
    used.threads          = std::max<std::uint32_t>(1, options.threads);
    const Lowered lowered = lower(problem, Track::everything);
    const Task task{problem, lowered, used};
    if (used.progress) used.progress("partition", 0.0);
    Filled filled       = entry->run(task);
    filled              = legalise(lowered.graph, lowered.limits, filled);
    filled              = relieve_outgoing(task, std::move(filled));
    Partition partition = compact(filled);
    if (used.progress) used.progress("partition", 1.0);
    if (auto verdict = verify(problem, partition); !verdict)
        return first_of(std::move(verdict.error()));
    return partition;
}

}  // namespace spikeloom::mapping
