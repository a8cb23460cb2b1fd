// SPDX-License-Identifier: Apache-2.0
/// Spike rates for the mapper: from a file, or measured by a golden run.
#pragma once

#include "compiler/ir/network.hpp"
#include "compiler/mapping/rates.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace spikeloom::tools {

struct RateFlags {
    std::string source;          ///< empty: estimated; "golden"; else a file
    std::string input;           ///< spikes in, for the golden run
    std::uint64_t ticks = 1000;  ///< of the golden run

    void add_to(CLI::App& app);
};

/// Rates of a network's neurons and sources in order, or nothing where they are to be estimated.
/// - golden: spikes counted over the run; a source's are those of the input, a poisson source's
///   its rate
/// Errors: those of read_rates(), of the input file and of golden::build().
Checked<std::optional<mapping::Rates>> find_rates(const RateFlags& flags,
                                                  const ir::Network& network);

}  // namespace spikeloom::tools
