// SPDX-License-Identifier: Apache-2.0
/// Runs independent jobs on several threads; what they compute must not depend on which thread runs
/// them. Internal to the room.
#pragma once

#include <cstdint>
#include <functional>

namespace spikeloom::mapping {

/// Calls job(index, worker) for every index in [0, count), worker in [0, threads).
void run_jobs(std::size_t count, std::uint32_t threads,
              const std::function<void(std::size_t index, std::uint32_t worker)>& job);

}  // namespace spikeloom::mapping
