// SPDX-License-Identifier: Apache-2.0
/// Frames on a byte line (RFC 1662 framing): flag 0x7E, escape 0x7D with xor 0x20, 16-bit FCS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace spikeloom::link {

using Bytes = std::vector<std::uint8_t>;

/// CRC-16/X.25: polynomial 0x1021 reflected, start and final xor 0xFFFF.
std::uint16_t fcs16(std::span<const std::uint8_t> bytes);

/// Appends one frame to `out`: flag, escaped body and FCS (low byte first), flag.
void append_frame(std::span<const std::uint8_t> body, Bytes& out);

/// What a decoder threw away, and why.
struct FrameCounts {
    std::uint64_t good      = 0;
    std::uint64_t bad_fcs   = 0;
    std::uint64_t too_short = 0;
    std::uint64_t too_long  = 0;
    std::uint64_t aborted   = 0;  ///< escape followed by flag
    [[nodiscard]] std::uint64_t bad() const { return bad_fcs + too_short + too_long + aborted; }
};

/// Finds good frames in any byte sequence. Bytes before the first flag are ignored. Memory is
/// bounded by the longest body.
class FrameDecoder {
public:
    /// Bodies of min_body..max_body bytes (FCS not counted) are taken.
    FrameDecoder(std::size_t min_body, std::size_t max_body);

    /// Feeds one byte; the body of a good frame when this byte completes one. The span is valid
    /// until the next call.
    std::optional<std::span<const std::uint8_t>> feed(std::uint8_t byte);

    [[nodiscard]] const FrameCounts& counts() const { return counts_; }

private:
    enum class State { hunting, inside, escaped, skipping };

    std::optional<std::span<const std::uint8_t>> finish();

    std::size_t min_body_;
    std::size_t max_body_;
    State state_ = State::hunting;
    Bytes buffer_;  // body and FCS so far
    Bytes done_;
    FrameCounts counts_;
};

}  // namespace spikeloom::link
