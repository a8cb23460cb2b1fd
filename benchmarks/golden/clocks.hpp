// SPDX-License-Identifier: Apache-2.0
/// CPU time of the process and time on the wall.
#pragma once

#include <chrono>
#include <ctime>

namespace spikeloom::benchmarks {

/// CPU time of all threads so far [s].
inline double cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// Time on the wall from some origin [s].
inline double wall_seconds() {
    using clock = std::chrono::steady_clock;
    return std::chrono::duration<double>(clock::now().time_since_epoch()).count();
}

}  // namespace spikeloom::benchmarks
