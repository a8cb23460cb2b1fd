// SPDX-License-Identifier: Apache-2.0
/// Which points a sweep has, and which of them a constraint rules out.
#pragma once

#include "support/result.hpp"
#include "sweep/point.hpp"
#include "sweep/sampler.hpp"
#include "sweep/spec.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace spikeloom::sweep {

/// The point of a design that the sampler knows, fixed settings included.
Point point_at(const Spec& spec, const Sampler& sampler, std::uint64_t design,
               std::uint32_t repeat);

/// The reason of the first constraint that the settings do not meet. Error: "sweep.expression".
Result<std::optional<std::string>> ruled_out(const Spec& spec, const Settings& settings);

}  // namespace spikeloom::sweep
