// SPDX-License-Identifier: Apache-2.0
/// Placement: where on the mesh each core of a partition sits; the placers by name.
#pragma once

#include "compiler/mapping/partition.hpp"
#include "compiler/mapping/problem.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::mapping {

/// A node of the mesh; column x grows to the east, row y to the south.
struct Position {
    std::uint32_t x                            = 0;
    std::uint32_t y                            = 0;
    friend bool operator==(Position, Position) = default;
};

struct Placement {
    Mesh mesh;
    std::vector<Position> of;  ///< for each core of the partition, all different
};

struct PlacementOptions {
    std::string algorithm = "fields";
    std::uint64_t seed    = 0;
    double effort         = 1;  ///< scales the number of moves of `annealing` and `fields`
    Progress progress{};
};

/// Spikes that go from core to core: entry i of row `from` says that `spikes[i]` go to `to[i]`.
struct CoreTraffic {
    std::uint32_t cores = 0;
    std::vector<std::size_t> begin{0};
    std::vector<std::uint32_t> to;  ///< ascending within a row, never the row itself
    std::vector<std::int64_t> spikes;
};

/// A spike counts once for each core that holds a target of its source. External inputs have no
/// core to come from and are left out.
CoreTraffic core_traffic(const MappingProblem& problem, const Partition& partition);

/// Fewest spikes x hops on the mesh of the problem, or on the smallest square without one.
/// - the partition passes verify(); the result passes verify_placement()
/// - deterministic in partition, algorithm, seed and effort
/// Errors: "map.unknown-placer", "map.mesh-too-small".
Result<Placement> place(const MappingProblem& problem, const Partition& partition,
                        const PlacementOptions& options);

struct PlacerInfo {
    std::string_view name;
    std::string_view summary;
};
std::span<const PlacerInfo> placers();

/// All faults: "map.placement-size", "map.placement-range", "map.placement-shared" (two cores on
/// one node).
Checked<void> verify_placement(const MappingProblem& problem, const Partition& partition,
                               const Placement& placement);

/// Sum over pairs of cores of spikes x Manhattan distance: every copy travels alone.
std::int64_t spike_hops(const CoreTraffic& traffic, const Placement& placement);

/// The same when a spike's copies share their way: each link of the union of its routes (first
/// along x, then along y) counts once.
std::int64_t multicast_hops(const MappingProblem& problem, const Partition& partition,
                            const Placement& placement);

/// Spikes on one directed link, copies travelling alone, first along x, then along y.
struct LinkLoad {
    Position from, to;
    std::int64_t spikes = 0;
};
/// All links of the mesh that carry something, in the order of their ends.
std::vector<LinkLoad> link_loads(const CoreTraffic& traffic, const Placement& placement);

}  // namespace spikeloom::mapping
