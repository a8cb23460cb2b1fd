// SPDX-License-Identifier: Apache-2.0
/// The tables that mapping_table prints, one function each, and what they share.
#pragma once

#include "compiler/mapping/mapping.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::mapping::bench {

struct Arguments {
    std::vector<std::uint32_t> neurons{256, 1024};
    std::uint32_t threads = 1;
    std::uint64_t seed    = 0;
    double effort         = 1;
    double synapses       = 10;  ///< of each network of the scale table [millions]
    bool only_ours        = false;
    std::string best_cells;           ///< CSV file
    std::vector<std::string> tables;  ///< empty: all
    std::vector<std::string> graphs;
    std::string scale_network;  ///< the only one of the scale table; empty: all
    [[nodiscard]] bool wants(const std::string& table) const;
};

/// Of this process, user and system [s].
double cpu_seconds();
/// The file's name without folder and extension.
std::string network_name(const MappingProblem& problem);
/// The graph, or an empty problem after a message on standard error.
MappingProblem read_graph(const std::string& path);

/// Connectivity, cores and CPU time of ours beside METIS, Zoltan and the best cell known.
void print_partition_table(const Arguments& arguments);
/// Cores under 256 neurons and 256 incoming axons (rand10k: 1024 and 4096).
void print_axon_table(const Arguments& arguments);
/// Spikes x hops and CPU time of every placer over our partition.
void print_placement_table(const Arguments& arguments);
/// Time and memory at ten million synapses, each network in a process of its own.
void print_scale_table(const Arguments& arguments);

}  // namespace spikeloom::mapping::bench
