// SPDX-License-Identifier: Apache-2.0
/// Endpoint: one side of the reliable stream (docs/host-protocol.md), as a pure state machine.
/// Bytes and the time come in as arguments, bytes and messages go out; there is no clock inside.
#pragma once

#include "runtime/link/frame_codec.hpp"
#include "runtime/link/packet_layout.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>

namespace spikeloom::link {

/// Microseconds since any fixed moment; must never run backwards.
using Time = std::uint64_t;

/// The host opens the link and chooses session numbers, the device answers.
enum class Role { host, device };

struct EndpointConfig {
    Role role            = Role::host;
    std::uint32_t window = 16;  ///< data frames in flight, 1..127
    std::uint32_t receive_buffer =
        3872;                          ///< told as credit; payload + 2 a message [byte], <= 65535
    Time retry_timeout     = 50'000;   ///< without progress, before everything is sent again
    Time max_retry_timeout = 800'000;  ///< the timeout doubles up to this
};

/// What passed over the link since the endpoint was made. "out" is away from this side.
struct LinkStatistics {
    std::uint64_t bytes_out     = 0;  ///< on the line: with flags, escapes and FCS
    std::uint64_t bytes_in      = 0;
    std::uint64_t frames_out    = 0;  ///< of any kind
    std::uint64_t frames_in     = 0;  ///< good ones of any kind
    std::uint64_t messages_out  = 0;  ///< data frames, each counted once
    std::uint64_t messages_in   = 0;
    std::uint64_t retransmitted = 0;  ///< data frames sent again
    std::uint64_t timeouts      = 0;
    std::uint64_t rejects_out   = 0;
    std::uint64_t rejects_in    = 0;
    std::uint64_t repeats_in    = 0;  ///< data frames that had been taken before
    std::uint64_t gaps_in       = 0;  ///< data frames that came too early
    std::uint64_t no_room_in    = 0;  ///< data frames dropped for lack of buffer
    std::uint64_t bad_in        = 0;  ///< frames with a wrong FCS, length or content
};

class Endpoint {
public:
    explicit Endpoint(const EndpointConfig& config);

    /// Host: opens the link with two resets (numbers `session` and `session` + 1). Everything that
    /// waits in either direction is forgotten.
    void open(std::uint8_t session, Time now);
    /// How often a new session forgot everything that was under way.
    [[nodiscard]] std::uint64_t restarts() const { return restarts_; }
    /// The handshake is done: data may flow.
    [[nodiscard]] bool is_open() const { return phase_ == Phase::open; }

    /// Queues a message of 1..240 bytes (asserted). The queue has no bound: watch backlog().
    void send(Bytes message);
    /// Messages that the other side has not acknowledged yet.
    [[nodiscard]] std::size_t backlog() const { return queue_.size(); }

    /// Takes bytes from the line.
    void receive(std::span<const std::uint8_t> bytes, Time now);
    /// Next message in order, if any; frees its buffer.
    std::optional<Bytes> take();

    /// Appends the frames that may go out now, until `out` holds at least `enough` bytes. Also
    /// drives the timeouts, so call it again at the latest at deadline().
    void produce(Bytes& out, std::size_t enough, Time now);
    /// When produce() should be called even if nothing happens.
    [[nodiscard]] std::optional<Time> deadline() const;

    /// Makes the next produce() ask for everything that may have got lost on the way here, and for
    /// a sign of life.
    void poke() { poke_pending_ = poke_rejects_ = true; }
    /// When the last good frame came.
    [[nodiscard]] Time last_heard() const { return last_heard_; }

    [[nodiscard]] LinkStatistics statistics() const;

private:
    enum class Phase { closed, first_reset, second_reset, open };
    struct Header {
        FrameKind kind;
        std::uint8_t sequence;
        std::uint8_t acknowledge;
        std::uint16_t credit;
    };

    void restart();
    void receive_frame(std::span<const std::uint8_t> body, Time now);
    void receive_reset(std::uint8_t session);
    void receive_reset_done(const Header& header, Time now);
    void receive_acknowledge(const Header& header, Time now);
    void receive_data(const Header& header, std::span<const std::uint8_t> payload, Time now);
    void go_back(Time now);
    void check_timer(Time now);
    bool produce_one(Bytes& out, Time now);
    void put_frame(FrameKind kind, std::uint8_t sequence, std::span<const std::uint8_t> payload,
                   Bytes& out);
    void put_next_data(Bytes& out, Time now);
    [[nodiscard]] bool may_send_data() const;
    [[nodiscard]] std::uint32_t room() const;

    EndpointConfig config_;
    FrameDecoder decoder_;
    LinkStatistics statistics_;
    Phase phase_ = Phase::closed;
    std::optional<std::uint8_t> session_;
    std::uint64_t restarts_ = 0;
    bool reset_pending_     = false;  // host: send reset; device: send reset done

    // Sending: queue_[0] has sequence number oldest_; the first `sent_` of it are in flight.
    std::deque<Bytes> queue_;
    std::uint8_t oldest_        = 0;
    std::size_t sent_           = 0;
    std::size_t ever_sent_      = 0;  // highest sent_ since oldest_ was new
    std::uint32_t flight_bytes_ = 0;
    std::uint32_t credit_       = 0;
    Time timer_start_           = 0;
    Time timeout_               = 0;

    // Receiving.
    std::deque<Bytes> received_;
    std::uint32_t received_bytes_ = 0;
    std::uint8_t expected_        = 0;
    std::uint32_t told_credit_    = 0;
    bool ack_pending_             = false;
    bool poke_pending_            = false;
    bool poke_rejects_            = false;
    bool reject_pending_          = false;
    bool gap_rejected_            = false;
    Time rejected_at_             = 0;
    Time last_heard_              = 0;
};

}  // namespace spikeloom::link
