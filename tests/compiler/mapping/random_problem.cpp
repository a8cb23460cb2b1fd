// SPDX-License-Identifier: Apache-2.0
#include "tests/compiler/mapping/random_problem.hpp"

#include "support/keyed_rng.hpp"

#include <algorithm>

namespace spikeloom::mapping {

MappingProblem problem_of(std::uint32_t neurons, std::vector<std::vector<std::uint32_t>> nets) {
    MappingProblem problem;
    problem.name    = "test";
    problem.neurons = neurons;
    for (const auto& net : nets) {
        problem.targets.insert(problem.targets.end(), net.begin(), net.end());
        problem.net_begin.push_back(problem.targets.size());
    }
    problem.spikes.assign(nets.size(), 1);
    problem.population.assign(neurons, 0);
    problem.population_names = {"all"};
    normalise(problem);
    return problem;
}

MappingProblem random_problem(std::uint64_t seed, std::uint32_t neurons, std::uint32_t fan_out) {
    KeyedSequence random{seed, Stream::test, neurons};
    std::vector<std::vector<std::uint32_t>> nets(neurons + 5);
    for (std::uint32_t n = 0; n < nets.size(); ++n)
        for (std::uint32_t i = 0; i < fan_out; ++i) {
            const std::uint32_t block = n / 16 * 16 % neurons;
            const bool near           = random.uniform() < 0.8;
            nets[n].push_back(static_cast<std::uint32_t>(near ? (block + random.below(16)) % neurons
                                                              : random.below(neurons)));
        }
    MappingProblem problem = problem_of(neurons, nets);
    for (std::uint32_t& spikes : problem.spikes)
        spikes = static_cast<std::uint32_t>(1 + random.below(100));
    for (std::uint32_t v = 0; v < neurons; ++v)
        problem.population[v] = v * 3 / neurons;
    problem.limits.neurons = 20;
    return problem;
}

void add_all_limits(MappingProblem& problem, std::uint64_t seed) {
    KeyedSequence random{seed, Stream::test, 99};
    problem.limits.incoming_axons = 40;
    problem.limits.outgoing_axons = 90;
    problem.limits.packing        = std::make_shared<WordPacking>(16, 9, 32);
    problem.limits.synapse_bits   = 3600;
    Resource traces{"traces", std::vector<std::uint32_t>(problem.neurons), 30};
    SharedTable kinds{"neuron kind", std::vector<std::uint32_t>(problem.neurons), 3};
    for (std::uint32_t v = 0; v < problem.neurons; ++v) {
        traces.amount[v] = static_cast<std::uint32_t>(random.below(4));
        kinds.entry[v]   = static_cast<std::uint32_t>(random.below(5));
    }
    problem.limits.resources = {traces};
    problem.limits.tables    = {kinds};
}

}  // namespace spikeloom::mapping
