// SPDX-License-Identifier: Apache-2.0
/// Deadlock freedom of a network's routing, by search for cycles among dependent channels.
#pragma once

#include "hw/spec/noc_spec.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::hw {

/// A link between two routers, with the buffer at its end.
struct NocChannel {
    std::uint32_t from                                           = 0;
    std::uint32_t to                                             = 0;
    friend bool operator==(const NocChannel&, const NocChannel&) = default;
};

/// Channels of which each waits for the next and the last for the first; empty when there is no
/// such ring, and then no traffic can deadlock as long as cores take in what arrives (Dally and
/// Seitz 1987). The routing of every physical network is searched, over all sources and
/// destinations, in time linear in routers.
std::vector<NocChannel> find_channel_cycle(const NocSpec& noc);

/// Errors: "chip.deadlock", which names the ring.
Result<void> check_deadlock(const NocSpec& noc);

}  // namespace spikeloom::hw
