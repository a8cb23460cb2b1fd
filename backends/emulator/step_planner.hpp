// SPDX-License-Identifier: Apache-2.0
/// Turns queued input and ticks to run into step messages.
#pragma once

#include "runtime/link/messages.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace spikeloom::backends::emulator {

/// One step message and the ticks [first, first + ticks) that it runs.
struct PlannedStep {
    link::Step step;
    std::uint64_t first = 0;
    std::uint64_t ticks = 0;
};

class StepPlanner {
public:
    /// At most `ticks_per_step` >= 1 ticks in a message.
    explicit StepPlanner(std::uint32_t ticks_per_step) : ticks_per_step_{ticks_per_step} {}

    /// Queues `count` spikes of a source. False when `tick` is before the next tick to plan or
    /// before input queued earlier.
    bool push(std::uint64_t tick, std::uint32_t source, std::uint32_t count);

    /// The next message on the way to tick `end`; nullopt once all ticks before it are planned.
    std::optional<PlannedStep> next(std::uint64_t end);

    /// First tick that is not planned yet.
    [[nodiscard]] std::uint64_t next_tick() const { return next_tick_; }

private:
    struct TickInput {
        std::uint64_t tick;
        std::vector<std::uint16_t> sources;
    };

    std::optional<link::StepRecord> next_record(std::size_t room, std::uint64_t most_ticks);
    std::vector<std::uint16_t> take_sources(std::size_t room);
    [[nodiscard]] bool has_input_now() const;

    std::uint32_t ticks_per_step_;
    std::uint64_t next_tick_ = 0;
    std::deque<TickInput> input_;
    std::size_t taken_ = 0;  ///< sources of the first tick's input that are planned
    bool sorted_       = false;
};

}  // namespace spikeloom::backends::emulator
