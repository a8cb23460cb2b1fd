// SPDX-License-Identifier: Apache-2.0
#include "tools/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace spikeloom::tools {

Progress::Progress(std::string what, std::uint64_t total, bool quiet)
    : what_{std::move(what)},
      total_{std::max<std::uint64_t>(total, 1)},
      enabled_{!quiet && ::isatty(STDERR_FILENO) == 1},
      start_{Clock::now()},
      last_{start_} {}

Progress::~Progress() {
    if (drawn_) fmt::print(stderr, "\r\033[K");
}

void Progress::update(std::uint64_t done) {
    if (!enabled_) return;
    const auto now = Clock::now();
    using namespace std::chrono_literals;
    if (now - start_ < 1s || now - last_ < 100ms) return;
    last_  = now;
    drawn_ = true;

    constexpr std::uint64_t width = 30;
    const std::uint64_t filled    = std::min(done, total_) * width / total_;
    const double elapsed          = std::chrono::duration<double>(now - start_).count();
    const double left             = done == 0 ? 0.0
                                              : elapsed * static_cast<double>(total_ - std::min(done, total_)) /
                                        static_cast<double>(done);
    const std::string share = percent_ ? fmt::format("{} %", std::min(done, total_) * 100 / total_)
                                       : fmt::format("{} of {}", done, total_);
    fmt::print(stderr, "\r\033[K{} [{:#<{}}{:.<{}}] {}, {:.0f} s left", what_, "", filled, "",
               width - filled, share, left);
    std::fflush(stderr);
}

}  // namespace spikeloom::tools
