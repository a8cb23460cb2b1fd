// SPDX-License-Identifier: Apache-2.0
/// Small problems for the mapping tests, drawn by the keyed RNG or built by hand.
#pragma once

#include "compiler/mapping/mapping.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::mapping {

/// Targets by net; nets above `neurons` are external inputs. One spike a net, one population.
MappingProblem problem_of(std::uint32_t neurons, std::vector<std::vector<std::uint32_t>> nets);

/// Neurons in blocks of 16: most targets in the own block, some anywhere, some repeated; random
/// spikes; a few external inputs.
MappingProblem random_problem(std::uint64_t seed, std::uint32_t neurons, std::uint32_t fan_out);

/// Adds every kind of limit, each of them tight enough to bind somewhere.
void add_all_limits(MappingProblem& problem, std::uint64_t seed);

}  // namespace spikeloom::mapping
