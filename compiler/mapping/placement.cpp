// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/placement.hpp"

#include "compiler/mapping/placers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace spikeloom::mapping {
namespace {

struct Entry {
    PlacerInfo info;
    Positions (*run)(const PlaceTask&);
};

constexpr std::array<Entry, 5> registry{{
    {{"fields",
      "ours: annealing and descent on column and row fields, from the spectral placement"},
     place_fields},
    {{"row-major", "cores in order along the rows"}, place_row_major},
    {{"hilbert", "cores in order along a Hilbert curve"}, place_hilbert},
    {{"spectral", "eigenvectors of the traffic as coordinates"}, place_spectral},
    {{"annealing", "simulated annealing of swaps from the order of the cores"}, place_annealing},
}};

constexpr auto infos = [] {
    std::array<PlacerInfo, registry.size()> list{};
    for (std::size_t i = 0; i < registry.size(); ++i)
        list[i] = registry[i].info;
    return list;
}();

std::uint32_t square_side(std::uint64_t cores) {
    auto side = static_cast<std::uint32_t>(std::sqrt(static_cast<double>(cores)));
    while (std::uint64_t{side} * side < cores)
        ++side;
    return std::max<std::uint32_t>(1, side);
}

/// The corner of the mesh that holds the cores, as square as the mesh allows.
Mesh region_of(const Mesh& mesh, std::uint32_t cores) {
    const std::uint32_t side = square_side(cores);
    Mesh region{std::min(side, mesh.width), std::min(side, mesh.height)};
    if (region.cores() >= cores) return region;
    if (mesh.width > mesh.height)
        region.width = (cores + region.height - 1) / region.height;
    else
        region.height = (cores + region.width - 1) / region.width;
    return region;
}

}  // namespace

std::span<const PlacerInfo> placers() {
    return infos;
}

Result<Placement> place(const MappingProblem& problem, const Partition& partition,
                        const PlacementOptions& options) {
    const auto entry = std::find_if(registry.begin(), registry.end(), [&](const Entry& candidate) {
        return candidate.info.name == options.algorithm;
    });
    if (entry == registry.end())
        return fault("map.unknown-placer",
                     fmt::format("there is no placer '{}'", options.algorithm), {problem.name, ""});
    Placement placement;
    const std::uint32_t side = square_side(partition.cores);
    placement.mesh           = problem.mesh.value_or(Mesh{side, side});
    if (placement.mesh.cores() < partition.cores)
        return fault("map.mesh-too-small",
                     fmt::format("{} cores do not fit the mesh of {} x {}", partition.cores,
                                 placement.mesh.width, placement.mesh.height),
                     {problem.name, ""});
    const PlaceTask task{symmetric(core_traffic(problem, partition)),
                         region_of(placement.mesh, partition.cores), options};
    placement.of = entry->run(task);
    return placement;
}

Checked<void> verify_placement(const MappingProblem& problem, const Partition& partition,
                               const Placement& placement) {
    Diagnostics faults;
    const auto add = [&](std::string code, std::string message) {
        faults.push_back({std::move(code), std::move(message), {problem.name, ""}, {}});
    };
    if (placement.of.size() != partition.cores)
        add("map.placement-size",
            fmt::format("{} cores are placed, expected {}", placement.of.size(), partition.cores));
    std::vector<std::uint8_t> taken(placement.mesh.cores(), 0);
    for (std::size_t core = 0; core < placement.of.size(); ++core) {
        const Position p = placement.of[core];
        if (p.x >= placement.mesh.width || p.y >= placement.mesh.height) {
            add("map.placement-range",
                fmt::format("core {} at ({}, {}) of a mesh of {} x {}", core, p.x, p.y,
                            placement.mesh.width, placement.mesh.height));
            continue;
        }
        if (std::exchange(taken[std::size_t{p.y} * placement.mesh.width + p.x], 1) != 0)
            add("map.placement-shared",
                fmt::format("two cores at ({}, {}), core {} is the second", p.x, p.y, core));
    }
    if (!faults.empty()) return tl::unexpected{std::move(faults)};
    return {};
}

}  // namespace spikeloom::mapping
