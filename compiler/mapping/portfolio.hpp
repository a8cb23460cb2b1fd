// SPDX-License-Identifier: Apache-2.0
/// Our multilevel partitioner for limits that are sums: several starts, the best refined.
/// Internal to the room.
#pragma once

#include "compiler/mapping/growth.hpp"
#include "compiler/mapping/recursive.hpp"

#include <cstdint>
#include <functional>
#include <optional>

namespace spikeloom::mapping {

struct PortfolioOptions {
    std::uint64_t seed    = 0;
    std::uint32_t threads = 1;
    double effort         = 1;  ///< scales the number of starts and of regroupings
    std::function<void(double done)> progress{};  ///< 0 to 1
};

/// A partition into at most `count` parts that keeps all sums, or nothing if none was found.
std::optional<Parts> partition_by_portfolio(const Hypergraph& graph, const PartLimits& limits,
                                            std::uint32_t count, const PortfolioOptions& options);

}  // namespace spikeloom::mapping
