// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/hdf5_array.hpp"

#include "compiler/frontend/nir/hdf5_type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace spikeloom::frontend::nir::hdf5 {
namespace {

/// No stream of deflate or szip shrinks below 1 / 1032 of its data; what is not stored at all (fill
/// values) may have some size too.
constexpr std::uint64_t best_compression = 1100;
constexpr std::uint64_t unstored_bytes   = 1U << 20;

/// Below this the index of the chunks costs more than compression saves.
constexpr std::uint64_t worth_compressing = 4096;

constexpr std::uint64_t largest = UINT64_MAX;

std::uint64_t product(std::uint64_t a, std::uint64_t b) {
    std::uint64_t result = 0;
    return __builtin_mul_overflow(a, b, &result) ? largest : result;
}

tl::unexpected<Diagnostic> too_large(std::uint64_t bytes, std::uint64_t limit) {
    return fault("nir.too-large",
                 fmt::format("asks for {} bytes, more than the {} that its data in the file can "
                             "hold or that are left for this file",
                             bytes, limit));
}

/// Why the storage of a dataset is refused before anything of it is read.
Result<void> check_storage(hid_t dataset, std::uint64_t bytes, const Budget& budget) {
    const Properties properties{H5Dget_create_plist(dataset)};
    if (!properties.ok()) return fault("nir.corrupt", "the dataset cannot be read");
    if (H5Pget_external_count(properties.get()) != 0 ||
        H5Pget_layout(properties.get()) == H5D_VIRTUAL)
        return fault("nir.link", "the data lie in another file, which is not followed");

    const std::uint64_t stored = H5Dget_storage_size(dataset);
    const std::uint64_t limit =
        std::min(budget.bytes, unstored_bytes + product(stored, best_compression));
    if (bytes > limit) return too_large(bytes, limit);
    if (H5Pget_layout(properties.get()) != H5D_CHUNKED) return {};

    std::array<hsize_t, H5S_MAX_RANK> extents{};
    const int rank = H5Pget_chunk(properties.get(), H5S_MAX_RANK, extents.data());
    const Datatype type{H5Dget_type(dataset)};
    std::uint64_t chunk = H5Tget_size(type.get());
    for (int i = 0; i < rank; ++i)
        chunk = product(chunk, extents[static_cast<std::size_t>(i)]);
    if (rank < 0 || chunk > limit) return too_large(chunk, limit);
    return {};
}

Result<std::vector<std::uint64_t>> extents_of(hid_t space) {
    const int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 0 || rank > H5S_MAX_RANK)
        return fault("nir.corrupt", "the extents of the dataset cannot be read");
    std::array<hsize_t, H5S_MAX_RANK> extents{};
    if (H5Sget_simple_extent_dims(space, extents.data(), nullptr) != rank)
        return fault("nir.corrupt", "the extents of the dataset cannot be read");
    return std::vector<std::uint64_t>(extents.begin(), extents.begin() + rank);
}

/// Allocation for text of any length that stops at the budget.
extern "C" void* take(std::size_t bytes, void* budget) {
    auto& left = static_cast<Budget*>(budget)->bytes;
    if (bytes > left) return nullptr;
    left -= bytes;
    return std::malloc(bytes == 0 ? 1 : bytes);
}
extern "C" void give_back(void* memory, void*) {
    std::free(memory);
}

bool read_texts(hid_t dataset, hid_t type, RawArray& array, Budget& budget) {
    std::vector<char*> pointers(array.size(), nullptr);
    if (pointers.empty()) return true;
    const Properties transfer{H5Pcreate(H5P_DATASET_XFER)};
    H5Pset_vlen_mem_manager(transfer.get(), take, &budget, give_back, nullptr);
    const bool good =
        H5Dread(dataset, type, H5S_ALL, H5S_ALL, transfer.get(), pointers.data()) >= 0;
    if (good)
        for (const char* text : pointers)
            array.texts.emplace_back(text == nullptr ? "" : text);
    for (char* text : pointers)
        std::free(text);
    return good;
}

bool read_bytes(hid_t dataset, hid_t type, RawArray& array, std::uint64_t bytes) {
    array.bytes.resize(bytes);
    return bytes == 0 ||
           H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.bytes.data()) >= 0;
}

bool byte_count_is_right(const RawArray& array) {
    if (array.type.kind == ElementKind::text && array.type.bytes == 0)
        return array.texts.size() == array.size();
    return array.bytes.size() == product(array.size(), array.type.bytes);
}

/// Properties of a new dataset; gzip where asked for and of use.
Properties creation(const RawArray& array, const WriteOptions& options) {
    Properties properties{H5Pcreate(H5P_DATASET_CREATE)};
    H5Pset_obj_track_times(properties.get(), false);
    const bool compress = options.gzip_level && array.type.kind != ElementKind::text &&
                          !array.shape.empty() && array.bytes.size() >= worth_compressing;
    if (!compress) return properties;
    constexpr std::uint64_t chunk_elements = 1U << 17;
    std::vector<hsize_t> chunk(array.shape.begin(), array.shape.end());
    std::uint64_t elements = array.size();
    for (hsize_t& extent : chunk) {
        if (elements <= chunk_elements) break;
        elements /= extent;
        extent = std::max<hsize_t>(1, std::min<hsize_t>(extent, chunk_elements / elements));
        elements *= extent;
    }
    H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data());
    H5Pset_deflate(properties.get(), *options.gzip_level);
    return properties;
}

Dataspace space_of(const RawArray& array) {
    if (array.is_null) return Dataspace{H5Screate(H5S_NULL)};
    if (array.shape.empty()) return Dataspace{H5Screate(H5S_SCALAR)};
    const std::vector<hsize_t> extents(array.shape.begin(), array.shape.end());
    return Dataspace{H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr)};
}

}  // namespace

Result<RawArray> read_dataset(hid_t dataset, Budget& budget) {
    const Datatype stored_type{H5Dget_type(dataset)};
    const Dataspace space{H5Dget_space(dataset)};
    if (!stored_type.ok() || !space.ok()) return fault("nir.corrupt", "the dataset cannot be read");
    const auto element = element_type(stored_type.get());
    if (!element)
        return fault("nir.type", "the elements are neither numbers nor text nor booleans");

    RawArray array;
    array.type    = *element;
    array.is_null = H5Sget_simple_extent_type(space.get()) == H5S_NULL;
    if (array.is_null) return array;
    auto extents = extents_of(space.get());
    if (!extents) return tl::unexpected{extents.error()};
    array.shape = std::move(*extents);

    std::uint64_t elements = 1;
    for (const std::uint64_t extent : array.shape)
        elements = product(elements, extent);
    const bool any_length     = element->kind == ElementKind::text && element->bytes == 0;
    const std::uint64_t bytes = product(elements, any_length ? 16 : element->bytes);
    // Widening reads fewer stored bytes than it makes; at most 8 for 1.
    if (auto good = check_storage(dataset, any_length ? bytes : bytes / 8, budget); !good)
        return tl::unexpected{good.error()};
    if (bytes > budget.bytes) return too_large(bytes, budget.bytes);
    budget.bytes -= bytes;

    const Datatype memory_type =
        any_length ? Datatype{H5Tcopy(stored_type.get())} : file_type(*element);
    const bool good = any_length ? read_texts(dataset, memory_type.get(), array, budget)
                                 : read_bytes(dataset, memory_type.get(), array, bytes);
    if (!good)
        return fault("nir.corrupt", "the data cannot be read: damaged, cut off or too large");
    return array;
}

bool write_dataset(hid_t group, const std::string& name, const RawArray& array,
                   const WriteOptions& options) {
    if (!byte_count_is_right(array)) return false;
    const Datatype type         = file_type(array.type);
    const Dataspace space       = space_of(array);
    const Properties properties = creation(array, options);
    const Dataset dataset{H5Dcreate2(group, name.c_str(), type.get(), space.get(), H5P_DEFAULT,
                                     properties.get(), H5P_DEFAULT)};
    if (!dataset.ok()) return false;
    if (array.size() == 0) return true;
    std::vector<const char*> pointers;
    for (const std::string& text : array.texts)
        pointers.push_back(text.c_str());
    const void* data = pointers.empty() ? static_cast<const void*>(array.bytes.data())
                                        : static_cast<const void*>(pointers.data());
    return H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0;
}

}  // namespace spikeloom::frontend::nir::hdf5
