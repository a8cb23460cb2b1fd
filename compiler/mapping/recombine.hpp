// SPDX-License-Identifier: Apache-2.0
/// Recombination: a partition is refined over clusters that no cut of a second one divides, so that
/// whole pieces of the second may be taken over. Internal to the room.
#pragma once

#include "compiler/mapping/pairwise.hpp"

#include <cstdint>

namespace spikeloom::mapping {

/// Improves `part` with the help of `other`. Sums only: unions must not be tracked. Never raises
/// the connectivity; keeps the sums that hold. Returns the gain.
std::int64_t recombine(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
                       const PairwiseOptions& options, const Parts& other, Parts& part);

}  // namespace spikeloom::mapping
