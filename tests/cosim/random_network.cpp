// SPDX-License-Identifier: Apache-2.0
#include "tests/cosim/random_network.hpp"

#include <algorithm>
#include <cmath>

namespace spikeloom::cosim {

namespace emu = neuron::emulator;

bool Row::plastic() const {
    return std::ranges::any_of(synapses, [](const Synapse& s) { return s.plastic; });
}

int between(Random& random, int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
}

bool chance(Random& random, double p) {
    return std::uniform_real_distribution<double>(0, 1)(random) < p;
}

namespace {

/// How one network leans; drawn once so that networks differ as wholes.
struct Manner {
    bool wild;       // extreme parameters that saturate
    double density;  // of synapses
    double plastic;  // share of plastic synapses
    int max_delay;   // 1..15
    int weight_low, weight_high;
};

int limit(int width) {
    return (1 << (width - 1)) - 1;
}

Manner draw_manner(Random& random) {
    Manner m{};
    m.wild        = chance(random, 0.35);
    m.density     = chance(random, 0.2) ? 1.0 : std::pow(between(random, 1, 100) / 100.0, 2);
    m.plastic     = chance(random, 0.3) ? 0.0 : between(random, 1, 100) / 100.0;
    m.max_delay   = chance(random, 0.3) ? 1 : between(random, 1, 15);
    m.weight_low  = m.wild ? -128 : between(random, -60, 0);
    m.weight_high = m.wild ? 127 : between(random, 1, 127);
    return m;
}

std::uint32_t draw_decay(Random& random) {
    const int kind = between(random, 0, 5);
    if (kind == 0) return 0;
    if (kind == 1) return emu::decay_all;
    if (kind == 2) return 0xFFFE;
    return static_cast<std::uint32_t>(between(random, 1, 0xFFFF));
}

emu::ParameterSet draw_set(const CoreShape& shape, const Manner& m, Random& random) {
    emu::ParameterSet s;
    s.current_decay   = draw_decay(random);
    s.membrane_decay  = draw_decay(random);
    s.reset_subtracts = chance(random, 0.5);
    s.refractory =
        static_cast<std::uint32_t>(chance(random, 0.5) ? 0 : between(random, 0, m.wild ? 255 : 5));
    const int full = limit(shape.widths.membrane);
    if (m.wild) {
        s.input_shift = static_cast<std::uint32_t>(between(random, 0, 15));
        s.threshold = chance(random, 0.5) ? between(random, -full, full) : between(random, -50, 50);
        s.v_reset   = between(random, -full, full);
    } else {
        s.input_shift = static_cast<std::uint32_t>(between(random, 0, 6));
        s.threshold   = between(random, 10, 300) << s.input_shift;
        s.v_reset     = between(random, -20, 5);
    }
    return s;
}

Synapse draw_synapse(const Network& n, const Manner& m, int target, Random& random) {
    const int fraction = n.shape.widths.weight_fraction;
    Synapse s;
    s.target  = target;
    s.weight  = between(random, m.weight_low << fraction,
                        (m.weight_high << fraction) + (1 << fraction) - 1);
    s.delay   = between(random, 1, m.max_delay);
    s.plastic = chance(random, m.plastic);
    return s;
}

Row draw_sparse_row(const Network& n, const Manner& m, Random& random) {
    Row row;
    const int favourite = between(random, 0, n.neurons - 1);
    const bool crowded  = chance(random, 0.15);  // duplicates of one target
    for (int j = 0; j < n.neurons; ++j) {
        if (!chance(random, m.density)) continue;
        row.synapses.push_back(draw_synapse(n, m, crowded ? favourite : j, random));
        if (chance(random, 0.1)) row.synapses.push_back(draw_synapse(n, m, j, random));
        if (chance(random, 0.03)) row.synapses.back().delay = 0;
    }
    if (chance(random, 0.5)) std::ranges::shuffle(row.synapses, random);
    return row;
}

Row draw_span_row(const Network& n, const Manner& m, Random& random) {
    Row row;
    row.first     = between(random, 0, n.neurons - 1);
    const int end = chance(random, 0.5) ? n.neurons : between(random, row.first, n.neurons);
    if (chance(random, 0.5)) row.first = 0;
    for (int j = row.first; j < end; ++j) {
        row.synapses.push_back(draw_synapse(n, m, j, random));
        if (!chance(random, m.density)) row.synapses.back().delay = 0;
    }
    return row;
}

/// Bases with gaps, in no order of the rows, some at the very end of the memory.
void place_rows(Network& n, Random& random) {
    std::vector<Row*> order;
    std::uint32_t total = 0;
    for (Row& row : n.rows) {
        order.push_back(&row);
        total += static_cast<std::uint32_t>(row.synapses.size());
    }
    std::ranges::shuffle(order, random);
    const std::uint32_t room = n.shape.synapse_words - total;
    std::uint32_t next =
        chance(random, 0.3) ? room : std::uniform_int_distribution<std::uint32_t>(0, room)(random);
    for (Row* row : order) {
        row->base = next;
        next += static_cast<std::uint32_t>(row->synapses.size());
    }
}

void draw_rule(Network& n, const Manner& m, Random& random) {
    n.plasticity        = m.plastic > 0 && chance(random, 0.9);
    n.rule.plus_decay   = draw_decay(random);
    n.rule.minus_decay  = draw_decay(random);
    const int amplitude = m.wild ? 0xFFF : 200;
    n.rule.a_plus       = static_cast<std::uint32_t>(between(random, 0, amplitude));
    n.rule.a_minus      = static_cast<std::uint32_t>(between(random, 0, amplitude));
    n.rule.w_min        = between(random, -128, 127);
    n.rule.w_max        = between(random, n.rule.w_min, 127);
}

int draw_size(Random& random, int most) {
    if (chance(random, 0.05)) return std::min(most, between(random, 100, 300));
    return std::min(most, 1 + between(random, 0, 7) * between(random, 0, 8));
}

}  // namespace

Network random_network(const CoreShape& shape, Random& random) {
    const Manner m = draw_manner(random);
    Network n;
    n.shape   = shape;
    n.neurons = draw_size(random, shape.neurons);
    n.sources = std::max(1, draw_size(random, shape.sources) / 2);
    n.sets.resize(static_cast<std::size_t>(shape.sets));
    for (emu::ParameterSet& set : n.sets)
        set = draw_set(shape, m, random);
    const int bias_limit = m.wild ? limit(shape.bias_width) : 20;
    for (int j = 0; j < n.neurons; ++j) {
        n.set_of.push_back(between(random, 0, shape.sets - 1));
        n.bias.push_back(chance(random, 0.5) ? 0 : between(random, -bias_limit, bias_limit));
    }
    for (int r = 0; r < n.neurons + n.sources; ++r) {
        if (chance(random, 0.05))
            n.rows.emplace_back();
        else
            n.rows.push_back(shape.sparse ? draw_sparse_row(n, m, random)
                                          : draw_span_row(n, m, random));
    }
    place_rows(n, random);
    draw_rule(n, m, random);
    return n;
}

}  // namespace spikeloom::cosim
