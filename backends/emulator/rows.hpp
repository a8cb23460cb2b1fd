// SPDX-License-Identifier: Apache-2.0
/// Synapse rows and columns as the core's words.
#pragma once

#include "backends/emulator/quantise.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::backends::emulator {

/// Words of regions 1, 2, 8 and 9; the last two only with sparse rows.
struct EncodedRows {
    std::vector<std::uint32_t> rows;
    std::vector<std::uint32_t> synapses;
    std::vector<std::uint32_t> columns;
    std::vector<std::uint32_t> column_entries;
};

/// Errors as encode_tables().
Checked<EncodedRows> encode_rows(const LegalNetwork& legal, const QuantisedNetwork& quantised,
                                 const ir::Network& network, const Limits& limits);

}  // namespace spikeloom::backends::emulator
