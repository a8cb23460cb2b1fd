// SPDX-License-Identifier: Apache-2.0
/// Which pairs of parts promise a gain. Internal to the room.
#pragma once

#include "compiler/mapping/recursive.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::mapping {

struct PairScore {
    std::uint32_t a, b;   ///< a < b
    std::int64_t score;   ///< best single move a to b plus best single move b to a
    std::int64_t either;  ///< the better of the two
};

/// All pairs of parts that share a net, best score first.
std::vector<PairScore> score_pairs(const Hypergraph& graph, std::uint32_t count, const Parts& part,
                                   std::uint32_t threads);

}  // namespace spikeloom::mapping
