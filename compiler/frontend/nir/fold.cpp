// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/fold.hpp"

#include "compiler/frontend/nir/components.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace spikeloom::frontend::nir {
namespace {

std::uint64_t input_size(const Graph& graph, const Path& path) {
    return size_of(*graph.nodes[path.from].out);
}

class Folder {
public:
    Folder(const Graph& graph, Findings& findings)
        : graph_{graph},
          findings_{findings},
          before_{graph.predecessors()},
          arriving_(graph.nodes.size()),
          leaving_(graph.nodes.size()) {
        folded_.constant.resize(graph.nodes.size());
    }

    Folded run() {
        const auto order = linear_order();
        if (!order) return {};
        for (const std::size_t k : *order)
            fold_node(k);
        for (std::size_t k = 0; k < graph_.nodes.size(); ++k)
            if (!is_linear(graph_.nodes[k])) finish(k);
        return std::move(folded_);
    }

private:
    /// Linear nodes, each after those before it; nothing where they make a cycle.
    std::optional<std::vector<std::size_t>> linear_order() {
        std::vector<std::vector<std::size_t>> successors(graph_.nodes.size());
        for (const auto& [from, to] : graph_.edges)
            if (is_linear(graph_.nodes[from]) && is_linear(graph_.nodes[to]))
                successors[from].push_back(to);
        const auto component = strong_components(successors);
        std::map<std::uint32_t, std::vector<std::size_t>, std::greater<>> members;
        for (std::size_t k = 0; k < component.size(); ++k)
            if (is_linear(graph_.nodes[k])) members[component[k]].push_back(k);

        std::vector<std::size_t> order;
        bool is_good = true;
        for (const auto& [number, nodes] : members) {
            const std::size_t first = nodes.front();
            const bool loops        = std::ranges::count(successors[first], first) > 0;
            if (nodes.size() > 1 || loops) {
                complain_of_cycle(nodes);
                is_good = false;
            }
            order.push_back(first);
        }
        if (!is_good) return std::nullopt;
        return order;
    }

    void complain_of_cycle(const std::vector<std::size_t>& nodes) {
        std::vector<std::string> names;
        for (const std::size_t k : nodes)
            names.push_back(graph_.nodes[k].name);
        findings_.faults.push_back(
            {"nir.cycle",
             fmt::format("the nodes '{}' make a cycle without any neuron on it, which has no "
                         "defined output",
                         fmt::join(names, "', '")),
             {graph_.file, graph_.nodes[nodes.front()].path},
             {}});
    }

    /// Collects what arrives at node k; ways from the same population are joined into one.
    void fold_node(std::size_t k) {
        gather(k);
        std::map<std::size_t, std::vector<Path>> by_origin;
        for (Path& path : arriving_[k])
            by_origin[path.from].push_back(std::move(path));
        for (auto& [origin, paths] : by_origin) {
            Path path = paths.size() == 1 ? std::move(paths.front()) : join(paths, k);
            path.chain.push_back(k);
            leaving_[k].push_back(std::move(path));
        }
        if (!folded_.constant[k].empty() && entry_bound(graph_.nodes[k]) > entry_limit)
            complain_of_size(k);
        else
            folded_.constant[k] = respond(graph_.nodes[k], folded_.constant[k]);
        arriving_[k].clear();
    }

    void gather(std::size_t k) {
        for (const std::size_t p : before_[k]) {
            if (!is_linear(graph_.nodes[p])) {
                arriving_[k].push_back({p, k, nullptr, {}});
                continue;
            }
            arriving_[k].insert(arriving_[k].end(), leaving_[p].begin(), leaving_[p].end());
            add_constant(folded_.constant[k], folded_.constant[p]);
        }
    }

    static void add_constant(std::vector<double>& sum, const std::vector<double>& term) {
        if (sum.empty()) sum.resize(term.size(), 0.0);
        for (std::size_t k = 0; k < term.size(); ++k)
            sum[k] += term[k];
    }

    Path join(const std::vector<Path>& paths, std::size_t at) {
        Entries all;
        for (const Path& path : paths) {
            const auto entries = entries_of(graph_, path);
            if (!entries || all.size() + entries->size() > entry_limit) {
                complain_of_size(at);
                break;
            }
            all = sum(std::move(all), *entries);
        }
        return {paths.front().from, at, std::make_shared<const Entries>(std::move(all)), {}};
    }

    void complain_of_size(std::size_t at) {
        findings_.faults.push_back(
            {"nir.too-large",
             fmt::format("the linear nodes up to here fold into more than {} synapses",
                         entry_limit),
             {graph_.file, graph_.nodes[at].path},
             {}});
    }

    void finish(std::size_t k) {
        gather(k);
        for (Path& path : arriving_[k]) {
            path.to = k;
            folded_.paths.push_back(std::move(path));
        }
        arriving_[k].clear();
    }

    const Graph& graph_;
    Findings& findings_;
    std::vector<std::vector<std::size_t>> before_;
    std::vector<std::vector<Path>> arriving_;
    std::vector<std::vector<Path>> leaving_;
    Folded folded_;
};

}  // namespace

bool is_linear(const Node& node) {
    return node.kind != NodeKind::source && node.kind != NodeKind::neuron &&
           node.kind != NodeKind::sink && node.kind != NodeKind::unknown;
}

Folded fold(const Graph& graph, Findings& findings) {
    return Folder{graph, findings}.run();
}

std::optional<Entries> entries_of(const Graph& graph, const Path& path) {
    Entries entries;
    std::size_t next = 0;
    if (path.joined)
        entries = *path.joined;
    else if (!path.chain.empty()) {
        const Node& first = graph.nodes[path.chain[next++]];
        if (entry_bound(first) > entry_limit) return std::nullopt;
        entries = entries_of(first);
    } else {
        const std::uint64_t size = input_size(graph, path);
        if (size > entry_limit) return std::nullopt;
        for (std::uint32_t k = 0; k < size; ++k)
            entries.push_back({k, k, 0, 1.0});
    }
    for (; next < path.chain.size(); ++next) {
        const Node& node = graph.nodes[path.chain[next]];
        if (entry_bound(node) > entry_limit) return std::nullopt;
        auto longer = compose(entries, entries_of(node), entry_limit);
        if (!longer) return std::nullopt;
        entries = std::move(*longer);
    }
    return entries;
}

}  // namespace spikeloom::frontend::nir
