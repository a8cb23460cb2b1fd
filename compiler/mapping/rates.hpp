// SPDX-License-Identifier: Apache-2.0
/// Spike rates: how busy each net is, read from a file.
#pragma once

#include "compiler/ir/network.hpp"
#include "support/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::mapping {

/// Spikes per second of every neuron, counted through all populations in order, sources included.
using Rates = std::vector<double>;

/// Reads rates [Hz]: one non-negative number a line, in the order of Rates; empty lines and lines
/// that begin with '#' are skipped. Errors: "map.rates-syntax" and those of read_file().
Result<Rates> read_rates(const std::filesystem::path& path);
Result<Rates> parse_rates(std::string_view text, const std::string& name);

/// The same for a network, whose files may also be tables with the header
/// "population,neuron,rate"; elements that a table does not name are silent. Further errors, with
/// the line: "map.rates-population" and "map.rates-neuron" (not in the network).
Result<Rates> read_rates(const std::filesystem::path& path, const ir::Network& network);
Result<Rates> parse_rates(std::string_view text, const std::string& name,
                          const ir::Network& network);

/// Weight of a net that fires at `rate`: its spikes in ten seconds, one at least, since a silent
/// net still wants to be short.
std::uint32_t spikes_of(double rate);

}  // namespace spikeloom::mapping
