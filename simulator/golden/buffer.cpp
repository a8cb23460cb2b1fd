// SPDX-License-Identifier: Apache-2.0
#include "simulator/golden/buffer.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace spikeloom::golden {

namespace {

constexpr std::size_t small_page = 4096;
constexpr std::size_t huge_page  = std::size_t{2} << 20;

}  // namespace

Pages::~Pages() {
    if (data_ != nullptr) ::munmap(data_, capacity_);
}

void Pages::reserve(std::size_t bytes) {
    if (bytes <= capacity_) return;
    const std::size_t unit = bytes >= huge_page ? huge_page : small_page;
    bytes                  = (bytes + unit - 1) / unit * unit;
    void* const got        = data_ == nullptr ? ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                                                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
                                              : ::mremap(data_, capacity_, bytes, MREMAP_MAYMOVE);
    if (got == MAP_FAILED) throw std::bad_alloc{};
    data_     = static_cast<std::byte*>(got);
    capacity_ = bytes;
    // A hint only: where the system has no huge pages, small ones do.
    if (unit == huge_page) ::madvise(data_, capacity_, MADV_HUGEPAGE);
}

}  // namespace spikeloom::golden
