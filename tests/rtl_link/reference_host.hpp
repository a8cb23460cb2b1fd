// SPDX-License-Identifier: Apache-2.0
/// ReferenceHost: the host's end of the link, written from docs/host-protocol.md alone and as
/// plainly as possible. It shares no code with runtime/link, so that the two check the RTL
/// independently.
#pragma once

#include "runtime/link/packet_layout.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace spikeloom::rtl_test {

using Bytes = std::vector<std::uint8_t>;

/// FCS-16 over `bytes`, bit by bit, as it goes on the line.
std::uint16_t frame_check(const Bytes& bytes);
/// Flag, stuffed content with its FCS, flag.
Bytes framed(Bytes content);
/// Header and payload of a frame.
Bytes content_of(link::FrameKind kind, unsigned sequence, unsigned acknowledge, unsigned credit,
                 const Bytes& payload = {});

/// Takes frames apart; `bad` counts what is none.
class Deframer {
public:
    std::optional<Bytes> feed(std::uint8_t byte);  ///< content without FCS
    unsigned bad = 0;

private:
    Bytes content_;
    bool escape_ = false;
};

class ReferenceHost {
public:
    explicit ReferenceHost(unsigned credit = 0xFFFF) : credit_told_{credit} {}

    void open(std::uint8_t session);
    [[nodiscard]] bool is_open() const { return open_; }
    void send(Bytes message) { queue_.push_back(std::move(message)); }
    [[nodiscard]] bool idle() const { return queue_.empty(); }

    void receive(std::uint8_t byte);
    /// Next frame to put on the line, if any; `now` in clocks.
    std::optional<Bytes> frame(std::uint64_t now);

    std::deque<Bytes> received;  ///< messages from the device, in order
    unsigned rejects        = 0;
    unsigned retransmitted  = 0;
    unsigned frames_in      = 0;
    unsigned largest_flight = 0;  ///< most credit ever used, in bytes
    unsigned broken_rules   = 0;  ///< device beyond our credit or window
    std::uint64_t timeout   = 20'000;

private:
    void take_acknowledge(unsigned acknowledge, unsigned credit);
    void take_data(unsigned sequence, Bytes payload);

    unsigned credit_told_;
    Deframer deframer_;
    bool open_            = false;
    bool opening_         = false;
    bool reset_wanted_    = false;
    std::uint8_t session_ = 0;
    std::deque<Bytes> queue_;  // not acknowledged; the first sent_ are in flight
    unsigned oldest_ = 0, sent_ = 0, known_ = 0, credit_ = 0;
    unsigned expected_      = 0;
    bool ack_wanted_        = false;
    bool reject_wanted_     = false;
    bool gap_               = false;
    std::uint64_t progress_ = 0;
};

}  // namespace spikeloom::rtl_test
