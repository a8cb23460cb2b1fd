// SPDX-License-Identifier: Apache-2.0
/// FaultyLine: one direction of a line that loses, damages, doubles and invents bytes, and loses,
/// doubles and swaps whole frames.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <vector>

namespace spikeloom::rtl_test {

enum class Fault {
    lose_byte,
    flip_bit,
    double_byte,
    invent_byte,
    swap_bytes,
    lose_frame,
    double_frame,
    swap_frames,
    count
};

class FaultyLine {
public:
    explicit FaultyLine(std::uint32_t seed) : random_{seed} {}

    /// Chance of each fault, per byte or per frame.
    void set_rate(Fault fault, double rate) { rate_[static_cast<std::size_t>(fault)] = rate; }
    [[nodiscard]] unsigned injected(Fault fault) const {
        return injected_[static_cast<std::size_t>(fault)];
    }

    /// Puts a byte in; whole frames come out after their closing flag.
    void put(std::uint8_t byte) {
        frame_.push_back(byte);
        if (byte != 0x7E || frame_.size() == 1) return;
        std::vector<std::uint8_t> whole;
        whole.swap(frame_);
        if (hit(Fault::lose_frame)) return;
        const bool twice = hit(Fault::double_frame);
        if (!held_ && hit(Fault::swap_frames)) {
            held_ = whole;
            return;
        }
        emit(whole);
        if (twice) emit(whole);
        if (held_) emit(*held_);
        held_.reset();
    }

    std::optional<std::uint8_t> get() {
        if (out_.empty()) return std::nullopt;
        const std::uint8_t byte = out_.front();
        out_.pop_front();
        return byte;
    }

private:
    bool hit(Fault fault) {
        const double rate = rate_[static_cast<std::size_t>(fault)];
        if (rate == 0.0 || std::uniform_real_distribution<>{}(random_) >= rate) return false;
        ++injected_[static_cast<std::size_t>(fault)];
        return true;
    }

    void emit(const std::vector<std::uint8_t>& bytes) {
        for (std::uint8_t byte : bytes) {
            if (hit(Fault::lose_byte)) continue;
            if (hit(Fault::flip_bit))
                byte = static_cast<std::uint8_t>(byte ^ (1U << (random_() % 8)));
            if (hit(Fault::invent_byte)) out_.push_back(static_cast<std::uint8_t>(random_()));
            out_.push_back(byte);
            if (hit(Fault::double_byte)) out_.push_back(byte);
            if (out_.size() > 1 && hit(Fault::swap_bytes))
                std::swap(out_[out_.size() - 1], out_[out_.size() - 2]);
        }
    }

    std::mt19937 random_;
    std::array<double, static_cast<std::size_t>(Fault::count)> rate_{};
    std::array<unsigned, static_cast<std::size_t>(Fault::count)> injected_{};
    std::vector<std::uint8_t> frame_;
    std::optional<std::vector<std::uint8_t>> held_;
    std::deque<std::uint8_t> out_;
};

}  // namespace spikeloom::rtl_test
