// SPDX-License-Identifier: Apache-2.0
/// RawGraph: a NIR file as it is written, nothing interpreted and nothing lost; no HDF5 in sight.
///
/// The layout of the file: /version (text), /node (the outermost node, nearly always of type
/// NIRGraph); a node is a group with the text `type`, one dataset per parameter and, optionally,
/// the group `metadata`; a node of type NIRGraph has `edges` (E, 2) and the group `nodes`.
#pragma once

#include "support/result.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spikeloom::frontend::nir {

enum class ElementKind {
    signed_integer,
    unsigned_integer,
    real,     ///< IEEE 754 of 2, 4 or 8 bytes
    boolean,  ///< one byte, 0 or 1 (h5py's enumeration of FALSE and TRUE)
    text,
};

enum class TextPadding { null_terminated, null_padded, space_padded };

/// Type of an array's elements as the file stores them.
struct ElementType {
    ElementKind kind    = ElementKind::real;
    std::uint32_t bytes = 8;  ///< of one element; of text: the fixed length, 0 for any length
    bool big_endian     = false;
    bool utf8           = true;  ///< text only
    TextPadding padding = TextPadding::null_terminated;
    friend bool operator==(const ElementType&, const ElementType&) = default;
};

/// One dataset. Numbers and text of a fixed length are kept as the bytes of the file.
struct RawArray {
    ElementType type;
    bool is_null = false;              ///< a dataset without any value, not even an empty array
    std::vector<std::uint64_t> shape;  ///< empty: a scalar
    std::string bytes;                 ///< row-major; numbers and text of a fixed length
    std::vector<std::string> texts;    ///< row-major; text of any length
    friend bool operator==(const RawArray&, const RawArray&) = default;

    /// Product of the extents; 1 for a scalar, 0 for null.
    [[nodiscard]] std::uint64_t size() const;
};

/// A group of plain datasets and groups: metadata, and whatever a file has beyond the format.
struct RawGroup {
    std::string name;  ///< in its group
    std::map<std::string, RawArray> arrays;
    std::vector<RawGroup> groups;  ///< in order of name
    friend bool operator==(const RawGroup&, const RawGroup&) = default;
};

/// Source and target by their names in the same graph.
using Edge = std::pair<std::string, std::string>;

struct RawNode {
    std::string name;  ///< in its graph; empty for the outermost node
    std::string type;  ///< "LIF", "NIRGraph", ...; not judged here
    std::map<std::string, RawArray> parameters;
    std::optional<RawGroup> metadata;
    RawGroup rest;               ///< groups that the format does not know
    std::vector<Edge> edges;     ///< NIRGraph only, as in the file: any order, doubles included
    std::vector<RawNode> nodes;  ///< NIRGraph only, in order of name
    friend bool operator==(const RawNode&, const RawNode&) = default;
};

struct RawGraph {
    std::string file;  ///< for diagnostics
    std::optional<std::string> version;
    RawNode root;
    RawGroup rest;  ///< what the file has beside /version and /node
};

/// What a file may ask for before it is refused ("nir.too-large", "nir.too-deep").
struct ReadLimits {
    std::uint64_t file_bytes  = std::uint64_t{4} << 30;
    std::uint64_t array_bytes = std::uint64_t{8} << 30;  ///< of all arrays together
    std::uint32_t objects     = 1U << 20;                ///< groups and datasets
    std::uint32_t depth       = 64;                      ///< of groups in groups
};

/// Reads a file; all faults of it, each with its HDF5 path. Besides the "file.*" codes of
/// support/atomic_file.hpp: "nir.not-hdf5", "nir.corrupt", "nir.missing", "nir.type", "nir.link",
/// "nir.too-large", "nir.too-deep". Arrays are refused when they are larger than what their bytes
/// in the file can hold, even compressed.
Checked<RawGraph> read_raw(const std::filesystem::path& path, const ReadLimits& limits = {});

/// The same from the bytes of a file; `file` is for diagnostics.
Checked<RawGraph> parse_raw(std::string_view bytes, const std::string& file,
                            const ReadLimits& limits = {});

/// How write_raw stores arrays; the values are the same either way.
struct WriteOptions {
    std::optional<unsigned> gzip_level = 4;  ///< 0 to 9; none: contiguous, not compressed
};

/// The bytes of a NIR file. "nir.write" where HDF5 refuses (a name with '/', wrong byte counts).
Result<std::string> format_raw(const RawGraph& graph, const WriteOptions& options = {});

/// Writes the file whole or not at all; besides "nir.write" also "file.write".
Result<void> write_raw(const RawGraph& graph, const std::filesystem::path& path,
                       const WriteOptions& options = {});

}  // namespace spikeloom::frontend::nir
