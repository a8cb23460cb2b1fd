// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/lower.hpp"

#include "compiler/frontend/nir/connector.hpp"
#include "compiler/frontend/nir/retime.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <numeric>

namespace spikeloom::frontend::nir {
namespace {

constexpr std::size_t no_population = std::numeric_limits<std::size_t>::max();

/// One number where all elements are equal.
ir::Values compact(std::vector<double> values) {
    if (std::ranges::all_of(values, [&](double x) { return x == values.front(); }))
        return values.front();
    return std::make_shared<const std::vector<double>>(std::move(values));
}

ir::Values compact(const Tensor& tensor, const Shape& shape) {
    if (tensor.values.size() == 1) return tensor.values.front();
    return compact(spread(tensor, shape));
}

class Lowering {
public:
    Lowering(const Graph& graph, const Folded& folded, Findings& findings)
        : graph_{graph}, folded_{folded}, findings_{findings} {}

    ir::Network run() {
        pick_sinks();
        make_connections();
        place_populations();
        for (const std::size_t k : order_)
            network_.populations.push_back(population_of(k));
        for (std::size_t k = 0; k < connections_.size(); ++k)
            add_projection(k);
        warn_of_gaps();
        return std::move(network_);
    }

private:
    void warn(std::string code, std::string message, const Node& node) {
        findings_.warnings.push_back(
            {std::move(code), std::move(message), {graph_.file, node.path}, {}});
    }

    /// Nothing happens on the way from a population to this sink.
    [[nodiscard]] bool is_plain(const Path& path) const {
        return !path.joined && graph_.nodes[path.from].kind == NodeKind::neuron &&
               std::ranges::all_of(path.chain, [&](std::size_t k) {
                   return graph_.nodes[k].kind == NodeKind::port ||
                          graph_.nodes[k].kind == NodeKind::flatten;
               });
    }

    /// An Output behind neurons marks them. Any other becomes a population that reads out the sum.
    void pick_sinks() {
        is_output_.assign(graph_.nodes.size(), false);
        is_population_.assign(graph_.nodes.size(), false);
        for (std::size_t k = 0; k < graph_.nodes.size(); ++k)
            is_population_[k] =
                graph_.nodes[k].kind != NodeKind::sink && !is_linear(graph_.nodes[k]);
        std::map<std::size_t, std::vector<const Path*>> arriving;
        for (const Path& path : folded_.paths)
            if (graph_.nodes[path.to].kind == NodeKind::sink) arriving[path.to].push_back(&path);
        for (const auto& [sink, paths] : arriving) {
            const bool plain =
                folded_.constant[sink].empty() &&
                std::ranges::all_of(paths, [&](const Path* p) { return is_plain(*p); });
            if (!plain) is_output_[sink] = is_population_[sink] = true;
            if (plain)
                for (const Path* path : paths)
                    is_output_[path->from] = true;
        }
    }

    void make_connections() {
        for (const Path& path : folded_.paths) {
            if (!is_population_[path.to]) continue;
            auto connection = connect(graph_, path);
            if (connection) {
                connections_.push_back(std::move(*connection));
                paths_.push_back(&path);
                continue;
            }
            const Node& from = graph_.nodes[path.from];
            findings_.faults.push_back(
                {"nir.too-large",
                 fmt::format("the nodes between '{}' and '{}' fold into more than {} synapses",
                             from.name, graph_.nodes[path.to].name, entry_limit),
                 {graph_.file, graph_.nodes[path.to].path},
                 {}});
        }
    }

    /// Sources first, then by level, then in the order of the file.
    void place_populations() {
        std::vector<std::size_t> nodes;
        dense_.assign(graph_.nodes.size(), no_population);
        std::vector<bool> is_source;
        for (std::size_t k = 0; k < graph_.nodes.size(); ++k) {
            if (!is_population_[k]) continue;
            dense_[k] = nodes.size();
            nodes.push_back(k);
            is_source.push_back(graph_.nodes[k].kind == NodeKind::source);
        }
        std::vector<TimedEdge> edges;
        for (std::size_t k = 0; k < connections_.size(); ++k)
            edges.push_back(
                {dense_[paths_[k]->from], dense_[paths_[k]->to], connections_[k].least_delay});
        retiming_ = retime(is_source, edges);
        order_    = nodes;
        std::ranges::stable_sort(order_, {}, [&](std::size_t k) {
            const std::size_t d = dense_[k];
            return std::pair{!is_source[d], retiming_.level[d]};
        });
        position_.resize(graph_.nodes.size());
        for (std::size_t k = 0; k < order_.size(); ++k)
            position_[order_[k]] = static_cast<std::uint32_t>(k);
    }

    [[nodiscard]] ir::Population population_of(std::size_t k) const {
        const Node& node = graph_.nodes[k];
        ir::Population population;
        population.name            = node.name;
        population.model.name      = node.kind == NodeKind::sink ? "linear" : node.model;
        population.is_output       = is_output_[k];
        population.pipeline_offset = retiming_.level[dense_[k]];
        for (const std::uint64_t extent : *node.in)
            population.shape.push_back(static_cast<std::uint32_t>(extent));
        if (population.shape.empty()) population.shape.push_back(1);
        for (const auto& [name, tensor] : node.tensors)
            population.model.parameters.emplace(name, compact(tensor, *node.in));
        if (!folded_.constant[k].empty())
            population.model.parameters.emplace("bias", compact(folded_.constant[k]));
        return population;
    }

    /// Ticks of the IR for ticks of the file.
    [[nodiscard]] std::uint32_t final_delay(std::size_t k, std::uint32_t delay) const {
        if (retiming_.within_level[k]) return std::max(1U, delay);
        return static_cast<std::uint32_t>(delay + retiming_.shift[k]);
    }

    [[nodiscard]] ir::Values delays_of(std::size_t k) const {
        const Connection& connection = connections_[k];
        if (connection.delays.empty()) return double{1} * final_delay(k, connection.least_delay);
        std::vector<double> delays;
        for (const std::uint32_t delay : connection.delays)
            delays.push_back(final_delay(k, delay));
        return compact(std::move(delays));
    }

    void add_projection(std::size_t k) {
        const Path& path = *paths_[k];
        ir::Projection projection;
        projection.pre       = PopulationId{position_[path.from]};
        projection.post      = PopulationId{position_[path.to]};
        projection.connector = std::move(connections_[k].connector);
        projection.weights   = std::move(connections_[k].weights);
        projection.delays    = delays_of(k);
        projection.name =
            fmt::format("{}->{}", graph_.nodes[path.from].name, graph_.nodes[path.to].name);
        const std::uint32_t number = ++uses_[projection.name];
        if (number > 1) projection.name += fmt::format("#{}", number);
        network_.projections.push_back(std::move(projection));
    }

    void warn_of_gaps() {
        std::vector<bool> is_driven(graph_.nodes.size(), false);
        std::vector<bool> is_read(graph_.nodes.size(), false);
        for (const auto& [from, to] : graph_.edges)
            is_read[from] = is_driven[to] = true;
        for (std::size_t k = 0; k < graph_.nodes.size(); ++k) {
            const Node& node = graph_.nodes[k];
            if (!is_driven[k] && node.kind != NodeKind::source)
                warn("nir.no-input", "no edge enters this node", node);
            if (!is_read[k] && (is_linear(node) || node.kind == NodeKind::source))
                warn("nir.unused", "no edge leaves this node", node);
        }
        if (std::ranges::none_of(graph_.nodes,
                                 [](const Node& node) { return node.kind == NodeKind::sink; }))
            findings_.warnings.push_back(
                {"nir.no-output",
                 "the graph has no Output node; no population is an output",
                 {graph_.file, "/node/nodes"},
                 {}});
        for (const std::size_t k : retiming_.stretched)
            warn("nir.cycle-delay",
                 fmt::format("the delays around the cycle through '{}' and '{}' are shorter than "
                             "one tick a projection; each takes at least one",
                             graph_.nodes[paths_[k]->from].name, graph_.nodes[paths_[k]->to].name),
                 graph_.nodes[paths_[k]->to]);
    }

    const Graph& graph_;
    const Folded& folded_;
    Findings& findings_;
    ir::Network network_;
    std::vector<bool> is_output_, is_population_;
    std::vector<Connection> connections_;
    std::vector<const Path*> paths_;  ///< of each connection
    std::vector<std::size_t> dense_;  ///< node -> number in the retiming
    std::vector<std::size_t> order_;  ///< nodes of the populations, in the order of the network
    std::vector<std::uint32_t> position_;  ///< node -> PopulationId
    Retiming retiming_;
    std::map<std::string, std::uint32_t> uses_;  ///< of a projection's name
};

}  // namespace

ir::Network lower(const Graph& graph, const Folded& folded, Findings& findings) {
    return Lowering{graph, folded, findings}.run();
}

}  // namespace spikeloom::frontend::nir
