// SPDX-License-Identifier: Apache-2.0
/// Spike files: CSV with the header `tick,population,neuron[,value]`, and other forms as the same
/// rows.
#pragma once

#include "support/quantity.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom {

/// One line of a spike file.
struct SpikeRow {
    Tick tick;
    std::uint32_t population = 0;  ///< index into SpikeTable::populations
    std::uint32_t neuron     = 0;
    double value             = 1.0;
    friend bool operator==(const SpikeRow&, const SpikeRow&) = default;
};

/// Rows in the order of the file, ticks ascending.
struct SpikeTable {
    std::vector<std::string> populations;  ///< each name once
    std::vector<SpikeRow> rows;
    friend bool operator==(const SpikeTable&, const SpikeTable&) = default;
};

/// A population that a spike file may name, and its size.
struct SpikePopulation {
    std::string name;
    std::uint32_t size = 0;
};

/// Parses CSV text; `file` names it in diagnostics, located at line:column. With `known` not empty,
/// every population must be one of them and every neuron within it; the table's populations are
/// then those of `known`, in their order. Errors: "spikes.header", "spikes.row", "spikes.number",
/// "spikes.unsorted", "spikes.population", "spikes.range".
Result<SpikeTable> parse_spike_csv(std::string_view text, const std::string& file,
                                   const std::vector<SpikePopulation>& known = {});
Result<SpikeTable> read_spike_csv(const std::filesystem::path& path,
                                  const std::vector<SpikePopulation>& known = {});

/// Text of a table; the column `value` is written only where some value is not 1.
std::string format_spike_csv(const SpikeTable& table);
Result<void> write_spike_csv(const std::filesystem::path& path, const SpikeTable& table);

/// Rows of an .npy array (ticks, neurons): each element that is not 0. Error: "spikes.shape".
Result<SpikeTable> read_spike_npy(const std::filesystem::path& path,
                                  const SpikePopulation& population);

/// N-MNIST recording (5 bytes an event: x, y, polarity and 23-bit time [us]): events counted in
/// ticks of `dt` seconds, neuron = (polarity * height + y) * width + x. Errors: "spikes.truncated",
/// "spikes.range".
Result<SpikeTable> read_nmnist(const std::filesystem::path& path, const std::string& population,
                               double dt, std::uint32_t width = 34, std::uint32_t height = 34);

}  // namespace spikeloom
