// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/faulty_channel.hpp"

#include "runtime/link/packet_layout.hpp"

#include <algorithm>

namespace spikeloom::link {
namespace {

constexpr std::size_t buffered_at_most = 2048;

std::ptrdiff_t at(std::uint64_t index) {
    return static_cast<std::ptrdiff_t>(index);
}

/// The good frames that a receiver finds in a stretch of line between two flags.
std::vector<Bytes> bodies_of(const Bytes& stretch) {
    FrameDecoder decoder{header_bytes, header_bytes + payload_max};
    std::vector<Bytes> bodies;
    const auto feed = [&](std::uint8_t byte) {
        if (const auto body = decoder.feed(byte)) bodies.emplace_back(body->begin(), body->end());
    };
    feed(frame_flag);
    for (const std::uint8_t byte : stretch)
        feed(byte);
    feed(frame_flag);
    return bodies;
}

/// True if a receiver would take something that was never sent.
bool deceives(const Bytes& damaged, const Bytes& original) {
    const auto truth = bodies_of(original);
    return std::ranges::any_of(bodies_of(damaged), [&truth](const Bytes& body) {
        return std::ranges::find(truth, body) == truth.end();
    });
}

}  // namespace

std::string_view name_of(FaultKind kind) {
    constexpr std::array<std::string_view, fault_kinds> names{"drop",    "corrupt", "duplicate",
                                                              "reorder", "insert",  "truncate"};
    return names[static_cast<std::size_t>(kind)];
}

FaultInjector::FaultInjector(const FaultPlan& plan, std::uint64_t direction)
    : plan_{plan}, direction_{direction}, draws_{plan.seed, Stream::test, direction} {}

void FaultInjector::feed(std::span<const std::uint8_t> in, Bytes& out) {
    for (const std::uint8_t byte : in) {
        frame_.push_back(byte);
        if (byte == frame_flag) frame_done(out);
    }
}

void FaultInjector::frame_done(Bytes& out) {
    Bytes frame;
    frame.swap(frame_);
    if (frame.size() == 1) {
        out.push_back(frame_flag);
        return;
    }
    const std::size_t held_before = held_.size();
    for (std::size_t k = 0; k < fault_kinds; ++k)
        if (plan_.enabled[k] && draws_.uniform() < plan_.rate && !frame.empty())
            inflict(static_cast<FaultKind>(k), frame);
    out.insert(out.end(), frame.begin(), frame.end());
    for (std::size_t k = 0; k < held_before; ++k)
        --held_[k].frames_left;
    release(out);
}

void FaultInjector::release(Bytes& out) {
    for (const Held& held : held_)
        if (held.frames_left == 0) out.insert(out.end(), held.frame.begin(), held.frame.end());
    std::erase_if(held_, [](const Held& held) { return held.frames_left == 0; });
}

void FaultInjector::inflict(FaultKind kind, Bytes& frame) {
    ++counts_[static_cast<std::size_t>(kind)];
    const bool whole = draws_.below(2) == 0;
    if (kind == FaultKind::reorder) {
        held_.push_back({frame, 1 + draws_.below(3)});
        frame.clear();
    } else if (kind == FaultKind::drop && whole) {
        frame.clear();
    } else if (kind == FaultKind::duplicate && whole) {
        held_.push_back({frame, 1 + draws_.below(5)});
    } else {
        Bytes damaged = frame;
        damage(kind, damaged);
        while (deceives(damaged, frame)) {
            ++undetectable_;
            damaged = frame;
            damage(kind, damaged);
        }
        frame = std::move(damaged);
    }
}

void FaultInjector::damage(FaultKind kind, Bytes& frame) {
    const std::uint64_t place = draws_.below(frame.size());
    switch (kind) {
        case FaultKind::drop:
            frame.erase(frame.begin() + at(place));
            break;
        case FaultKind::duplicate:
            frame.insert(frame.begin() + at(place), frame[place]);
            break;
        case FaultKind::truncate:
            frame.resize(place);
            if (draws_.below(2) == 0) frame.push_back(frame_flag);
            break;
        case FaultKind::insert:
            for (std::uint64_t n = 1 + draws_.below(20); n > 0; --n)
                frame.insert(frame.begin() + at(place), static_cast<std::uint8_t>(draws_.bits()));
            break;
        case FaultKind::corrupt:
        default:
            for (std::uint64_t n = 1 + draws_.below(3); n > 0; --n)
                frame[draws_.below(frame.size())] ^=
                    static_cast<std::uint8_t>(1 + draws_.below(255));
            break;
    }
}

FaultyChannel::FaultyChannel(std::unique_ptr<ByteChannel> inner, const FaultPlan& plan)
    : inner_{std::move(inner)}, outward_{plan, 0}, inward_{plan, 1} {}

Result<std::size_t> FaultyChannel::write(std::span<const std::uint8_t> bytes) {
    if (auto flushed = flush(); !flushed) return tl::unexpected{flushed.error()};
    if (to_write_.size() >= buffered_at_most) return 0U;
    outward_.feed(bytes, to_write_);
    if (auto flushed = flush(); !flushed) return tl::unexpected{flushed.error()};
    return bytes.size();
}

Result<void> FaultyChannel::flush() {
    const auto taken = inner_->write(to_write_);
    if (!taken) return tl::unexpected{taken.error()};
    to_write_.erase(to_write_.begin(), to_write_.begin() + at(*taken));
    return {};
}

Result<std::size_t> FaultyChannel::read(std::span<std::uint8_t> buffer) {
    std::array<std::uint8_t, 512> piece{};
    while (to_read_.size() < buffer.size()) {
        const auto got = inner_->read(piece);
        if (!got) return tl::unexpected{got.error()};
        if (*got == 0) break;
        inward_.feed({piece.data(), *got}, to_read_);
    }
    const std::size_t given = std::min(buffer.size(), to_read_.size());
    std::copy_n(to_read_.begin(), given, buffer.begin());
    to_read_.erase(to_read_.begin(), to_read_.begin() + at(given));
    return given;
}

Result<void> FaultyChannel::wait(Time longest) {
    if (auto flushed = flush(); !flushed) return flushed;
    return inner_->wait(longest);
}

ChannelFaults FaultyChannel::faults() const {
    return {{outward_.counts(), inward_.counts()},
            outward_.undetectable() + inward_.undetectable()};
}

}  // namespace spikeloom::link
