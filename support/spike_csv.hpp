// SPDX-License-Identifier: Apache-2.0
/// Spike trains as rows, and their CSV form: "tick,population,neuron" with an optional "value".
#pragma once

#include "support/result.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom {

/// A population whose spikes a file may hold.
struct SpikePopulation {
    std::string name;
    std::vector<std::uint32_t> shape;  ///< row-major

    [[nodiscard]] std::uint64_t size() const;
};

/// Spikes of several populations, tick ascending.
struct SpikeRows {
    struct Row {
        std::uint64_t tick;
        std::uint32_t population;  ///< index into `populations`
        std::uint32_t neuron;
        double value = 1;  ///< 1 for a spike; other values are graded input or counts
        friend bool operator==(const Row&, const Row&) = default;
    };
    std::vector<std::string> populations;
    std::vector<Row> rows;
    friend bool operator==(const SpikeRows&, const SpikeRows&) = default;
};

/// Parses CSV text. Where `known` is not empty, populations and neurons must be among them, and the
/// result's `populations` are these in this order; else they are the names of the file in order of
/// first use. Faults are at line:column, all of them up to `spike_csv_most_faults`:
/// "spikes.header", "spikes.row" (wrong number of fields), "spikes.number" (not a number, or beyond
/// the range of its kind: ticks below 2^63, neurons below 2^32, finite values), "spikes.unsorted",
/// "spikes.unknown-population", "spikes.neuron".
Checked<SpikeRows> parse_spike_csv(std::string_view text, const std::string& file,
                                   std::span<const SpikePopulation> known = {});
Checked<SpikeRows> read_spike_csv(const std::filesystem::path& path,
                                  std::span<const SpikePopulation> known = {});

inline constexpr std::size_t spike_csv_most_faults = 20;

/// The "value" column is there when a value differs from 1. Ends with a newline.
std::string format_spike_csv(const SpikeRows& spikes);
Result<void> write_spike_csv(const std::filesystem::path& path, const SpikeRows& spikes);

}  // namespace spikeloom
