// SPDX-License-Identifier: Apache-2.0
/// How a Network is put into NIR's words, before any node is written.
#pragma once

#include "compiler/frontend/nir/graph.hpp"
#include "compiler/ir/network.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace spikeloom::frontend::nir {

/// What a projection becomes.
enum class Form {
    direct,       ///< an edge
    scale,        ///< Scale
    convolution,  ///< Conv2d
    pool,         ///< SumPool2d or AvgPool2d
    dense,        ///< Linear, or Affine where it carries a bias
};

struct ProjectionPlan {
    Form form            = Form::dense;
    std::int64_t implied = 0;  ///< ticks of the delay that NIR implies; the rest is written
    bool carries_bias    = false;
    bool has_delay       = false;  ///< a Delay node is needed
};

struct WriterPlan {
    std::vector<ProjectionPlan> projections;
    /// Shape of each population in NIR: its own, or flat where a Linear feeds it.
    std::vector<Shape> shapes;
};

/// Codes "nir.cannot-express", "nir.too-large", "nir.delay-needs-dt"; locations are JSON pointers
/// into the network. The network passes ir::check.
WriterPlan plan_graph(const ir::Network& network, std::optional<double> dt, Diagnostics& faults);

/// Values of a parameter for all elements; empty where the model does not have it.
std::vector<double> parameter_values(const ir::Network& network, std::uint32_t population,
                                     const std::string& name);

}  // namespace spikeloom::frontend::nir
