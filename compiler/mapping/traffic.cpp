// SPDX-License-Identifier: Apache-2.0
/// Core-to-core traffic and its measures on a mesh.
#include "compiler/mapping/placers.hpp"

#include <boost/graph/adjacency_list.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>
#include <utility>

namespace spikeloom::mapping {
namespace {

struct Spikes {
    std::int64_t count = 0;
};
using TrafficGraph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, Spikes>;

CoreTraffic compressed(const TrafficGraph& graph) {
    CoreTraffic traffic;
    traffic.cores = static_cast<std::uint32_t>(boost::num_vertices(graph));
    std::vector<std::pair<std::uint32_t, std::int64_t>> row;
    for (std::uint32_t from = 0; from < traffic.cores; ++from) {
        row.clear();
        const auto [first, last] = boost::out_edges(from, graph);
        for (auto edge = first; edge != last; ++edge)
            row.emplace_back(static_cast<std::uint32_t>(boost::target(*edge, graph)),
                             graph[*edge].count);
        std::sort(row.begin(), row.end());
        for (const auto& [to, spikes] : row) {
            traffic.to.push_back(to);
            traffic.spikes.push_back(spikes);
        }
        traffic.begin.push_back(traffic.to.size());
    }
    return traffic;
}

std::int64_t distance(Position a, Position b) {
    return std::abs(std::int64_t{a.x} - b.x) + std::abs(std::int64_t{a.y} - b.y);
}

/// Calls visit(target core) once for each core other than its own that net `n` reaches.
class Reach {
public:
    Reach(const MappingProblem& problem, const Partition& partition)
        : problem_{problem}, partition_{partition}, seen_(partition.cores, 0) {}

    template <class Visit>
    void each(std::uint32_t n, Visit&& visit) {
        seen_[partition_.core_of[n].value] = n + 1;
        for (const std::uint32_t target : problem_.net(n)) {
            const std::uint32_t core = partition_.core_of[target].value;
            if (std::exchange(seen_[core], n + 1) != n + 1) visit(core);
        }
    }

private:
    const MappingProblem& problem_;
    const Partition& partition_;
    std::vector<std::uint32_t> seen_;  ///< net + 1 that met the core last
};

/// Walks from `a` to `b`, first along x, then along y: step(from, to) for every link.
template <class Step>
void walk(Position a, Position b, Step&& step) {
    while (a != b) {
        Position next = a;
        if (a.x != b.x)
            next.x = a.x < b.x ? a.x + 1 : a.x - 1;
        else
            next.y = a.y < b.y ? a.y + 1 : a.y - 1;
        step(a, next);
        a = next;
    }
}

/// Number of a directed link: its start and one of four directions.
std::size_t link_index(const Mesh& mesh, Position from, Position to) {
    const unsigned direction = to.x > from.x ? 0 : to.x < from.x ? 1 : to.y > from.y ? 2 : 3;
    return (std::size_t{from.y} * mesh.width + from.x) * 4 + direction;
}

}  // namespace

CoreTraffic core_traffic(const MappingProblem& problem, const Partition& partition) {
    TrafficGraph graph{partition.cores};
    std::vector<std::vector<std::uint32_t>> members(partition.cores);
    for (std::uint32_t v = 0; v < problem.neurons; ++v)
        members[partition.core_of[v].value].push_back(v);
    Reach reach{problem, partition};
    std::vector<std::int64_t> sum(partition.cores, 0);
    for (std::uint32_t from = 0; from < partition.cores; ++from) {
        std::vector<std::uint32_t> met;
        for (const std::uint32_t v : members[from])
            reach.each(v, [&](std::uint32_t to) {
                if (sum[to] == 0) met.push_back(to);
                sum[to] += problem.spikes[v];
            });
        for (const std::uint32_t to : met)
            if (const std::int64_t spikes = std::exchange(sum[to], 0); spikes > 0)
                boost::add_edge(from, to, Spikes{spikes}, graph);
    }
    return compressed(graph);
}

CoreTraffic symmetric(const CoreTraffic& traffic) {
    std::vector<std::map<std::uint32_t, std::int64_t>> rows(traffic.cores);
    for (std::uint32_t from = 0; from < traffic.cores; ++from)
        for (std::size_t i = traffic.begin[from]; i < traffic.begin[from + 1]; ++i) {
            rows[from][traffic.to[i]] += traffic.spikes[i];
            rows[traffic.to[i]][from] += traffic.spikes[i];
        }
    CoreTraffic both;
    both.cores = traffic.cores;
    for (const auto& row : rows) {
        for (const auto& [to, spikes] : row) {
            both.to.push_back(to);
            both.spikes.push_back(spikes);
        }
        both.begin.push_back(both.to.size());
    }
    return both;
}

std::int64_t spike_hops(const CoreTraffic& traffic, const Placement& placement) {
    std::int64_t sum = 0;
    for (std::uint32_t from = 0; from < traffic.cores; ++from)
        for (std::size_t i = traffic.begin[from]; i < traffic.begin[from + 1]; ++i)
            sum += traffic.spikes[i] * distance(placement.of[from], placement.of[traffic.to[i]]);
    return sum;
}

std::int64_t multicast_hops(const MappingProblem& problem, const Partition& partition,
                            const Placement& placement) {
    Reach reach{problem, partition};
    std::vector<std::uint32_t> used(placement.mesh.cores() * 4, 0);
    std::int64_t sum = 0;
    for (std::uint32_t n = 0; n < problem.neurons; ++n) {
        const Position source = placement.of[partition.core_of[n].value];
        std::int64_t links    = 0;
        reach.each(n, [&](std::uint32_t core) {
            walk(source, placement.of[core], [&](Position a, Position b) {
                links += std::exchange(used[link_index(placement.mesh, a, b)], n + 1) != n + 1;
            });
        });
        sum += links * problem.spikes[n];
    }
    return sum;
}

std::vector<LinkLoad> link_loads(const CoreTraffic& traffic, const Placement& placement) {
    std::vector<LinkLoad> loads(placement.mesh.cores() * 4);
    for (std::uint32_t from = 0; from < traffic.cores; ++from)
        for (std::size_t i = traffic.begin[from]; i < traffic.begin[from + 1]; ++i)
            walk(placement.of[from], placement.of[traffic.to[i]], [&](Position a, Position b) {
                LinkLoad& load = loads[link_index(placement.mesh, a, b)];
                load.from      = a;
                load.to        = b;
                load.spikes += traffic.spikes[i];
            });
    std::erase_if(loads, [](const LinkLoad& load) { return load.spikes == 0; });
    return loads;
}

}  // namespace spikeloom::mapping
