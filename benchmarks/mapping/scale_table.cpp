// SPDX-License-Identifier: Apache-2.0
/// Time and memory at ten million synapses. Each network is made and mapped in a child process, so
/// that its peak memory is its own.
#include "benchmarks/mapping/tables.hpp"
#include "support/keyed_rng.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace spikeloom::mapping::bench {
namespace {

void finish(MappingProblem& problem) {
    problem.spikes.assign(problem.neurons, 50);
    problem.population.assign(problem.neurons, 0);
    problem.limits.neurons = 1024;
}

void add_net(std::vector<std::uint32_t>& row, MappingProblem& problem) {
    std::sort(row.begin(), row.end());
    row.erase(std::unique(row.begin(), row.end()), row.end());
    problem.targets.insert(problem.targets.end(), row.begin(), row.end());
    problem.net_begin.push_back(problem.targets.size());
    row.clear();
}

/// 100,000 neurons with 100 targets each: `near` of them within 500 ids, the others anywhere.
MappingProblem make_random(double near) {
    MappingProblem problem;
    problem.name    = near > 0 ? "clustered" : "random";
    problem.neurons = 100000;
    problem.targets.reserve(10000000);
    KeyedSequence random{1, Stream::mapping, 77};
    std::vector<std::uint32_t> row;
    for (std::uint32_t v = 0; v < problem.neurons; ++v) {
        for (int i = 0; i < 100; ++i) {
            const bool local = random.uniform() < near;
            const auto far   = static_cast<std::uint32_t>(random.below(local ? 1000 : 100000));
            row.push_back(local ? (v + far + 99500) % 100000 : far);
        }
        add_net(row, problem);
    }
    finish(problem);
    return problem;
}

/// Three layers of 3 x 3 convolutions on 48 x 48, channel-major: 16, 24, 24 and 16 channels.
MappingProblem make_convolutions() {
    constexpr std::uint32_t side = 48;
    const std::vector<std::uint32_t> channels{16, 24, 24, 16};
    MappingProblem problem;
    problem.name = "convolutions";
    std::vector<std::uint32_t> base{0};
    for (const std::uint32_t c : channels)
        base.push_back(base.back() + c * side * side);
    problem.neurons = base.back();
    problem.targets.reserve(30000000);
    std::vector<std::uint32_t> row;
    for (std::size_t layer = 0; layer < channels.size(); ++layer)
        for (std::uint32_t i = 0; i < channels[layer] * side * side; ++i) {
            const std::uint32_t x = i % side, y = i / side % side;
            const std::uint32_t outputs = layer + 1 < channels.size() ? channels[layer + 1] : 0;
            for (std::uint32_t c = 0; c < outputs; ++c)
                for (std::uint32_t b = std::max(y, 1U) - 1; b <= std::min(y + 1, side - 1); ++b)
                    for (std::uint32_t a = std::max(x, 1U) - 1; a <= std::min(x + 1, side - 1); ++a)
                        row.push_back(base[layer + 1] + (c * side + b) * side + a);
            add_net(row, problem);
        }
    finish(problem);
    return problem;
}

double peak_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024;
}

void map_in_child(MappingProblem (*make)(), const Arguments& arguments) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child != 0) {
        waitpid(child, nullptr, 0);
        return;
    }
    const MappingProblem problem = make();
    const auto synapses          = static_cast<double>(problem.targets.size());
    const auto start             = std::chrono::steady_clock::now();
    const double cpu             = cpu_seconds();
    const auto found             = partition(
                    problem,
                    {.seed = arguments.seed, .threads = arguments.threads, .effort = arguments.effort});
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    const auto sequential                    = partition(problem, {.algorithm = "sequential"});
    if (found && sequential)
        fmt::print("{:<13} {:>9} {:>6} {:>12} {:>8.3f} | {:>7.1f}s {:>7.1f}s | {:>7.1f}\n",
                   problem.name, problem.targets.size(), found->cores,
                   connectivity(problem, *found),
                   static_cast<double>(connectivity(problem, *found)) /
                       static_cast<double>(connectivity(problem, *sequential)),
                   wall.count(), cpu_seconds() - cpu, peak_bytes() / synapses);
    std::fflush(stdout);
    _exit(0);
}

}  // namespace

void print_scale_table(const Arguments& arguments) {
    fmt::print("\nTen million synapses at 1024 neurons a core; bytes are the process's peak\n");
    fmt::print("{:<13} {:>9} {:>6} {:>12} {:>8} | {:>8} {:>8} | bytes a synapse\n", "network",
               "synapses", "cores", "connect.", "/sequen.", "wall", "CPU");
    map_in_child([] { return make_random(0); }, arguments);
    map_in_child([] { return make_random(0.9); }, arguments);
    map_in_child(make_convolutions, arguments);
}

}  // namespace spikeloom::mapping::bench
