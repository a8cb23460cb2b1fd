// SPDX-License-Identifier: Apache-2.0
/// How fast the Verilated core runs: clocks and synaptic events a CPU second, clocks a synaptic
/// event.
#include "tests/cosim/lockstep.hpp"

#include <fmt/format.h>

#include <ctime>

namespace {

using namespace spikeloom::cosim;

struct Load {
    const char* name;
    int fan_out;  ///< synapses a row
    int spikes;   ///< source spikes a tick
    bool learns;  ///< all synapses plastic, plasticity on
};

Network make_network(const CoreShape& shape, const Load& load) {
    Random random(7);
    Network n;
    n.shape   = shape;
    n.neurons = std::min(1024, shape.neurons);
    n.sources = 256;
    n.sets.resize(static_cast<std::size_t>(shape.sets));
    n.sets[0].threshold = 30000;
    n.set_of.assign(static_cast<std::size_t>(n.neurons), 0);
    n.bias.assign(static_cast<std::size_t>(n.neurons), 0);
    n.rule       = {.plus_decay = 3000, .minus_decay = 3000, .a_plus = 20, .a_minus = 20};
    n.plasticity = load.learns;
    n.rows.resize(static_cast<std::size_t>(n.neurons + n.sources));
    std::uint32_t base = 0;
    for (int s = 0; s < n.sources; ++s) {
        Row& row = n.rows[static_cast<std::size_t>(n.neurons + s)];
        row.base = base;
        for (int k = 0; k < load.fan_out && (shape.sparse || k < n.neurons); ++k)
            row.synapses.push_back({shape.sparse ? between(random, 0, n.neurons - 1) : k, 8,
                                    between(random, 1, 15), load.learns});
        base += static_cast<std::uint32_t>(row.synapses.size());
    }
    return n;
}

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void measure(const CoreKind& kind, const char* name, const Load& work) {
    CoreDriver core(kind.make(1), 1);
    load(core, make_network(kind.shape, work));
    const Counters before     = core.counters();
    const std::uint64_t begin = core.clocks();
    const double started      = cpu_seconds();
    while (cpu_seconds() - started < 1.0) {
        for (int k = 0; k < work.spikes; ++k)
            core.send(Token::spike, static_cast<std::uint32_t>(k) % 256);
        core.send(Token::advance, 1);
        core.finish_ticks(1);
    }
    const double seconds = cpu_seconds() - started;
    const auto clocks    = static_cast<double>(core.clocks() - begin);
    const Counters after = core.counters();
    const auto events    = static_cast<double>(after.synaptic_events - before.synaptic_events);
    const auto updates   = static_cast<double>(after.neuron_updates - before.neuron_updates);
    const double update_clocks = kind.shape.sparse ? updates : 2 * updates;
    fmt::print(
        "{:5} {:22} {:6.2f} M clocks/s {:6.2f} M synaptic events/s {:6.2f} clocks/event, {:5.2f} "
        "while walking\n",
        name, work.name, clocks / seconds / 1e6, events / seconds / 1e6, clocks / events,
        (clocks - update_clocks) / events);
}

}  // namespace

int main() {
    const Load loads[] = {{"dense rows of 256", 256, 200, false},
                          {"dense rows, learning", 256, 200, true},
                          {"sparse rows of 8", 8, 200, false},
                          {"single synapses", 1, 200, false},
                          {"idle", 1, 1, false}};
    for (const Load& work : loads)
        measure(sim_kind(), "sim", work);
    for (const Load& work : loads)
        measure(up5k_kind(), "up5k", work);
    return 0;
}
