// SPDX-License-Identifier: Apache-2.0
/// Fills a store with many rows and asks it for the front.
/// Usage: sweep_store_benchmark FOLDER [ROWS]; the folder must not hold a sweep.
#include "support/keyed_rng.hpp"
#include "sweep/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace {

using namespace spikeloom;
using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A point as a real sweep has it: eight settings, a host, hashes. Three objectives, that
/// contradict each other.
sweep::Row row_of(std::uint64_t id) {
    sweep::Row row;
    KeyedSequence draws{1, Stream::test, id};
    row.point.id = row.point.design = id;
    for (const char* name :
         {"chip.capacities.compartments", "chip.topology.columns", "compile.partitioner",
          "compile.placer", "run.fidelity", "target", "weights.bits", "chip.timing.hop_east_west"})
        row.point.settings[name] = sweep::number_value(static_cast<double>(draws.below(64)));
    const double energy = draws.uniform() + 0.1, latency = draws.uniform() + 0.1;
    row.outcome.objectives   = {energy, latency, 0.2 / (energy + latency) + 0.1 * draws.uniform()};
    row.outcome.host         = "node-17";
    row.outcome.network_hash = "0123456789abcdef";
    row.outcome.image_hash   = "0123456789abcdef";
    row.outcome.tool_version = "0.1.0";
    row.outcome.wall_seconds = 0.05;
    return row;
}

sweep::Spec spec_of(std::size_t objectives) {
    sweep::Spec spec;
    spec.canonical = "{}";
    for (std::size_t k = 0; k < objectives; ++k)
        spec.objectives.push_back(
            {std::string(1, static_cast<char>('a' + k)), "/x", "sum", "1", false});
    return spec;
}

int fail(const Diagnostic& fault) {
    fmt::print(stderr, "{}\n", to_string(fault));
    return 1;
}

int run(const std::string& folder, std::uint64_t rows) {
    constexpr std::uint64_t batch = 10'000, single = 2'000;
    auto store = sweep::Store::open(folder, spec_of(3), "benchmark", false);
    if (!store) return fail(store.error());
    auto start = Clock::now();
    for (std::uint64_t id = 0; id < single; ++id)
        if (auto done = store->record(row_of(id).point, row_of(id).outcome); !done)
            return fail(done.error());
    fmt::print("one transaction a point: {:.0f} us each\n", 1e6 * since(start) / single);
    start = Clock::now();
    for (std::uint64_t first = single; first < rows; first += batch) {
        std::vector<sweep::Row> some;
        for (std::uint64_t id = first; id < std::min(first + batch, rows); ++id)
            some.push_back(row_of(id));
        if (auto done = store->record_all(some); !done) return fail(done.error());
    }
    fmt::print("{} rows, in batches: {:.1f} s\n", rows, since(start));
    for (int round = 0; round < 3; ++round) {
        start            = Clock::now();
        const auto clock = std::clock();
        const auto front = store->front();
        if (!front) return fail(front.error());
        fmt::print("front of {} designs, 3 objectives: {} on it, {:.3f} s, processor {:.3f} s\n",
                   front->considered, front->designs.size(), since(start),
                   static_cast<double>(std::clock() - clock) / CLOCKS_PER_SEC);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "usage: sweep_store_benchmark FOLDER [ROWS]\n");
        return 2;
    }
    return run(argv[1], argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000);
}
