// SPDX-License-Identifier: Apache-2.0
/// A sweep on this machine: some points at a time, each in processes of its own.
#pragma once

#include "sweep/coordinator.hpp"
#include "sweep/evaluate.hpp"

#include <cstdint>
#include <functional>

namespace spikeloom::sweep {

/// Called after each point with how many are dealt with and how many there are.
using OnProgress = std::function<void(std::uint64_t finished, std::uint64_t total)>;

/// Evaluates all that the coordinator hands out, `jobs` >= 1 points at a time. The first fault of
/// the store ends it.
Result<void> run_local(const Spec& spec, const Workplace& place, Coordinator& coordinator,
                       unsigned jobs, const OnProgress& progress);

}  // namespace spikeloom::sweep
