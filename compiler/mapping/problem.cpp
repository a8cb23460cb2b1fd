// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace spikeloom::mapping {

std::uint64_t WordPacking::row_bits(std::uint32_t synapses) const {
    if (synapses == 0) return 0;
    return (header_ + synapses * synapse_ + word_ - 1) / word_ * word_;
}

std::string MappingProblem::describe(NeuronId neuron) const {
    std::string text = fmt::format("neuron {}", neuron.value);
    if (neuron.value >= population.size()) return text;
    const std::uint32_t p = population[neuron.value];
    return text + (p < population_names.size()
                       ? fmt::format(" (population '{}')", population_names[p])
                       : fmt::format(" (population {})", p));
}

namespace {

/// Collects the faults of one problem.
class Checker {
public:
    explicit Checker(const MappingProblem& problem) : problem_{problem} {}

    Checked<void> run() {
        check_sizes();
        check_limits();
        if (!faults_.empty()) return tl::unexpected{std::move(faults_)};
        check_nets();
        if (!faults_.empty()) return tl::unexpected{std::move(faults_)};
        check_neurons();
        if (!faults_.empty()) return tl::unexpected{std::move(faults_)};
        return {};
    }

private:
    void add(std::string code, std::string message) {
        faults_.push_back({std::move(code), std::move(message), {problem_.name, ""}, {}});
    }

    void expect_size(std::string_view what, std::size_t size, std::size_t expected) {
        if (size != expected)
            add("map.malformed",
                fmt::format("{} has {} elements, expected {}", what, size, expected));
    }

    void check_sizes() {
        if (problem_.neurons == 0) add("map.malformed", "there is no neuron to map");
        if (problem_.net_begin.empty() || problem_.nets() < problem_.neurons) {
            add("map.malformed", "there are fewer nets than neurons");
            return;
        }
        expect_size("targets", problem_.targets.size(), problem_.net_begin.back());
        expect_size("spikes", problem_.spikes.size(), problem_.nets());
        expect_size("population", problem_.population.size(), problem_.neurons);
        if (!problem_.synapses.empty())
            expect_size("synapses", problem_.synapses.size(), problem_.targets.size());
        if (problem_.targets.size() + problem_.nets() >= 0xFFFFFFFFULL)
            add("map.malformed", fmt::format("{} synapses, the limit is 2^32 with the neurons",
                                             problem_.targets.size()));
        for (const Resource& resource : problem_.limits.resources)
            expect_size(resource.name, resource.amount.size(), problem_.neurons);
        for (const SharedTable& table : problem_.limits.tables)
            expect_size(table.name, table.entry.size(), problem_.neurons);
        if (problem_.limits.resources.size() > 5)
            add("map.malformed", fmt::format("{} further resources, the limit is 5",
                                             problem_.limits.resources.size()));
        if (problem_.limits.tables.size() > 3)
            add("map.malformed",
                fmt::format("{} shared tables, the limit is 3", problem_.limits.tables.size()));
    }

    void check_limits() {
        const CoreLimits& limits = problem_.limits;
        const auto positive      = [&](std::string_view what, std::uint64_t limit) {
            if (limit == 0)
                add("map.no-limit", fmt::format("a core with 0 {} holds nothing", what));
        };
        positive("neurons", limits.neurons);
        if (problem_.mesh) positive("mesh nodes", problem_.mesh->cores());
        if (limits.synapse_bits && !limits.packing)
            add("map.packing-missing", "a limit of synapse bits needs a packing rule");
        for (const SharedTable& table : limits.tables)
            positive(table.name, table.limit);
    }

    void check_nets() {
        for (std::uint32_t n = 0; n < problem_.nets(); ++n) {
            if (problem_.net_begin[n] > problem_.net_begin[n + 1]) {
                add("map.malformed", fmt::format("net {} ends before it begins", n));
                return;
            }
            const auto targets = problem_.net(n);
            const bool ordered = std::adjacent_find(targets.begin(), targets.end(),
                                                    std::greater_equal<>{}) == targets.end();
            if (!ordered || (!targets.empty() && targets.back() >= problem_.neurons)) {
                add("map.malformed",
                    fmt::format("the targets of net {} are not ascending ids below {}", n,
                                problem_.neurons));
                return;
            }
        }
        for (const std::uint32_t count : problem_.synapses)
            if (count == 0) {
                add("map.malformed", "a target with 0 synapses");
                return;
            }
    }

    void exceeds(std::uint32_t v, std::string_view what, std::uint64_t value, std::uint64_t limit) {
        if (value > limit && faults_.size() < most_faults)
            add("map.neuron-too-big",
                fmt::format("{} alone needs {} {}, the limit of a core is {}",
                            problem_.describe(NeuronId{v}), value, what, limit));
    }

    void check_neurons() {
        std::vector<std::uint32_t> sources(problem_.neurons, 0);
        std::vector<std::uint64_t> bits(problem_.neurons, 0);
        const CoreLimits& limits = problem_.limits;
        for (std::uint32_t n = 0; n < problem_.nets(); ++n)
            for (std::uint64_t at = problem_.net_begin[n]; at < problem_.net_begin[n + 1]; ++at) {
                const std::uint32_t v = problem_.targets[at];
                ++sources[v];
                if (limits.synapse_bits)
                    bits[v] += limits.packing->row_bits(
                        problem_.synapses.empty() ? 1 : problem_.synapses[at]);
            }
        for (std::uint32_t v = 0; v < problem_.neurons; ++v) {
            if (limits.incoming_axons)
                exceeds(v, "incoming axons", sources[v], *limits.incoming_axons);
            if (limits.synapse_bits) exceeds(v, "synapse bits", bits[v], *limits.synapse_bits);
            for (const Resource& resource : limits.resources)
                exceeds(v, resource.name, resource.amount[v], resource.limit);
        }
    }

    static constexpr std::size_t most_faults = 20;
    const MappingProblem& problem_;
    Diagnostics faults_;
};

}  // namespace

Checked<void> check(const MappingProblem& problem) {
    return Checker{problem}.run();
}

void normalise(MappingProblem& problem) {
    std::vector<std::uint64_t> begin{0};
    std::vector<std::uint32_t> targets, synapses;
    bool repeated = !problem.synapses.empty();
    std::vector<std::pair<std::uint32_t, std::uint32_t>> row;
    for (std::uint32_t n = 0; n < problem.nets(); ++n) {
        row.clear();
        for (std::uint64_t at = problem.net_begin[n]; at < problem.net_begin[n + 1]; ++at)
            row.emplace_back(problem.targets[at],
                             problem.synapses.empty() ? 1 : problem.synapses[at]);
        if (!std::is_sorted(row.begin(), row.end())) std::sort(row.begin(), row.end());
        const std::size_t first = targets.size();
        for (const auto& [target, count] : row) {
            if (targets.size() > first && targets.back() == target) {
                synapses.back() += count;
                repeated = true;
                continue;
            }
            targets.push_back(target);
            synapses.push_back(count);
        }
        begin.push_back(targets.size());
    }
    problem.net_begin = std::move(begin);
    problem.targets   = std::move(targets);
    problem.synapses  = repeated ? std::move(synapses) : std::vector<std::uint32_t>{};
}

}  // namespace spikeloom::mapping
