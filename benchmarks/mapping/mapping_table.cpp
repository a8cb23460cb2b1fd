// SPDX-License-Identifier: Apache-2.0
/// Prints a table of connectivity, cores and CPU time of every partitioner on bare graphs:
///   mapping_table [--neurons N]... [--axons N] [--threads N] [--only NAME]... GRAPH...
#include "benchmarks/mapping/zoltan_yardstick.hpp"
#include "compiler/mapping/mapping.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

using namespace spikeloom::mapping;

namespace {

struct Arguments {
    std::vector<std::uint32_t> neurons;
    std::optional<std::uint32_t> axons;
    std::uint32_t threads = 1;
    std::vector<std::string> only;
    std::vector<std::string> graphs;
};

Arguments parse(int count, char** words) {
    Arguments arguments;
    const auto number = [&](int& i) {
        return static_cast<std::uint32_t>(i + 1 < count ? std::atoi(words[++i]) : 0);
    };
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        if (word == "--neurons")
            arguments.neurons.push_back(number(i));
        else if (word == "--axons")
            arguments.axons = number(i);
        else if (word == "--threads")
            arguments.threads = number(i);
        else if (word == "--only" && i + 1 < count)
            arguments.only.emplace_back(words[++i]);
        else
            arguments.graphs.emplace_back(word);
    }
    if (arguments.neurons.empty()) arguments.neurons = {256, 1024};
    return arguments;
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

bool wanted(const Arguments& arguments, std::string_view name) {
    if (arguments.only.empty()) return true;
    for (const std::string& only : arguments.only)
        if (only == name) return true;
    return false;
}

template <class Run>
void row(const MappingProblem& problem, std::string_view name, Run&& run) {
    const double start                   = cpu_seconds();
    const std::optional<Partition> found = run();
    const double seconds                 = cpu_seconds() - start;
    if (!found) {
        fmt::print("  {:<11} found none ({:.2f} s)\n", name, seconds);
        return;
    }
    const auto verdict = verify(problem, *found);
    fmt::print("  {:<11} {:>12} k {:>4}  {:7.2f} s{}\n", name, connectivity(problem, *found),
               found->cores, seconds, verdict ? "" : "  BREAKS A LIMIT");
    std::fflush(stdout);
}

void table(MappingProblem& problem, const Arguments& arguments) {
    for (const std::uint32_t neurons : arguments.neurons) {
        problem.limits.neurons        = neurons;
        problem.limits.incoming_axons = arguments.axons;
        fmt::print("{}: {} neurons, {} synapses, at most {} neurons a core\n",
                   std::filesystem::path(problem.name).stem().string(), problem.neurons,
                   problem.targets.size(), neurons);
        for (const PartitionerInfo& info : partitioners()) {
            if (!wanted(arguments, info.name)) continue;
            row(problem, info.name, [&]() -> std::optional<Partition> {
                PartitionOptions options;
                options.algorithm = info.name;
                options.threads   = arguments.threads;
                auto found        = partition(problem, options);
                if (found) return std::move(*found);
                fmt::print("  {}\n", to_string(found.error()));
                return std::nullopt;
            });
        }
#ifdef SPIKELOOM_ZOLTAN
        if (wanted(arguments, "zoltan") && !arguments.axons)
            row(problem, "zoltan", [&] { return zoltan_partition(problem); });
#endif
    }
}

}  // namespace

int main(int count, char** words) {
    const Arguments arguments = parse(count, words);
    for (const std::string& graph : arguments.graphs) {
        auto problem = read_bare_graph(graph);
        if (!problem) {
            fmt::print(stderr, "{}\n", to_string(problem.error()));
            return 1;
        }
        table(*problem, arguments);
    }
    return arguments.graphs.empty() ? 2 : 0;
}
