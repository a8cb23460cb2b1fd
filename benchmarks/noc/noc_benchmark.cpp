// SPDX-License-Identifier: Apache-2.0
/// Speed of the network alone (cycles/s at several loads and sizes) and of the three fidelities
/// (messages/s, synaptic events/s) on ticks of the shape of the published DVS-gesture network.
/// Times are CPU times of the one thread.
#include "benchmarks/noc/dvs_work.hpp"
#include "simulator/chip/synthetic_traffic.hpp"

#include <benchmark/benchmark.h>

#include <vector>

namespace {

using namespace spikeloom;
using namespace spikeloom::chip;

/// Arguments: columns and rows of the mesh; packets a node in a million cycles; wormhole?
void network_alone(benchmark::State& state) {
    hw::NocSpec noc;
    noc.columns = noc.rows = static_cast<std::uint32_t>(state.range(0));
    noc.link_buffer = noc.core_buffer = 8;
    noc.switching =
        state.range(2) != 0 ? hw::Switching::wormhole : hw::Switching::virtual_cut_through;
    TrafficOptions options;
    options.packet_rate = 1e-6 * static_cast<double>(state.range(1));
    options.measure     = state.range(1) <= 100 ? 1'000'000 : 30'000;
    options.drain       = 0;
    double cycles = 0, flits = 0;
    for (auto _ : state) {
        ++options.seed;
        const TrafficResult result = run_uniform_traffic(noc, options);
        cycles += static_cast<double>(result.cycles);
        flits += static_cast<double>(result.counts.flits_out);
    }
    state.counters["cycles/s"] = benchmark::Counter(cycles, benchmark::Counter::kIsRate);
    state.counters["flits/s"]  = benchmark::Counter(flits, benchmark::Counter::kIsRate);
}

/// Argument: the fidelity.
void fidelity(benchmark::State& state) {
    constexpr std::uint64_t ticks = 32;
    const auto which              = static_cast<Fidelity>(state.range(0));
    auto timer                    = make_tick_timer(loihi_timing(), which);
    if (!timer) return state.SkipWithError(timer.error().message.c_str());
    const DvsWork dvs{1};
    std::vector<TickWork> work(ticks, TickWork{DvsWork::cores});
    double events = 0, messages = 0, latency = 0;
    for (std::uint64_t tick = 0; tick < ticks; ++tick) {
        events += static_cast<double>(dvs.fill(tick, work[tick]));
        messages += static_cast<double>(work[tick].messages().size());
    }
    for (auto _ : state) {
        latency = 0;
        for (const TickWork& tick : work)
            latency += static_cast<double>((*timer)->time_tick(tick).latency_ps);
    }
    const auto runs = static_cast<double>(state.iterations());
    state.SetLabel(std::string{to_string(which)});
    state.counters["messages/s"] = benchmark::Counter(messages * runs, benchmark::Counter::kIsRate);
    state.counters["synaptic events/s"] =
        benchmark::Counter(events * runs, benchmark::Counter::kIsRate);
    state.counters["ns a message"] = benchmark::Counter(
        messages * runs * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.counters["us a tick"] = latency * 1e-6 / ticks;
}

}  // namespace

BENCHMARK(network_alone)
    ->ArgNames({"side", "packets_a_Mcycle", "wormhole"})
    ->ArgsProduct({{8}, {100, 10'000, 110'000}, {0, 1}})
    ->Args({4, 100, 0})
    ->Args({4, 10'000, 0})
    ->Args({16, 100, 0})
    ->Args({16, 10'000, 0})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(fidelity)->DenseRange(0, 2)->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
