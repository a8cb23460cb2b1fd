// SPDX-License-Identifier: Apache-2.0
/// Point and Outcome: one run of a sweep, and what came of it.
#pragma once

#include "sweep/value.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::sweep {

/// One design under one seed.
struct Point {
    std::uint64_t id         = 0;  ///< design x repeats + repeat
    std::uint64_t design     = 0;
    std::uint32_t repeat     = 0;
    std::uint32_t generation = 0;
    std::uint64_t seed       = 1;
    Settings settings;  ///< fixed ones included

    /// Hash of settings and seed: equal points give equal results.
    [[nodiscard]] std::uint64_t key() const;
};

/// How a point ended.
enum class Status {
    ok,
    skipped,     ///< a constraint of the spec says no; nothing was run
    refused,     ///< a diagnostic of the tool: does not fit, or bad input
    failed,      ///< a program ended with another status than 0 and no diagnostic
    crashed,     ///< ended by a signal
    timeout,     ///< ran into the time limit
    memory,      ///< ran into the memory limit
    incomplete,  ///< ran, but an objective is not in its result document
};

std::string_view to_string(Status status);
/// The status of that name; `failed` for any other text.
Status status_of(std::string_view name);

inline constexpr double no_value = std::numeric_limits<double>::quiet_NaN();

struct Outcome {
    Status status = Status::ok;
    std::string code, message;       ///< why it is not ok
    std::vector<double> objectives;  ///< as in the spec; NaN where there is none
    int exit_status = 0, signal = 0;
    double wall_seconds = 0, cpu_seconds = 0;  ///< of the point's own processes
    std::uint64_t peak_bytes = 0;              ///< largest resident size among them
    double started = 0, finished = 0;          ///< [s] since 1970
    std::string host;
    std::string network_hash, image_hash, tool_version;  ///< from the report
    bool adopted = false;  ///< the report of a run was there already: taken, not run again
};

}  // namespace spikeloom::sweep
