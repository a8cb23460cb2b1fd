// SPDX-License-Identifier: Apache-2.0
/// Runs a network on a core and on the reference side by side.
#pragma once

#include "tests/cosim/core_driver.hpp"
#include "tests/cosim/reference.hpp"

#include <functional>
#include <string>

namespace spikeloom::cosim {

/// One configuration under test.
struct CoreKind {
    CoreShape shape;
    std::unique_ptr<CorePort> (*make)(std::uint32_t seed);
};

/// The sizes of a configuration in rtl/configs.json.
CoreShape shape_of(const char* configuration);
CoreKind sim_kind();
CoreKind up5k_kind();

/// Clears the core and writes the network through the bus.
void load(CoreDriver& core, const Network& network);

/// A word of the synapse memory.
std::uint32_t synapse_word(const CoreShape& shape, const Synapse& synapse);

/// Every difference between the core's memories and the reference, one line each, at most ten.
std::string differences(CoreDriver& core, const Reference& reference);

/// Draws a network from `seed`, runs it for some ticks on the core (whatever it did before) and on
/// the reference, compares spikes and all state after every tick. Empty if equal, else what differs
/// first.
std::string lockstep(const CoreShape& shape, CoreDriver& core, std::uint32_t seed);

/// `count` networks from `seed` on; a new core with other start-up bits every few networks. Empty
/// if all are equal.
std::string lockstep_many(const CoreKind& kind, std::uint32_t seed, std::uint32_t count);

}  // namespace spikeloom::cosim
