// SPDX-License-Identifier: Apache-2.0
#include "simulator/golden/emulator_golden.hpp"

#include "simulator/golden/emulator_rules.hpp"
#include "simulator/golden/integer_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <limits>
#include <optional>
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

/// Tables, what they mean, and the engine that runs them.
class EmulatorGolden::Core {
public:
    explicit Core(EmulatorTables given)
        : tables{std::move(given)}, format_{synapse_format(tables)} {}
    Core(const Core&)            = delete;
    Core& operator=(const Core&) = delete;
    ~Core()                      = default;

    Result<void> decode();
    void make_engine(std::uint32_t threads);
    void clear();
    void push(std::uint32_t index);
    std::span<const std::uint32_t> step();
    /// Writes the weights of the engine into the synapse memory.
    void write_back();

    EmulatorTables tables;
    std::vector<emu::State> states;
    std::vector<std::int32_t> bias;
    EmulatorCounters counters{};
    std::uint32_t status = 0;
    std::optional<IntegerEngine<EmulatorRules>> engine;

private:
    struct Row {
        std::uint32_t base         = 0;
        std::uint32_t count        = 0;
        std::uint32_t first_target = 0;
        std::uint32_t present      = 0;  ///< words with a synapse
        std::uint32_t plastic      = 0;  ///< of those
        bool learns                = false;
    };

    Result<void> decode_rows();
    Result<void> decode_neurons();
    void bound_weights();
    bool may_saturate();
    [[nodiscard]] std::uint32_t target_of(const Row& row, std::uint32_t synapse) const;
    [[nodiscard]] std::vector<std::uint32_t> order(const Row& row) const;
    void append_row(Row& row);
    void count_walk(std::uint32_t row);

    SynapseFormat format_;
    std::vector<Row> rows_;
    std::vector<emu::ParameterSet> sets_;
    std::vector<std::uint32_t> set_of_;
    std::vector<std::uint32_t> potentiated_;  ///< plastic synapses into each neuron
    std::vector<std::uint32_t> pending_;
    std::uint64_t largest_row_sum_    = 0;
    std::uint64_t largest_source_sum_ = 0;
    std::array<std::size_t, emu::delay_slots> inputs_by_slot_{};
    std::uint64_t recent_inputs_ = 0;
    bool written_                = true;  ///< the synapse memory holds the weights of the engine
};

Result<void> EmulatorGolden::Core::decode() {
    const EmulatorTables& t = tables;
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

Result<void> EmulatorGolden::Core::decode_rows() {
    rows_.resize(std::size_t{tables.neurons} + tables.sources);
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        const std::uint32_t word = word_at(tables.rows, 2 * r + 1);
        Row& row                 = rows_[r];
        row.base                 = word_at(tables.rows, 2 * r);
        row.learns               = tables.sparse_rows || (word >> 31) != 0;
        row.count                = tables.sparse_rows ? word & 0xFFFFFFU : (word >> 16) & 0x7FFFU;
        row.first_target         = tables.sparse_rows ? 0 : word & 0xFFFFU;
        if (row.count > 0 && std::uint64_t{row.base} + row.count > tables.synapses.size()) {
            return bad_table(fmt::format("row {}: synapses {}..{}, memory has {}", r, row.base,
                                         std::uint64_t{row.base} + row.count - 1,
                                         tables.synapses.size()));
        }
        for (std::uint32_t k = 0; k < row.count; ++k) {
            const std::uint32_t target = target_of(row, row.base + k);
            if (target < tables.neurons || format_.delay(tables.synapses[row.base + k]) == 0) {
                continue;
            }
            return bad_table(fmt::format("synapse {}: target {}, limit {}", row.base + k, target,
                                         tables.neurons));
        }
    }
    return {};
}

Result<void> EmulatorGolden::Core::decode_neurons() {
    const std::size_t sets = (tables.sets.size() + 7) / 8;
    for (std::size_t s = 0; s < std::max<std::size_t>(sets, 1); ++s) {
        sets_.push_back(decode_set(tables.sets, s));
    }
    set_of_.resize(tables.neurons);
    bias.resize(tables.neurons);
    for (std::size_t j = 0; j < tables.neurons_used; ++j) {
        set_of_[j] = word_at(tables.neuron, 2 * j);
        bias[j]    = static_cast<std::int32_t>(word_at(tables.neuron, 2 * j + 1));
        if (set_of_[j] >= sets_.size()) {
            return bad_table(fmt::format("neuron {}: parameter set {}, memory has {}", j,
                                         set_of_[j], sets_.size()));
        }
    }
    return {};
}

std::uint32_t EmulatorGolden::Core::target_of(const Row& row, std::uint32_t synapse) const {
    return tables.sparse_rows ? format_.target(tables.synapses[synapse])
                              : row.first_target + (synapse - row.base);
}

/// Words of a row that hold a synapse, by target, equal ones as they lie.
std::vector<std::uint32_t> EmulatorGolden::Core::order(const Row& row) const {
    std::vector<std::uint32_t> words;
    words.reserve(row.count);
    for (std::uint32_t s = row.base; s < row.base + row.count; ++s) {
        if (format_.delay(tables.synapses[s]) != 0) words.push_back(s);
    }
    std::ranges::stable_sort(words, {}, [&](std::uint32_t s) { return target_of(row, s); });
    return words;
}

void EmulatorGolden::Core::make_engine(std::uint32_t threads) {
    states.resize(tables.neurons);
    potentiated_.assign(tables.neurons, 0);
    IntegerShape shape;
    shape.neurons      = tables.neurons;
    shape.rows         = static_cast<std::uint32_t>(rows_.size());
    shape.slots        = emu::delay_slots;
    shape.threads      = std::clamp(threads, 1U, most_threads);
    shape.synapses     = tables.synapses.size();
    shape.wide_weights = format_.weight_bits + PackedInteger::flag_bits > 16;
    shape.undecayed    = tables.neurons + tables.rows_used_source;
    engine.emplace(EmulatorRules{tables.widths, tables.rule, states.data(), sets_.data(),
                                 set_of_.data(), bias.data(), tables.neurons_used},
                   shape);
    for (Row& row : rows_)
        append_row(row);
    bound_weights();
    clear();
}

void EmulatorGolden::Core::append_row(Row& row) {
    std::vector<IntegerSynapse> synapses;
    for (const std::uint32_t s : order(row)) {
        const std::uint32_t word = tables.synapses[s];
        const bool plastic       = format_.plastic(word);
        synapses.push_back({target_of(row, s), format_.delay(word), format_.weight(word), plastic,
                            plastic && row.learns});
        row.plastic += plastic ? 1 : 0;
        potentiated_[synapses.back().post] += synapses.back().potentiates ? 1 : 0;
    }
    row.present = static_cast<std::uint32_t>(synapses.size());
    engine->append_row(synapses);
}

/// Worst sums of delivered weights: into a neuron from all neurons, and into a neuron from one
/// source. Weights that may learn count as the widest weight.
void EmulatorGolden::Core::bound_weights() {
    constexpr std::uint64_t widest = 1U << (emu::weight_bits - 1);
    std::vector<std::uint64_t> into(tables.neurons);
    for (std::uint32_t r = 0; r < rows_.size(); ++r) {
        const Row& row    = rows_[r];
        const bool source = r >= tables.neurons;
        if (source) largest_source_sum_ = std::max(largest_source_sum_, row.count * widest);
        for (std::uint32_t k = row.base; k < row.base + row.count; ++k) {
            const std::uint32_t word = tables.synapses[k];
            if (format_.delay(word) == 0) continue;
            // Sums of neurons that are not used are never taken, they grow for ever.
            if (target_of(row, k) >= tables.neurons_used) {
                largest_row_sum_ = std::numeric_limits<std::uint32_t>::max();
            }
            if (source) continue;
            const std::int32_t weight = emu::delivered(format_.weight(word), tables.widths);
            into[target_of(row, k)] +=
                format_.plastic(word) ? widest : static_cast<std::uint64_t>(std::abs(weight));
        }
    }
    for (const std::uint64_t sum : into)
        largest_row_sum_ = std::max(largest_row_sum_, sum);
}

/// Whether a sum could saturate in this tick. A neuron's row adds to one slot at most once; source
/// rows as often as they were pushed in the ticks that the ring spans.
bool EmulatorGolden::Core::may_saturate() {
    const std::size_t slot = counters.ticks % emu::delay_slots;
    recent_inputs_ += pending_.size();
    recent_inputs_ -= std::exchange(inputs_by_slot_[slot], pending_.size());
    const auto limit = (std::uint64_t{1} << (tables.widths.accumulator - 1)) - 1;
    return largest_row_sum_ + recent_inputs_ * largest_source_sum_ > limit;
}

void EmulatorGolden::Core::clear() {
    // Weights outlive the traces that they have yet to catch up with.
    engine->catch_up();
    states.assign(tables.neurons, {});
    engine->rules().states = states.data();
    engine->clear();
    pending_.clear();
    inputs_by_slot_.fill(0);
    recent_inputs_ = 0;
    counters       = {};
    status         = 0;
}

void EmulatorGolden::Core::push(std::uint32_t index) {
    ++counters.input_events;
    if (index >= tables.sources) {
        status |= status_no_row;
        return;
    }
    pending_.push_back(tables.neurons + index);
}

void EmulatorGolden::Core::count_walk(std::uint32_t row) {
    ++counters.row_walks;
    counters.synaptic_events += rows_[row].present;
    if (tables.plasticity) counters.weight_updates += rows_[row].plastic;
}

std::span<const std::uint32_t> EmulatorGolden::Core::step() {
    const bool checked = may_saturate();
    if (tables.plasticity) written_ = false;
    for (const std::uint32_t row : pending_)
        count_walk(row);
    const auto spikes = engine->step(pending_, tables.plasticity, checked);
    pending_.clear();
    for (const std::uint32_t j : spikes) {
        count_walk(j);
        if (tables.plasticity) counters.weight_updates += potentiated_[j];
    }
    if (engine->take_overflow()) status |= status_saturated;
    ++counters.ticks;
    counters.neuron_updates += tables.neurons_used;
    counters.spikes += spikes.size();
    return spikes;
}

void EmulatorGolden::Core::write_back() {
    if (std::exchange(written_, true)) return;
    engine->catch_up();
    for (std::uint32_t r = 0; r < rows_.size(); ++r) {
        if (rows_[r].plastic == 0) continue;
        const std::vector<std::uint32_t> words = order(rows_[r]);
        auto next                              = words.begin();
        engine->for_each_weight(r, [&](std::int32_t weight) {
            std::uint32_t& word = tables.synapses[*next++];
            word                = format_.with_weight(word, weight);
        });
    }
}

EmulatorGolden::EmulatorGolden(std::unique_ptr<Core> core) : core_{std::move(core)} {}
EmulatorGolden::EmulatorGolden(EmulatorGolden&&) noexcept            = default;
EmulatorGolden& EmulatorGolden::operator=(EmulatorGolden&&) noexcept = default;
EmulatorGolden::~EmulatorGolden()                                    = default;

Result<EmulatorGolden> EmulatorGolden::build(EmulatorTables tables, std::uint32_t threads) {
    auto core = std::make_unique<Core>(std::move(tables));
    if (auto done = core->decode(); !done) return tl::unexpected{done.error()};
    core->make_engine(threads);
    return EmulatorGolden{std::move(core)};
}

void EmulatorGolden::push(std::uint32_t index) {
    core_->push(index);
}
std::span<const std::uint32_t> EmulatorGolden::step() {
    return core_->step();
}
void EmulatorGolden::clear() {
    core_->clear();
}
void EmulatorGolden::set_plasticity(bool on) {
    if (core_->tables.plasticity && !on) core_->engine->catch_up();
    core_->tables.plasticity = on;
}
void EmulatorGolden::set_state(std::uint32_t neuron, const emu::State& state) {
    core_->states[neuron] = state;
}
void EmulatorGolden::set_bias(std::uint32_t neuron, std::int32_t bias) {
    core_->bias[neuron] = bias;
}
std::int32_t EmulatorGolden::v(std::uint32_t neuron) const {
    return core_->states[neuron].v;
}
std::int32_t EmulatorGolden::i(std::uint32_t neuron) const {
    return core_->states[neuron].i;
}
std::uint32_t EmulatorGolden::refractory(std::uint32_t neuron) const {
    return core_->states[neuron].refractory;
}
std::int32_t EmulatorGolden::y(std::uint32_t neuron) const {
    return core_->engine->post_trace(neuron);
}
std::int32_t EmulatorGolden::x(std::uint32_t row) const {
    return core_->engine->pre_trace(row);
}
std::int32_t EmulatorGolden::input(std::uint32_t neuron, std::uint32_t slot) const {
    return core_->engine->pending(neuron, slot);
}
std::span<const std::uint32_t> EmulatorGolden::synapses() const {
    core_->write_back();
    return core_->tables.synapses;
}
const EmulatorTables& EmulatorGolden::tables() const {
    return core_->tables;
}
const EmulatorCounters& EmulatorGolden::counters() const {
    return core_->counters;
}
std::uint32_t EmulatorGolden::status() const {
    return core_->status;
}
std::uint64_t EmulatorGolden::bytes() const {
    return core_->engine->bytes();
}

}  // namespace spikeloom::golden
