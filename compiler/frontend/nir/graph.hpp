// SPDX-License-Identifier: Apache-2.0
/// A NIR graph with its nodes understood: typed, nested graphs dissolved, edges by index.
#pragma once

#include "compiler/frontend/nir/raw_graph.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spikeloom::frontend::nir {

using Shape = std::vector<std::uint64_t>;

/// Product of the extents, UINT64_MAX where it does not fit.
std::uint64_t size_of(const Shape& shape);

struct Tensor {
    Shape shape;
    std::vector<double> values;  ///< row-major
};

enum class NodeKind {
    source,  ///< an Input of the outermost graph
    sink,    ///< an Output of the outermost graph
    port,    ///< an Input or Output of a nested graph: passes on what it gets
    affine,  ///< Affine and Linear
    scale,
    convolution,  ///< Conv1d (axis 1 only) and Conv2d
    pool,         ///< SumPool2d and AvgPool2d
    flatten,
    delay,
    neuron,   ///< everything that becomes a population
    unknown,  ///< faulty; reported already
};

/// Window of a convolution or a pool; axis 0 is y, axis 1 is x.
struct Window {
    std::array<std::uint32_t, 2> kernel{1, 1};
    std::array<std::uint32_t, 2> stride{1, 1};
    std::array<std::uint32_t, 2> pad_before{0, 0};
    std::array<std::uint32_t, 2> pad_after{0, 0};
    std::array<std::uint32_t, 2> dilation{1, 1};
    std::uint32_t groups = 1;
};

struct Node {
    std::string name;  ///< path of names joined by '.'
    std::string path;  ///< in the file
    std::string type;  ///< as in the file
    NodeKind kind = NodeKind::unknown;
    std::string_view model;                 ///< of a neuron, as in compiler/ir/models.hpp
    std::map<std::string, Tensor> tensors;  ///< weight, bias, tau, ...
    Window window;
    bool two_axes          = true;  ///< false for Conv1d
    std::int64_t start_dim = 1;     ///< flatten
    std::int64_t end_dim   = -1;    ///< flatten
    std::optional<Shape> given;     ///< Input, Output: shape; flatten: input_type; convolution:
                                    ///< input_shape (without the channels)
    std::optional<Shape> in;        ///< set by infer_shapes
    std::optional<Shape> out;       ///< set by infer_shapes

    [[nodiscard]] const Tensor* tensor(const std::string& key) const {
        const auto found = tensors.find(key);
        return found == tensors.end() ? nullptr : &found->second;
    }
};

struct Graph {
    std::string file;
    std::vector<Node> nodes;
    std::vector<std::pair<std::size_t, std::size_t>> edges;  ///< no doubles

    [[nodiscard]] std::vector<std::vector<std::size_t>> predecessors() const;
    [[nodiscard]] std::vector<std::vector<std::size_t>> successors() const;
};

/// What a pass has to say: faults stop the reading, warnings do not.
struct Findings {
    Diagnostics faults;
    Diagnostics warnings;
};

/// Understands one node. Missing parameters at a place that is `blamed` already are not reported
/// again. Codes: "nir.missing", "nir.type", "nir.value", "nir.shape", "nir.unknown-type"; warning
/// "nir.ignored".
Node decode_node(const RawNode& raw, const std::string& file, const std::string& path,
                 const std::set<std::string>& blamed, Findings& findings);

/// Dissolves nested graphs. Codes: those of decode_node, "nir.edge", "nir.duplicate-name"; warning
/// "nir.duplicate-edge".
Graph build_graph(const RawGraph& raw, const std::set<std::string>& blamed, Findings& findings);

/// Sets `in` and `out` of every node. Codes "nir.shape", "nir.shape-unknown", "nir.too-large";
/// warnings "nir.batch-dimension", "nir.flatten-start-dim", "nir.port-shape".
void infer_shapes(Graph& graph, Findings& findings);

}  // namespace spikeloom::frontend::nir
