// SPDX-License-Identifier: Apache-2.0
#include "sweep/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace spikeloom::sweep {

std::optional<FileLock> FileLock::take(const std::filesystem::path& file, int how) {
    const int handle = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (handle < 0) return {};
    FileLock lock{handle};
    int done = 0;
    do
        done = ::flock(handle, how);
    while (done != 0 && errno == EINTR);
    if (done != 0) return {};
    return lock;
}

std::optional<FileLock> FileLock::wait(const std::filesystem::path& file) {
    return take(file, LOCK_EX);
}

std::optional<FileLock> FileLock::try_now(const std::filesystem::path& file) {
    return take(file, LOCK_EX | LOCK_NB);
}

FileLock::FileLock(FileLock&& other) noexcept : handle_{std::exchange(other.handle_, -1)} {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
}

FileLock::~FileLock() {
    if (handle_ >= 0) ::close(handle_);
}

}  // namespace spikeloom::sweep
