// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/raw_array.hpp"
#include "compiler/frontend/nir/shape_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikeloom::frontend::nir {
namespace {

constexpr std::uint64_t most_elements = std::uint64_t{1} << 24;  // as ir::max_neurons

/// Shapes flow along the edges; where that leaves an element-wise node open, against them.
class Inference {
public:
    Inference(Graph& graph, Findings& findings)
        : graph_{graph},
          findings_{findings},
          before_{graph.predecessors()},
          after_{graph.successors()},
          broken_(graph.nodes.size(), false) {}

    void run() {
        const std::size_t faults_before = findings_.faults.size();
        read_own_shapes();
        while (step_forward() || step_backward() || settle_one()) {
        }
        check_edges();
        check_sizes();
        if (findings_.faults.size() == faults_before) report_unknown();
    }

private:
    void complain(const Node& node, const ShapeAnswer& answer) {
        findings_.faults.push_back(
            {"nir.shape", answer.fault, {graph_.file, node.path + "/" + answer.parameter}, {}});
    }

    void read_own_shapes() {
        own_.resize(graph_.nodes.size());
        for (std::size_t k = 0; k < own_.size(); ++k) {
            Node& node               = graph_.nodes[k];
            const ShapeAnswer answer = own_input(node);
            if (!answer.fault.empty()) {
                complain(node, answer);
                broken_[k] = true;
                continue;
            }
            own_[k] = answer.shape;
            if (answer.shape && !is_soft(k)) node.in = answer.shape;
        }
    }

    /// Parameters with an extent of 1 may spread over a larger input.
    [[nodiscard]] bool is_soft(std::size_t k) const {
        if (graph_.nodes[k].kind == NodeKind::port) return true;
        return is_elementwise(graph_.nodes[k]) &&
               (own_[k]->empty() || std::ranges::find(*own_[k], 1U) != own_[k]->end());
    }

    bool step_forward() {
        bool changed = false;
        for (std::size_t k = 0; k < graph_.nodes.size(); ++k)
            changed |= take_from_predecessor(k) | give(k);
        return changed;
    }

    bool take_from_predecessor(std::size_t k) {
        Node& node = graph_.nodes[k];
        if (node.in || broken_[k] || node.kind == NodeKind::unknown) return false;
        for (const std::size_t p : before_[k])
            if (graph_.nodes[p].out) return take(k, *graph_.nodes[p].out);
        return false;
    }

    bool take(std::size_t k, const Shape& offered) {
        Node& node         = graph_.nodes[k];
        const bool is_port = node.kind == NodeKind::port;
        const bool fits    = !own_[k] || is_port || spreads_over(*own_[k], offered);
        node.in            = fits ? offered : *own_[k];
        if (is_port && own_[k] && *own_[k] != offered) warn_of_port(node);
        return true;
    }

    /// The shape of a nested Input or Output says nothing that its neighbours do not say.
    void warn_of_port(const Node& node) {
        findings_.warnings.push_back({"nir.port-shape",
                                      fmt::format("says {} but passes on {}; ignored",
                                                  shape_text(*node.given), shape_text(*node.in)),
                                      {graph_.file, node.path + "/shape"},
                                      {}});
    }

    bool give(std::size_t k) {
        Node& node = graph_.nodes[k];
        if (!node.in || node.out || broken_[k]) return false;
        const ShapeAnswer answer = output_for(node, *node.in);
        node.out                 = answer.shape;
        broken_[k]               = !answer.shape;
        if (!answer.fault.empty()) complain(node, answer);
        return answer.shape.has_value();
    }

    bool step_backward() {
        for (std::size_t k = 0; k < graph_.nodes.size(); ++k) {
            const Node& node = graph_.nodes[k];
            const bool same  = is_elementwise(node) || node.kind == NodeKind::source ||
                              node.kind == NodeKind::port;
            if (node.in || !same || broken_[k]) continue;
            for (const std::size_t s : after_[k])
                if (graph_.nodes[s].in) return take(k, *graph_.nodes[s].in);
        }
        return false;
    }

    /// Nothing around decides: the first open node takes the shape of its own parameters.
    bool settle_one() {
        for (std::size_t k = 0; k < graph_.nodes.size(); ++k) {
            Node& node = graph_.nodes[k];
            if (node.in || broken_[k] || !own_[k]) continue;
            node.in = own_[k]->empty() ? Shape{1} : *own_[k];
            return true;
        }
        return false;
    }

    void check_edges() {
        for (const auto& [from, to] : graph_.edges) {
            const Node& source = graph_.nodes[from];
            const Node& target = graph_.nodes[to];
            if (!source.out || !target.in || *source.out == *target.in) continue;
            const bool only_flattened = source.kind == NodeKind::flatten &&
                                        size_of(*source.out) == size_of(*target.in) &&
                                        target.in->size() == 1;
            if (only_flattened)
                warn_of_flatten(source, target);
            else
                findings_.faults.push_back(
                    {"nir.shape",
                     fmt::format("'{}' takes {} but '{}' gives {}", target.name,
                                 shape_text(*target.in), source.name, shape_text(*source.out)),
                     {graph_.file, target.path},
                     {fmt::format("edge {} -> {}; '{}' is at {}", source.name, target.name,
                                  source.name, source.path)}});
        }
    }

    void warn_of_flatten(const Node& source, const Node& target) {
        findings_.warnings.push_back(
            {"nir.flatten-start-dim",
             fmt::format("keeps {} where '{}' takes {}; all dimensions are flattened",
                         shape_text(*source.out), target.name, shape_text(*target.in)),
             {graph_.file, source.path + "/start_dim"},
             {}});
    }

    void check_sizes() {
        for (const Node& node : graph_.nodes)
            if (std::max(node.in ? size_of(*node.in) : 0, node.out ? size_of(*node.out) : 0) >
                most_elements)
                findings_.faults.push_back({"nir.too-large",
                                            fmt::format("more than {} elements", most_elements),
                                            {graph_.file, node.path},
                                            {}});
    }

    void report_unknown() {
        if (!findings_.faults.empty()) return;
        for (const Node& node : graph_.nodes)
            if (!node.in || !node.out)
                findings_.faults.push_back(
                    {"nir.shape-unknown",
                     "neither the file nor the nodes around say which shape this node has",
                     {graph_.file, node.path},
                     {}});
    }

    Graph& graph_;
    Findings& findings_;
    std::vector<std::vector<std::size_t>> before_;
    std::vector<std::vector<std::size_t>> after_;
    std::vector<bool> broken_;
    std::vector<std::optional<Shape>> own_;
};

/// Every Input and Output begins with an extent of 1 and has more: a batch, written down by
/// mistake.
bool looks_batched(const Graph& graph) {
    bool any = false;
    for (const Node& node : graph.nodes) {
        if (node.kind != NodeKind::source && node.kind != NodeKind::sink) continue;
        if (!node.given || node.given->size() < 2 || node.given->front() != 1) return false;
        any = true;
    }
    return any;
}

void strip(Shape& shape) {
    if (shape.size() >= 2 && shape.front() == 1) shape.erase(shape.begin());
}

Graph without_batch(Graph graph) {
    for (Node& node : graph.nodes) {
        if (node.given && node.kind != NodeKind::convolution) strip(*node.given);
        if (is_elementwise(node))
            for (auto& [name, tensor] : node.tensors)
                strip(tensor.shape);
        if (node.start_dim > 0) --node.start_dim;
        if (node.end_dim > 0) --node.end_dim;
    }
    return graph;
}

}  // namespace

void infer_shapes(Graph& graph, Findings& findings) {
    if (!looks_batched(graph)) return Inference{graph, findings}.run();
    Graph stripped = without_batch(graph);
    Findings found = findings;
    Inference{graph, found}.run();
    const bool is_good = found.faults.size() == findings.faults.size();
    Findings second    = findings;
    if (!is_good) Inference{stripped, second}.run();
    if (is_good || second.faults.size() != findings.faults.size()) {
        findings = std::move(found);
        return;
    }
    second.warnings.push_back({"nir.batch-dimension",
                               "the shapes begin with a batch dimension of 1; dropped",
                               {graph.file, "/node"},
                               {}});
    graph    = std::move(stripped);
    findings = std::move(second);
}

}  // namespace spikeloom::frontend::nir
