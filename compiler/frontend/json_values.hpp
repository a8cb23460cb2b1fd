// SPDX-License-Identifier: Apache-2.0
/// Numbers, arrays, sidecars and distributions of a network file; inside of compiler/frontend only.
#pragma once

#include "compiler/frontend/json_fields.hpp"
#include "compiler/ir/network.hpp"

namespace spikeloom::frontend {

using Shape = std::vector<std::uint64_t>;

/// A number, an array, {"npy": ...} or {"distribution": ...}. An array must be flat or have
/// `shape` ("json.shape"); its number of elements is left to ir::check(). An empty shape allows
/// every regular array.
std::optional<ir::Values> read_values(const JsonPlace& place, const Shape& shape,
                                      JsonContext& context);

/// An array of integers from 0 to 2^32 - 1, inline or {"npy": ...}.
std::optional<std::vector<std::uint32_t>> read_indices(const JsonPlace& place,
                                                       JsonContext& context);

}  // namespace spikeloom::frontend
