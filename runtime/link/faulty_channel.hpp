// SPDX-License-Identifier: Apache-2.0
/// A line that loses, damages, doubles and reorders what passes over it, for tests.
#pragma once

#include "runtime/link/byte_channel.hpp"
#include "support/keyed_rng.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace spikeloom::link {

/// What can happen to a frame on the way.
enum class FaultKind : std::uint8_t {
    drop,       ///< one byte, or the whole frame, is lost
    corrupt,    ///< one to three bytes change
    duplicate,  ///< one byte comes twice, or the whole frame comes again a little later
    reorder,    ///< the frame comes after one to three of its successors
    insert,     ///< one to twenty random bytes come between
    truncate,   ///< the frame breaks off
};
inline constexpr std::size_t fault_kinds = 6;
std::string_view name_of(FaultKind kind);

using FaultCounts = std::array<std::uint64_t, fault_kinds>;

struct FaultPlan {
    double rate = 0.0;  ///< probability that a frame is hit by a fault of one kind, each kind
    std::uint64_t seed = 0;
    std::array<bool, fault_kinds> enabled{true, true, true, true, true, true};
};

/// One direction of a faulty line. Cuts the bytes at flags, so that faults can be told by frames.
///
/// A 16-bit FCS lets one in 65536 randomly damaged frames pass; no receiver can know. Damage that
/// would pass is drawn again, and counted.
class FaultInjector {
public:
    FaultInjector(const FaultPlan& plan, std::uint64_t direction);

    /// Takes bytes, appends what comes out at the far end.
    void feed(std::span<const std::uint8_t> in, Bytes& out);

    [[nodiscard]] const FaultCounts& counts() const { return counts_; }
    [[nodiscard]] std::uint64_t undetectable() const { return undetectable_; }

private:
    struct Held {
        Bytes frame;
        std::uint64_t frames_left;
    };

    void frame_done(Bytes& out);
    void inflict(FaultKind kind, Bytes& frame);
    void damage(FaultKind kind, Bytes& frame);
    void release(Bytes& out);

    FaultPlan plan_;
    std::uint64_t direction_;
    KeyedSequence draws_;
    Bytes frame_;
    std::vector<Held> held_;
    FaultCounts counts_{};
    std::uint64_t undetectable_ = 0;
};

/// Counts of a faulty channel, in the order to the far end, from the far end.
struct ChannelFaults {
    std::array<FaultCounts, 2> counts{};
    std::uint64_t undetectable = 0;  ///< damage that the FCS cannot see, drawn again
};

/// Wraps a channel so that both directions are faulty.
class FaultyChannel final : public ByteChannel {
public:
    FaultyChannel(std::unique_ptr<ByteChannel> inner, const FaultPlan& plan);

    Result<std::size_t> write(std::span<const std::uint8_t> bytes) override;
    Result<std::size_t> read(std::span<std::uint8_t> buffer) override;
    Result<void> wait(Time longest) override;
    [[nodiscard]] Time now() const override { return inner_->now(); }

    [[nodiscard]] ChannelFaults faults() const;

private:
    Result<void> flush();

    std::unique_ptr<ByteChannel> inner_;
    FaultInjector outward_;
    FaultInjector inward_;
    Bytes to_write_;
    Bytes to_read_;
};

}  // namespace spikeloom::link
