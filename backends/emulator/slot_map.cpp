// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/slot_map.hpp"

#include <string>

namespace spikeloom::backends::emulator {
namespace {

tl::unexpected<Diagnostic> wrong(const hw::PopulationSymbol& symbol, const std::string& why) {
    return fault("device.wrong-image", "population '" + symbol.name + "' " + why);
}

}  // namespace

Result<SlotMap> SlotMap::make(const hw::HardwareImage& image, std::uint32_t neurons,
                              std::uint32_t sources) {
    SlotMap map;
    for (const hw::PopulationSymbol& symbol : image.populations)
        if (const auto added = map.add(symbol, neurons, sources); !added)
            return tl::unexpected{added.error()};
    return map;
}

Result<void> SlotMap::add(const hw::PopulationSymbol& symbol, std::uint32_t neurons,
                          std::uint32_t sources) {
    const std::uint64_t limit = symbol.is_source ? sources : neurons;
    auto& ids                 = symbol.is_source ? source_at_ : neuron_at_;
    std::uint32_t next        = 0;
    for (const hw::PlacedRange& range : symbol.placed) {
        const std::uint64_t end = std::uint64_t{range.slot.value} + range.count;
        if (range.core != CoreId{0}) return wrong(symbol, "lies on a second core; there is one");
        if (range.first != next) return wrong(symbol, "is not placed in order");
        if (end > limit)
            return wrong(symbol, "ends at slot " + std::to_string(end) + ", the device has " +
                                     std::to_string(limit));
        if (ids.size() < end) ids.resize(end);
        for (std::uint32_t k = 0; k < range.count; ++k) {
            auto& id = ids[range.slot.value + k];
            if (id) return wrong(symbol, "shares slots with another");
            id = NeuronId{static_cast<std::uint32_t>(places_.size())};
            places_.push_back({symbol.is_source, range.slot.value + k});
        }
        next += range.count;
    }
    if (next != symbol.size())
        return wrong(symbol, "has " + std::to_string(symbol.size()) + " elements, placed are " +
                                 std::to_string(next));
    return {};
}

std::optional<NeuronId> SlotMap::neuron_at(std::uint32_t slot) const {
    return slot < neuron_at_.size() ? neuron_at_[slot] : std::nullopt;
}

std::optional<std::uint32_t> SlotMap::source_of(NeuronId id) const {
    if (id.value >= places_.size() || !places_[id.value].is_source) return std::nullopt;
    return places_[id.value].slot;
}

}  // namespace spikeloom::backends::emulator
