// SPDX-License-Identifier: Apache-2.0
/// Strong identifiers: a CoreId cannot be passed where a NeuronId is expected.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace spikeloom {

/// Dense zero-based index tagged by what it indexes. There is no "invalid" value;
/// absence is std::optional<Id>.
template <class Tag>
struct Id {
    std::uint32_t value{};
    friend constexpr auto operator<=>(Id, Id) = default;
};

using PopulationId = Id<struct PopulationTag>;  ///< population of a Network
using ProjectionId = Id<struct ProjectionTag>;  ///< projection of a Network
/// Neuron (or source element) of a whole network, counted through all populations in order.
using NeuronId = Id<struct NeuronTag>;
using CoreId   = Id<struct CoreTag>;  ///< neurosynaptic core on a chip
using AxonId   = Id<struct AxonTag>;  ///< input line (axon) of one core
using SlotId   = Id<struct SlotTag>;  ///< compartment of one core

}  // namespace spikeloom

template <class Tag>
struct std::hash<spikeloom::Id<Tag>> {
    std::size_t operator()(spikeloom::Id<Tag> id) const noexcept { return id.value; }
};
