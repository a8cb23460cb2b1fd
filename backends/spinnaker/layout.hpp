// SPDX-License-Identifier: Apache-2.0
/// The third step to an image: which core holds which neurons, sources and relays.
#pragma once

#include "backends/spinnaker/legalise.hpp"
#include "backends/spinnaker/limits.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace spikeloom::backends::spinnaker {

/// One core with elements that send: neurons or sources. A relay core beside it has no elements of
/// its own.
struct CorePlan {
    std::uint32_t id = 0;             ///< chip x 18 + core of the chip
    std::vector<std::uint32_t> rows;  ///< row of the legal network of each element, by slot
    bool is_source           = false;
    std::uint32_t relay      = 0;  ///< id of its relay's core, if there are stages
    std::uint32_t stages     = 0;  ///< of the relay; 0: none
    std::uint32_t population = 0;  ///< of sources
};

struct Layout {
    std::vector<CorePlan> cores;         ///< in the order of their blocks of keys
    std::vector<std::uint32_t> core_of;  ///< of each neuron: index into `cores`
    std::vector<std::uint32_t> slot_of;
    std::uint32_t cores_used = 0;  ///< relays included
};

/// Without the choice "partitioner", or with "sequential", populations are cut into slices in order
/// and no graph is built; any other is asked of the mapper. Cores fill chip by chip, the nearest to
/// chip 0 first.
/// Errors: "spinnaker.cores" (more than the machine has), the mapper's ("map.*").
Checked<Layout> lay_out(const LegalNetwork& legal, const Limits& limits,
                        const std::map<std::string, std::string>& choices);

}  // namespace spikeloom::backends::spinnaker
