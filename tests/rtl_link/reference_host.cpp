// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl_link/reference_host.hpp"

#include <algorithm>

namespace spikeloom::rtl_test {

std::uint16_t frame_check(const Bytes& bytes) {
    unsigned fcs = 0xFFFF;
    for (const unsigned byte : bytes)
        for (unsigned bit = 0; bit < 8; ++bit) {
            const bool one = ((fcs ^ (byte >> bit)) & 1U) != 0;
            fcs            = (fcs >> 1) ^ (one ? 0x8408U : 0U);
        }
    return static_cast<std::uint16_t>(~fcs);
}

Bytes framed(Bytes content) {
    const unsigned fcs = frame_check(content);
    content.push_back(static_cast<std::uint8_t>(fcs & 0xFF));
    content.push_back(static_cast<std::uint8_t>(fcs >> 8));
    Bytes out{0x7E};
    for (const std::uint8_t byte : content) {
        const bool special = byte == 0x7E || byte == 0x7D;
        if (special) out.push_back(0x7D);
        out.push_back(special ? byte ^ 0x20 : byte);
    }
    out.push_back(0x7E);
    return out;
}

Bytes content_of(link::FrameKind kind, unsigned sequence, unsigned acknowledge, unsigned credit,
                 const Bytes& payload) {
    Bytes content{static_cast<std::uint8_t>(kind), static_cast<std::uint8_t>(sequence),
                  static_cast<std::uint8_t>(acknowledge), static_cast<std::uint8_t>(credit & 0xFF),
                  static_cast<std::uint8_t>(credit >> 8)};
    for (const std::uint8_t byte : payload)
        content.push_back(byte);
    return content;
}

std::optional<Bytes> Deframer::feed(std::uint8_t byte) {
    if (byte != 0x7E) {
        if (byte == 0x7D) {
            escape_ = true;
        } else {
            content_.push_back(escape_ ? byte ^ 0x20 : byte);
            escape_ = false;
        }
        return std::nullopt;
    }
    Bytes content;
    content.swap(content_);
    const bool aborted = escape_;
    escape_            = false;
    if (content.empty() && !aborted) return std::nullopt;
    if (!aborted && content.size() >= 7 && content.size() <= 247) {
        const unsigned fcs = content[content.size() - 2] + 256U * content.back();
        content.resize(content.size() - 2);
        if (frame_check(content) == fcs) return content;
    }
    ++bad;
    return std::nullopt;
}

void ReferenceHost::open(std::uint8_t session) {
    session_      = session;
    open_         = false;
    opening_      = true;
    reset_wanted_ = true;
    queue_.clear();
    received.clear();
    oldest_ = sent_ = known_ = expected_ = 0;
    ack_wanted_ = reject_wanted_ = gap_ = false;
}

void ReferenceHost::receive(std::uint8_t byte) {
    const auto content = deframer_.feed(byte);
    if (!content) return;
    ++frames_in;
    const Bytes& c        = *content;
    const auto kind       = static_cast<link::FrameKind>(c[0]);
    const unsigned credit = c[3] + 256U * c[4];
    if (kind == link::FrameKind::reset_done) {
        if (!open_ && c[1] == session_) {
            open_         = true;
            reset_wanted_ = false;
            credit_       = credit;
        }
        return;
    }
    if (!open_) return;
    take_acknowledge(c[2], credit);
    if (kind == link::FrameKind::reject) {
        ++rejects;
        sent_ = 0;
    }
    if (kind == link::FrameKind::data) take_data(c[1], Bytes(c.begin() + 5, c.end()));
}

void ReferenceHost::take_acknowledge(unsigned acknowledge, unsigned credit) {
    const unsigned count = (acknowledge - oldest_) & 0xFF;
    if (count > known_) return;
    credit_ = count == 0 ? std::max(credit_, credit) : credit;
    for (unsigned k = 0; k < count; ++k)
        queue_.pop_front();
    oldest_ = acknowledge;
    known_ -= count;
    sent_ -= std::min(sent_, count);
    if (count > 0) progress_ = 0;
}

void ReferenceHost::take_data(unsigned sequence, Bytes payload) {
    const unsigned ahead = (sequence - expected_) & 0xFF;
    if (ahead == 0) {
        expected_ = (expected_ + 1) & 0xFF;
        gap_      = false;
        if (!payload.empty()) received.push_back(std::move(payload));
        ack_wanted_ = true;
    } else if (ahead >= 128) {
        ack_wanted_ = true;
    } else {
        if (ahead > 16) ++broken_rules;
        if (!gap_) reject_wanted_ = true;
        gap_ = true;
    }
}

std::optional<Bytes> ReferenceHost::frame(std::uint64_t now) {
    const auto make = [this](link::FrameKind kind, unsigned sequence, const Bytes& payload = {}) {
        ack_wanted_ = false;
        return framed(content_of(kind, sequence, expected_, credit_told_, payload));
    };
    if (progress_ == 0) progress_ = now;
    const bool late = now - progress_ > timeout;
    if (late) progress_ = now;
    if (!open_) {
        if (!opening_ || (!reset_wanted_ && !late)) return std::nullopt;
        reset_wanted_ = false;
        return make(link::FrameKind::reset_link, session_);
    }
    if (late && !queue_.empty()) {
        if (sent_ == 0) return make(link::FrameKind::data, oldest_ - 1);  // waits for credit
        sent_ = 0;
    }
    if (reject_wanted_) {
        reject_wanted_ = false;
        return make(link::FrameKind::reject, oldest_ + sent_);
    }
    unsigned flight = 0;
    for (unsigned k = 0; k < sent_; ++k)
        flight += static_cast<unsigned>(queue_[k].size()) + 2;
    if (sent_ < queue_.size() && sent_ < 16 && flight + queue_[sent_].size() + 2 <= credit_) {
        if (sent_ < known_) ++retransmitted;
        if (sent_ == 0) progress_ = now;
        largest_flight =
            std::max(largest_flight, flight + static_cast<unsigned>(queue_[sent_].size()) + 2);
        const unsigned sequence = oldest_ + sent_;
        ++sent_;
        known_ = std::max(known_, sent_);
        return make(link::FrameKind::data, sequence, queue_[sent_ - 1]);
    }
    if (ack_wanted_) return make(link::FrameKind::ack, oldest_ + sent_);
    return std::nullopt;
}

}  // namespace spikeloom::rtl_test
