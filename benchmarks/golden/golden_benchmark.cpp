// SPDX-License-Identifier: Apache-2.0
/// Prints what the golden simulator does in a second of CPU time: synaptic events, neuron updates,
/// bytes a synapse, time to build. Usage: golden_benchmark [--threads N] [--large] [--only TEXT]
/// [--divide N]
#include "benchmarks/golden/clocks.hpp"
#include "benchmarks/golden/networks.hpp"
#include "simulator/golden/golden.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace spikeloom;
using benchmarks::cpu_seconds;
using benchmarks::RandomNetwork;
using benchmarks::wall_seconds;
using benchmarks::Weights;

struct Figures {
    std::string name;
    double build_seconds = 0;  ///< CPU
    double cpu = 0, wall = 0;  ///< of the run [s]
    golden::Counters counters;
    golden::MemoryFigures memory;
};

struct Case {
    std::string name;
    RandomNetwork network;
    std::uint64_t events;  ///< synaptic events to run for
};

Figures measure(const Case& c, std::uint32_t threads) {
    const ir::Network network = benchmarks::random_network(c.network);
    golden::GoldenOptions options;
    options.threads    = threads;
    options.weights    = golden::WeightPrecision::packed;
    const double begin = cpu_seconds();
    auto simulation    = golden::build(network, options);
    if (!simulation) {
        fmt::print(stderr, "{}\n", to_string(simulation.error()));
        std::exit(1);
    }
    Figures f;
    f.name                = c.name;
    f.build_seconds       = cpu_seconds() - begin;
    const double per_tick = c.network.neurons * c.network.rate * c.network.dt * c.network.outdegree;
    simulation->advance(16);
    const golden::Counters before = simulation->counters();
    const double cpu = cpu_seconds(), wall = wall_seconds();
    simulation->advance(static_cast<std::uint64_t>(static_cast<double>(c.events) / per_tick) + 1);
    f.cpu                = cpu_seconds() - cpu;
    f.wall               = wall_seconds() - wall;
    golden::Counters now = simulation->counters();
    now.ticks -= before.ticks;
    now.spikes -= before.spikes;
    now.synaptic_events -= before.synaptic_events;
    now.weight_updates -= before.weight_updates;
    now.neuron_updates -= before.neuron_updates;
    f.counters = now;
    f.memory   = simulation->memory();
    return f;
}

void print(const Figures& f) {
    const auto synapses = static_cast<double>(f.memory.synapses);
    fmt::print("{:34} {:>8.1f} {:>8.1f} {:>8.1f} {:>8.2f} {:>8.1f} {:>8.0f}\n", f.name,
               static_cast<double>(f.counters.synaptic_events) / f.cpu * 1e-6,
               static_cast<double>(f.counters.synaptic_events) / f.wall * 1e-6,
               static_cast<double>(f.counters.neuron_updates) / f.cpu * 1e-6,
               static_cast<double>(f.memory.synapse_bytes) / synapses,
               synapses / f.build_seconds * 1e-6,
               static_cast<double>(f.memory.total()) / (1024 * 1024));
}

std::vector<Case> cases(bool large) {
    const auto random = [](std::uint32_t neurons, std::uint32_t outdegree, Weights weights) {
        return RandomNetwork{neurons, outdegree, weights, 20, 1e-3};
    };
    std::vector<Case> all{
        {"10 k x 100, one weight", random(10'000, 100, Weights::same), 200'000'000},
        {"10 k x 100, weights drawn", random(10'000, 100, Weights::drawn), 200'000'000},
        {"10 k x 100, STDP", random(10'000, 100, Weights::plastic), 40'000'000},
        {"10 k x 1000, one weight", random(10'000, 1000, Weights::same), 400'000'000},
        {"10 k x 1000, weights drawn", random(10'000, 1000, Weights::drawn), 400'000'000},
        {"10 k x 1000, STDP", random(10'000, 1000, Weights::plastic), 80'000'000},
        {"100 k x 100, weights drawn", random(100'000, 100, Weights::drawn), 200'000'000},
    };
    if (large) {
        all.push_back(
            {"1 M x 1000, one weight", random(1'000'000, 1000, Weights::same), 400'000'000});
        all.push_back(
            {"1 M x 1000, weights drawn", random(1'000'000, 1000, Weights::drawn), 400'000'000});
    }
    return all;
}

}  // namespace

int main(int count, char** arguments) {
    std::uint32_t threads = 1;
    bool large            = false;
    std::string only;
    std::uint64_t divide = 1;
    for (int k = 1; k < count; ++k) {
        const std::string_view a{arguments[k]};
        if (a == "--large") large = true;
        if (a == "--threads" && k + 1 < count) {
            threads = static_cast<std::uint32_t>(std::atoi(arguments[++k]));
        }
        if (a == "--divide" && k + 1 < count) divide = std::strtoull(arguments[++k], nullptr, 10);
        if (a == "--only" && k + 1 < count) only = arguments[++k];
    }
    fmt::print("instruction set {}, {} thread(s); events and updates in millions a second\n",
               golden::instruction_set(), threads);
    std::vector<Case> all = cases(large);
    fmt::print("{:34} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "network", "ev/cpu s", "ev/s",
               "upd/cpu", "B/syn", "Msyn/s", "MiB");
    for (Case& c : all) {
        c.events /= std::max<std::uint64_t>(divide, 1);
        if (only.empty() || c.name.find(only) != std::string::npos) print(measure(c, threads));
    }
    return 0;
}
