// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/serial_port.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

namespace spikeloom::link {
namespace {

/// Owns a file descriptor.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_{fd} {}
    Descriptor(Descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
    Descriptor(const Descriptor&)            = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor& operator=(Descriptor&&)      = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool valid() const { return fd_ >= 0; }

private:
    int fd_;
};

std::string reason(int error) {
    return std::strerror(error);  // NOLINT(concurrency-mt-unsafe): one thread drives a link
}

/// Whether a failed read or write only means "not now". The master of a pseudo-terminal reads EIO
/// while no program has the other side open.
bool is_transient(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

class TtyChannel final : public ByteChannel {
public:
    TtyChannel(Descriptor fd, std::string path, bool is_master)
        : fd_{std::move(fd)}, path_{std::move(path)}, is_master_{is_master} {}

    Result<std::size_t> write(std::span<const std::uint8_t> bytes) override {
        if (bytes.empty()) return 0U;
        const ssize_t n = ::write(fd_.get(), bytes.data(), bytes.size());
        if (n >= 0) return static_cast<std::size_t>(n);
        return failed("write to", errno);
    }

    Result<std::size_t> read(std::span<std::uint8_t> buffer) override {
        if (buffer.empty()) return 0U;
        const ssize_t n = ::read(fd_.get(), buffer.data(), buffer.size());
        if (n > 0) return static_cast<std::size_t>(n);
        if (n == 0) return hung_up();
        return failed("read from", errno);
    }

    Result<void> wait(Time longest) override {
        pollfd entry{fd_.get(), POLLIN, 0};
        const auto milliseconds = static_cast<int>(std::min<Time>((longest + 999) / 1000, 60'000));
        const int n             = ::poll(&entry, 1, milliseconds);
        if (n < 0 && errno != EINTR)
            return fault("link.io", "cannot wait for the port: " + reason(errno), {path_, ""});
        // A master without a partner is always "ready" (hang-up): do not spin.
        if (n > 0 && (entry.revents & POLLHUP) != 0 && is_master_)
            ::usleep(static_cast<useconds_t>(std::min<Time>(longest, 10'000)));
        return {};
    }

    [[nodiscard]] Time now() const override {
        using namespace std::chrono;
        return static_cast<Time>(
            duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count());
    }

private:
    Result<std::size_t> hung_up() const {
        // VMIN = 0: a terminal that is alive reads 0 bytes when nothing has come.
        pollfd entry{fd_.get(), POLLIN, 0};
        if (::poll(&entry, 1, 0) > 0 && (entry.revents & (POLLHUP | POLLERR)) != 0 && !is_master_)
            return fault("link.closed", "the port is gone", {path_, ""});
        return 0U;
    }

    Result<std::size_t> failed(const char* doing, int error) const {
        if (is_transient(error) || (is_master_ && error == EIO)) return 0U;
        const char* code =
            error == EIO || error == ENXIO || error == ENODEV ? "link.closed" : "link.io";
        return fault(code, std::string{"cannot "} + doing + " the port: " + reason(error),
                     {path_, ""});
    }

    Descriptor fd_;
    std::string path_;
    bool is_master_;
};

std::optional<speed_t> speed_of(std::uint32_t baud) {
    constexpr std::array<std::pair<std::uint32_t, speed_t>, 17> rates{{{9600, B9600},
                                                                       {19200, B19200},
                                                                       {38400, B38400},
                                                                       {57600, B57600},
                                                                       {115200, B115200},
                                                                       {230400, B230400},
                                                                       {460800, B460800},
                                                                       {500000, B500000},
                                                                       {576000, B576000},
                                                                       {921600, B921600},
                                                                       {1000000, B1000000},
                                                                       {1152000, B1152000},
                                                                       {1500000, B1500000},
                                                                       {2000000, B2000000},
                                                                       {2500000, B2500000},
                                                                       {3000000, B3000000},
                                                                       {4000000, B4000000}}};
    for (const auto& [rate, speed] : rates)
        if (rate == baud) return speed;
    return std::nullopt;
}

Result<void> make_raw(int fd, speed_t speed, const std::string& path) {
    termios settings{};
    if (::tcgetattr(fd, &settings) != 0)
        return fault("link.not-a-tty", "not a serial port: " + reason(errno), {path, ""});
    ::cfmakeraw(&settings);
    settings.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | CRTSCTS | PARENB);
    settings.c_cflag |= CLOCAL | CREAD;
    settings.c_cc[VMIN]  = 0;
    settings.c_cc[VTIME] = 0;
    if (::cfsetispeed(&settings, speed) != 0 || ::cfsetospeed(&settings, speed) != 0 ||
        ::tcsetattr(fd, TCSANOW, &settings) != 0)
        return fault("link.baud", "the port refuses this rate: " + reason(errno), {path, ""});
    ::tcflush(fd, TCIOFLUSH);
    return {};
}

}  // namespace

Result<std::unique_ptr<ByteChannel>> open_serial_port(const std::string& path,
                                                      const SerialOptions& options) {
    const auto speed = speed_of(options.baud);
    if (!speed)
        return fault("link.baud",
                     "no serial port runs at " + std::to_string(options.baud) +
                         " baud; use 9600, 115200, 921600, 1000000, 3000000, ...",
                     {path, ""});
    Descriptor fd{::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
    if (!fd.valid()) return fault("link.open", "cannot open: " + reason(errno), {path, ""});
    if (::isatty(fd.get()) == 0) return fault("link.not-a-tty", "not a serial port", {path, ""});
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
        return fault("link.busy", "another program uses this port", {path, ""});
    if (auto raw = make_raw(fd.get(), *speed, path); !raw) return tl::unexpected{raw.error()};
    return std::make_unique<TtyChannel>(std::move(fd), path, false);
}

Result<PseudoTerminal> open_pseudo_terminal() {
    Descriptor fd{::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
    std::array<char, 128> name{};
    if (!fd.valid() || ::grantpt(fd.get()) != 0 || ::unlockpt(fd.get()) != 0 ||
        ::ptsname_r(fd.get(), name.data(), name.size()) != 0)
        return fault("link.open", "no pseudo-terminal to be had: " + reason(errno));
    const std::string path{name.data()};
    if (auto raw = make_raw(fd.get(), B115200, path); !raw) return tl::unexpected{raw.error()};
    return PseudoTerminal{std::make_unique<TtyChannel>(std::move(fd), path, true), path};
}

}  // namespace spikeloom::link
