// SPDX-License-Identifier: Apache-2.0
/// Points, outcomes and settings as one line of JSON: in the store, in files, between machines.
#pragma once

#include "support/result.hpp"
#include "sweep/point.hpp"

#include <string>

namespace spikeloom::sweep {

std::string to_message(const Settings& settings);
std::string to_message(const Point& point);
std::string to_message(const Outcome& outcome);

// Error: "sweep.message" for text that the functions above did not write.
Result<Settings> settings_of(const std::string& message);
Result<Point> point_of(const std::string& message);
Result<Outcome> outcome_of(const std::string& message);

}  // namespace spikeloom::sweep
