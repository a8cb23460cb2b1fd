// SPDX-License-Identifier: Apache-2.0
/// Parts of a spec file; inside of sweep only.
#pragma once

#include "sweep/reader_json.hpp"
#include "sweep/spec.hpp"

namespace spikeloom::sweep {

/// A scalar as a setting's value; a fault and nothing for anything else.
std::optional<Value> read_value(const JsonPlace& place, JsonFaults& faults);

Axis read_axis(const JsonPlace& place, JsonFaults& faults);
SamplerSpec read_sampler(const JsonPlace& place, JsonFaults& faults);
Objective read_objective(const JsonPlace& place, JsonFaults& faults);
std::optional<Constraint> read_constraint(const JsonPlace& place, JsonFaults& faults);
Case read_case(const JsonPlace& place, const std::filesystem::path& folder, JsonFaults& faults);

/// What the parts must be to each other: settings that exist and are given once, constraints and
/// program arguments that name given settings, a grid without continuous axes.
void check_whole(const Spec& spec, const KnownOptions& known, JsonFaults& faults);

/// Names between braces ("{user.rate}") of a program's argument; braces around anything but
/// letters, digits and "._-/~" are plain text.
std::vector<std::string> placeholders(const std::string& argument);

}  // namespace spikeloom::sweep
