// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/graph.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikeloom::frontend::nir {
namespace {

/// Where the edges of one name in a graph begin and end once nested graphs are dissolved.
struct Ends {
    std::vector<std::size_t> in;   ///< the node, or the Inputs of a nested graph
    std::vector<std::size_t> out;  ///< the node, or the Outputs of a nested graph
    bool is_graph  = false;
    bool is_input  = false;
    bool is_output = false;
};

constexpr std::size_t most_nodes = 16384;

using Scope = std::map<std::string, Ends, std::less<>>;

class Builder {
public:
    Builder(const RawGraph& raw, const std::set<std::string>& blamed, Findings& findings)
        : raw_{raw}, blamed_{blamed}, findings_{findings} {}

    Graph build() {
        graph_.file = raw_.file;
        if (raw_.root.type == "NIRGraph")
            add_graph(raw_.root, "", "/node");
        else
            add_single_node();
        report_equal_names();
        if (graph_.nodes.size() > most_nodes)
            complain("nir.too-large", "/node",
                     fmt::format("{} nodes, more than the limit of {}", graph_.nodes.size(),
                                 most_nodes));
        if (graph_.nodes.empty() && !blamed_.contains("/node/nodes") &&
            !blamed_.contains("/node/type"))
            complain("nir.missing", "/node/nodes", "the graph has no nodes");
        return std::move(graph_);
    }

private:
    void complain(const std::string& code, const std::string& path, const std::string& message,
                  std::vector<std::string> notes = {}) {
        findings_.faults.push_back({code, message, {raw_.file, path}, std::move(notes)});
    }

    std::size_t add_node(Node node) {
        graph_.nodes.push_back(std::move(node));
        return graph_.nodes.size() - 1;
    }

    /// A file that holds one node and no graph: give it an input and an output.
    void add_single_node() {
        Node node                = decode_node(raw_.root, raw_.file, "/node", blamed_, findings_);
        node.name                = "node";
        const std::size_t middle = add_node(std::move(node));
        Node source;
        source.name  = "input";
        source.path  = "/node";
        source.type  = "Input";
        source.kind  = NodeKind::source;
        source.model = "spike_source";
        Node sink    = source;
        sink.name    = "output";
        sink.type    = "Output";
        sink.kind    = NodeKind::sink;
        sink.model   = "";
        graph_.edges.emplace_back(add_node(std::move(source)), middle);
        graph_.edges.emplace_back(middle, add_node(std::move(sink)));
    }

    Ends add_graph(const RawNode& raw, const std::string& prefix, const std::string& path) {
        Scope scope;
        Ends ends;
        ends.is_graph = true;
        for (const RawNode& child : raw.nodes) {
            const Ends added = add_child(child, prefix, path + "/nodes/" + child.name);
            if (added.is_input) ends.in.push_back(added.in.front());
            if (added.is_output) ends.out.push_back(added.out.front());
            scope.emplace(child.name, added);
        }
        for (std::size_t k = 0; k < raw.edges.size(); ++k)
            add_edge(raw.edges[k], scope, fmt::format("{}/edges[{}]", path, k));
        return ends;
    }

    Ends add_child(const RawNode& raw, const std::string& prefix, const std::string& path) {
        const std::string name = prefix + raw.name;
        if (raw.type == "NIRGraph") return add_graph(raw, name + ".", path);
        Node node      = decode_node(raw, raw_.file, path, blamed_, findings_);
        node.name      = name;
        const bool in  = raw.type == "Input";
        const bool out = raw.type == "Output";
        if ((in || out) && !prefix.empty() && node.kind != NodeKind::unknown)
            node.kind = NodeKind::port;
        const std::size_t index = add_node(std::move(node));
        return {{index}, {index}, false, in, out};
    }

    void add_edge(const Edge& edge, const Scope& scope, const std::string& path) {
        const Ends* from = find_end(edge.first, scope, path);
        const Ends* to   = find_end(edge.second, scope, path);
        if (from == nullptr || to == nullptr) return;
        if (from->is_output || to->is_input)
            return complain("nir.edge", path,
                            fmt::format("the edge {} -> {} {}", edge.first, edge.second,
                                        from->is_output ? "leaves an Output" : "enters an Input"));
        if (!has_one_port(edge.first, *from, from->out.size(), "Output", path) ||
            !has_one_port(edge.second, *to, to->in.size(), "Input", path))
            return;
        const std::pair joined{from->out.front(), to->in.front()};
        if (seen_.insert(joined).second)
            graph_.edges.push_back(joined);
        else
            findings_.warnings.push_back(
                {"nir.duplicate-edge",
                 fmt::format("the edge {} -> {} is in the file more than once; it counts once",
                             edge.first, edge.second),
                 {raw_.file, path},
                 {}});
    }

    const Ends* find_end(const std::string& name, const Scope& scope, const std::string& path) {
        const auto found = scope.find(name);
        if (found != scope.end()) return &found->second;
        std::vector<std::string> notes;
        for (const auto& [known, ends] : scope)
            if (known.find(name) != std::string::npos || name.find(known) != std::string::npos)
                notes.push_back(fmt::format("there is a node '{}'", known));
        complain("nir.edge", path,
                 fmt::format("the edge names the node '{}', which this graph does not have", name),
                 std::move(notes));
        return nullptr;
    }

    bool has_one_port(const std::string& name, const Ends& ends, std::size_t count,
                      std::string_view what, const std::string& path) {
        if (!ends.is_graph || count == 1) return true;
        complain("nir.edge", path,
                 fmt::format("the nested graph '{}' has {} nodes of type {}; an edge needs one",
                             name, count, what));
        return false;
    }

    /// 'a.b' may be a node of that name or the node b of the graph a; both is one too many.
    void report_equal_names() {
        std::map<std::string, const Node*> by_name;
        for (const Node& node : graph_.nodes) {
            const auto [entry, is_new] = by_name.emplace(node.name, &node);
            if (!is_new)
                complain("nir.duplicate-name", node.path,
                         fmt::format("has the same joined name '{}' as {}", node.name,
                                     entry->second->path));
        }
    }

    const RawGraph& raw_;
    const std::set<std::string>& blamed_;
    Findings& findings_;
    Graph graph_;
    std::set<std::pair<std::size_t, std::size_t>> seen_;
};

}  // namespace

std::uint64_t size_of(const Shape& shape) {
    std::uint64_t product = 1;
    for (const std::uint64_t extent : shape)
        if (__builtin_mul_overflow(product, extent, &product)) return UINT64_MAX;
    return product;
}

std::vector<std::vector<std::size_t>> Graph::predecessors() const {
    std::vector<std::vector<std::size_t>> lists(nodes.size());
    for (const auto& [from, to] : edges)
        lists[to].push_back(from);
    for (auto& list : lists)
        std::ranges::sort(list);
    return lists;
}

std::vector<std::vector<std::size_t>> Graph::successors() const {
    std::vector<std::vector<std::size_t>> lists(nodes.size());
    for (const auto& [from, to] : edges)
        lists[from].push_back(to);
    for (auto& list : lists)
        std::ranges::sort(list);
    return lists;
}

Graph build_graph(const RawGraph& raw, const std::set<std::string>& blamed, Findings& findings) {
    return Builder{raw, blamed, findings}.build();
}

}  // namespace spikeloom::frontend::nir
