// SPDX-License-Identifier: Apache-2.0
/// What the spikes of a run are worth: right answers, and likeness to the golden run.
#pragma once

#include "runtime/report/compare.hpp"
#include "support/result.hpp"
#include "sweep/spec.hpp"

#include <cstdint>
#include <filesystem>

namespace spikeloom::sweep {

/// Fraction of items whose label is the neuron of the score's population with most spikes (the
/// first of equals; no spike at all is wrong) in the item's ticks. Item k is shown in ticks
/// [k ticks, (k + 1) ticks) and answered `offset` ticks later. Errors: "spikes.*", "file.*",
/// "sweep.labels" (a line that is no whole number).
Checked<double> accuracy(const Score& score, const std::filesystem::path& spikes,
                         std::uint64_t offset);

/// Spike file of `other` against that of `reference`. Errors: "spikes.*", "file.*".
Checked<runtime::TrainDifference> compare_spikes(const std::filesystem::path& reference,
                                                 const std::filesystem::path& other);

}  // namespace spikeloom::sweep
