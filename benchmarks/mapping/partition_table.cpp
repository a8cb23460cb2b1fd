// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/mapping/tables.hpp"
#include "benchmarks/mapping/zoltan_yardstick.hpp"
#include "support/atomic_file.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <optional>
#include <sstream>

namespace spikeloom::mapping::bench {
namespace {

struct Cell {
    std::int64_t connectivity = 0;
    std::uint32_t cores       = 0;
};
using BestCells = std::map<std::pair<std::string, std::uint32_t>, Cell>;

BestCells read_best_cells(const std::string& path) {
    BestCells cells;
    const auto text = read_file(path);
    if (!text) return cells;
    std::istringstream lines{*text};
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line[0] == '#' || line.starts_with("network")) continue;
        std::istringstream fields{line};
        std::string name, neurons, connectivity, cores;
        std::getline(fields, name, ',');
        std::getline(fields, neurons, ',');
        std::getline(fields, connectivity, ',');
        std::getline(fields, cores, ',');
        cells[{name, static_cast<std::uint32_t>(std::stoul(neurons))}] = {
            std::stoll(connectivity), static_cast<std::uint32_t>(std::stoul(cores))};
    }
    return cells;
}

struct Result {
    Cell cell;
    double seconds = 0;
    bool found     = false;
};

template <class Run>
Result timed(const MappingProblem& problem, Run&& run) {
    const double start                       = cpu_seconds();
    const std::optional<Partition> partition = run();
    Result result;
    result.seconds = cpu_seconds() - start;
    result.found   = partition && verify(problem, *partition);
    if (result.found) result.cell = {connectivity(problem, *partition), partition->cores};
    return result;
}

Result run_ours(const MappingProblem& problem, const Arguments& arguments, const char* name) {
    return timed(problem, [&]() -> std::optional<Partition> {
        PartitionOptions options;
        options.algorithm = name;
        options.threads   = arguments.threads;
        options.seed      = arguments.seed;
        options.effort    = arguments.effort;
        auto found        = partition(problem, options);
        if (!found) return std::nullopt;
        return std::move(*found);
    });
}

void print(const Result& result, std::int64_t best) {
    if (!result.found)
        fmt::print(" | {:>10} {:>4} {:>6} {:>7}", "-", "", "", "");
    else
        fmt::print(" | {:>10} {:>4} {:>6.3f} {:>6.2f}s", result.cell.connectivity,
                   result.cell.cores,
                   static_cast<double>(result.cell.connectivity) / static_cast<double>(best),
                   result.seconds);
}

struct Totals {
    double log_ratio = 0, worst = 0, ours = 0, ours_beside_zoltan = 0, zoltan = 0;
    int rows = 0, more_cores = 0;
};

void add(const Result& ours, const Result& zoltan, const Cell& best, Totals& totals) {
    const double ratio =
        static_cast<double>(ours.cell.connectivity) / static_cast<double>(best.connectivity);
    totals.log_ratio += std::log(ratio);
    totals.worst = std::max(totals.worst, ratio);
    totals.more_cores += ours.cell.cores > best.cores ? 1 : 0;
    totals.ours += ours.seconds;
    ++totals.rows;
    if (!zoltan.found) return;
    totals.zoltan += zoltan.seconds;
    totals.ours_beside_zoltan += ours.seconds;
}

}  // namespace

void print_partition_table(const Arguments& arguments) {
    const BestCells cells = read_best_cells(arguments.best_cells);
    fmt::print("Spike-weighted connectivity, cores, ratio to the best cell known, CPU seconds\n");
    fmt::print("{:<8} {:>5} {:>11} {:>4} | {:^30} | {:^30} | {:^30} | CPU ours/Zoltan\n", "network",
               "limit", "best cell", "k", "ours", "METIS", "Zoltan PHG");
    Totals totals;
    for (const std::uint32_t neurons : arguments.neurons)
        for (const std::string& graph : arguments.graphs) {
            MappingProblem problem = read_graph(graph);
            problem.limits.neurons = neurons;
            const Result ours      = run_ours(problem, arguments, "multilevel");
            Result metis, zoltan;
            if (!arguments.only_ours) {
                metis  = run_ours(problem, arguments, "metis");
                zoltan = timed(problem, [&] { return zoltan_partition(problem); });
            }
            const auto known = cells.find({network_name(problem), neurons});
            const Cell best  = known == cells.end() ? ours.cell : known->second;
            fmt::print("{:<8} {:>5} {:>11} {:>4}", network_name(problem), neurons,
                       best.connectivity, best.cores);
            for (const Result& result : {ours, metis, zoltan})
                print(result, best.connectivity);
            if (zoltan.found) fmt::print(" | {:.2f}", ours.seconds / zoltan.seconds);
            fmt::print("{}\n", ours.found ? "" : "  OURS BREAKS A LIMIT");
            std::fflush(stdout);
            if (known != cells.end() && ours.found) add(ours, zoltan, best, totals);
        }
    if (totals.rows == 0) return;
    fmt::print(
        "rows {}: geometric mean {:.4f}, worst {:.3f}, rows with more cores than the best "
        "cell {}, CPU ours {:.1f} s\n",
        totals.rows, std::exp(totals.log_ratio / totals.rows), totals.worst, totals.more_cores,
        totals.ours);
    if (totals.zoltan > 0)
        fmt::print("CPU where Zoltan ran: ours {:.1f} s, Zoltan {:.1f} s, ratio {:.3f}\n",
                   totals.ours_beside_zoltan, totals.zoltan,
                   totals.ours_beside_zoltan / totals.zoltan);
}

void print_axon_table(const Arguments& arguments) {
    fmt::print("\nCores under limits of neurons and incoming axons\n");
    fmt::print("{:<8} {:>7} {:>5} | {:>6} {:>11} {:>8} | {:>10} | {:>7}\n", "network", "neurons",
               "axons", "ours", "connect.", "CPU", "sequential", "overlap");
    struct Limits {
        std::string network;
        std::uint32_t neurons, axons;
    };
    const std::vector<Limits> rows{
        {"lenet", 256, 256}, {"loc128", 256, 256}, {"loc128", 256, 1024}, {"rand10k", 1024, 4096}};
    for (const Limits& row : rows)
        for (const std::string& graph : arguments.graphs) {
            MappingProblem problem = read_graph(graph);
            if (network_name(problem) != row.network) continue;
            problem.limits.neurons        = row.neurons;
            problem.limits.incoming_axons = row.axons;
            const Result ours             = run_ours(problem, arguments, "multilevel");
            const Result sequential       = run_ours(problem, arguments, "sequential");
            const Result overlap          = run_ours(problem, arguments, "overlap");
            fmt::print("{:<8} {:>7} {:>5} | {:>6} {:>11} {:>7.2f}s | {:>10} | {:>7}\n", row.network,
                       row.neurons, row.axons, ours.cell.cores, ours.cell.connectivity,
                       ours.seconds, sequential.cell.cores, overlap.cell.cores);
            std::fflush(stdout);
        }
}

}  // namespace spikeloom::mapping::bench
