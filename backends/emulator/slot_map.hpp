// SPDX-License-Identifier: Apache-2.0
/// Where the neurons and sources of an image live on the core, and back.
#pragma once

#include "hw/image/image.hpp"
#include "support/ids.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace spikeloom::backends::emulator {

class SlotMap {
public:
    /// Host id to place. Sources count through the core's source indices, neurons through its
    /// slots.
    struct Place {
        bool is_source;
        std::uint32_t slot;
    };

    /// - "device.wrong-image": a population lies outside `neurons` or `sources`, on a core that
    /// does
    ///   not exist, on the slots of another, or is not placed whole
    static Result<SlotMap> make(const hw::HardwareImage& image, std::uint32_t neurons,
                                std::uint32_t sources);

    [[nodiscard]] const std::vector<Place>& places() const { return places_; }
    /// Host id of a neuron slot, if any population has it.
    [[nodiscard]] std::optional<NeuronId> neuron_at(std::uint32_t slot) const;
    /// Source index of a host id, if it is one of a source.
    [[nodiscard]] std::optional<std::uint32_t> source_of(NeuronId id) const;
    /// One more than the highest neuron slot in use.
    [[nodiscard]] std::uint32_t neuron_slots() const {
        return static_cast<std::uint32_t>(neuron_at_.size());
    }
    /// One more than the highest source index in use.
    [[nodiscard]] std::uint32_t source_slots() const {
        return static_cast<std::uint32_t>(source_at_.size());
    }

private:
    Result<void> add(const hw::PopulationSymbol& symbol, std::uint32_t neurons,
                     std::uint32_t sources);

    std::vector<Place> places_;
    std::vector<std::optional<NeuronId>> neuron_at_;
    std::vector<std::optional<NeuronId>> source_at_;
};

}  // namespace spikeloom::backends::emulator
