// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/deadlock.hpp"

#include "hw/spec/noc_routing.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace spikeloom::hw {

namespace {

using Graph  = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;

constexpr std::size_t channel_of(std::uint32_t router, Port port) {
    return std::size_t{router} * direction_ports + static_cast<std::size_t>(port);
}

/// For each channel, the set of ports (a bit each) by which its messages go on.
using Successors = std::vector<std::uint8_t>;

/// The routers at most two hops from one, itself left out.
std::vector<std::uint32_t> within_two_hops(const NocSpec& noc, std::uint32_t router) {
    std::vector<std::uint32_t> near;
    for (std::uint32_t p = 0; p < direction_ports; ++p) {
        const auto one = neighbour(noc, router, Port(p));
        if (!one) continue;
        near.push_back(*one);
        for (std::uint32_t q = 0; q < direction_ports; ++q)
            if (const auto two = neighbour(noc, *one, Port(q)); two && *two != router)
                near.push_back(*two);
    }
    return near;
}

/// Adds what the messages of one dimension order make channels wait for. The first two hops of a
/// message are those of a message that goes no farther, and after a hop a message is as one that
/// starts there: so all dependencies show on the ways of two hops, from every router.
void add_dependencies(const NocSpec& noc, bool y_before_x, Successors& successors) {
    const auto port_towards = [&](std::uint32_t at, std::uint32_t to) {
        const auto dx = steps(at % noc.columns, to % noc.columns, noc.columns, noc.wrap);
        const auto dy = steps(at / noc.columns, to / noc.columns, noc.rows, noc.wrap);
        return next_port(dx, dy, y_before_x);
    };
    for (std::uint32_t at = 0; at < noc.routers(); ++at) {
        for (const std::uint32_t to : within_two_hops(noc, at)) {
            const Port first = port_towards(at, to);
            if (first == Port::local) continue;
            const Port second = port_towards(*neighbour(noc, at, first), to);
            if (second == Port::local) continue;
            successors[channel_of(at, first)] |=
                static_cast<std::uint8_t>(1U << static_cast<unsigned>(second));
        }
    }
}

Graph dependency_graph(const NocSpec& noc, const Successors& successors) {
    Graph graph(successors.size());
    for (std::size_t channel = 0; channel < successors.size(); ++channel) {
        const auto router = static_cast<std::uint32_t>(channel / direction_ports);
        const auto next   = neighbour(noc, router, Port(channel % direction_ports));
        for (std::uint32_t p = 0; next && p < direction_ports; ++p)
            if ((successors[channel] >> p & 1U) != 0)
                boost::add_edge(channel, channel_of(*next, Port(p)), graph);
    }
    return graph;
}

/// Keeps the first ring that a depth-first search closes.
class RingFinder : public boost::default_dfs_visitor {
public:
    RingFinder(std::vector<Vertex>& parent, std::vector<Vertex>& ring)
        : parent_{&parent}, ring_{&ring} {}

    void tree_edge(const boost::graph_traits<Graph>::edge_descriptor& edge, const Graph& graph) {
        (*parent_)[boost::target(edge, graph)] = boost::source(edge, graph);
    }
    void back_edge(const boost::graph_traits<Graph>::edge_descriptor& edge, const Graph& graph) {
        if (!ring_->empty()) return;
        const Vertex first = boost::target(edge, graph);
        for (Vertex v = boost::source(edge, graph); v != first; v = (*parent_)[v])
            ring_->push_back(v);
        ring_->push_back(first);
        std::reverse(ring_->begin(), ring_->end());
    }

private:
    std::vector<Vertex>* parent_;
    std::vector<Vertex>* ring_;
};

std::vector<NocChannel> ring_among(const NocSpec& noc, const Successors& successors) {
    const Graph graph = dependency_graph(noc, successors);
    std::vector<Vertex> parent(boost::num_vertices(graph));
    std::vector<Vertex> ring;
    boost::depth_first_search(graph, boost::visitor(RingFinder{parent, ring}));
    std::vector<NocChannel> channels;
    for (const Vertex v : ring) {
        const auto router = static_cast<std::uint32_t>(v / direction_ports);
        channels.push_back({router, *neighbour(noc, router, Port(v % direction_ports))});
    }
    return channels;
}

}  // namespace

std::vector<NocChannel> find_channel_cycle(const NocSpec& noc) {
    const std::size_t channels = noc.routers() * std::size_t{direction_ports};
    const bool both_share      = noc.routing == Routing::o1turn && noc.networks == 1;
    const bool any_x           = noc.routing != Routing::yx;
    const bool any_y           = noc.routing != Routing::xy;
    Successors x_before_y(channels, 0), y_before_x(channels, 0);
    if (any_x) add_dependencies(noc, false, x_before_y);
    if (any_y) add_dependencies(noc, true, both_share ? x_before_y : y_before_x);
    std::vector<NocChannel> ring = ring_among(noc, x_before_y);
    if (ring.empty()) ring = ring_among(noc, y_before_x);
    return ring;
}

Result<void> check_deadlock(const NocSpec& noc) {
    const std::vector<NocChannel> ring = find_channel_cycle(noc);
    if (ring.empty()) return {};
    std::string names;
    const std::size_t shown = std::min<std::size_t>(ring.size(), 8);
    for (std::size_t i = 0; i < shown; ++i)
        names += fmt::format("({},{}) -> ", ring[i].from % noc.columns, ring[i].from / noc.columns);
    names += ring.size() > shown
                 ? std::string{"..."}
                 : fmt::format("({},{})", ring[0].from % noc.columns, ring[0].from / noc.columns);
    return fault(
        "chip.deadlock",
        fmt::format("the routing can deadlock: {} channels wait for each other in a ring, "
                    "{}; use routing xy or yx on a mesh, or o1turn on two networks or more",
                    ring.size(), names),
        {"", "topology"});
}

}  // namespace spikeloom::hw
