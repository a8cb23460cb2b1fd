// SPDX-License-Identifier: Apache-2.0
/// A software device behind a byte line: the host protocol's device side around a CoreModel. Fast,
/// exact in function, without clocks: it serves tests and dry runs of the host side.
#pragma once

#include "backends/emulator/core_model.hpp"
#include "runtime/link/byte_channel.hpp"
#include "runtime/link/messages.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

namespace spikeloom::backends::emulator {

/// Carries out messages one after the other, a little at a time.
class MessageServer {
public:
    explicit MessageServer(const Limits& limits) : core_{limits} {}

    /// Nothing is under way: accept() may be called.
    [[nodiscard]] bool idle() const { return !step_ && !read_; }
    /// Starts on a message; answers that are ready at once go to `out`.
    void accept(const link::Bytes& message, std::deque<link::Bytes>& out);
    /// Goes on with what is under way: one tick, or one data message.
    void proceed(std::deque<link::Bytes>& out);
    /// Drops what is under way; the core stays as it is.
    void abandon();

    [[nodiscard]] CoreModel& core() { return core_; }
    /// What `identify` tells of the link.
    void set_link_sizes(std::uint16_t rx_bytes, std::uint8_t window);

private:
    struct RunningStep {
        link::Step step;
        std::size_t record       = 0;
        std::uint32_t ticks_left = 0;
        bool injected            = false;
    };
    struct RunningRead {
        std::uint32_t address;
        std::uint32_t left;
    };

    void handle(const link::Identify&, std::deque<link::Bytes>& out);
    void handle(const link::ResetCore& message, std::deque<link::Bytes>& out);
    void handle(const link::Write& message, std::deque<link::Bytes>& out);
    void handle(const link::Read& message, std::deque<link::Bytes>& out);
    void handle(const link::Step& message, std::deque<link::Bytes>& out);
    void handle(const link::Stamp&, std::deque<link::Bytes>& out);
    void handle(const link::Query&, std::deque<link::Bytes>& out);
    void handle(const link::Echo& message, std::deque<link::Bytes>& out);
    void proceed_step(std::deque<link::Bytes>& out);
    void proceed_read(std::deque<link::Bytes>& out);

    CoreModel core_;
    std::optional<RunningStep> step_;
    std::optional<RunningRead> read_;
    std::uint16_t rx_bytes_ = 0;
    std::uint8_t window_    = 0;
};

struct ModelDeviceOptions {
    std::uint32_t receive_buffer = 1024;    ///< [byte]
    link::Time retry_timeout     = 20'000;  ///< [us]
    link::Time work_time         = 10;      ///< time that a tick or a data message takes [us]
};

/// A channel whose far end is the software device. Time passes only in wait().
std::unique_ptr<link::ByteChannel> make_model_channel(const Limits& limits,
                                                      const ModelDeviceOptions& options = {});

}  // namespace spikeloom::backends::emulator
