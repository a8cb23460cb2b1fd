// SPDX-License-Identifier: Apache-2.0
/// Speed of the integer golden simulator (the emulator core's image in software) on a core full of
/// neurons that fire at a known rate. Usage: emulator_benchmark
#include "benchmarks/golden/clocks.hpp"
#include "simulator/golden/emulator_golden.hpp"
#include "support/keyed_rng.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>

namespace {

using namespace spikeloom;
namespace emu = neuron::emulator;

/// Neurons that climb by their bias alone and fire every 50 ticks, at phases of their own.
golden::EmulatorTables tables(std::uint32_t outdegree, bool plastic) {
    golden::EmulatorTables t;
    t.widths       = {24, 24, 24, 6};
    t.neurons      = 8192;
    t.sources      = 4096;
    t.neurons_used = 8192;
    t.plasticity   = plastic;
    t.rule         = {3000, 3000, 10, 10, -127, 127};
    KeyedSequence rng{1, Stream::test, 0};
    t.sets       = {emu::decay_all, 0, 100'000, 0, 0, 0, 0, 0};
    const auto f = golden::synapse_format(t);
    for (std::uint32_t j = 0; j < t.neurons; ++j) {
        t.neuron.push_back(0);
        t.neuron.push_back(static_cast<std::uint32_t>(1900 + rng.below(200)));
        t.rows.push_back(j * outdegree);
        t.rows.push_back(outdegree | (plastic ? 1U << 31 : 0U));
        for (std::uint32_t k = 0; k < outdegree; ++k) {
            const auto weight = static_cast<std::int32_t>(rng.below(2 * 64)) - 64;
            t.synapses.push_back(f.with_weight(0, weight) |
                                 static_cast<std::uint32_t>(1 + rng.below(15)) << f.weight_bits |
                                 (plastic ? 1U << (f.weight_bits + 4) : 0U) |
                                 static_cast<std::uint32_t>(rng.below(t.neurons))
                                     << (f.weight_bits + 5));
        }
    }
    return t;
}

void run(std::uint32_t outdegree, bool plastic, std::uint64_t ticks, std::uint32_t threads) {
    auto golden = golden::EmulatorGolden::build(tables(outdegree, plastic), threads);
    if (!golden) {
        fmt::print(stderr, "{}\n", to_string(golden.error()));
        std::exit(1);
    }
    for (int k = 0; k < 60; ++k)
        golden->step();
    const auto before  = golden->counters();
    const double begin = benchmarks::cpu_seconds(), wall = benchmarks::wall_seconds();
    for (std::uint64_t k = 0; k < ticks; ++k)
        golden->step();
    const double cpu     = benchmarks::cpu_seconds() - begin;
    const double elapsed = benchmarks::wall_seconds() - wall;
    const auto after     = golden->counters();
    const auto events    = static_cast<double>(after.synaptic_events - before.synaptic_events);
    fmt::print(
        "8192 x {:4}{}, {} thread(s): {:7.1f} M events/CPU s, {:7.1f} M events/s, {:6.1f} M "
        "updates/CPU s, {:.2f} B a synapse\n",
        outdegree, plastic ? ", STDP" : "      ", threads, events / cpu * 1e-6,
        events / elapsed * 1e-6,
        static_cast<double>(after.neuron_updates - before.neuron_updates) / cpu * 1e-6,
        static_cast<double>(golden->bytes()) / (8192.0 * outdegree));
}

}  // namespace

int main() {
    for (const std::uint32_t threads : {1U, 2U}) {
        run(100, false, 5000, threads);
        run(500, false, 2000, threads);
        run(100, true, 2000, threads);
        run(500, true, 500, threads);
    }
    return 0;
}
