// SPDX-License-Identifier: Apache-2.0
/// Judges the mapper:
///   mapping_table [--table NAME]... [--neurons N]... [--threads N] [--seed N] [--effort X]
///                 [--only-ours] [--best-cells FILE.csv] [--synapses MILLIONS]
///                 [--network random|clustered|shuffled|sheet|convolutions] GRAPH...
/// Tables: partition, axons, placement, scale; all of them unless named.
#include "benchmarks/mapping/tables.hpp"
#include "compiler/mapping/bare_graph.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace spikeloom::mapping::bench {

bool Arguments::wants(const std::string& table) const {
    return tables.empty() || std::find(tables.begin(), tables.end(), table) != tables.end();
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

std::string network_name(const MappingProblem& problem) {
    return std::filesystem::path(problem.name).stem().string();
}

MappingProblem read_graph(const std::string& path) {
    auto problem = read_bare_graph(path);
    if (problem) return std::move(*problem);
    fmt::print(stderr, "{}\n", to_string(problem.error()));
    return {};
}

namespace {

Arguments parse(int count, char** words) {
    Arguments arguments;
    std::vector<std::uint32_t> neurons;
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        const char* value           = i + 1 < count ? words[i + 1] : "";
        const auto number           = [&] { return std::strtoul(value, nullptr, 10); };
        ++i;
        if (word == "--neurons")
            neurons.push_back(static_cast<std::uint32_t>(number()));
        else if (word == "--threads")
            arguments.threads = static_cast<std::uint32_t>(number());
        else if (word == "--seed")
            arguments.seed = number();
        else if (word == "--effort")
            arguments.effort = std::strtod(value, nullptr);
        else if (word == "--synapses")
            arguments.synapses = std::strtod(value, nullptr);
        else if (word == "--network")
            arguments.scale_network = value;
        else if (word == "--best-cells")
            arguments.best_cells = value;
        else if (word == "--table")
            arguments.tables.emplace_back(value);
        else {
            --i;
            if (word == "--only-ours")
                arguments.only_ours = true;
            else
                arguments.graphs.emplace_back(word);
        }
    }
    if (!neurons.empty()) arguments.neurons = neurons;
    return arguments;
}

}  // namespace
}  // namespace spikeloom::mapping::bench

int main(int count, char** words) {
    using namespace spikeloom::mapping::bench;
    const Arguments arguments = parse(count, words);
    if (arguments.wants("partition")) print_partition_table(arguments);
    if (arguments.wants("axons")) print_axon_table(arguments);
    if (arguments.wants("placement")) print_placement_table(arguments);
    if (arguments.wants("scale")) print_scale_table(arguments);
    return 0;
}
