// SPDX-License-Identifier: Apache-2.0
/// Connection: an endpoint at work on a byte channel. It never blocks for longer than one wait of
/// the channel, and always reads, so neither side's buffers can lock the other.
#pragma once

#include "runtime/link/byte_channel.hpp"
#include "runtime/link/endpoint.hpp"

#include <memory>
#include <optional>

namespace spikeloom::link {

struct ConnectionOptions {
    EndpointConfig endpoint{};
    Time poke_after = 500'000;  ///< silence after which the other side is asked for a sign of life
    Time patience   = 5'000'000;  ///< silence after which the other side counts as gone
};

class Connection {
public:
    Connection(std::unique_ptr<ByteChannel> channel, const ConnectionOptions& options);

    /// Opens the link; runs until the other side has answered. `session`: see Endpoint::open.
    /// - "link.no-answer" after `patience`; errors of the channel
    Result<void> open(std::uint8_t session);

    /// Moves bytes both ways; when there was nothing to move, lets the channel's time pass.
    /// - "link.no-answer" after `patience` without a good frame since expect_answer()
    Result<void> pump();

    /// Starts to wait for something: silence counts from now on.
    void expect_answer();

    void send(Bytes message) { endpoint_.send(std::move(message)); }
    [[nodiscard]] std::size_t backlog() const { return endpoint_.backlog(); }
    std::optional<Bytes> take() { return endpoint_.take(); }
    [[nodiscard]] LinkStatistics statistics() const { return endpoint_.statistics(); }
    [[nodiscard]] Time now() const { return channel_->now(); }
    [[nodiscard]] ByteChannel& channel() { return *channel_; }

private:
    Result<bool> receive();
    Result<bool> transmit();
    Result<void> rest();

    std::unique_ptr<ByteChannel> channel_;
    ConnectionOptions options_;
    Endpoint endpoint_;
    Bytes outgoing_;
    std::size_t written_ = 0;
    Time waiting_since_  = 0;
    Time poked_at_       = 0;
};

/// Seconds that `bytes` take one way on a line of `baud` with 10 bits a byte (8N1).
constexpr double line_seconds(std::uint64_t bytes, double baud) {
    return static_cast<double>(bytes) * 10.0 / baud;
}

}  // namespace spikeloom::link
