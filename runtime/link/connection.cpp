// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/connection.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace spikeloom::link {
namespace {

/// Frames are made as late as this allows, so that they carry fresh acknowledgements.
constexpr std::size_t outgoing_bytes = 512;
constexpr Time longest_wait          = 10'000;

}  // namespace

Connection::Connection(std::unique_ptr<ByteChannel> channel, const ConnectionOptions& options)
    : channel_{std::move(channel)}, options_{options}, endpoint_{options.endpoint} {}

Result<void> Connection::open(std::uint8_t session) {
    outgoing_.clear();
    written_ = 0;
    endpoint_.open(session, channel_->now());
    expect_answer();
    while (!endpoint_.is_open())
        if (auto moved = pump(); !moved) return moved;
    return {};
}

void Connection::expect_answer() {
    waiting_since_ = channel_->now();
    poked_at_      = waiting_since_;
}

Result<void> Connection::pump() {
    const auto in = receive();
    if (!in) return tl::unexpected{in.error()};
    const auto out = transmit();
    if (!out) return tl::unexpected{out.error()};
    if (*in || *out) return {};
    return rest();
}

Result<bool> Connection::receive() {
    std::array<std::uint8_t, 4096> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    const auto got = channel_->read(buffer);
    if (!got) return tl::unexpected{got.error()};
    if (*got == 0) return false;
    endpoint_.receive({buffer.data(), *got}, channel_->now());
    return true;
}

Result<bool> Connection::transmit() {
    if (written_ == outgoing_.size()) {
        outgoing_.clear();
        written_ = 0;
        endpoint_.produce(outgoing_, outgoing_bytes, channel_->now());
    }
    if (outgoing_.empty()) return false;
    const auto taken = channel_->write(std::span{outgoing_}.subspan(written_));
    if (!taken) return tl::unexpected{taken.error()};
    written_ += *taken;
    return *taken > 0;
}

Result<void> Connection::rest() {
    const Time now    = channel_->now();
    const Time since  = std::max(waiting_since_, endpoint_.last_heard());
    const Time silent = now - std::min(now, since);
    if (silent > options_.patience)
        return fault("link.no-answer",
                     "no valid frame from the device for " + std::to_string(silent / 1000) + " ms");
    if (silent > options_.poke_after && now - poked_at_ > options_.poke_after) {
        endpoint_.poke();
        poked_at_ = now;
        return {};
    }
    Time longest = longest_wait;
    if (const auto due = endpoint_.deadline())
        longest = std::min(longest, *due - std::min(now, *due));
    return channel_->wait(std::max<Time>(longest, 1));
}

}  // namespace spikeloom::link
