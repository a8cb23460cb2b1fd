// SPDX-License-Identifier: Apache-2.0
/// NumPy's .npy files (format versions 1 to 3): one array of booleans, integers or floats.
#pragma once

#include "support/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom {

enum class NpyType {
    boolean,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
    float16,
    float32,
    float64
};

/// An array as numbers, row-major (C order) whatever the order in the file.
struct NpyArray {
    NpyType type = NpyType::float64;   ///< element type in the file
    std::vector<std::uint64_t> shape;  ///< empty for a scalar
    std::vector<double> values;
    friend bool operator==(const NpyArray&, const NpyArray&) = default;
};

/// Larger arrays are refused before memory is taken for them.
inline constexpr std::uint64_t npy_max_elements = std::uint64_t{1} << 27;

/// Parses the bytes of an .npy file; `file` names them in diagnostics. Errors: "npy.not-npy",
/// "npy.version", "npy.header", "npy.type" (objects, strings, complex, structures), "npy.truncated"
/// and "npy.size" (data and shape disagree), "npy.too-large", "npy.value" (an integer that a double
/// cannot hold).
Result<NpyArray> parse_npy(std::string_view bytes, const std::string& file,
                           std::uint64_t limit_elements = npy_max_elements);
Result<NpyArray> read_npy(const std::filesystem::path& path,
                          std::uint64_t limit_elements = npy_max_elements);

/// Bytes of a version 1.0 file, little-endian, C order. Floats are rounded to the array's type;
/// the error "npy.value" is an integer type that cannot hold a value exactly, "npy.size" a shape
/// that does not fit the values.
Result<std::string> format_npy(const NpyArray& array);
Result<void> write_npy(const std::filesystem::path& path, const NpyArray& array);

}  // namespace spikeloom
