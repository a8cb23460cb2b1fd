// SPDX-License-Identifier: Apache-2.0
/// HDF5 datatypes to and from ElementType; for the .cpp files of this folder only.
#pragma once

#include "compiler/frontend/nir/hdf5_handle.hpp"
#include "compiler/frontend/nir/raw_graph.hpp"

#include <optional>

namespace spikeloom::frontend::nir::hdf5 {

/// The element type that holds every value of `type`; nothing for compounds, references, opaque
/// bytes and the like.
std::optional<ElementType> element_type(hid_t type);

/// The HDF5 type with exactly the layout of `type`; not ok() where there is none.
Datatype file_type(const ElementType& type);

}  // namespace spikeloom::frontend::nir::hdf5
