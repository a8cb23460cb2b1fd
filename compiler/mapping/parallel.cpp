// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/parallel.hpp"

#include <atomic>
#include <thread>
#include <vector>

namespace spikeloom::mapping {

void run_jobs(std::size_t count, std::uint32_t threads,
              const std::function<void(std::size_t, std::uint32_t)>& job) {
    std::atomic<std::size_t> next{0};
    const auto work = [&](std::uint32_t worker) {
        for (std::size_t i = next++; i < count; i = next++)
            job(i, worker);
    };
    std::vector<std::jthread> others;
    for (std::uint32_t worker = 1; worker < threads && worker < count; ++worker)
        others.emplace_back(work, worker);
    work(0);
}

}  // namespace spikeloom::mapping
