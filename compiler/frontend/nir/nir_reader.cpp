// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/lower.hpp"
#include "compiler/frontend/nir/nir.hpp"
#include "compiler/frontend/nir/raw_array.hpp"
#include "compiler/frontend/nir/raw_parse.hpp"
#include "compiler/frontend/nir/spikeloom_metadata.hpp"
#include "support/atomic_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace spikeloom::frontend {
namespace {

using namespace nir;

/// Hands the warnings to whom they interest, with the faults or the network.
template <class T>
Checked<T> deliver(T value, Findings findings, const NirOptions& options) {
    if (options.warnings != nullptr)
        options.warnings->insert(options.warnings->end(), findings.warnings.begin(),
                                 findings.warnings.end());
    if (!findings.faults.empty()) return tl::unexpected{std::move(findings.faults)};
    return value;
}

/// dt and reset where write_nir has put them into the metadata of the outermost graph.
void read_metadata(const RawNode& root, ir::Network& network) {
    if (!root.metadata) return;
    const auto& arrays = root.metadata->arrays;
    if (const auto found = arrays.find(dt_key); found != arrays.end()) {
        const auto values = numbers(found->second);
        if (values && values->size() == 1 && std::isfinite(values->front()) && values->front() > 0)
            network.dt = values->front();
    }
    if (const auto found = arrays.find(reset_key); found != arrays.end()) {
        const auto text = text_at(found->second, 0);
        if (text && (*text == "value" || *text == "subtract")) network.reset = *text;
    }
}

/// What ir::check finds wrong (a name with a comma, too many neurons, ...), at the node that it is
/// about.
void check_network(const ir::Network& network, const Graph& graph, Findings& findings) {
    const auto good = ir::check(network);
    if (good) return;
    for (Diagnostic fault : good.error()) {
        const std::string pointer = fault.location.where;
        std::string name;
        std::size_t index = 0;
        if (std::sscanf(pointer.c_str(), "/populations/%zu", &index) == 1)
            name = network.populations[index].name;
        else if (std::sscanf(pointer.c_str(), "/projections/%zu", &index) == 1)
            name = network.at(network.projections[index].post).name;
        const auto node = std::ranges::find(graph.nodes, name, &Node::name);
        fault.location  = {graph.file, node == graph.nodes.end() ? "/node" : node->path};
        fault.notes.push_back("found at " + pointer + " of the network that was read");
        findings.faults.push_back(std::move(fault));
    }
}

/// The passes behind parsing. What is at fault already stays in `findings`.
ir::Network understand(const RawGraph& raw, const NirOptions& options, Findings& findings) {
    std::set<std::string> blamed;
    for (const Diagnostic& fault : findings.faults)
        blamed.insert(fault.location.where);
    ir::Network facts;
    read_metadata(raw.root, facts);

    Graph graph = build_graph(raw, blamed, findings);
    infer_shapes(graph, findings);
    discretise_delays(graph, options.dt ? options.dt : facts.dt, findings);
    if (!findings.faults.empty()) return {};
    const Folded folded = fold(graph, findings);
    if (!findings.faults.empty()) return {};

    ir::Network network = lower(graph, folded, findings);
    network.file        = raw.file;
    network.name        = std::filesystem::path{raw.file}.stem().string();
    network.dt          = facts.dt;
    network.reset       = facts.reset;
    if (findings.faults.empty()) check_network(network, graph, findings);
    return network;
}

}  // namespace

Checked<ir::Network> parse_nir(std::string_view bytes, const std::string& file,
                               const NirOptions& options) {
    ParsedGraph parsed = parse_partly(bytes, file, options.limits);
    Findings findings{std::move(parsed.faults), {}};
    if (!parsed.has_root) return tl::unexpected{std::move(findings.faults)};
    ir::Network network = understand(parsed.graph, options, findings);
    return deliver(std::move(network), std::move(findings), options);
}

Checked<ir::Network> network_from(const RawGraph& graph, const NirOptions& options) {
    Findings findings;
    ir::Network network = understand(graph, options, findings);
    return deliver(std::move(network), std::move(findings), options);
}

Checked<ir::Network> read_nir(const std::filesystem::path& path, const NirOptions& options) {
    const auto bytes = read_file(path, options.limits.file_bytes);
    if (!bytes) return tl::unexpected{Diagnostics{bytes.error()}};
    return parse_nir(*bytes, path.string(), options);
}

}  // namespace spikeloom::frontend
