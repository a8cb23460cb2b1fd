// SPDX-License-Identifier: Apache-2.0
/// Input files of a run: spikes as CSV, .npy or N-MNIST events.
#pragma once

#include "hw/image/image.hpp"
#include "runtime/device/device.hpp"
#include "runtime/report/compare.hpp"
#include "support/result.hpp"

#include <string>
#include <vector>

namespace spikeloom::tools {

/// Events of an input file in the image's numbering, ticks ascending. The populations must be
/// sources of the image and the neurons within them; .npy and .bin need an image with one source
/// population. Errors: "spikes.*", "npy.*", "file.*", at line and column.
Checked<std::vector<runtime::InputEvent>> read_input(const std::string& path,
                                                     const hw::HardwareImage& image);

/// Spike trains of a CSV file, for comparison.
Checked<runtime::Trains> read_trains(const std::string& path);

}  // namespace spikeloom::tools
