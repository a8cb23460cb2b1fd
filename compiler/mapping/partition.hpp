// SPDX-License-Identifier: Apache-2.0
/// Partition: which core holds each neuron; the partitioners by name; the judge of their results.
#pragma once

#include "compiler/mapping/problem.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::mapping {

struct Partition {
    std::uint32_t cores = 0;
    std::vector<CoreId> core_of;  ///< for each neuron; every core below `cores` holds one at least
};

/// Told how far a pass is, 0 to 1; called from one thread at a time.
using Progress = std::function<void(std::string_view pass, double done)>;

struct PartitionOptions {
    std::string algorithm = "multilevel";
    std::uint64_t seed    = 0;
    std::uint32_t threads = 2;  ///< changes the time only, never the result; at least 1
    double effort         = 1;  ///< scales the time that `multilevel` spends; 0.1 to 100
    Progress progress{};
};

/// Fewest cores first, then least spike-weighted connectivity (except by the named simple fillers).
/// - checks the problem; the result passes verify()
/// - deterministic in problem, algorithm, seed and effort
/// Errors: what check() finds, "map.unknown-partitioner", "map.mesh-too-small",
/// "map.core-outgoing-axons-exceeded" (no way found to keep that limit).
Result<Partition> partition(const MappingProblem& problem, const PartitionOptions& options);

struct PartitionerInfo {
    std::string_view name;
    std::string_view summary;
};
std::span<const PartitionerInfo> partitioners();

/// Is the partition complete and within every limit? All faults, each with limit and value:
/// "map.partition-size", "map.core-range", "map.core-empty", "map.core-neurons-exceeded",
/// "map.core-axons-exceeded", "map.core-outgoing-axons-exceeded",
/// "map.core-synapse-memory-exceeded", "map.core-resource-exceeded", "map.core-table-exceeded",
/// "map.mesh-too-small".
Checked<void> verify(const MappingProblem& problem, const Partition& partition);

/// What one core holds.
struct CoreUse {
    std::uint64_t neurons        = 0;
    std::uint64_t incoming_axons = 0;
    std::uint64_t outgoing_axons = 0;
    std::uint64_t synapses       = 0;
    std::uint64_t synapse_bits   = 0;  ///< 0 without a packing rule
    std::vector<std::uint64_t> resources;
    std::vector<std::uint64_t> table_entries;
};
std::vector<CoreUse> core_use(const MappingProblem& problem, const Partition& partition);

/// Sum over nets of spikes x (cores among the source's own and its targets' - 1).
std::int64_t connectivity(const MappingProblem& problem, const Partition& partition);
/// Sum over nets that touch two cores or more of their spikes.
std::int64_t cut(const MappingProblem& problem, const Partition& partition);

}  // namespace spikeloom::mapping
