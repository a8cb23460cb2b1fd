// SPDX-License-Identifier: Apache-2.0
/// Spike input in any known file form: CSV, .npy arrays (ticks, neurons), N-MNIST event files.
#pragma once

#include "support/npy.hpp"
#include "support/spike_csv.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace spikeloom {

/// Rows of the elements that are not 0, with these values. The first dimension is time, the others
/// together count the neurons of `population`. Errors: "spikes.shape", "spikes.number".
Result<SpikeRows> spikes_from_npy(const NpyArray& array, const std::string& file,
                                  const SpikePopulation& population);

/// Events of an N-MNIST recording: 5 bytes each (x, y, polarity and time [us]); y = 240 marks an
/// overflow of the clock. `population` has the shape [2, height, width]: neuron = (polarity x
/// height
/// + y) x width + x. Events are gathered into ticks of `dt` [s]; the value is their number. Errors:
/// "spikes.shape", "spikes.dt", "spikes.truncated", "spikes.neuron" (pixel outside).
Result<SpikeRows> parse_nmnist(std::string_view bytes, const std::string& file,
                               const SpikePopulation& population, double dt);

/// Reads spikes for these populations (at least one) by the file's extension: .npy and .bin
/// (N-MNIST) when there is one population, else CSV. `dt` [s] is for recorded events. Errors: those
/// of the readers, and "spikes.populations".
Checked<SpikeRows> read_spikes(const std::filesystem::path& path,
                               std::span<const SpikePopulation> populations, double dt);

}  // namespace spikeloom
