// SPDX-License-Identifier: Apache-2.0
/// The last step: tables in the chip's memories, and the symbol table.
#pragma once

#include "backends/loihi/layout.hpp"

namespace spikeloom::backends::loihi {

/// The image without its header; the layout keeps the mapper's limits. Errors, all that are found:
/// "loihi.formats" (what a core needs and its limit), those of read_draws().
Checked<hw::HardwareImage> encode_tables(const LegalNetwork& legal,
                                         const QuantisedNetwork& quantised, const Formats& formats,
                                         const Layout& layout, const ir::Network& network,
                                         const Limits& limits);

}  // namespace spikeloom::backends::loihi
