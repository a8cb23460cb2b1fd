// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/partition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace spikeloom::mapping {
namespace {

/// Calls visit(net, core, synapses) once for each net and core with targets of it; then
/// done(net, cores with targets, the source's own core included or not).
template <class Visit, class Done>
void walk_nets(const MappingProblem& problem, const Partition& partition, Visit&& visit,
               Done&& done) {
    std::vector<std::uint32_t> count(partition.cores, 0);
    std::vector<std::uint32_t> touched;
    for (std::uint32_t n = 0; n < problem.nets(); ++n) {
        touched.clear();
        for (std::uint64_t at = problem.net_begin[n]; at < problem.net_begin[n + 1]; ++at) {
            const std::uint32_t core = partition.core_of[problem.targets[at]].value;
            if (count[core] == 0) touched.push_back(core);
            count[core] += problem.synapses.empty() ? 1 : problem.synapses[at];
        }
        bool own = n >= problem.neurons;
        for (const std::uint32_t core : touched) {
            own = own || core == partition.core_of[n].value;
            visit(n, core, count[core]);
            count[core] = 0;
        }
        done(n, touched.size(), own);
    }
}

void count_tables(const MappingProblem& problem, const Partition& partition,
                  std::vector<CoreUse>& use) {
    for (std::size_t t = 0; t < problem.limits.tables.size(); ++t) {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> entries;
        for (std::uint32_t v = 0; v < problem.neurons; ++v)
            entries.emplace_back(partition.core_of[v].value, problem.limits.tables[t].entry[v]);
        std::sort(entries.begin(), entries.end());
        entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
        for (const auto& [core, entry] : entries)
            ++use[core].table_entries[t];
    }
}

}  // namespace

std::vector<CoreUse> core_use(const MappingProblem& problem, const Partition& partition) {
    const CoreLimits& limits = problem.limits;
    CoreUse nothing;
    nothing.resources.assign(limits.resources.size(), 0);
    nothing.table_entries.assign(limits.tables.size(), 0);
    std::vector<CoreUse> use(partition.cores, nothing);
    for (std::uint32_t v = 0; v < problem.neurons; ++v) {
        CoreUse& core = use[partition.core_of[v].value];
        ++core.neurons;
        for (std::size_t r = 0; r < limits.resources.size(); ++r)
            core.resources[r] += limits.resources[r].amount[v];
    }
    walk_nets(
        problem, partition,
        [&](std::uint32_t, std::uint32_t core, std::uint32_t synapses) {
            ++use[core].incoming_axons;
            use[core].synapses += synapses;
            if (limits.packing) use[core].synapse_bits += limits.packing->row_bits(synapses);
        },
        [&](std::uint32_t n, std::size_t cores, bool) {
            if (n < problem.neurons) use[partition.core_of[n].value].outgoing_axons += cores;
        });
    count_tables(problem, partition, use);
    return use;
}

std::int64_t connectivity(const MappingProblem& problem, const Partition& partition) {
    std::int64_t sum = 0;
    walk_nets(
        problem, partition, [](std::uint32_t, std::uint32_t, std::uint32_t) {},
        [&](std::uint32_t n, std::size_t cores, bool own) {
            const auto touched = static_cast<std::int64_t>(cores) + (own ? 0 : 1);
            if (touched > 1) sum += std::int64_t{problem.spikes[n]} * (touched - 1);
        });
    return sum;
}

std::int64_t cut(const MappingProblem& problem, const Partition& partition) {
    std::int64_t sum = 0;
    walk_nets(
        problem, partition, [](std::uint32_t, std::uint32_t, std::uint32_t) {},
        [&](std::uint32_t n, std::size_t cores, bool own) {
            if (cores + (own ? 0 : 1) > 1) sum += problem.spikes[n];
        });
    return sum;
}

namespace {

class Judge {
public:
    explicit Judge(const MappingProblem& problem) : problem_{problem} {}

    Checked<void> run(const Partition& partition) {
        check_shape(partition);
        if (faults_.empty()) {
            const std::vector<CoreUse> use = core_use(problem_, partition);
            for (std::uint32_t c = 0; c < partition.cores; ++c)
                check_core(c, use[c]);
        }
        if (!faults_.empty()) return tl::unexpected{std::move(faults_)};
        return {};
    }

private:
    void add(std::string code, std::string message) {
        faults_.push_back({std::move(code), std::move(message), {problem_.name, ""}, {}});
    }

    void check_shape(const Partition& partition) {
        if (partition.core_of.size() != problem_.neurons)
            add("map.partition-size", fmt::format("{} neurons have a core, expected {}",
                                                  partition.core_of.size(), problem_.neurons));
        if (problem_.mesh && partition.cores > problem_.mesh->cores())
            add("map.mesh-too-small",
                fmt::format("{} cores are needed, the mesh of {} x {} has {}", partition.cores,
                            problem_.mesh->width, problem_.mesh->height, problem_.mesh->cores()));
        std::vector<std::uint8_t> used(partition.cores, 0);
        for (const CoreId core : partition.core_of) {
            if (core.value >= partition.cores) {
                add("map.core-range", fmt::format("core {} of a partition with {} cores",
                                                  core.value, partition.cores));
                return;
            }
            used[core.value] = 1;
        }
        for (std::uint32_t c = 0; c < partition.cores; ++c)
            if (used[c] == 0) add("map.core-empty", fmt::format("core {} holds no neuron", c));
    }

    void limit(std::string_view code, std::uint32_t core, std::string_view what,
               std::uint64_t value, std::uint64_t most) {
        if (value > most)
            add(std::string{code},
                fmt::format("core {} needs {} {}, limit {}", core, value, what, most));
    }

    void check_core(std::uint32_t c, const CoreUse& use) {
        const CoreLimits& limits = problem_.limits;
        limit("map.core-neurons-exceeded", c, "neurons", use.neurons, limits.neurons);
        if (limits.incoming_axons)
            limit("map.core-axons-exceeded", c, "incoming axons", use.incoming_axons,
                  *limits.incoming_axons);
        if (limits.outgoing_axons)
            limit("map.core-outgoing-axons-exceeded", c, "outgoing axons", use.outgoing_axons,
                  *limits.outgoing_axons);
        if (limits.synapse_bits)
            limit("map.core-synapse-memory-exceeded", c, "synapse bits", use.synapse_bits,
                  *limits.synapse_bits);
        for (std::size_t r = 0; r < limits.resources.size(); ++r)
            limit("map.core-resource-exceeded", c, limits.resources[r].name, use.resources[r],
                  limits.resources[r].limit);
        for (std::size_t t = 0; t < limits.tables.size(); ++t)
            limit("map.core-table-exceeded", c, limits.tables[t].name + " entries",
                  use.table_entries[t], limits.tables[t].limit);
    }

    const MappingProblem& problem_;
    Diagnostics faults_;
};

}  // namespace

Checked<void> verify(const MappingProblem& problem, const Partition& partition) {
    return Judge{problem}.run(partition);
}

}  // namespace spikeloom::mapping
