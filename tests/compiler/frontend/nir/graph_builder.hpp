// SPDX-License-Identifier: Apache-2.0
/// Small NIR graphs for the tests.
#pragma once

#include "compiler/frontend/nir/nir.hpp"
#include "compiler/frontend/nir/raw_array.hpp"
#include "compiler/ir/expand.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace spikeloom::frontend::nir::testing {

using Extents    = std::vector<std::uint64_t>;
using Parameters = std::map<std::string, RawArray>;

/// "a7" of "a" and 7.
inline std::string numbered(std::string prefix, std::uint64_t number) {
    return prefix.append(std::to_string(number));
}

inline std::uint64_t count(const Extents& shape) {
    std::uint64_t product = 1;
    for (const std::uint64_t extent : shape)
        product *= extent;
    return product;
}

inline RawArray reals(const std::vector<double>& values, const Extents& shape) {
    return make_real(values, shape);
}
inline RawArray filled(double value, const Extents& shape) {
    return make_real(std::vector<double>(count(shape), value), shape);
}
/// first, first + 1, ... over the shape.
inline RawArray ramp(double first, const Extents& shape) {
    std::vector<double> values(count(shape));
    for (std::size_t k = 0; k < values.size(); ++k)
        values[k] = first + static_cast<double>(k);
    return make_real(values, shape);
}
inline RawArray scalar(double value) {
    return make_real(std::vector{value}, {});
}
inline RawArray integers_of(const std::vector<std::int64_t>& values) {
    return make_integers(values, {values.size()});
}
inline RawArray integer(std::int64_t value) {
    return make_integers(std::vector{value}, {});
}

inline RawNode node(std::string name, std::string type, Parameters parameters) {
    RawNode made;
    made.name       = std::move(name);
    made.type       = std::move(type);
    made.parameters = std::move(parameters);
    return made;
}
inline RawNode input(const std::vector<std::int64_t>& shape, std::string name = "input") {
    return node(std::move(name), "Input", {{"shape", integers_of(shape)}});
}
inline RawNode output(const std::vector<std::int64_t>& shape, std::string name = "output") {
    return node(std::move(name), "Output", {{"shape", integers_of(shape)}});
}
inline RawNode neurons(std::string name, const Extents& shape) {
    return node(std::move(name), "IF",
                {{"r", filled(1, shape)}, {"v_threshold", filled(1, shape)}});
}
inline RawNode linear(std::string name, std::uint64_t rows, std::uint64_t columns) {
    return node(std::move(name), "Linear", {{"weight", ramp(1, {rows, columns})}});
}

inline RawNode nested(std::string name, std::vector<RawNode> nodes, std::vector<Edge> edges) {
    RawNode graph = node(std::move(name), "NIRGraph", {});
    graph.nodes   = std::move(nodes);
    graph.edges   = std::move(edges);
    std::ranges::sort(graph.nodes, {}, &RawNode::name);
    return graph;
}
inline RawGraph graph(std::vector<RawNode> nodes, std::vector<Edge> edges) {
    RawGraph made;
    made.file    = "test.nir";
    made.version = "1.0";
    made.root    = nested("", std::move(nodes), std::move(edges));
    return made;
}

/// The nodes, one after the other.
inline RawGraph chain(std::vector<RawNode> nodes) {
    std::vector<Edge> edges;
    for (std::size_t k = 1; k < nodes.size(); ++k)
        edges.emplace_back(nodes[k - 1].name, nodes[k].name);
    return graph(std::move(nodes), std::move(edges));
}

/// "code at where" of every diagnostic.
inline std::vector<std::string> list(const Diagnostics& diagnostics) {
    std::vector<std::string> lines;
    for (const Diagnostic& one : diagnostics)
        lines.push_back(one.code + " at " + one.location.where);
    return lines;
}
template <class T>
std::vector<std::string> faults(const Checked<T>& result) {
    return result ? std::vector<std::string>{} : list(result.error());
}
template <class T>
std::string text(const Checked<T>& result) {
    return result ? "no fault" : to_string(result.error());
}

/// (pre, post, delay) -> weight, entries that meet summed.
using Synapses = std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, double>;
inline Synapses synapses(const ir::Network& network, std::uint32_t projection) {
    Synapses all;
    const auto rows = network.at(network.projections[projection].pre).size();
    ir::for_each_row(network, ProjectionId{projection}, 0, static_cast<std::uint32_t>(rows),
                     [&](std::uint32_t, std::span<const ir::Synapse> row) {
                         for (const ir::Synapse& s : row)
                             all[{s.pre, s.post, s.delay}] += s.weight;
                     });
    return all;
}

/// Index of the projection of that name.
inline std::uint32_t projection(const ir::Network& network, std::string_view name) {
    const auto found = std::ranges::find(network.projections, name, &ir::Projection::name);
    return static_cast<std::uint32_t>(found - network.projections.begin());
}
inline const ir::Population& population(const ir::Network& network, std::string_view name) {
    return network.at(network.find(name).value());
}
inline double number(const ir::Values& values) {
    return std::get<double>(values);
}
inline const std::vector<double>& array(const ir::Values& values) {
    return *std::get<ir::Array>(values);
}

}  // namespace spikeloom::frontend::nir::testing
