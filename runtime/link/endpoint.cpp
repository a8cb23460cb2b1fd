// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/endpoint.hpp"

#include "runtime/link/packet_layout.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace spikeloom::link {
namespace {

/// What a message takes of the other side's receive buffer.
std::uint32_t cost(const Bytes& message) {
    return static_cast<std::uint32_t>(message.size()) + frame_charge;
}

constexpr std::uint32_t largest_cost = payload_max + frame_charge;

}  // namespace

Endpoint::Endpoint(const EndpointConfig& config)
    : config_{config},
      decoder_{header_bytes, header_bytes + payload_max},
      timeout_{config.retry_timeout} {
    assert(config.window >= 1 && config.window <= 127);
    assert(config.receive_buffer >= largest_cost && config.receive_buffer <= 0xFFFF);
}

void Endpoint::restart() {
    ++restarts_;
    queue_.clear();
    received_.clear();
    received_bytes_ = 0;
    oldest_ = expected_ = 0;
    sent_ = ever_sent_ = 0;
    flight_bytes_      = 0;
    credit_ = told_credit_ = 0;
    timeout_               = config_.retry_timeout;
    ack_pending_ = poke_pending_ = poke_rejects_ = reject_pending_ = gap_rejected_ = false;
}

void Endpoint::open(std::uint8_t session, Time now) {
    assert(config_.role == Role::host);
    restart();
    session_       = session;
    phase_         = Phase::first_reset;
    reset_pending_ = true;
    timer_start_   = now;
    last_heard_    = now;
}

void Endpoint::send(Bytes message) {
    assert(!message.empty() && message.size() <= payload_max);
    ++statistics_.messages_out;
    queue_.push_back(std::move(message));
}

std::optional<Bytes> Endpoint::take() {
    if (received_.empty()) return std::nullopt;
    Bytes message = std::move(received_.front());
    received_.pop_front();
    received_bytes_ -= cost(message);
    if (told_credit_ < largest_cost && room() >= largest_cost) ack_pending_ = true;
    return message;
}

std::uint32_t Endpoint::room() const {
    return config_.receive_buffer - std::min(received_bytes_, config_.receive_buffer);
}

LinkStatistics Endpoint::statistics() const {
    LinkStatistics all = statistics_;
    all.bad_in += decoder_.counts().bad();
    return all;
}

// ---- receiving ----

void Endpoint::receive(std::span<const std::uint8_t> bytes, Time now) {
    statistics_.bytes_in += bytes.size();
    for (const std::uint8_t byte : bytes)
        if (const auto body = decoder_.feed(byte)) receive_frame(*body, now);
}

void Endpoint::receive_frame(std::span<const std::uint8_t> body, Time now) {
    const Header header{static_cast<FrameKind>(body[0]), body[1], body[2],
                        static_cast<std::uint16_t>(body[3] | (body[4] << 8))};
    const auto payload = body.subspan(header_bytes);
    const bool is_data = header.kind == FrameKind::data;
    if (!is_data && !payload.empty()) {
        ++statistics_.bad_in;
        return;
    }
    ++statistics_.frames_in;
    last_heard_ = now;
    switch (header.kind) {
        case FrameKind::reset_link:
            receive_reset(header.sequence);
            return;
        case FrameKind::reset_done:
            receive_reset_done(header, now);
            return;
        case FrameKind::data:
        case FrameKind::ack:
        case FrameKind::reject:
            break;
        default:
            ++statistics_.bad_in;
            return;
    }
    if (!is_open()) return;
    receive_acknowledge(header, now);
    if (is_data) receive_data(header, payload, now);
}

void Endpoint::receive_reset(std::uint8_t session) {
    if (config_.role != Role::device) return;
    if (!session_ || *session_ != session) {
        restart();
        session_ = session;
        phase_   = Phase::open;
    }
    reset_pending_ = true;
}

void Endpoint::receive_reset_done(const Header& header, Time now) {
    if (config_.role != Role::host || is_open()) return;
    if (!session_ || header.sequence != *session_ || phase_ == Phase::closed) return;
    timer_start_ = now;
    timeout_     = config_.retry_timeout;
    if (phase_ == Phase::first_reset) {
        session_       = static_cast<std::uint8_t>(*session_ + 1);
        phase_         = Phase::second_reset;
        reset_pending_ = true;
        return;
    }
    phase_         = Phase::open;
    reset_pending_ = false;
    credit_        = header.credit;
}

void Endpoint::receive_acknowledge(const Header& header, Time now) {
    const std::size_t acknowledged = static_cast<std::uint8_t>(header.acknowledge - oldest_);
    if (acknowledged > ever_sent_) return;  // stale, or nonsense
    if (acknowledged == 0) {
        credit_ = std::max<std::uint32_t>(credit_, header.credit);
    } else {
        for (std::size_t k = 0; k < acknowledged; ++k) {
            if (k < sent_) flight_bytes_ -= cost(queue_.front());
            queue_.pop_front();
        }
        oldest_ = header.acknowledge;
        sent_ -= std::min(sent_, acknowledged);
        ever_sent_ -= acknowledged;
        credit_      = header.credit;
        timer_start_ = now;
        timeout_     = config_.retry_timeout;
    }
    if (header.kind == FrameKind::reject) {
        ++statistics_.rejects_in;
        go_back(now);
    }
}

void Endpoint::receive_data(const Header& header, std::span<const std::uint8_t> payload, Time now) {
    const auto behind = static_cast<std::uint8_t>(expected_ - header.sequence);
    if (behind >= 1 && behind <= 128) {
        ++statistics_.repeats_in;
        ack_pending_ = true;
        return;
    }
    if (behind != 0) {
        ++statistics_.gaps_in;
        if (!gap_rejected_ || now - rejected_at_ >= config_.retry_timeout) reject_pending_ = true;
        return;
    }
    if (payload.size() + frame_charge > room()) {
        ++statistics_.no_room_in;
        ack_pending_ = true;
        return;
    }
    ++expected_;
    gap_rejected_ = reject_pending_ = false;
    ack_pending_                    = true;
    if (payload.empty()) return;
    ++statistics_.messages_in;
    received_.emplace_back(payload.begin(), payload.end());
    received_bytes_ += cost(received_.back());
}

// ---- sending ----

void Endpoint::go_back(Time now) {
    sent_         = 0;
    flight_bytes_ = 0;
    timer_start_  = now;
}

std::optional<Time> Endpoint::deadline() const {
    if (phase_ == Phase::closed || (is_open() && queue_.empty())) return std::nullopt;
    if (is_open() && sent_ == 0 && may_send_data()) return timer_start_;
    return timer_start_ + timeout_;
}

void Endpoint::check_timer(Time now) {
    const auto due = deadline();
    if (!due || now < *due || timer_start_ == *due) return;
    ++statistics_.timeouts;
    timer_start_ = now;
    timeout_     = std::min(timeout_ * 2, config_.max_retry_timeout);
    if (!is_open()) {
        reset_pending_ = true;
    } else if (sent_ > 0) {
        go_back(now);
    } else {
        poke_pending_ = true;  // waits for credit: ask for it
    }
}

bool Endpoint::may_send_data() const {
    return is_open() && sent_ < queue_.size() && sent_ < config_.window &&
           flight_bytes_ + cost(queue_[sent_]) <= credit_;
}

void Endpoint::produce(Bytes& out, std::size_t enough, Time now) {
    check_timer(now);
    while (out.size() < enough && produce_one(out, now)) {
    }
}

bool Endpoint::produce_one(Bytes& out, Time now) {
    if (reset_pending_) {
        reset_pending_ = false;
        put_frame(config_.role == Role::host ? FrameKind::reset_link : FrameKind::reset_done,
                  *session_, {}, out);
        return true;
    }
    if (!is_open()) return false;
    if (reject_pending_) {
        reject_pending_ = false;
        gap_rejected_   = true;
        rejected_at_    = now;
        ++statistics_.rejects_out;
        put_frame(FrameKind::reject, oldest_, {}, out);
        return true;
    }
    if (poke_pending_) {
        poke_pending_ = false;
        if (poke_rejects_) put_frame(FrameKind::reject, oldest_, {}, out);
        poke_rejects_ = false;
        put_frame(FrameKind::data, static_cast<std::uint8_t>(oldest_ - 1), {}, out);
        return true;
    }
    if (may_send_data()) {
        put_next_data(out, now);
        return true;
    }
    if (!ack_pending_) return false;
    put_frame(FrameKind::ack, static_cast<std::uint8_t>(oldest_ + sent_), {}, out);
    return true;
}

void Endpoint::put_next_data(Bytes& out, Time now) {
    const Bytes& message = queue_[sent_];
    if (sent_ < ever_sent_) ++statistics_.retransmitted;
    if (sent_ == 0) timer_start_ = now;
    put_frame(FrameKind::data, static_cast<std::uint8_t>(oldest_ + sent_), message, out);
    flight_bytes_ += cost(message);
    ++sent_;
    ever_sent_ = std::max(ever_sent_, sent_);
}

void Endpoint::put_frame(FrameKind kind, std::uint8_t sequence,
                         std::span<const std::uint8_t> payload, Bytes& out) {
    std::array<std::uint8_t, header_bytes + payload_max> body{};
    told_credit_ = std::min<std::uint32_t>(room(), 0xFFFF);
    body[0]      = static_cast<std::uint8_t>(kind);
    body[1]      = sequence;
    body[2]      = expected_;
    body[3]      = static_cast<std::uint8_t>(told_credit_ & 0xFFU);
    body[4]      = static_cast<std::uint8_t>(told_credit_ >> 8);
    std::copy(payload.begin(), payload.end(), body.begin() + header_bytes);
    if (kind != FrameKind::reset_link && kind != FrameKind::reset_done) ack_pending_ = false;
    const std::size_t before = out.size();
    append_frame({body.data(), header_bytes + payload.size()}, out);
    statistics_.bytes_out += out.size() - before;
    ++statistics_.frames_out;
}

}  // namespace spikeloom::link
