// SPDX-License-Identifier: Apache-2.0
/// A fixed group of threads that run the same function and meet at barriers.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace spikeloom::golden {

inline constexpr std::uint32_t most_threads = 256;

/// Barrier for a fixed number of threads; spins shortly, then sleeps until the last one comes.
class Barrier {
public:
    explicit Barrier(std::uint32_t threads);
    void wait();

private:
    std::uint32_t threads_;
    std::uint32_t spins_;  ///< none where there are more threads than processors
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

/// Threads that live as long as the team and sleep between two calls of run().
class ThreadTeam {
public:
    explicit ThreadTeam(std::uint32_t threads);
    ~ThreadTeam();
    ThreadTeam(const ThreadTeam&)            = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;

    /// Runs `work(thread)` on all threads, the calling one being thread 0, and returns when all are
    /// done. Denormal numbers are flushed meanwhile.
    void run(const std::function<void(std::uint32_t)>& work);
    /// Where the threads of one run() meet.
    Barrier& barrier() { return barrier_; }
    [[nodiscard]] std::uint32_t threads() const { return threads_; }

private:
    void serve(std::uint32_t thread);

    std::uint32_t threads_;
    Barrier barrier_;
    Barrier gate_;  ///< opens at the begin and at the end of a run
    const std::function<void(std::uint32_t)>* work_ = nullptr;  ///< null at the gate: the end
    std::vector<std::jthread> others_;
};

}  // namespace spikeloom::golden
