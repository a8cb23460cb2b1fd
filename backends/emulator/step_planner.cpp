// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/step_planner.hpp"

#include <algorithm>

namespace spikeloom::backends::emulator {
namespace {

constexpr std::size_t most_sources     = 255;
constexpr std::uint64_t most_advance   = 0xFFFF;
constexpr std::size_t record_overhead  = link::layout::step_record::fixed_bytes;
constexpr std::size_t message_overhead = link::layout::step_message::fixed_bytes;

/// Reorders into ascending rounds, each source at most once a round, so that delta lists apply.
std::vector<std::uint16_t> in_rounds(std::vector<std::uint16_t> sources) {
    std::ranges::sort(sources);
    std::vector<std::uint16_t> rounds;
    std::vector<std::uint16_t> rest;
    while (!sources.empty()) {
        rest.clear();
        const std::size_t begin = rounds.size();
        for (const std::uint16_t source : sources) {
            const bool repeated = rounds.size() > begin && rounds.back() == source;
            (repeated ? rest : rounds).push_back(source);
        }
        sources.swap(rest);
    }
    return rounds;
}

}  // namespace

bool StepPlanner::push(std::uint64_t tick, std::uint32_t source, std::uint32_t count) {
    if (tick < next_tick_ || (!input_.empty() && tick < input_.back().tick)) return false;
    if (count == 0) return true;
    if (input_.empty() || input_.back().tick != tick) input_.push_back({tick, {}});
    auto& sources = input_.back().sources;
    sources.insert(sources.end(), count, static_cast<std::uint16_t>(source));
    return true;
}

std::optional<PlannedStep> StepPlanner::next(std::uint64_t end) {
    PlannedStep planned{{}, next_tick_, 0};
    std::size_t size = message_overhead;
    while (next_tick_ < end && planned.ticks < ticks_per_step_) {
        const std::uint64_t most = std::min(end - next_tick_, ticks_per_step_ - planned.ticks);
        auto record              = next_record(link::payload_max - size, most);
        if (!record) break;
        size += link::encoded_size(*record);
        planned.ticks += record->advance;
        planned.step.records.push_back(*std::move(record));
    }
    if (planned.step.records.empty()) return std::nullopt;
    return planned;
}

bool StepPlanner::has_input_now() const {
    return !input_.empty() && input_.front().tick == next_tick_;
}

/// nullopt when nothing useful fits into `room` bytes.
std::optional<link::StepRecord> StepPlanner::next_record(std::size_t room,
                                                         std::uint64_t most_ticks) {
    if (room < record_overhead) return std::nullopt;
    link::StepRecord record;
    if (has_input_now()) {
        record.sources = take_sources(room - record_overhead);
        if (record.sources.empty()) return std::nullopt;
        if (has_input_now()) return record;  // the rest of this tick's input comes first
    }
    std::uint64_t run = std::min(most_ticks, most_advance);
    if (!input_.empty()) run = std::min(run, input_.front().tick - next_tick_);
    record.advance = static_cast<std::uint16_t>(run);
    next_tick_ += run;
    return record;
}

std::vector<std::uint16_t> StepPlanner::take_sources(std::size_t room) {
    TickInput& now = input_.front();
    if (!sorted_) now.sources = in_rounds(std::move(now.sources));
    sorted_          = true;
    const auto begin = now.sources.begin() + static_cast<std::ptrdiff_t>(taken_);
    auto end         = begin;
    while (end != now.sources.end() && (end == begin || *(end - 1) < *end) &&
           end - begin < static_cast<std::ptrdiff_t>(most_sources))
        ++end;
    link::StepRecord record{0, {begin, end}};
    while (!record.sources.empty() && link::encoded_size(record) > room + record_overhead)
        record.sources.resize(record.sources.size() * 7 / 8);
    taken_ += record.sources.size();
    if (taken_ == now.sources.size()) {
        input_.pop_front();
        taken_  = 0;
        sorted_ = false;
    }
    return std::move(record.sources);
}

}  // namespace spikeloom::backends::emulator
