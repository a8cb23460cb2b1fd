// SPDX-License-Identifier: Apache-2.0
/// RAII for the handles of the HDF5 C API; for the .cpp files of this folder only.
#pragma once

#include <hdf5.h>

#include <atomic>
#include <mutex>
#include <string>
#include <utility>

namespace spikeloom::frontend::nir::hdf5 {

/// Owns one handle; closes it with `Close`.
template <herr_t (*Close)(hid_t)>
class Handle {
public:
    explicit Handle(hid_t id = -1) : id_{id} {}
    Handle(Handle&& other) noexcept : id_{std::exchange(other.id_, -1)} {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        return *this;
    }
    Handle(const Handle&)            = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() {
        if (id_ >= 0) Close(id_);
    }
    [[nodiscard]] bool ok() const { return id_ >= 0; }
    [[nodiscard]] hid_t get() const { return id_; }

private:
    hid_t id_;
};

using File       = Handle<H5Fclose>;
using Group      = Handle<H5Gclose>;
using Dataset    = Handle<H5Dclose>;
using Dataspace  = Handle<H5Sclose>;
using Datatype   = Handle<H5Tclose>;
using Properties = Handle<H5Pclose>;

/// A name for a file in memory: HDF5 wants one that no file on disk has, and takes two open files
/// of one name for the same file.
inline std::string image_name() {
    static std::atomic<unsigned> count{0};
    return "/dev/null/nir-" + std::to_string(count++);
}

/// Held by whoever calls HDF5, so that a process that forks has it in a state of rest. HDF5 does
/// not tidy up at the end of the process: it cannot after a damaged file, and says so on stderr.
inline std::mutex& library_in_use() {
    static std::mutex mutex;
    [[maybe_unused]] static const herr_t once = H5dont_atexit();
    return mutex;
}

/// No messages of HDF5's own on stderr while one of these lives.
class QuietErrors {
public:
    QuietErrors() {
        H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    }
    QuietErrors(const QuietErrors&)            = delete;
    QuietErrors& operator=(const QuietErrors&) = delete;
    ~QuietErrors() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

private:
    H5E_auto2_t function_ = nullptr;
    void* data_           = nullptr;
};

}  // namespace spikeloom::frontend::nir::hdf5
