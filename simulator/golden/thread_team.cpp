// SPDX-License-Identifier: Apache-2.0
#include "simulator/golden/thread_team.hpp"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace spikeloom::golden {

namespace {

/// Tells the processor that this thread only waits.
inline void relax() {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

}  // namespace

Barrier::Barrier(std::uint32_t threads)
    : threads_{threads}, spins_{threads > std::thread::hardware_concurrency() ? 0U : 1000U} {}

void Barrier::wait() {
    if (threads_ == 1) return;
    const std::uint32_t round = round_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
        arrived_.store(0, std::memory_order_relaxed);
        round_.store(round + 1, std::memory_order_release);
        round_.notify_all();
        return;
    }
    for (std::uint32_t spin = 0; spin < spins_; ++spin) {
        if (round_.load(std::memory_order_acquire) != round) return;
        relax();
    }
    round_.wait(round, std::memory_order_acquire);
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

ThreadTeam::ThreadTeam(std::uint32_t threads)
    : threads_{threads}, barrier_{threads}, gate_{threads} {
    for (std::uint32_t k = 1; k < threads; ++k)
        others_.emplace_back([this, k] { serve(k); });
}

ThreadTeam::~ThreadTeam() {
    work_ = nullptr;
    gate_.wait();
}

void ThreadTeam::serve(std::uint32_t thread) {
    const FlushDenormals flush;
    for (;;) {
        gate_.wait();
        if (work_ == nullptr) return;
        (*work_)(thread);
        gate_.wait();
    }
}

void ThreadTeam::run(const std::function<void(std::uint32_t)>& work) {
    const FlushDenormals flush;
    work_ = &work;
    gate_.wait();
    work(0);
    gate_.wait();
}

}  // namespace spikeloom::golden
