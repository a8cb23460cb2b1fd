// SPDX-License-Identifier: Apache-2.0
/// Clusterings that make a hypergraph smaller without hiding its good partitions.
/// Internal to the room.
#pragma once

#include "compiler/mapping/hypergraph.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::mapping {

struct Clustering {
    std::vector<std::uint32_t> of;  ///< cluster of each node; numbered by their first members
    std::uint32_t count = 0;
};

struct ClusterOptions {
    Amounts max_amounts{};  ///< no cluster of several nodes grows above
    std::uint64_t seed = 0;
    double shrink      = 2.2;  ///< at most this many nodes per cluster on average
    const std::vector<std::uint32_t>* keep_apart =
        nullptr;  ///< nodes of different blocks never merge
};

/// Joins each node to the cluster that shares most net weight with it, 1 / (pins - 1) a net.
Clustering cluster_by_shared_nets(const Hypergraph& graph, const ClusterOptions& options);

/// Joins nodes that have the same sources (twins: the channels of a convolution, a dense layer).
Clustering cluster_twins(const Hypergraph& graph, const ClusterOptions& options);

}  // namespace spikeloom::mapping
