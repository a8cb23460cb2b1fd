// SPDX-License-Identifier: Apache-2.0
/// HDF5 files that write_raw would not make, in memory.
#pragma once

#include "compiler/frontend/nir/hdf5_handle.hpp"
#include "compiler/frontend/nir/hdf5_type.hpp"

#include <cstring>
#include <string>
#include <vector>

namespace spikeloom::frontend::nir::testing {

/// A file in memory with /node and /node/nodes in it; members are given by their path.
class Hdf5Maker {
public:
    Hdf5Maker() {
        const std::lock_guard only_one{hdf5::library_in_use()};
        const hdf5::Properties access{H5Pcreate(H5P_FILE_ACCESS)};
        H5Pset_fapl_core(access.get(), 1U << 16, false);
        file_ = hdf5::File{
            H5Fcreate(hdf5::image_name().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get())};
        parents_ = hdf5::Properties{H5Pcreate(H5P_LINK_CREATE)};
        H5Pset_create_intermediate_group(parents_.get(), 1);
    }
    [[nodiscard]] hid_t id() const { return file_.get(); }

    void group(const std::string& path) {
        const hdf5::Group made{
            H5Gcreate2(id(), path.c_str(), parents_.get(), H5P_DEFAULT, H5P_DEFAULT)};
    }

    /// Values as `memory_type`, stored as `file_type`; no extents make a scalar.
    void data(const std::string& path, hid_t file_type, const std::vector<hsize_t>& extents,
              const void* values, hid_t memory_type, hid_t properties = H5P_DEFAULT) {
        const hdf5::Dataspace space{
            extents.empty()
                ? H5Screate(H5S_SCALAR)
                : H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr)};
        const hdf5::Dataset made{H5Dcreate2(id(), path.c_str(), file_type, space.get(),
                                            parents_.get(), properties, H5P_DEFAULT)};
        if (values != nullptr)
            H5Dwrite(made.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    }

    void doubles(const std::string& path, const std::vector<double>& values,
                 const std::vector<hsize_t>& extents, hid_t file_type = H5T_IEEE_F64LE) {
        data(path, file_type, extents, values.data(), H5T_NATIVE_DOUBLE);
    }
    void integers(const std::string& path, const std::vector<long long>& values,
                  const std::vector<hsize_t>& extents, hid_t file_type = H5T_STD_I64LE) {
        data(path, file_type, extents, values.data(), H5T_NATIVE_LLONG);
    }

    /// Text of any length.
    void texts(const std::string& path, const std::vector<const char*>& values,
               const std::vector<hsize_t>& extents) {
        const hdf5::Datatype type = hdf5::file_type({ElementKind::text, 0});
        data(path, type.get(), extents, values.data(), type.get());
    }
    void text(const std::string& path, const char* value) { texts(path, {value}, {}); }

    /// Text of a fixed length, padded as the type says.
    void fixed_texts(const std::string& path, const std::string& bytes, const ElementType& type,
                     const std::vector<hsize_t>& extents) {
        const hdf5::Datatype fixed = hdf5::file_type(type);
        data(path, fixed.get(), extents, bytes.data(), fixed.get());
    }

    /// The bytes of the file.
    [[nodiscard]] std::string bytes() const {
        H5Fflush(id(), H5F_SCOPE_GLOBAL);
        std::string image(static_cast<std::size_t>(H5Fget_file_image(id(), nullptr, 0)), '\0');
        H5Fget_file_image(id(), image.data(), image.size());
        return image;
    }

    /// input (1) -> lif -> output (1); `lif` has everything but its parameters tau and r.
    void lif_frame() {
        text("/version", "0.2.0");
        text("/node/type", "NIRGraph");
        texts("/node/edges", {"input", "lif", "lif", "output"}, {2, 2});
        for (const char* end : {"input", "output"}) {
            const std::string path = std::string{"/node/nodes/"} + end;
            text(path + "/type", *end == 'i' ? "Input" : "Output");
            integers(path + "/shape", {1}, {1});
        }
        text("/node/nodes/lif/type", "LIF");
        doubles("/node/nodes/lif/v_leak", {0}, {1});
        doubles("/node/nodes/lif/v_threshold", {1}, {1});
    }

private:
    hdf5::File file_;
    hdf5::Properties parents_;
};

}  // namespace spikeloom::frontend::nir::testing
