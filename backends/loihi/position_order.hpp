// SPDX-License-Identifier: Apache-2.0
/// A quick partition of networks with images in them: cores are filled position by position, all
/// channels of a position together, so that a core's neurons share their sources.
#pragma once

#include "backends/loihi/legalise.hpp"
#include "compiler/mapping/partition.hpp"

#include <optional>

namespace spikeloom::backends::loihi {

/// Whether a population has channels, rows and columns.
bool has_positions(const LegalNetwork& legal);

/// The partitioner `sequential` on the neurons by population, row, column and channel. Nothing
/// where it fails.
std::optional<mapping::Partition> by_position(const LegalNetwork& legal,
                                              const mapping::MappingProblem& problem);

}  // namespace spikeloom::backends::loihi
