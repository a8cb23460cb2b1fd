// SPDX-License-Identifier: Apache-2.0
/// The whole mapping in one call, and what there is to say about it.
#pragma once

#include "compiler/mapping/partition.hpp"
#include "compiler/mapping/placement.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spikeloom::mapping {

struct MappingOptions {
    PartitionOptions partition{};
    PlacementOptions placement{};
};

/// One limited or counted resource over all cores.
struct ResourceUse {
    std::string name;                    ///< "neurons", "incoming axons", ...
    std::optional<std::uint64_t> limit;  ///< per core; absent: does not bind
    std::vector<std::uint64_t> used;     ///< for each core
    [[nodiscard]] std::uint64_t most() const;
    /// Mean over the cores.
    [[nodiscard]] double mean() const;
};

/// What one pass took.
struct PassCost {
    std::string pass;
    double seconds           = 0;  ///< wall clock
    std::uint64_t peak_bytes = 0;  ///< resident memory of the process, the highest until its end
};

struct MappingReport {
    std::string network;
    std::string partitioner, placer;
    std::uint64_t seed     = 0;
    std::uint64_t neurons  = 0;
    std::uint64_t synapses = 0;
    std::uint32_t cores    = 0;
    Mesh mesh;
    std::vector<ResourceUse> resources;
    std::string binding;              ///< resource that is fullest on the mean of the cores
    std::int64_t connectivity   = 0;  ///< spikes x (cores touched - 1)
    std::int64_t cut            = 0;  ///< spikes of the nets that leave their core
    std::int64_t spike_hops     = 0;  ///< every copy alone
    std::int64_t multicast_hops = 0;  ///< copies share their way
    std::vector<PassCost> passes;
};

struct Mapping {
    Partition partition;
    Placement placement;
    MappingReport report;
};

/// check, partition, place, verify. Errors: those of the passes.
Result<Mapping> map_network(const MappingProblem& problem, const MappingOptions& options);

/// Utilisation of a partition: limited resources first, then what is only counted.
std::vector<ResourceUse> resource_use(const MappingProblem& problem, const Partition& partition);

/// A few lines for a person.
std::string to_text(const MappingReport& report);
/// One JSON object; times and memory under "passes" are all that differs between equal runs.
std::string to_json(const MappingReport& report);

/// The mesh as an SVG picture: cores coloured by how full the binding resource is, links as wide as
/// their traffic.
std::string floorplan_svg(const Mapping& mapping, const CoreTraffic& traffic);

}  // namespace spikeloom::mapping
