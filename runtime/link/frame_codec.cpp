// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/frame_codec.hpp"

#include "runtime/link/packet_layout.hpp"

#include <array>

namespace spikeloom::link {
namespace {

constexpr std::array<std::uint16_t, 256> make_fcs_table() {
    std::array<std::uint16_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 1U) != 0 ? (crc >> 1) ^ 0x8408U : crc >> 1;
        table[byte] = static_cast<std::uint16_t>(crc);
    }
    return table;
}

constexpr auto fcs_table = make_fcs_table();

void append_escaped(std::uint8_t byte, Bytes& out) {
    if (byte == frame_flag || byte == frame_escape) {
        out.push_back(frame_escape);
        byte ^= frame_escape_xor;
    }
    out.push_back(byte);
}

}  // namespace

std::uint16_t fcs16(std::span<const std::uint8_t> bytes) {
    std::uint32_t crc = 0xFFFF;
    for (const std::uint8_t byte : bytes)
        crc = (crc >> 8) ^ fcs_table[(crc ^ byte) & 0xFFU];
    return static_cast<std::uint16_t>(~crc);
}

void append_frame(std::span<const std::uint8_t> body, Bytes& out) {
    out.push_back(frame_flag);
    for (const std::uint8_t byte : body)
        append_escaped(byte, out);
    const std::uint16_t fcs = fcs16(body);
    append_escaped(static_cast<std::uint8_t>(fcs & 0xFFU), out);
    append_escaped(static_cast<std::uint8_t>(fcs >> 8), out);
    out.push_back(frame_flag);
}

FrameDecoder::FrameDecoder(std::size_t min_body, std::size_t max_body)
    : min_body_{min_body}, max_body_{max_body} {
    buffer_.reserve(max_body + 2);
}

std::optional<std::span<const std::uint8_t>> FrameDecoder::feed(std::uint8_t byte) {
    if (byte == frame_flag) return finish();
    if (state_ == State::hunting || state_ == State::skipping) return std::nullopt;
    if (state_ == State::inside && byte == frame_escape) {
        state_ = State::escaped;
        return std::nullopt;
    }
    if (buffer_.size() == max_body_ + 2) {
        ++counts_.too_long;
        state_ = State::skipping;
        return std::nullopt;
    }
    buffer_.push_back(state_ == State::escaped ? static_cast<std::uint8_t>(byte ^ frame_escape_xor)
                                               : byte);
    state_ = State::inside;
    return std::nullopt;
}

std::optional<std::span<const std::uint8_t>> FrameDecoder::finish() {
    const State before = state_;
    state_             = State::inside;
    done_.swap(buffer_);
    buffer_.clear();
    if (before == State::hunting || before == State::skipping) return std::nullopt;
    if (before == State::escaped) {
        ++counts_.aborted;
        return std::nullopt;
    }
    if (done_.empty()) return std::nullopt;
    if (done_.size() < min_body_ + 2) {
        ++counts_.too_short;
        return std::nullopt;
    }
    const std::span<const std::uint8_t> body{done_.data(), done_.size() - 2};
    const auto fcs =
        static_cast<std::uint16_t>(done_[done_.size() - 2] | (done_[done_.size() - 1] << 8));
    if (fcs != fcs16(body)) {
        ++counts_.bad_fcs;
        return std::nullopt;
    }
    ++counts_.good;
    return body;
}

}  // namespace spikeloom::link
