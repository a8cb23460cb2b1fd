// SPDX-License-Identifier: Apache-2.0
/// A progress bar on a terminal for anything over a second.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace spikeloom::tools {

/// Draws on standard error, only where that is a terminal, and only from the second second on.
class Progress {
public:
    Progress(std::string what, std::uint64_t total, bool quiet);
    Progress(const Progress&)            = delete;
    Progress& operator=(const Progress&) = delete;
    Progress(Progress&&)                 = delete;
    Progress& operator=(Progress&&)      = delete;
    /// Wipes the bar.
    ~Progress();

    void update(std::uint64_t done);
    /// Shows "35 %" in place of "35 of 100".
    void in_percent() { percent_ = true; }

private:
    using Clock = std::chrono::steady_clock;
    std::string what_;
    std::uint64_t total_;
    bool enabled_;
    bool drawn_   = false;
    bool percent_ = false;
    Clock::time_point start_;
    Clock::time_point last_;
};

}  // namespace spikeloom::tools
