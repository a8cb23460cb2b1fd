// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/engine.hpp"

#include <cstdlib>

namespace spikeloom::backends::truenorth {

std::uint32_t chip_crossings(const Machine& machine, const CoreProgram& from,
                             const Destination& to) {
    const auto borders = [](std::int32_t a, std::int32_t d, std::uint32_t size) {
        const auto extent = static_cast<std::int32_t>(size);
        return static_cast<std::uint32_t>(std::abs((a + d) / extent - a / extent));
    };
    return borders(from.x, to.dx, machine.chip_width) + borders(from.y, to.dy, machine.chip_height);
}

std::uint64_t core_clocks(const Machine& machine, std::uint64_t neurons, std::uint64_t events) {
    const std::uint64_t visits = machine.dense ? neurons * machine.axons : events;
    return machine.tick_clocks + neurons * machine.neuron_clocks + visits * machine.event_clocks;
}

}  // namespace spikeloom::backends::truenorth
