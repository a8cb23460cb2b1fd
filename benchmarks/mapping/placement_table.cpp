// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/mapping/tables.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace spikeloom::mapping::bench {

void print_placement_table(const Arguments& arguments) {
    constexpr std::array<std::string_view, 5> order{"row-major", "hilbert", "spectral", "annealing",
                                                    "fields"};
    fmt::print("\nSpikes x hops over our partition at 256 neurons a core; CPU seconds\n{:<8} {:>5}",
               "network", "cores");
    for (const std::string_view name : order)
        fmt::print(" | {:>20}", name);
    fmt::print(" | fields/rows  fields/annealing: hops  CPU\n");
    for (const std::string& graph : arguments.graphs) {
        MappingProblem problem = read_graph(graph);
        problem.limits.neurons = 256;
        const auto cores       = partition(
                  problem,
                  {.seed = arguments.seed, .threads = arguments.threads, .effort = arguments.effort});
        if (!cores) continue;
        const CoreTraffic traffic = core_traffic(problem, *cores);
        fmt::print("{:<8} {:>5}", network_name(problem), cores->cores);
        std::array<double, order.size()> hops{}, seconds{};
        for (std::size_t i = 0; i < order.size(); ++i) {
            PlacementOptions options;
            options.algorithm  = order[i];
            options.seed       = arguments.seed;
            const double start = cpu_seconds();
            const auto found   = place(problem, *cores, options);
            seconds[i]         = cpu_seconds() - start;
            if (found) hops[i] = static_cast<double>(spike_hops(traffic, *found));
            fmt::print(" | {:>11.0f} {:>7.3f}s", hops[i], seconds[i]);
            std::fflush(stdout);
        }
        fmt::print(" | {:>11.3f} {:>22.4f} {:>5.3f}\n", hops[4] / hops[0], hops[4] / hops[3],
                   seconds[4] / seconds[3]);
    }
}

}  // namespace spikeloom::mapping::bench
