// SPDX-License-Identifier: Apache-2.0
/// Runs a network file on the golden simulator and prints rates, speed and memory.
/// Usage: network_benchmark FILE [--ticks N] [--warm-up N] [--threads N] [--integrator euler|exact]
#include "benchmarks/golden/clocks.hpp"
#include "compiler/frontend/frontend.hpp"
#include "simulator/golden/golden.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace spikeloom;

struct Arguments {
    std::string file;
    std::uint64_t ticks   = 10'000;
    std::uint64_t warm_up = 1'000;
    golden::GoldenOptions options;
};

Arguments parse(const std::vector<std::string>& words) {
    Arguments a;
    for (std::size_t k = 0; k < words.size(); ++k) {
        const bool has_value = k + 1 < words.size();
        if (words[k] == "--ticks" && has_value) {
            a.ticks = std::stoull(words[++k]);
        } else if (words[k] == "--warm-up" && has_value) {
            a.warm_up = std::stoull(words[++k]);
        } else if (words[k] == "--threads" && has_value) {
            a.options.threads = static_cast<std::uint32_t>(std::stoul(words[++k]));
        } else if (words[k] == "--integrator" && has_value) {
            a.options.integrator =
                words[++k] == "exact" ? golden::Integrator::exact : golden::Integrator::euler;
        } else {
            a.file = words[k];
        }
    }
    return a;
}

template <class T>
T value_or_exit(tl::expected<T, Diagnostics> value) {
    if (!value) {
        fmt::print(stderr, "{}\n", to_string(value.error()));
        std::exit(1);
    }
    return std::move(*value);
}

void print_rates(const ir::Network& network, const std::vector<golden::SpikeEvent>& spikes,
                 double seconds) {
    std::vector<std::uint64_t> counts(network.neuron_count());
    for (const golden::SpikeEvent& s : spikes)
        ++counts[s.neuron.value];
    for (std::uint32_t k = 0; k < network.populations.size(); ++k) {
        const ir::Population& p = network.populations[k];
        if (p.model.name == "poisson" || p.model.name == "spike_source") continue;
        const std::uint32_t first = network.first_neuron(PopulationId{k}).value;
        std::uint64_t sum         = 0;
        for (std::uint64_t j = 0; j < p.size(); ++j)
            sum += counts[first + j];
        fmt::print("  {:12} {:>8} neurons {:8.3f} Hz\n", p.name, p.size(),
                   static_cast<double>(sum) / static_cast<double>(p.size()) / seconds);
    }
}

}  // namespace

int main(int count, char** words) {
    const Arguments a     = parse({words + 1, words + count});
    double cpu            = benchmarks::cpu_seconds();
    const auto network    = value_or_exit(frontend::read_network(a.file));
    auto simulation       = value_or_exit(golden::build(network, a.options));
    const auto memory     = simulation.memory();
    const double building = benchmarks::cpu_seconds() - cpu;
    simulation.advance(a.warm_up);
    simulation.drain();
    const auto before = simulation.counters();
    cpu               = benchmarks::cpu_seconds();
    double wall       = benchmarks::wall_seconds();
    simulation.advance(a.ticks);
    cpu  = benchmarks::cpu_seconds() - cpu;
    wall = benchmarks::wall_seconds() - wall;

    const double seconds = static_cast<double>(a.ticks) * simulation.dt();
    const auto events =
        static_cast<double>(simulation.counters().synaptic_events - before.synaptic_events);
    const auto updates =
        static_cast<double>(simulation.counters().neuron_updates - before.neuron_updates);
    fmt::print("{}: {} thread(s), {}\n", network.name, a.options.threads,
               golden::instruction_set());
    fmt::print(
        "  build {:.2f} CPU s, {:.2f} M synapses/s, {} synapses, {:.2f} B each, {:.0f} MiB\n",
        building, static_cast<double>(memory.synapses) / building * 1e-6, memory.synapses,
        static_cast<double>(memory.synapse_bytes) / static_cast<double>(memory.synapses),
        static_cast<double>(memory.total()) / (1024.0 * 1024.0));
    const auto external =
        static_cast<double>(simulation.counters().external_events - before.external_events);
    fmt::print(
        "  {:.2f} s simulated in {:.2f} CPU s ({:.2f} s): {:.4g} recurrent and {:.4g} external "
        "synaptic events per "
        "simulated second, {:.1f} M events/CPU s, {:.1f} M updates/CPU s\n",
        seconds, cpu, wall, (events - external) / seconds, external / seconds, events / cpu * 1e-6,
        updates / cpu * 1e-6);
    print_rates(network, simulation.drain(), seconds);
    return 0;
}
