// SPDX-License-Identifier: Apache-2.0
/// How much each axis moves each objective.
#pragma once

#include "sweep/store.hpp"

#include <string>
#include <vector>

namespace spikeloom::sweep {

/// Points of one value of an axis, or of a group of neighbouring values.
struct Level {
    std::string label;
    std::uint64_t points = 0;
    double mean = 0, minimum = 0, maximum = 0;
};

struct Sensitivity {
    std::string setting, objective;
    /// Variance between the levels over the whole variance, 0 to 1 (the correlation ratio: Pearson
    /// 1905; the first-order index of Sobol where the axes are independent). 0 when the objective
    /// never varies.
    double share = 0;
    std::vector<Level> levels;
};

/// Over the rows that are ok. Words and up to `most_levels` numbers are levels of their own; more
/// numbers are grouped in ascending order into that many groups of about equal size.
std::vector<Sensitivity> sensitivities(const Spec& spec, const std::vector<Row>& rows,
                                       std::size_t most_levels = 12);

}  // namespace spikeloom::sweep
