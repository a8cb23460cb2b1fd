// SPDX-License-Identifier: Apache-2.0
/// Recursive multilevel bisection into parts. Internal to the room.
#pragma once

#include "compiler/mapping/bisect.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::mapping {

using Parts = std::vector<std::uint32_t>;  ///< part of each node

struct RecursiveOptions {
    BisectOptions bisect{};
    std::uint32_t threads = 1;
    std::uint32_t cycles = 2;  ///< times that a cut is coarsened within its sides and refined again
    double hopeless = 2.0;     ///< gives up if the first cut leaves whole less than 1 - this share
};

/// Cuts the graph into `count` parts of at most `limits` each, sums only and as well as it can: the
/// caller verifies. Empty when it gave up: where the first cut splits nearly all nets, recursion
/// sees no difference between one cut and another.
Parts bisect_recursively(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
                         const RecursiveOptions& options);

/// Share of the nets' weight that a first cut splits, judged on every so manieth net: at most about
/// `most_pins` pins. Where it is near 1, recursion is not worth its time.
double sampled_cut_share(const Hypergraph& graph, const PartLimits& limits, std::uint32_t count,
                         const BisectOptions& options, std::size_t most_pins);

/// Sum over nets of weight x (parts touched - 1).
std::int64_t connectivity(const Hypergraph& graph, const Parts& part);

}  // namespace spikeloom::mapping
