// SPDX-License-Identifier: Apache-2.0
/// Numbers for people.
#pragma once

#include <string>
#include <string_view>

namespace spikeloom::runtime {

/// "12.3 mJ", "4.56 kclock": four digits and an SI prefix; unit "1" prints a plain integer. Clocks,
/// bytes and ticks take no prefix below one.
std::string si(double value, std::string_view unit);

}  // namespace spikeloom::runtime
