// SPDX-License-Identifier: Apache-2.0
#include "support/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace spikeloom {
namespace {

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_{fd} {}
    Descriptor(const Descriptor&)            = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor(Descriptor&&)                 = delete;
    Descriptor& operator=(Descriptor&&)      = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool ok() const { return fd_ >= 0; }
    /// Closes now, so that a late error (quota, network file system) is seen.
    bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

private:
    int fd_;
};

std::string reason() {
    return std::error_code{errno, std::generic_category()}.message();
}

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

bool is_special(const std::filesystem::path& path) {
    std::error_code ignored;
    const auto status = std::filesystem::status(path, ignored);
    return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
           !std::filesystem::is_directory(status);
}

tl::unexpected<Diagnostic> write_fault(const std::filesystem::path& path, const std::string& why) {
    return fault("file.write", "cannot write: " + why, {path.string(), ""});
}

Result<void> write_directly(const std::filesystem::path& path, std::string_view bytes) {
    const Descriptor file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    if (!file.ok() || !write_all(file.get(), bytes)) return write_fault(path, reason());
    return {};
}

}  // namespace

Result<void> write_file(const std::filesystem::path& path, std::string_view bytes) {
    if (is_special(path)) return write_directly(path, bytes);

    std::string temporary = path.string() + ".XXXXXX";
    Descriptor file{::mkostemp(temporary.data(), O_CLOEXEC)};
    if (!file.ok()) return write_fault(path, reason());

    const mode_t mask = ::umask(0);
    ::umask(mask);
    const bool written = ::fchmod(file.get(), 0666 & ~mask) == 0 && write_all(file.get(), bytes) &&
                         file.close() && std::rename(temporary.c_str(), path.c_str()) == 0;
    if (written) return {};
    const std::string why = reason();
    ::unlink(temporary.c_str());
    return write_fault(path, why);
}

Result<void> write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
    return write_file(path,
                      std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t limit_bytes) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file.ok()) return fault("file.open", "cannot open: " + reason(), {path.string(), ""});
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || S_ISDIR(status.st_mode))
        return fault("file.read", "not a file that can be read", {path.string(), ""});
    const auto too_large = [&] {
        return fault("file.too-large",
                     "larger than the limit of " + std::to_string(limit_bytes) + " bytes",
                     {path.string(), ""});
    };
    if (S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) > limit_bytes)
        return too_large();

    std::string bytes;
    std::string chunk(std::size_t{1} << 20, '\0');
    while (true) {
        const ssize_t n = ::read(file.get(), chunk.data(), chunk.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fault("file.read", "cannot read: " + reason(), {path.string(), ""});
        if (n == 0) return bytes;
        if (bytes.size() + static_cast<std::size_t>(n) > limit_bytes) return too_large();
        bytes.append(chunk.data(), static_cast<std::size_t>(n));
    }
}

}  // namespace spikeloom
