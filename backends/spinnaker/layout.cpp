// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/layout.hpp"

#include "backends/spinnaker/tables.hpp"
#include "compiler/mapping/partition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace spikeloom::backends::spinnaker {

namespace {

class Planner {
public:
    Planner(const LegalNetwork& legal, const Limits& limits) : legal_{legal}, limits_{limits} {}

    Checked<Layout> run(const std::string& partitioner) {
        out_.core_of.resize(legal_.neurons);
        out_.slot_of.resize(legal_.neurons);
        const bool in_order = partitioner.empty() || partitioner == "sequential";
        for (std::uint32_t p = 0; p < legal_.populations.size(); ++p)
            if (in_order || legal_.populations[p].is_source) slice(p);
        if (!in_order && legal_.neurons > 0) {
            const auto good = ask_mapper(partitioner);
            if (!good) return tl::unexpected{Diagnostics{good.error()}};
        }
        find_stages();
        const auto placed = place();
        if (!placed) return tl::unexpected{Diagnostics{placed.error()}};
        return std::move(out_);
    }

private:
    void add_core(std::vector<std::uint32_t> rows, bool is_source, std::uint32_t population) {
        for (std::uint32_t slot = 0; !is_source && slot < rows.size(); ++slot) {
            out_.core_of[rows[slot]] = static_cast<std::uint32_t>(out_.cores.size());
            out_.slot_of[rows[slot]] = slot;
        }
        out_.cores.push_back({0, std::move(rows), is_source, 0, 0, population});
    }

    /// As few slices as hold the population, of equal size.
    void slice(std::uint32_t p) {
        const LegalPopulation& population = legal_.populations[p];
        const std::uint32_t first = population.first + (population.is_source ? legal_.neurons : 0);
        const std::uint64_t slices =
            (std::uint64_t{population.count} + limits_.neurons - 1) / limits_.neurons;
        for (std::uint64_t k = 0; k < slices; ++k) {
            const auto begin = static_cast<std::uint32_t>(k * population.count / slices);
            const auto end   = static_cast<std::uint32_t>((k + 1) * population.count / slices);
            std::vector<std::uint32_t> rows(end - begin);
            std::iota(rows.begin(), rows.end(), first + begin);
            add_core(std::move(rows), population.is_source, p);
        }
    }

    Result<void> ask_mapper(const std::string& partitioner) {
        mapping::MappingProblem problem;
        problem.neurons = legal_.neurons;
        for (const LegalPopulation& population : legal_.populations)
            problem.population_names.push_back(population.name);
        problem.population = legal_.population_of;
        problem.targets.reserve(legal_.synapses.size());
        for (std::size_t row = 0; row + 1 < legal_.row_begin.size(); ++row) {
            for (std::uint64_t k = legal_.row_begin[row]; k < legal_.row_begin[row + 1]; ++k)
                problem.targets.push_back(legal_.synapses[k].target);
            problem.net_begin.push_back(problem.targets.size());
        }
        mapping::normalise(problem);
        problem.spikes.assign(problem.nets(), 1);
        problem.limits.neurons = limits_.neurons;
        mapping::PartitionOptions options;
        options.algorithm = partitioner;
        const auto found  = mapping::partition(problem, options);
        if (!found) return tl::unexpected{found.error()};
        std::vector<std::vector<std::uint32_t>> rows(found->cores);
        for (std::uint32_t j = 0; j < legal_.neurons; ++j)
            rows[found->core_of[j].value].push_back(j);
        for (auto& list : rows)
            add_core(std::move(list), false, 0);
        return {};
    }

    /// Stages that the longest delay of a core's elements asks for.
    void find_stages() {
        for (CorePlan& core : out_.cores)
            for (const std::uint32_t row : core.rows)
                for (std::uint64_t k = legal_.row_begin[row]; k < legal_.row_begin[row + 1]; ++k)
                    core.stages = std::max<std::uint32_t>(
                        core.stages, (legal_.synapses[k].delay - 1U) / stage_ticks);
    }

    Result<void> place() {
        const auto relays = std::count_if(out_.cores.begin(), out_.cores.end(),
                                          [](const CorePlan& core) { return core.stages > 0; });
        out_.cores_used =
            static_cast<std::uint32_t>(out_.cores.size()) + static_cast<std::uint32_t>(relays);
        if (out_.cores_used > limits_.cores())
            return fault("spinnaker.cores",
                         fmt::format("the network needs {} cores, {} of them relays of long "
                                     "delays; limit {}",
                                     out_.cores_used, relays, limits_.cores()));
        std::uint32_t next = 0;
        const auto take    = [&] {
            const std::uint32_t chip = limits_.chips[next / limits_.application_cores];
            return id_of({chip, 1 + next++ % limits_.application_cores});  // core 0 is the monitor
        };
        for (CorePlan& core : out_.cores) {
            core.id = take();
            if (core.stages > 0) core.relay = take();
        }
        return {};
    }

    const LegalNetwork& legal_;
    const Limits& limits_;
    Layout out_;
};

}  // namespace

Checked<Layout> lay_out(const LegalNetwork& legal, const Limits& limits,
                        const std::map<std::string, std::string>& choices) {
    const auto partitioner = choices.find("partitioner");
    return Planner{legal, limits}.run(partitioner == choices.end() ? "" : partitioner->second);
}

}  // namespace spikeloom::backends::spinnaker
