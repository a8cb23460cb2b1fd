// SPDX-License-Identifier: Apache-2.0
/// The third step to an image: which core and slot each neuron gets, by the rooms's mapper under
/// all of the chip's limits.
#pragma once

#include "backends/loihi/limits.hpp"
#include "backends/loihi/quantise.hpp"
#include "hw/spec/chip_spec.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace spikeloom::backends::loihi {

struct Layout {
    std::vector<std::uint32_t> core_of;  ///< chip core number of each neuron
    std::vector<std::uint32_t> slot_of;
    std::vector<std::vector<std::uint32_t>>
        neurons_of;  ///< of each chip core, in the order of slots
    std::uint32_t cores_used = 0;
};

/// Which format each synapse gets, shared over the network.
struct Formats {
    std::vector<SynapseFormat> all;
    std::vector<std::uint8_t> plain_of;     ///< of each projection, for fixed weights
    std::vector<std::uint8_t> negative_of;  ///< of each projection, for fixed weights below 0
    std::vector<std::uint8_t> learning_of;  ///< of each projection, for plastic ones

    [[nodiscard]] std::uint8_t of(const QuantisedSynapse& s) const {
        if (s.plastic) return learning_of[s.projection];
        return s.weight < 0 ? negative_of[s.projection] : plain_of[s.projection];
    }
};
/// Errors: "loihi.formats" (more than the image numbers, 255).
Result<Formats> make_formats(const LegalNetwork& legal, const QuantisedNetwork& quantised,
                             const ir::Network& network, const Limits& limits);

/// Compartments that a core offers when each needs delay slots for `longest` ticks.
std::uint32_t usable_compartments(const Limits& limits, std::uint32_t longest);

/// Choices "partitioner" and "placer" name what the mapper uses; without them, what suits the size.
/// Where the limits name a mapping's file, that is taken and verified.
/// Errors: the mapper's ("map.*"), each with limit and value; those of read_mapping().
Checked<Layout> lay_out(const LegalNetwork& legal, const QuantisedNetwork& quantised,
                        const Formats& formats, const Limits& limits, const hw::ChipSpec& chip,
                        const std::map<std::string, std::string>& choices = {});

}  // namespace spikeloom::backends::loihi
