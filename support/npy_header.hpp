// SPDX-License-Identifier: Apache-2.0
/// The header of an .npy file; inside of support only.
#pragma once

#include "support/npy.hpp"

#include <cstddef>

namespace spikeloom {

struct NpyHeader {
    NpyType type{};
    bool big_endian    = false;
    bool fortran_order = false;
    std::vector<std::uint64_t> shape;
    std::size_t data_begin = 0;  ///< offset of the first element in the file
};

/// Bytes of one element.
std::size_t npy_item_size(NpyType type);

Result<NpyHeader> parse_npy_header(std::string_view bytes, const std::string& file);

/// Magic, version and header text, padded so that the data begins at a multiple of 64 bytes.
std::string format_npy_header(const NpyHeader& header);

}  // namespace spikeloom
