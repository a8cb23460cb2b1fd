// SPDX-License-Identifier: Apache-2.0
/// FileLock: an exclusive lock on a file that ends with its holder, however that ends.
#pragma once

#include <filesystem>
#include <optional>

namespace spikeloom::sweep {

/// flock(2): between threads as well as processes; over NFS where the mount supports it.
class FileLock {
public:
    /// Waits for the lock; nothing when the file cannot be made.
    static std::optional<FileLock> wait(const std::filesystem::path& file);
    /// Nothing when another holds it, or the file cannot be made.
    static std::optional<FileLock> try_now(const std::filesystem::path& file);

    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    FileLock(const FileLock&)            = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

private:
    explicit FileLock(int handle) : handle_{handle} {}
    static std::optional<FileLock> take(const std::filesystem::path& file, int how);
    int handle_ = -1;
};

}  // namespace spikeloom::sweep
