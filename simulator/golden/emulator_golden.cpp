// SPDX-License-Identifier: Apache-2.0
#include "simulator/golden/emulator_golden.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>

namespace spikeloom::golden {

namespace emu = neuron::emulator;

namespace {

constexpr std::uint32_t status_saturated = 1U << 1;
constexpr std::uint32_t status_no_row    = 1U << 3;

tl::unexpected<Diagnostic> bad_table(std::string message) {
    return fault("golden.tables", std::move(message));
}

std::uint32_t word_at(const std::vector<std::uint32_t>& words, std::size_t index) {
    return index < words.size() ? words[index] : 0;
}

emu::ParameterSet decode_set(const std::vector<std::uint32_t>& words, std::size_t set) {
    const std::size_t at    = 8 * set;
    const std::uint32_t mix = word_at(words, at + 4);
    emu::ParameterSet p;
    p.current_decay   = word_at(words, at) & emu::decay_all;
    p.membrane_decay  = word_at(words, at + 1) & emu::decay_all;
    p.threshold       = static_cast<std::int32_t>(word_at(words, at + 2));
    p.v_reset         = static_cast<std::int32_t>(word_at(words, at + 3));
    p.input_shift     = mix & 15U;
    p.reset_subtracts = ((mix >> 4) & 1U) != 0;
    p.refractory      = (mix >> 8) & 255U;
    return p;
}

}  // namespace

SynapseFormat synapse_format(const EmulatorTables& tables) {
    return {emu::weight_bits + tables.widths.weight_fraction,
            tables.neurons <= 1 ? 0 : static_cast<int>(std::bit_width(tables.neurons - 1))};
}

EmulatorGolden::EmulatorGolden(EmulatorTables tables)
    : tables_{std::move(tables)}, format_{synapse_format(tables_)} {}

Result<EmulatorGolden> EmulatorGolden::build(EmulatorTables tables) {
    EmulatorGolden golden{std::move(tables)};
    if (auto done = golden.decode(); !done) return tl::unexpected{done.error()};
    golden.index_columns();
    golden.bound_weights();
    golden.clear();
    return golden;
}

Result<void> EmulatorGolden::decode() {
    const EmulatorTables& t = tables_;
    if (t.neurons_used > t.neurons || t.rows_used_source > t.sources) {
        return bad_table(fmt::format("{} of {} neurons and {} of {} sources used", t.neurons_used,
                                     t.neurons, t.rows_used_source, t.sources));
    }
    if (t.sparse_rows && format_.weight_bits + 5 + format_.target_bits > 32) {
        return bad_table(fmt::format("a synapse word needs {} bits, limit 32",
                                     format_.weight_bits + 5 + format_.target_bits));
    }
    if (t.rows.size() > 2 * (std::size_t{t.neurons} + t.sources)) {
        return bad_table(fmt::format("row memory: {} words, limit {}", t.rows.size(),
                                     2 * (std::size_t{t.neurons} + t.sources)));
    }
    if (auto done = decode_rows(); !done) return done;
    return decode_neurons();
}

Result<void> EmulatorGolden::decode_rows() {
    rows_.resize(std::size_t{tables_.neurons} + tables_.sources);
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        const std::uint32_t word = word_at(tables_.rows, 2 * r + 1);
        Row& row                 = rows_[r];
        row.base                 = word_at(tables_.rows, 2 * r);
        row.plastic              = (word >> 31) != 0;
        row.count                = tables_.sparse_rows ? word & 0xFFFFFFU : (word >> 16) & 0x7FFFU;
        row.first_target         = tables_.sparse_rows ? 0 : word & 0xFFFFU;
        if (row.count > 0 && std::uint64_t{row.base} + row.count > tables_.synapses.size()) {
            return bad_table(fmt::format("row {}: synapses {}..{}, memory has {}", r, row.base,
                                         std::uint64_t{row.base} + row.count - 1,
                                         tables_.synapses.size()));
        }
        for (std::uint32_t k = 0; k < row.count; ++k) {
            const std::uint32_t target = target_of(row, row.base + k);
            if (target < tables_.neurons || format_.delay(tables_.synapses[row.base + k]) == 0) {
                continue;
            }
            return bad_table(fmt::format("synapse {}: target {}, limit {}", row.base + k, target,
                                         tables_.neurons));
        }
    }
    return {};
}

Result<void> EmulatorGolden::decode_neurons() {
    const std::size_t sets = (tables_.sets.size() + 7) / 8;
    for (std::size_t s = 0; s < std::max<std::size_t>(sets, 1); ++s) {
        sets_.push_back(decode_set(tables_.sets, s));
    }
    set_of_.resize(tables_.neurons);
    bias_.resize(tables_.neurons);
    for (std::size_t j = 0; j < tables_.neurons_used; ++j) {
        set_of_[j] = word_at(tables_.neuron, 2 * j);
        bias_[j]   = static_cast<std::int32_t>(word_at(tables_.neuron, 2 * j + 1));
        if (set_of_[j] >= sets_.size()) {
            return bad_table(fmt::format("neuron {}: parameter set {}, memory has {}", j,
                                         set_of_[j], sets_.size()));
        }
    }
    return {};
}

std::uint32_t EmulatorGolden::target_of(const Row& row, std::uint32_t synapse) const {
    return tables_.sparse_rows ? format_.target(tables_.synapses[synapse])
                               : row.first_target + (synapse - row.base);
}

/// Lists the plastic synapses that come into each neuron, by (row, synapse).
void EmulatorGolden::index_columns() {
    column_base_.assign(std::size_t{tables_.neurons} + 1, 0);
    const auto for_each_plastic = [this](auto&& visit) {
        for (std::uint32_t r = 0; r < rows_.size(); ++r) {
            const Row& row     = rows_[r];
            const bool visited = tables_.sparse_rows || row.plastic;
            for (std::uint32_t s = row.base; visited && s < row.base + row.count; ++s) {
                const std::uint32_t word = tables_.synapses[s];
                if (!format_.plastic(word) || format_.delay(word) == 0) continue;
                visit(target_of(row, s), ColumnEntry{r, s});
            }
        }
    };
    for_each_plastic([this](std::uint32_t target, ColumnEntry) { ++column_base_[target + 1]; });
    for (std::size_t j = 0; j < tables_.neurons; ++j)
        column_base_[j + 1] += column_base_[j];
    column_.resize(column_base_.back());
    std::vector<std::uint64_t> next = column_base_;
    for_each_plastic([&](std::uint32_t target, ColumnEntry e) { column_[next[target]++] = e; });
}

void EmulatorGolden::clear() {
    state_.assign(tables_.neurons, {});
    y_.assign(tables_.neurons, 0);
    x_.assign(rows_.size(), 0);
    ring_.assign(std::size_t{emu::delay_slots} * tables_.neurons, 0);
    pending_.clear();
    inputs_by_slot_.fill(0);
    recent_inputs_ = 0;
    spikes_.clear();
    counters_ = {};
    status_   = 0;
}

void EmulatorGolden::push(std::uint32_t index) {
    ++counters_.input_events;
    if (index >= tables_.sources) {
        status_ |= status_no_row;
        return;
    }
    pending_.push_back(tables_.neurons + index);
}

std::span<const std::uint32_t> EmulatorGolden::step() {
    const std::uint64_t t = counters_.ticks;
    bound_input();
    for (const std::uint32_t row : pending_)
        walk(row, t - 1);
    pending_.clear();
    update_neurons();
    if (tables_.plasticity) {
        decay_traces();
        post_events();
    }
    for (const std::uint32_t j : spikes_)
        walk(j, t);
    ++counters_.ticks;
    counters_.spikes += spikes_.size();
    return spikes_;
}

/// Decides whether a sum could saturate in this tick. A neuron's row adds to one slot at most once;
/// source rows as often as they were pushed in the ticks that the ring spans.
void EmulatorGolden::bound_input() {
    const std::size_t slot = counters_.ticks % emu::delay_slots;
    recent_inputs_ += pending_.size();
    recent_inputs_ -= std::exchange(inputs_by_slot_[slot], pending_.size());
    const auto limit = (std::uint64_t{1} << (tables_.widths.accumulator - 1)) - 1;
    cannot_saturate_ = largest_row_sum_ + recent_inputs_ * largest_source_sum_ <= limit;
}

/// Worst sums of delivered weights: into a neuron from all neurons, and into a neuron from one
/// source. Weights that may learn count as the widest weight.
void EmulatorGolden::bound_weights() {
    constexpr std::uint64_t widest = 1U << (emu::weight_bits - 1);
    std::vector<std::uint64_t> into(tables_.neurons);
    for (std::uint32_t r = 0; r < rows_.size(); ++r) {
        Row& row          = rows_[r];
        const bool source = r >= tables_.neurons;
        if (source) largest_source_sum_ = std::max(largest_source_sum_, row.count * widest);
        for (std::uint32_t k = row.base; k < row.base + row.count; ++k) {
            const std::uint32_t word = tables_.synapses[k];
            if (format_.delay(word) == 0) {
                ++row.absent;
            } else if (!source) {
                const std::int32_t weight = emu::delivered(format_.weight(word), tables_.widths);
                into[target_of(row, k)] +=
                    format_.plastic(word) ? widest : static_cast<std::uint64_t>(std::abs(weight));
            }
        }
    }
    for (const std::uint64_t sum : into)
        largest_row_sum_ = std::max(largest_row_sum_, sum);
}

void EmulatorGolden::update_neurons() {
    spikes_.clear();
    std::int32_t* slot =
        ring_.data() + (counters_.ticks % emu::delay_slots) * std::size_t{tables_.neurons};
    for (std::uint32_t j = 0; j < tables_.neurons_used; ++j) {
        const std::int32_t input = std::exchange(slot[j], 0);
        if (emu::update(state_[j], sets_[set_of_[j]], bias_[j], input, tables_.widths)) {
            spikes_.push_back(j);
        }
    }
    counters_.neuron_updates += tables_.neurons_used;
}

void EmulatorGolden::decay_traces() {
    const emu::StdpRule& rule = tables_.rule;
    for (std::uint32_t j = 0; j < tables_.neurons_used; ++j) {
        y_[j] = emu::decay_trace(y_[j], rule.minus_decay);
        x_[j] = emu::decay_trace(x_[j], rule.plus_decay);
    }
    for (const std::uint32_t j : spikes_)
        y_[j] = emu::bump_trace(y_[j], tables_.widths);
    for (std::uint32_t s = 0; s < tables_.rows_used_source; ++s) {
        std::int32_t& x = x_[tables_.neurons + s];
        x               = emu::decay_trace(x, rule.plus_decay);
    }
}

void EmulatorGolden::post_events() {
    for (const std::uint32_t j : spikes_) {
        for (std::uint64_t k = column_base_[j]; k < column_base_[j + 1]; ++k) {
            std::uint32_t& word = tables_.synapses[column_[k].synapse];
            word =
                format_.with_weight(word, emu::potentiate(format_.weight(word), x_[column_[k].row],
                                                          tables_.rule, tables_.widths));
        }
        counters_.weight_updates += column_base_[j + 1] - column_base_[j];
    }
}

void EmulatorGolden::walk(std::uint32_t row_index, std::uint64_t emission) {
    const Row& row = rows_[row_index];
    ++counters_.row_walks;
    const bool learn = tables_.plasticity;
    const bool exact = !cannot_saturate_ || row.absent > 0;
    if (tables_.sparse_rows) {
        learn   ? walk_row<true, true, true>(row, emission)
        : exact ? walk_row<true, false, true>(row, emission)
                : walk_row<true, false, false>(row, emission);
    } else {
        learn ? walk_row<false, true, true>(row, emission)
              : walk_row<false, false, true>(row, emission);
    }
    counters_.synaptic_events += row.count - row.absent;
    if (learn) x_[row_index] = emu::bump_trace(x_[row_index], tables_.widths);
}

/// Checked: synapses may be absent and sums may saturate.
template <bool Sparse, bool Learn, bool Checked>
void EmulatorGolden::walk_row(const Row& row, std::uint64_t emission) {
    // Copies, so that the compiler knows that no store below changes them.
    const emu::Widths widths         = tables_.widths;
    const emu::StdpRule rule         = tables_.rule;
    const SynapseFormat f            = format_;
    const std::size_t neurons        = tables_.neurons;
    std::uint32_t* const words       = tables_.synapses.data() + row.base;
    std::int32_t* const ring         = ring_.data();
    const std::int32_t* const traces = y_.data();
    const auto limit = static_cast<std::int32_t>((std::int64_t{1} << (widths.accumulator - 1)) - 1);
    std::uint32_t updates = 0;
    std::int32_t excess   = 0;
    for (std::uint32_t k = 0; k < row.count; ++k) {
        const std::uint32_t word   = words[k];
        const std::uint32_t delay  = f.delay(word);
        const std::uint32_t target = Sparse ? f.target(word) : row.first_target + k;
        if (Checked && delay == 0) continue;
        std::int32_t weight = f.weight(word);
        if (Learn && f.plastic(word)) {
            weight   = emu::depress(weight, traces[target], rule, widths);
            words[k] = f.with_weight(word, weight);
            ++updates;
        }
        std::int32_t& cell     = ring[((emission + delay) % emu::delay_slots) * neurons + target];
        const std::int32_t sum = cell + emu::delivered(weight, widths);
        cell                   = Checked ? std::clamp(sum, -limit, limit) : sum;
        if (Checked) excess |= sum ^ cell;
    }
    if (excess != 0) status_ |= status_saturated;
    counters_.weight_updates += updates;
}

}  // namespace spikeloom::golden
