// SPDX-License-Identifier: Apache-2.0
/// Connectors of a network file; inside of compiler/frontend only.
#pragma once

#include "compiler/frontend/json_fields.hpp"
#include "compiler/frontend/json_values.hpp"
#include "compiler/ir/network.hpp"

namespace spikeloom::frontend {

/// A connector by its name ("dense") or as an object with "type". `post` gives a convolution its
/// number of output channels where the file does not.
std::optional<ir::Connector> read_connector(const JsonPlace& place, const ir::Population& post,
                                            JsonContext& context);

/// Shape that nested arrays of weights and delays must have.
Shape weight_shape(const ir::Connector& connector, const ir::Population& pre,
                   const ir::Population& post);

}  // namespace spikeloom::frontend
