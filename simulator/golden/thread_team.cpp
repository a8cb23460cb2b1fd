// SPDX-License-Identifier: Apache-2.0
#include "simulator/golden/thread_team.hpp"

#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

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

#if defined(__x86_64__)
FlushDenormals::FlushDenormals() : saved_{_mm_getcsr()} {
    constexpr unsigned flush_to_zero = 0x8000, denormals_are_zero = 0x0040;
    _mm_setcsr(static_cast<unsigned>(saved_) | flush_to_zero | denormals_are_zero);
}
FlushDenormals::~FlushDenormals() {
    _mm_setcsr(static_cast<unsigned>(saved_));
}
#elif defined(__aarch64__)
FlushDenormals::FlushDenormals() {
    constexpr std::uint64_t flush_to_zero = std::uint64_t{1} << 24;
    asm volatile("mrs %0, fpcr" : "=r"(saved_));
    asm volatile("msr fpcr, %0" : : "r"(saved_ | flush_to_zero));
}
FlushDenormals::~FlushDenormals() {
    asm volatile("msr fpcr, %0" : : "r"(saved_));
}
#else
FlushDenormals::FlushDenormals() : saved_{0} {}
FlushDenormals::~FlushDenormals() = default;
#endif

void run_team(std::uint32_t threads, const std::function<void(std::uint32_t)>& work) {
    const auto flushed = [&work](std::uint32_t k) {
        const FlushDenormals flush;
        work(k);
    };
    std::vector<std::jthread> others;
    for (std::uint32_t k = 1; k < threads; ++k) {
        others.emplace_back([&flushed, k] { flushed(k); });
    }
    flushed(0);
}

}  // namespace spikeloom::golden
