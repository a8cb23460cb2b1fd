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
#include <cmath>
#include <numeric>

namespace spikeloom::mapping::bench {
namespace {

void finish(MappingProblem& problem) {
    problem.spikes.assign(problem.neurons, 50);
    problem.population.assign(problem.neurons, 0);
}

void add_net(std::vector<std::uint32_t>& row, MappingProblem& problem) {
    std::sort(row.begin(), row.end());
    row.erase(std::unique(row.begin(), row.end()), row.end());
    problem.targets.insert(problem.targets.end(), row.begin(), row.end());
    problem.net_begin.push_back(problem.targets.size());
    row.clear();
}

/// 100 targets a neuron: the share `near` of them within 500 ids, the others anywhere.
MappingProblem make_random(double near, double millions) {
    const auto neurons = static_cast<std::uint32_t>(1e4 * millions);
    MappingProblem problem;
    problem.neurons = neurons;
    problem.targets.reserve(std::size_t{neurons} * 100);
    KeyedSequence random{1, Stream::mapping, 77};
    std::vector<std::uint32_t> row;
    for (std::uint32_t v = 0; v < neurons; ++v) {
        for (int i = 0; i < 100; ++i) {
            const bool local = random.uniform() < near;
            const auto far   = static_cast<std::uint32_t>(random.below(local ? 1000 : neurons));
            row.push_back(local ? (v + far + neurons - 500) % neurons : far);
        }
        add_net(row, problem);
    }
    finish(problem);
    return problem;
}

/// The clustered network under shuffled ids, so that their order tells nothing.
MappingProblem make_shuffled(double millions) {
    const MappingProblem ordered = make_random(0.9, millions);
    std::vector<std::uint32_t> id(ordered.neurons), place(ordered.neurons), row;
    std::iota(place.begin(), place.end(), 0U);
    KeyedSequence random{2, Stream::mapping, 78};
    for (std::uint32_t i = ordered.neurons; i > 1; --i)
        std::swap(place[i - 1], place[random.below(i)]);
    for (std::uint32_t i = 0; i < ordered.neurons; ++i)
        id[place[i]] = i;
    MappingProblem problem;
    problem.neurons = ordered.neurons;
    problem.targets.reserve(ordered.targets.size());
    for (std::uint32_t i = 0; i < problem.neurons; ++i) {
        for (const std::uint32_t target : ordered.net(place[i]))
            row.push_back(id[target]);
        add_net(row, problem);
    }
    finish(problem);
    return problem;
}

/// A sheet on which everyone listens to all within distance 5.
MappingProblem make_sheet(double millions) {
    const auto side = static_cast<std::uint32_t>(std::lround(113.0 * std::sqrt(millions)));
    MappingProblem problem;
    problem.neurons = side * side;
    problem.targets.reserve(std::size_t{problem.neurons} * 80);
    std::vector<std::uint32_t> row;
    for (std::uint32_t v = 0; v < problem.neurons; ++v) {
        const int x = static_cast<int>(v % side), y = static_cast<int>(v / side);
        for (int b = std::max(0, y - 5); b <= std::min(y + 5, int(side) - 1); ++b)
            for (int a = std::max(0, x - 5); a <= std::min(x + 5, int(side) - 1); ++a)
                if ((a - x) * (a - x) + (b - y) * (b - y) <= 25)
                    row.push_back(static_cast<std::uint32_t>(b) * side +
                                  static_cast<std::uint32_t>(a));
        add_net(row, problem);
    }
    finish(problem);
    return problem;
}

/// Three layers of 3 x 3 convolutions, channel-major: 16, 24, 24 and 16 channels.
MappingProblem make_convolutions(double millions) {
    const auto side = static_cast<std::uint32_t>(std::lround(9.1 * std::sqrt(millions)));
    const std::vector<std::uint32_t> channels{16, 24, 24, 16};
    MappingProblem problem;
    std::vector<std::uint32_t> base{0};
    for (const std::uint32_t c : channels)
        base.push_back(base.back() + c * side * side);
    problem.neurons = base.back();
    problem.targets.reserve(std::size_t{side} * side * 9 * (16 * 24 + 24 * 24 + 24 * 16));
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

using Make = MappingProblem (*)(double millions);

void map_in_child(const std::string& name, Make make, const Arguments& arguments) {
    if (!arguments.scale_network.empty() && arguments.scale_network != name) return;
    std::fflush(stdout);
    const pid_t child = fork();
    if (child != 0) {
        waitpid(child, nullptr, 0);
        return;
    }
    MappingProblem problem = make(arguments.synapses);
    problem.name           = name;
    problem.limits.neurons = arguments.neurons.back();
    const auto synapses    = static_cast<double>(problem.targets.size());
    const auto start       = std::chrono::steady_clock::now();
    const double cpu       = cpu_seconds();
    const auto found       = partition(
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
    fmt::print("\n{} million synapses at {} neurons a core; bytes are the process's peak\n",
               arguments.synapses, arguments.neurons.back());
    fmt::print("{:<13} {:>9} {:>6} {:>12} {:>8} | {:>8} {:>8} | bytes a synapse\n", "network",
               "synapses", "cores", "connect.", "/sequen.", "wall", "CPU");
    map_in_child(
        "random", [](double millions) { return make_random(0, millions); }, arguments);
    map_in_child(
        "half", [](double millions) { return make_random(0.5, millions); }, arguments);
    map_in_child(
        "clustered", [](double millions) { return make_random(0.9, millions); }, arguments);
    map_in_child("shuffled", make_shuffled, arguments);
    map_in_child("sheet", make_sheet, arguments);
    map_in_child("convolutions", make_convolutions, arguments);
}

}  // namespace spikeloom::mapping::bench
