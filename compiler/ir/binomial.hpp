// SPDX-License-Identifier: Apache-2.0
/// Binomial random numbers from the keyed generator, exact in distribution for any n.
#pragma once

#include "support/keyed_rng.hpp"

#include <cstdint>

namespace spikeloom::ir {

/// Number of successes among `n` trials of probability p, 0 <= p <= 1.
std::uint64_t binomial(KeyedSequence& sequence, std::uint64_t n, double p);

}  // namespace spikeloom::ir
