// SPDX-License-Identifier: Apache-2.0
#include "simulator/golden/thread_team.hpp"

#include <thread>
#include <vector>

namespace spikeloom::golden {

void Barrier::wait() {
    if (threads_ == 1) return;
    const std::uint32_t round = round_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
        arrived_.store(0, std::memory_order_relaxed);
        round_.store(round + 1, std::memory_order_release);
        return;
    }
    constexpr int spins_before_yield = 4000;
    for (int spin = 0; round_.load(std::memory_order_acquire) == round; ++spin) {
        if (spin >= spins_before_yield) std::this_thread::yield();
    }
}

void run_team(std::uint32_t threads, const std::function<void(std::uint32_t)>& work) {
    std::vector<std::jthread> others;
    for (std::uint32_t k = 1; k < threads; ++k)
        others.emplace_back([&work, k] { work(k); });
    work(0);
}

}  // namespace spikeloom::golden
