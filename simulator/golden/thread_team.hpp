// SPDX-License-Identifier: Apache-2.0
/// A fixed group of threads that run the same function and meet at barriers.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

namespace spikeloom::golden {

/// Barrier for a fixed number of threads; spins shortly, then gives the processor away.
class Barrier {
public:
    explicit Barrier(std::uint32_t threads) : threads_{threads} {}
    void wait();

private:
    std::uint32_t threads_;
    std::atomic<std::uint32_t> arrived_{0};
    std::atomic<std::uint32_t> round_{0};
};

/// While it lives, this thread's floating-point unit takes numbers below 2^-1022 for 0: they have
/// no effect on a network and cost a hundred times as much as others.
class FlushDenormals {
public:
    FlushDenormals();
    ~FlushDenormals();
    FlushDenormals(const FlushDenormals&)            = delete;
    FlushDenormals& operator=(const FlushDenormals&) = delete;

private:
    std::uint64_t saved_;
};

/// Runs `work(thread)` on `threads` threads, the calling one being thread 0, and returns when all
/// are done. Denormal numbers are flushed meanwhile.
void run_team(std::uint32_t threads, const std::function<void(std::uint32_t)>& work);

}  // namespace spikeloom::golden
