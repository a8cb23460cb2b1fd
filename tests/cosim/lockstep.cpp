// SPDX-License-Identifier: Apache-2.0
#include "tests/cosim/lockstep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace spikeloom::cosim {

namespace emu = neuron::emulator;

namespace {

std::uint32_t word(std::int64_t value) {
    return static_cast<std::uint32_t>(value);
}

void load_rows(CoreDriver& core, const Network& n) {
    for (int r = 0; r < n.neurons + n.sources; ++r) {
        const Row& row             = n.rows[static_cast<std::size_t>(r)];
        const std::uint32_t number = n.row_number(r);
        const auto count           = word(static_cast<std::int64_t>(row.synapses.size()));
        const std::uint32_t flag   = row.plastic() ? 0x8000'0000U : 0;
        core.write(Region::row, 2 * number, row.base);
        core.write(Region::row, 2 * number + 1,
                   flag | (n.shape.sparse ? count : count << 16 | word(row.first)));
        for (std::size_t k = 0; k < row.synapses.size(); ++k)
            core.write(Region::synapse, row.base + word(static_cast<std::int64_t>(k)),
                       synapse_word(n.shape, row.synapses[k]));
    }
}

/// The reverse index of a sparse core, ordered by (row, synapse).
void load_columns(CoreDriver& core, const Network& n) {
    std::uint32_t entry = 0;
    for (int j = 0; j < n.neurons; ++j) {
        core.write(Region::column, 2 * word(j), entry);
        const std::uint32_t base = entry;
        for (int r = 0; r < n.neurons + n.sources; ++r) {
            const Row& row = n.rows[static_cast<std::size_t>(r)];
            for (std::size_t k = 0; k < row.synapses.size(); ++k) {
                if (row.synapses[k].target != j || !row.synapses[k].plastic) continue;
                core.write(Region::column_entry, 2 * entry, n.row_number(r));
                core.write(Region::column_entry, 2 * entry + 1,
                           row.base + word(static_cast<std::int64_t>(k)));
                ++entry;
            }
        }
        core.write(Region::column, 2 * word(j) + 1, entry - base);
    }
}

void load_neurons(CoreDriver& core, const Network& n) {
    for (std::uint32_t s = 0; s < n.sets.size(); ++s) {
        const emu::ParameterSet& set = n.sets[s];
        if (std::ranges::find(n.set_of, static_cast<int>(s)) == n.set_of.end()) continue;
        core.write(Region::set, 8 * s + 0, set.current_decay);
        core.write(Region::set, 8 * s + 1, set.membrane_decay);
        core.write(Region::set, 8 * s + 2, word(set.threshold));
        core.write(Region::set, 8 * s + 3, word(set.v_reset));
        core.write(Region::set, 8 * s + 4,
                   set.input_shift | (set.reset_subtracts ? 16U : 0) | set.refractory << 8);
    }
    for (std::uint32_t j = 0; j < n.set_of.size(); ++j) {
        core.write(Region::neuron, 2 * j, word(n.set_of[j]));
        core.write(Region::neuron, 2 * j + 1, word(n.bias[j]));
    }
}

/// Collects differences between what is read and what is expected.
class Comparison {
public:
    explicit Comparison(CoreDriver& core) : core_(core) {}
    void check(Region region, std::uint32_t index, std::int64_t expected, const char* what,
               std::size_t item) {
        const std::uint32_t actual = core_.read(region, index);
        if (actual == word(expected)) return;
        if (++found_ <= 10)
            text_ += fmt::format("{} {}: core {}, reference {}\n", what, item,
                                 static_cast<std::int32_t>(actual), expected);
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    CoreDriver& core_;
    std::string text_;
    int found_ = 0;
};

void compare_neurons(Comparison& c, const Reference& r) {
    for (std::size_t j = 0; j < r.state.size(); ++j) {
        const auto index = word(static_cast<std::int64_t>(4 * j));
        c.check(Region::state, index, r.state[j].v, "v of neuron", j);
        c.check(Region::state, index + 1, r.state[j].i, "i of neuron", j);
        c.check(Region::state, index + 2, r.state[j].refractory, "refractory of neuron", j);
        c.check(Region::state, index + 3, r.post_trace[j], "post trace of neuron", j);
        for (std::size_t slot = 0; slot < ring_slots; ++slot)
            c.check(Region::input, word(static_cast<std::int64_t>(16 * j + slot)),
                    r.pending[j][slot], "pending input of neuron", j);
    }
}

void compare_rows(Comparison& c, const Reference& r) {
    for (std::size_t k = 0; k < r.pre_trace.size(); ++k) {
        const Row& row = r.network.rows[k];
        c.check(Region::trace, r.network.row_number(static_cast<int>(k)), r.pre_trace[k],
                "pre trace of row", k);
        for (std::size_t s = 0; s < row.synapses.size(); ++s)
            c.check(Region::synapse, row.base + word(static_cast<std::int64_t>(s)),
                    synapse_word(r.network.shape, row.synapses[s]), "synapse of row", k);
    }
}

std::vector<Event> expected_events(const std::vector<int>& fired, std::uint32_t tick) {
    std::vector<Event> events;
    for (const int j : fired)
        events.push_back({false, word(j)});
    events.push_back({true, tick});
    return events;
}

std::string event_difference(const std::vector<Event>& actual, const std::vector<Event>& expected) {
    if (actual == expected) return {};
    return fmt::format("events differ: core {} of them, reference {}\n", actual.size(),
                       expected.size());
}

std::string counter_difference(CoreDriver& core, const Reference& r) {
    const Counters c = core.counters();
    std::string text;
    const auto check = [&](const char* name, std::uint64_t actual, std::uint64_t expected) {
        if (actual != expected)
            text += fmt::format("{}: core {}, reference {}\n", name, actual, expected);
    };
    check("ticks", c.ticks, r.now);
    check("spikes", c.spikes, r.spikes);
    check("synaptic events", c.synaptic_events, r.synaptic_events);
    check("weight updates", c.weight_updates, r.weight_updates);
    check("neuron updates", c.neuron_updates, r.neuron_updates);
    check("input events", c.inputs, r.inputs);
    check("row walks", c.row_walks, r.row_walks);
    check("status", core.read(Region::control, reg::status), r.saturated ? 2 : 0);
    check("tick", core.read(Region::control, reg::tick), r.now);
    return text;
}

std::vector<int> draw_inputs(const Network& n, double rate, Random& random) {
    std::vector<int> inputs;
    for (int s = 0; s < n.sources; ++s) {
        while (chance(random, rate) && inputs.size() < 200)
            inputs.push_back(s);  // some come twice
    }
    if (chance(random, 0.3)) std::ranges::shuffle(inputs, random);
    return inputs;
}

}  // namespace

std::uint32_t synapse_word(const CoreShape& shape, const Synapse& s) {
    const int weight_width = emu::weight_bits + shape.widths.weight_fraction;
    std::uint32_t value    = word(s.weight) & ((1U << weight_width) - 1);
    value |= word(s.delay) << weight_width;
    value |= (s.plastic ? 1U : 0) << (weight_width + 4);
    if (shape.sparse) value |= word(s.target) << (weight_width + 5);
    return value;
}

void load(CoreDriver& core, const Network& n) {
    core.write(Region::control, reg::clear, 3);
    core.write(Region::control, reg::neurons_used, word(n.neurons));
    core.write(Region::control, reg::sources_used, word(n.sources));
    core.write(Region::control, reg::plasticity, n.plasticity ? 1 : 0);
    core.write(Region::control, reg::plus_decay, n.rule.plus_decay);
    core.write(Region::control, reg::minus_decay, n.rule.minus_decay);
    core.write(Region::control, reg::a_plus, n.rule.a_plus);
    core.write(Region::control, reg::a_minus, n.rule.a_minus);
    core.write(Region::control, reg::w_min, word(n.rule.w_min));
    core.write(Region::control, reg::w_max, word(n.rule.w_max));
    load_neurons(core, n);
    load_rows(core, n);
    if (n.shape.sparse) load_columns(core, n);
}

std::string differences(CoreDriver& core, const Reference& reference) {
    Comparison c(core);
    compare_neurons(c, reference);
    compare_rows(c, reference);
    return c.text();
}

std::string lockstep(const CoreShape& shape, CoreDriver& core, std::uint32_t seed) {
    Random random(seed);
    Reference reference(random_network(shape, random));
    core.set_stall(chance(random, 0.5) ? 0.0 : between(random, 1, 90) / 100.0);
    load(core, reference.network);
    const double rate = chance(random, 0.2) ? 0.8 : between(random, 1, 40) / 100.0;
    const int ticks   = between(random, 5, 30);
    while (static_cast<int>(reference.now) < ticks) {
        const std::vector<int> inputs = draw_inputs(reference.network, rate, random);
        const int advance             = chance(random, 0.15) ? between(random, 2, 20) : 1;
        for (const int s : inputs)
            core.send(Token::spike, word(s));
        core.send(Token::advance, word(advance));
        std::vector<Event> expected;
        for (int k = 0; k < advance; ++k) {
            const std::uint32_t tick = reference.now;
            std::ranges::copy(
                expected_events(reference.tick(k == 0 ? inputs : std::vector<int>{}), tick),
                std::back_inserter(expected));
        }
        std::string text = event_difference(core.finish_ticks(word(advance)), expected);
        text += differences(core, reference);
        if (!text.empty())
            return fmt::format("seed {}, tick {}\n{}", seed, reference.now - 1, text);
    }
    const std::string text = counter_difference(core, reference);
    return text.empty() ? text : fmt::format("seed {}, counters\n{}", seed, text);
}

std::string lockstep_many(const CoreKind& kind, std::uint32_t seed, std::uint32_t count) {
    constexpr std::uint32_t networks_per_core = 16;
    std::unique_ptr<CoreDriver> core;
    for (std::uint32_t k = 0; k < count; ++k) {
        if (k % networks_per_core == 0)
            core = std::make_unique<CoreDriver>(kind.make(seed + k), seed + k);
        std::string text = lockstep(kind.shape, *core, seed + k);
        if (!text.empty()) return text;
    }
    return {};
}

}  // namespace spikeloom::cosim
