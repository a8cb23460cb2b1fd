// SPDX-License-Identifier: Apache-2.0
/// Files that a run leaves behind.
#pragma once

#include "hw/image/image.hpp"
#include "runtime/device/device.hpp"
#include "runtime/report/compare.hpp"
#include "runtime/session/session.hpp"
#include "support/result.hpp"

#include <string>
#include <vector>

namespace spikeloom::tools {

/// A --record argument: what to record and where to.
struct RecordFlag {
    runtime::RecordRequest request;
    std::string file;
};

/// "POPULATION.VARIABLE:OUT.npy"; the variable begins at the last '.' before the last ':', so that
/// population names may hold dots. Error: "usage.record".
Result<RecordFlag> parse_record(const std::string& text);

/// Spikes of all populations that are not sources, as CSV.
Result<void> write_spikes(const std::string& path, const hw::HardwareImage& image,
                          const std::vector<runtime::SpikeEvent>& spikes);

/// The same as trains.
runtime::Trains trains_of(const hw::HardwareImage& image,
                          const std::vector<runtime::SpikeEvent>& spikes);

Result<void> write_recording(const std::string& path, const runtime::Recording& recording);

/// The image with the weights as they stand in the device now.
Result<void> save_learned_image(const std::string& path, hw::HardwareImage image,
                                runtime::Device& device);

}  // namespace spikeloom::tools
