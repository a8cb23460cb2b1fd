// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/network.hpp"

#include <limits>

namespace spikeloom::ir {

std::uint64_t Population::size() const {
    std::uint64_t product = shape.empty() ? 0 : 1;
    for (const std::uint32_t extent : shape)
        if (__builtin_mul_overflow(product, extent, &product))
            return std::numeric_limits<std::uint64_t>::max();
    return product;
}

std::optional<PopulationId> Network::find(std::string_view population_name) const {
    for (std::uint32_t i = 0; i < populations.size(); ++i)
        if (populations[i].name == population_name) return PopulationId{i};
    return std::nullopt;
}

NeuronId Network::first_neuron(PopulationId id) const {
    std::uint64_t first = 0;
    for (std::uint32_t i = 0; i < id.value; ++i)
        first += populations[i].size();
    return {static_cast<std::uint32_t>(first)};
}

std::uint64_t Network::neuron_count() const {
    std::uint64_t count = 0;
    for (const Population& population : populations)
        if (__builtin_add_overflow(count, population.size(), &count))
            return std::numeric_limits<std::uint64_t>::max();
    return count;
}

}  // namespace spikeloom::ir
