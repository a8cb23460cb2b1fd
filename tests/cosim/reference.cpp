// SPDX-License-Identifier: Apache-2.0
#include "tests/cosim/reference.hpp"

#include <utility>

namespace spikeloom::cosim {

namespace emu = neuron::emulator;

Reference::Reference(Network n)
    : network(std::move(n)),
      state(static_cast<std::size_t>(network.neurons)),
      post_trace(static_cast<std::size_t>(network.neurons)),
      pre_trace(network.rows.size()),
      pending(static_cast<std::size_t>(network.neurons)) {}

void Reference::walk(std::size_t row, std::uint32_t emission) {
    const emu::Widths& widths = network.shape.widths;
    ++row_walks;
    for (Synapse& s : network.rows[row].synapses) {
        if (s.delay == 0) continue;
        const auto j = static_cast<std::size_t>(s.target);
        if (s.plastic && network.plasticity) {
            s.weight = emu::depress(s.weight, post_trace[j], network.rule, widths);
            ++weight_updates;
        }
        std::int32_t& sum =
            pending[j][(emission + static_cast<std::uint32_t>(s.delay)) % ring_slots];
        const std::int32_t delivered = emu::delivered(s.weight, widths);
        const std::int32_t next      = emu::accumulate(sum, delivered, widths);
        saturated                    = saturated || next != sum + delivered;
        sum                          = next;
        ++synaptic_events;
    }
    if (network.plasticity) pre_trace[row] = emu::bump_trace(pre_trace[row], widths);
}

std::vector<int> Reference::update_neurons() {
    const emu::Widths& widths = network.shape.widths;
    std::vector<int> fired;
    for (std::size_t j = 0; j < state.size(); ++j) {
        const std::int32_t input     = std::exchange(pending[j][now % ring_slots], 0);
        const emu::ParameterSet& set = network.sets[static_cast<std::size_t>(network.set_of[j])];
        const bool spike             = emu::update(state[j], set, network.bias[j], input, widths);
        if (network.plasticity) {
            post_trace[j] = emu::decay_trace(post_trace[j], network.rule.minus_decay);
            if (spike) post_trace[j] = emu::bump_trace(post_trace[j], widths);
        }
        if (spike) fired.push_back(static_cast<int>(j));
        ++neuron_updates;
    }
    for (std::int32_t& x : pre_trace)
        if (network.plasticity) x = emu::decay_trace(x, network.rule.plus_decay);
    return fired;
}

void Reference::potentiate_columns(const std::vector<int>& fired) {
    for (const int j : fired) {
        for (std::size_t i = 0; i < network.rows.size(); ++i) {
            for (Synapse& s : network.rows[i].synapses) {
                if (s.target != j || !s.plastic || s.delay == 0) continue;
                s.weight =
                    emu::potentiate(s.weight, pre_trace[i], network.rule, network.shape.widths);
                ++weight_updates;
            }
        }
    }
}

std::vector<int> Reference::tick(const std::vector<int>& sources) {
    for (const int source : sources) {
        // Slot t - 1 + delay; the ring's size keeps the number positive in tick 0.
        walk(static_cast<std::size_t>(network.neurons + source), now + ring_slots - 1);
        ++inputs;
    }
    std::vector<int> fired = update_neurons();
    if (network.plasticity) potentiate_columns(fired);
    for (const int j : fired)
        walk(static_cast<std::size_t>(j), now);
    spikes += fired.size();
    ++now;
    return fired;
}

}  // namespace spikeloom::cosim
