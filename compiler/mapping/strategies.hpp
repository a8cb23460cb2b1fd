// SPDX-License-Identifier: Apache-2.0
/// The partitioners behind partition(), one function each. Internal to the room.
#pragma once

#include "compiler/mapping/growth.hpp"
#include "compiler/mapping/partition.hpp"

namespace spikeloom::mapping {

/// What every partitioner gets: the checked problem and its lowered form with all limits.
struct Task {
    const MappingProblem& problem;
    const Lowered& lowered;
    const PartitionOptions& options;
};

/// Least number of cores that the sums allow.
std::uint32_t least_cores(const Lowered& lowered);

Filled partition_sequential(const Task& task);
Filled partition_layer(const Task& task);
Filled partition_overlap(const Task& task);
Filled partition_metis(const Task& task);
Filled partition_multilevel(const Task& task);

/// Moves neurons with many target cores out of the cores that have too many outgoing axons.
/// The result may still exceed that limit.
Filled relieve_outgoing(const Task& task, Filled filled);

}  // namespace spikeloom::mapping
