// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/utilisation.hpp"

#include <bit>

namespace spikeloom::backends::truenorth {

namespace {

struct Use {
    std::uint64_t axons = 0, neurons = 0, synapses = 0;
};

Use use_of(const CoreProgram& core) {
    Use use;
    use.neurons = core.neurons.size();
    for (const Row& row : core.rows) {
        std::uint64_t bits = 0;
        for (const std::uint64_t word : row)
            bits += static_cast<std::uint64_t>(std::popcount(word));
        use.synapses += bits;
        use.axons += bits > 0 ? 1 : 0;
    }
    return use;
}

}  // namespace

void add_utilisation(const ChipProgram& program, hw::HardwareImage& image) {
    const Machine& m = program.machine;
    Use sum, most;
    std::uint32_t fullest_axons = 0, fullest_neurons = 0;
    for (std::uint32_t c = 0; c < program.cores.size(); ++c) {
        const Use use = use_of(program.cores[c]);
        sum.axons += use.axons;
        sum.neurons += use.neurons;
        sum.synapses += use.synapses;
        if (use.axons > most.axons) most.axons = use.axons, fullest_axons = c;
        if (use.neurons > most.neurons) most.neurons = use.neurons, fullest_neurons = c;
    }
    const std::uint64_t cores = std::uint64_t{m.width} * m.height;
    const auto add = [&](const char* resource, std::optional<CoreId> core, std::uint64_t used,
                         std::uint64_t limit) {
        image.utilisation.push_back({resource, core, used, limit});
    };
    add("cores", std::nullopt, program.cores.size(), cores);
    add("axons", std::nullopt, sum.axons, cores * m.axons);
    add("neurons", std::nullopt, sum.neurons, cores * m.neurons);
    add("synapses", std::nullopt, sum.synapses, cores * m.axons * m.neurons);
    add("axons", CoreId{fullest_axons}, most.axons, m.axons);
    add("neurons", CoreId{fullest_neurons}, most.neurons, m.neurons);
}

}  // namespace spikeloom::backends::truenorth
