// SPDX-License-Identifier: Apache-2.0
/// One HDF5 dataset to and from a RawArray; for the .cpp files of this folder only.
#pragma once

#include "compiler/frontend/nir/hdf5_handle.hpp"
#include "compiler/frontend/nir/raw_graph.hpp"

#include <cstdint>
#include <string>

namespace spikeloom::frontend::nir::hdf5 {

/// Memory that a file may still ask for.
struct Budget {
    std::uint64_t bytes;
};

/// Reads a whole dataset and takes its size from the budget. The fault has no location. Integers
/// and floats of an unusual layout (odd precision, bfloat16) are widened to the next usual type.
Result<RawArray> read_dataset(hid_t dataset, Budget& budget);

/// Makes the dataset `name` in `group`. Numbers of at least one extent are compressed where the
/// options say so. False where HDF5 refuses or the array's byte count is not what its type says.
bool write_dataset(hid_t group, const std::string& name, const RawArray& array,
                   const WriteOptions& options);

}  // namespace spikeloom::frontend::nir::hdf5
