// SPDX-License-Identifier: Apache-2.0
/// Which shape one node takes and gives.
#pragma once

#include "compiler/frontend/nir/graph.hpp"

#include <optional>
#include <string>

namespace spikeloom::frontend::nir {

/// A shape, nothing where it is open, or a sentence that says what is wrong and at which parameter.
struct ShapeAnswer {
    std::optional<Shape> shape;
    std::string fault;
    std::string parameter;
};

/// True for nodes that work element by element and take the shape of their parameters.
bool is_elementwise(const Node& node);

/// `given` spread over `shape` as one number for all, or along extents of 1 at equal rank.
bool spreads_over(const Shape& given, const Shape& shape);

/// What the node's own parameters say about its input.
ShapeAnswer own_input(const Node& node);

/// What the node gives when it takes `in`.
ShapeAnswer output_for(const Node& node, const Shape& in);

}  // namespace spikeloom::frontend::nir
