// SPDX-License-Identifier: Apache-2.0
/// A folded path as a connector of the IR.
#pragma once

#include "compiler/frontend/nir/fold.hpp"
#include "compiler/ir/network.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace spikeloom::frontend::nir {

struct Connection {
    ir::Connector connector;
    ir::Values weights        = 1.0;
    std::uint32_t least_delay = 0;      ///< ticks that Delay nodes on the path ask for
    std::vector<std::uint32_t> delays;  ///< per entry of a Sparse connector; empty: all the least
};

/// The most compact connector that says exactly what the path does: one_to_one, dense, conv2d,
/// pool2d, else sparse. Nothing where it has more than entry_limit synapses.
std::optional<Connection> connect(const Graph& graph, const Path& path);

}  // namespace spikeloom::frontend::nir
