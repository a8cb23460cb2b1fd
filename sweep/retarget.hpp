// SPDX-License-Identifier: Apache-2.0
/// One image for several energy tables: what energy costs never changes a mapping.
#pragma once

#include "support/result.hpp"
#include "sweep/value.hpp"

#include <filesystem>

namespace spikeloom::sweep {

/// Takes the entries of energy tables ("energy.TABLE.COUNTER") out of a chip's settings.
Settings take_prices(Settings& chip_sets);

/// Writes the image as if it had been compiled with these energy entries as well: options and chip
/// hash. Errors: those of reading the image and of load_chip().
Result<void> retarget(const std::filesystem::path& image, const Settings& prices,
                      const std::filesystem::path& output);

}  // namespace spikeloom::sweep
