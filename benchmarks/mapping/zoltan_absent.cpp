// SPDX-License-Identifier: Apache-2.0
/// In place of the yardstick where Zoltan is not installed.
#include "benchmarks/mapping/zoltan_yardstick.hpp"

std::optional<spikeloom::mapping::Partition> zoltan_partition(
    const spikeloom::mapping::MappingProblem&) {
    return std::nullopt;
}
