// SPDX-License-Identifier: Apache-2.0
/// Zoltan's hypergraph partitioner on a mapping problem, as the yardstick of the table.
#pragma once

#include "compiler/mapping/mapping.hpp"

#include <optional>

/// Parts whose sizes keep the limit of neurons, with as many more parts as it takes; nothing if
/// none was found.
std::optional<spikeloom::mapping::Partition> zoltan_partition(
    const spikeloom::mapping::MappingProblem& problem);
