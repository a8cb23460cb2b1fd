// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/core_model.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace spikeloom::backends::emulator {
namespace {

using link::ClearBit;
using link::Counter;
using link::Region;
using link::Register;
using link::StatusBit;
namespace arithmetic = neuron::emulator;

constexpr std::uint32_t row_plastic_bit = 1U << 31U;

constexpr std::uint32_t number(Register name) {
    return static_cast<std::uint32_t>(name);
}

constexpr bool has_bit(std::uint32_t word, ClearBit bit) {
    return (word >> static_cast<unsigned>(bit) & 1U) != 0;
}

constexpr std::uint32_t bits(std::uint32_t word, unsigned low, unsigned width) {
    return (word >> low) & ((1U << width) - 1U);
}

/// The lowest `width` bits as a signed number.
constexpr std::int32_t signed_bits(std::uint32_t word, unsigned width) {
    const unsigned spare = 32U - width;
    return static_cast<std::int32_t>(word << spare) >> spare;
}

std::uint32_t* element(std::vector<std::uint32_t>& table, std::uint32_t index) {
    return index < table.size() ? &table[index] : nullptr;
}

}  // namespace

CoreModel::CoreModel(const Limits& limits)
    : limits_{limits},
      rows_(2 * (std::size_t{limits.neurons} + limits.sources)),
      synapses_(limits.synapse_words),
      sets_(8 * std::size_t{limits.parameter_sets}),
      columns_(limits.sparse_rows ? 2 * std::size_t{limits.neurons} : 0),
      column_entries_(2 * limits.column_entries),
      neurons_(limits.neurons),
      pre_traces_(std::size_t{limits.neurons} + limits.sources) {}

void CoreModel::set_status(StatusBit bit) {
    status_ = static_cast<std::uint8_t>(status_ | (1U << static_cast<unsigned>(bit)));
}

void CoreModel::count(Counter counter, std::uint64_t n) {
    counters_[static_cast<std::size_t>(counter)] += n;
}

// ---- a tick ----

void CoreModel::inject(std::uint32_t source) {
    count(Counter::input_events);
    if (source >= sources_used_) {
        set_status(StatusBit::no_such_row);
        return;
    }
    walk_row(limits_.neurons + source, std::uint64_t{tick_} + arithmetic::delay_slots - 1);
}

std::span<const std::uint32_t> CoreModel::run_tick() {
    fired_.clear();
    update_neurons();
    if (plasticity_) {
        decay_traces();
        for (const std::uint32_t neuron : fired_)
            limits_.sparse_rows ? potentiate_column(neuron) : potentiate_spans(neuron);
    }
    for (const std::uint32_t neuron : fired_)
        walk_row(neuron, tick_);
    count(Counter::ticks);
    count(Counter::spikes, fired_.size());
    ++tick_;
    return fired_;
}

void CoreModel::update_neurons() {
    const std::uint32_t slot = tick_ % arithmetic::delay_slots;
    for (std::uint32_t j = 0; j < neurons_used_; ++j) {
        Neuron& n                = neurons_[j];
        const std::int32_t input = n.input[slot];
        n.input[slot]            = 0;
        const bool spiked        = update(n.state, set_of(n.set), n.bias, input, limits_.widths);
        if (plasticity_)
            n.trace = arithmetic::decay_trace(n.trace, registers_[number(Register::minus_decay)]);
        if (!spiked) continue;
        if (plasticity_) n.trace = arithmetic::bump_trace(n.trace, limits_.widths);
        fired_.push_back(j);
    }
    count(Counter::neuron_updates, neurons_used_);
    count(Counter::busy_clocks, neurons_used_);
}

void CoreModel::decay_traces() {
    const std::uint32_t lost = registers_[number(Register::plus_decay)];
    for (std::uint32_t j = 0; j < neurons_used_; ++j)
        pre_traces_[j] = arithmetic::decay_trace(pre_traces_[j], lost);
    for (std::uint32_t s = 0; s < sources_used_; ++s) {
        std::int32_t& trace = pre_traces_[limits_.neurons + s];
        trace               = arithmetic::decay_trace(trace, lost);
    }
}

CoreModel::Synapse CoreModel::unpack(std::uint32_t word, std::uint32_t span_target) const {
    const auto fraction        = static_cast<unsigned>(limits_.widths.weight_fraction);
    const unsigned low         = 8 + fraction;
    const auto width           = static_cast<unsigned>(std::bit_width(limits_.neurons - 1));
    const std::uint32_t target = limits_.sparse_rows ? bits(word, low + 5, width) : span_target;
    return {signed_bits(word, low), bits(word, low, 4), bits(word, low + 4, 1) != 0, target};
}

void CoreModel::store_weight(std::uint32_t& word, std::int32_t weight) const {
    const auto fraction      = static_cast<unsigned>(limits_.widths.weight_fraction);
    const std::uint32_t mask = (1U << (8 + fraction)) - 1U;
    word                     = (word & ~mask) | (static_cast<std::uint32_t>(weight) & mask);
}

void CoreModel::walk_row(std::uint32_t row, std::uint64_t emission) {
    const std::uint32_t base  = rows_[2 * std::size_t{row}];
    const std::uint32_t info  = rows_[2 * std::size_t{row} + 1];
    const bool sparse         = limits_.sparse_rows;
    const std::uint32_t first = bits(info, 0, 16);
    const std::uint32_t size  = sparse ? bits(info, 0, 24) : bits(info, 16, 15);
    for (std::uint32_t k = 0; k < size; ++k) {
        std::uint32_t& word = synapses_[(std::size_t{base} + k) % synapses_.size()];
        Synapse s           = unpack(word, (first + k) % limits_.neurons);
        count(Counter::busy_clocks);
        if (s.delay == 0) continue;
        Neuron& n = neurons_[s.target];
        if (s.plastic && plasticity_) {
            s.weight = arithmetic::depress(s.weight, n.trace, rule(), limits_.widths);
            store_weight(word, s.weight);
            count(Counter::weight_updates);
        }
        std::int32_t& sum       = n.input[(emission + s.delay) % arithmetic::delay_slots];
        const std::int32_t part = arithmetic::delivered(s.weight, limits_.widths);
        const std::int32_t next = arithmetic::accumulate(sum, part, limits_.widths);
        if (next != sum + part) set_status(StatusBit::saturated);
        sum = next;
        count(Counter::synaptic_events);
    }
    if (plasticity_) pre_traces_[row] = arithmetic::bump_trace(pre_traces_[row], limits_.widths);
    count(Counter::row_walks);
}

void CoreModel::potentiate_synapse(std::uint32_t& word, std::uint32_t row) {
    const Synapse s = unpack(word, 0);
    store_weight(word, arithmetic::potentiate(s.weight, pre_traces_[row], rule(), limits_.widths));
    count(Counter::weight_updates);
}

void CoreModel::potentiate_column(std::uint32_t neuron) {
    const std::size_t base   = columns_[2 * std::size_t{neuron}];
    const std::uint32_t size = columns_[2 * std::size_t{neuron} + 1];
    for (std::size_t e = base; e < base + size && 2 * e + 1 < column_entries_.size(); ++e) {
        const std::uint32_t row =
            column_entries_[2 * e] % static_cast<std::uint32_t>(pre_traces_.size());
        const std::size_t index = column_entries_[2 * e + 1] % synapses_.size();
        potentiate_synapse(synapses_[index], row);
    }
}

void CoreModel::potentiate_spans(std::uint32_t neuron) {
    const auto visit = [&](std::uint32_t row) {
        const std::uint32_t info  = rows_[2 * std::size_t{row} + 1];
        const std::uint32_t first = bits(info, 0, 16);
        if ((info & row_plastic_bit) == 0 || neuron < first || neuron - first >= bits(info, 16, 15))
            return;
        const std::size_t index = std::size_t{rows_[2 * std::size_t{row}]} + (neuron - first);
        std::uint32_t& word     = synapses_[index % synapses_.size()];
        const Synapse s         = unpack(word, neuron);
        if (s.plastic && s.delay != 0) potentiate_synapse(word, row);
    };
    for (std::uint32_t j = 0; j < neurons_used_; ++j)
        visit(j);
    for (std::uint32_t s = 0; s < sources_used_; ++s)
        visit(limits_.neurons + s);
}

arithmetic::ParameterSet CoreModel::set_of(std::uint32_t set) const {
    const std::uint32_t* word = &sets_[8 * (std::size_t{set} % (sets_.size() / 8))];
    const auto membrane       = static_cast<unsigned>(limits_.widths.membrane);
    arithmetic::ParameterSet p;
    p.current_decay   = bits(word[0], 0, 16);
    p.membrane_decay  = bits(word[1], 0, 16);
    p.threshold       = signed_bits(word[2], membrane);
    p.v_reset         = signed_bits(word[3], membrane);
    p.input_shift     = bits(word[4], 0, 4);
    p.reset_subtracts = bits(word[4], 4, 1) != 0;
    p.refractory      = bits(word[4], 8, 8);
    return p;
}

arithmetic::StdpRule CoreModel::rule() const {
    arithmetic::StdpRule r;
    r.plus_decay  = registers_[number(Register::plus_decay)];
    r.minus_decay = registers_[number(Register::minus_decay)];
    r.a_plus      = registers_[number(Register::a_plus)];
    r.a_minus     = registers_[number(Register::a_minus)];
    r.w_min       = signed_bits(registers_[number(Register::w_min)], 8);
    r.w_max       = signed_bits(registers_[number(Register::w_max)], 8);
    return r;
}

// ---- the bus ----

void CoreModel::clear(std::uint32_t flags) {
    if (has_bit(flags, ClearBit::state)) {
        for (Neuron& n : neurons_) {
            n.state = {};
            n.trace = 0;
            n.input = {};
        }
        std::ranges::fill(pre_traces_, 0);
        counters_ = {};
        tick_     = 0;
        status_   = 0;
    }
    if (has_bit(flags, ClearBit::rows)) {
        std::ranges::fill(rows_, 0U);
        std::ranges::fill(columns_, 0U);
    }
}

std::uint32_t* CoreModel::word_at(Region region, std::uint32_t index) {
    switch (region) {
        case Region::row:
            return element(rows_, index);
        case Region::synapse:
            return element(synapses_, index);
        case Region::set:
            return index % 8 > 4 ? nullptr : element(sets_, index);
        case Region::column:
            return element(columns_, index);
        case Region::column_entry:
            return element(column_entries_, index);
        default:
            return nullptr;
    }
}

std::int32_t* CoreModel::state_at(Region region, std::uint32_t index) {
    switch (region) {
        case Region::state:
            if (index / 4 >= neurons_.size() || index % 4 == 2) return nullptr;
            if (index % 4 == 3) return &neurons_[index / 4].trace;
            return index % 4 == 0 ? &neurons_[index / 4].state.v : &neurons_[index / 4].state.i;
        case Region::trace:
            return index < pre_traces_.size() ? &pre_traces_[index] : nullptr;
        case Region::input:
            return index / 16 < neurons_.size() ? &neurons_[index / 16].input[index % 16] : nullptr;
        case Region::neuron:
            return index / 2 < neurons_.size() && index % 2 == 1 ? &neurons_[index / 2].bias
                                                                 : nullptr;
        default:
            return nullptr;
    }
}

std::optional<std::uint32_t> CoreModel::read(std::uint32_t address) {
    const auto region         = static_cast<Region>(address >> link::region_shift);
    const std::uint32_t index = bits(address, 0, link::region_shift);
    if (region == Region::control && index < number(Register::counters) + 2 * link::counter_count)
        return read_register(index);
    if (const auto* word = word_at(region, index)) return *word;
    if (const auto* value = state_at(region, index)) return static_cast<std::uint32_t>(*value);
    if (region == Region::state && index / 4 < neurons_.size())
        return neurons_[index / 4].state.refractory;
    if (region == Region::neuron && index / 2 < neurons_.size()) return neurons_[index / 2].set;
    set_status(StatusBit::address_fault);
    return std::nullopt;
}

bool CoreModel::write(std::uint32_t address, std::uint32_t word) {
    const auto region         = static_cast<Region>(address >> link::region_shift);
    const std::uint32_t index = bits(address, 0, link::region_shift);
    if (region == Region::control && index < number(Register::counters) + 2 * link::counter_count &&
        write_register(index, word))
        return true;
    if (auto* stored = word_at(region, index)) {
        *stored = word;
        return true;
    }
    if (auto* value = state_at(region, index)) {
        *value = static_cast<std::int32_t>(word);
        return true;
    }
    if (region == Region::state && index / 4 < neurons_.size()) {
        neurons_[index / 4].state.refractory = word & 0xFFU;
        return true;
    }
    if (region == Region::neuron && index / 2 < neurons_.size()) {
        neurons_[index / 2].set = word;
        return true;
    }
    set_status(StatusBit::address_fault);
    return false;
}

std::uint32_t CoreModel::read_register(std::uint32_t index) const {
    if (index >= number(Register::counters)) {
        const std::uint32_t k = index - number(Register::counters);
        return static_cast<std::uint32_t>(counters_[k / 2] >> (32 * (k % 2)));
    }
    switch (static_cast<Register>(index)) {
        case Register::identity:
            return link::identity_word;
        case Register::configuration:
            return limits_.configuration;
        case Register::neurons_used:
            return neurons_used_;
        case Register::rows_used_sources:
            return sources_used_;
        case Register::plasticity:
            return plasticity_ ? 1 : 0;
        case Register::tick:
            return tick_;
        case Register::status:
            return status_;
        case Register::clear:
            return 0;
        default:
            return registers_[index];
    }
}

bool CoreModel::write_register(std::uint32_t index, std::uint32_t word) {
    if (index >= number(Register::counters)) return true;  // read only
    switch (static_cast<Register>(index)) {
        case Register::neurons_used:
            if (word > limits_.neurons) return false;
            neurons_used_ = word;
            return true;
        case Register::rows_used_sources:
            if (word > limits_.sources) return false;
            sources_used_ = word;
            return true;
        case Register::plasticity:
            plasticity_ = (word & 1U) != 0;
            return true;
        case Register::status:
            status_ = static_cast<std::uint8_t>(status_ & ~word);
            return true;
        case Register::clear:
            clear(word);
            return true;
        case Register::mode:
            return word == 0;
        default:
            registers_[index] = word;
            return true;
    }
}

}  // namespace spikeloom::backends::emulator
