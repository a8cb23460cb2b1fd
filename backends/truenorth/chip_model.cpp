// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/chip_model.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace spikeloom::backends::truenorth {

namespace tn = neuron::truenorth;

namespace {

constexpr std::uint8_t keep_fired = 1, keep_floor = 2, reverses = 4;
constexpr std::size_t words = core_neurons / 64;

/// All ones where the bit of a byte is set.
using Spread = std::array<std::array<std::int16_t, 8>, 256>;
constexpr Spread make_spread() {
    Spread table{};
    for (std::size_t byte = 0; byte < 256; ++byte) {
        for (std::size_t bit = 0; bit < 8; ++bit)
            table[byte][bit] = static_cast<std::int16_t>((byte >> bit & 1U) != 0 ? -1 : 0);
    }
    return table;
}
constexpr Spread spread = make_spread();

/// Rows that 16-bit sums hold: 128 x 255 < 2^15.
constexpr std::uint32_t rows_at_once = 128;
/// Below this many bits a row is walked bit by bit.
constexpr int dense_row = 24;

using Sums    = std::array<std::int16_t, core_neurons>;
using Weights = std::array<std::int16_t, core_neurons>;

int add_row(const Row& row, const Weights& weights, Sums& sums) {
    int bits = 0;
    for (const std::uint64_t word : row)
        bits += std::popcount(word);
    if (bits < dense_row) {
        for (std::size_t w = 0; w < words; ++w) {
            for (std::uint64_t rest = row[w]; rest != 0; rest &= rest - 1) {
                const std::size_t j = 64 * w + static_cast<std::size_t>(std::countr_zero(rest));
                sums[j]             = static_cast<std::int16_t>(sums[j] + weights[j]);
            }
        }
        return bits;
    }
    for (std::size_t w = 0; w < words; ++w) {
        for (std::size_t b = 0; b < 8; ++b) {
            const auto& mask    = spread[row[w] >> (8 * b) & 0xFFU];
            const std::size_t j = 64 * w + 8 * b;
            for (std::size_t k = 0; k < 8; ++k)
                sums[j + k] = static_cast<std::int16_t>(sums[j + k] + (weights[j + k] & mask[k]));
        }
    }
    return bits;
}

void flush(Sums& sums, std::array<std::int32_t, core_neurons>& input) {
    for (std::size_t j = 0; j < core_neurons; ++j)
        input[j] += sums[j];
    sums.fill(0);
}

template <class Visit>
void each_bit(const Row& row, Visit&& visit) {
    for (std::size_t w = 0; w < words; ++w) {
        for (std::uint64_t rest = row[w]; rest != 0; rest &= rest - 1)
            visit(static_cast<std::uint32_t>(64 * w) +
                  static_cast<std::uint32_t>(std::countr_zero(rest)));
    }
}

/// Bit j where byte j is 1.
Row gather(const std::array<std::uint8_t, core_neurons>& bytes) {
    Row row{};
    for (std::size_t j = 0; j < core_neurons; ++j)
        row[j / 64] |= std::uint64_t{bytes[j]} << (j % 64);
    return row;
}

bool any(const Row& row) {
    return (row[0] | row[1] | row[2] | row[3]) != 0;
}

}  // namespace

ChipModel::ChipModel(const Machine& machine,
                     std::vector<std::pair<std::uint16_t, std::uint16_t>> places,
                     std::uint64_t seed)
    : machine_{machine},
      places_{std::move(places)},
      core_at_(std::size_t{machine.width} * machine.height, output_core),
      cores_(places_.size()),
      packets_(places_.size()),
      schedulers_(places_.size()),
      drawn_(places_.size()),
      seed_{seed} {
    for (std::uint32_t c = 0; c < places_.size(); ++c)
        core_at_[std::size_t{places_[c].second} * machine.width + places_[c].first] = c;
}

namespace {
std::vector<std::pair<std::uint16_t, std::uint16_t>> places_of(const ChipProgram& program) {
    std::vector<std::pair<std::uint16_t, std::uint16_t>> places;
    for (const CoreProgram& core : program.cores)
        places.emplace_back(core.x, core.y);
    return places;
}
}  // namespace

ChipModel::ChipModel(const ChipProgram& program, std::uint64_t seed)
    : ChipModel{program.machine, places_of(program), seed} {
    for (std::uint32_t c = 0; c < program.cores.size(); ++c)
        set_core(c, program.cores[c]);
}

void ChipModel::set_core(std::uint32_t index, const CoreProgram& from) {
    Core& core = cores_[index];
    neurons_ += from.neurons.size() - core.neurons;
    core = Core{};
    for (std::size_t a = 0; a < from.rows.size(); ++a) {
        for (std::size_t j = 0; j < from.neurons.size(); ++j)
            core.rows[a][j / 64] |= from.rows[a][j / 64] & (std::uint64_t{1} << (j % 64));
    }
    std::copy(from.axon_types.begin(), from.axon_types.end(), core.types.begin());
    core.neurons = static_cast<std::uint32_t>(from.neurons.size());
    core.threshold.fill(1);  // slots without a neuron stay at 0 and silent
    drawn_[index].clear();
    for (std::uint32_t j = 0; j < core.neurons; ++j) {
        lower(core, j, from.neurons[j]);
        const Destination& to = from.neurons[j].to;
        Packet& packet        = packets_[index][j];
        packet                = {};
        if (to.kind == Destination::Kind::none || to.kind == Destination::Kind::silent) continue;
        const std::size_t at = static_cast<std::size_t>(from.y + to.dy) * machine_.width +
                               static_cast<std::size_t>(from.x + to.dx);
        packet.core      = to.kind == Destination::Kind::core ? core_at_[at] : output_core;
        packet.hops      = static_cast<std::uint16_t>(std::abs(to.dx) + std::abs(to.dy));
        packet.axon      = to.axon;
        packet.delay     = to.delay;
        packet.crossings = static_cast<std::uint8_t>(chip_crossings(machine_, from, to));
    }
    if (!core.stochastic) return;
    for (const NeuronProgram& n : from.neurons)
        drawn_[index].push_back(n.parameters);
}

void ChipModel::lower(Core& core, std::uint32_t j, const NeuronProgram& from) {
    const tn::Parameters& p = from.parameters;
    for (std::size_t g = 0; g < tn::axon_types; ++g)
        core.weights[g][j] = p.weight[g];
    core.v[j]          = tn::saturate(from.potential, machine_.potential_width);
    core.leak[j]       = p.leak;
    core.threshold[j]  = p.threshold;
    core.floor[j]      = -p.negative_threshold;
    std::uint8_t flags = p.leak_reversal ? reverses : std::uint8_t{0};
    if (p.reset == tn::Reset::value) {
        core.fired_change[j] = p.reset_value;
    } else {
        flags |= keep_fired;
        core.fired_change[j] = p.reset == tn::Reset::linear ? -p.threshold : 0;
    }
    if (p.saturates) {
        core.floor_change[j] = -p.negative_threshold;
    } else if (p.reset == tn::Reset::value) {
        core.floor_change[j] = -p.reset_value;
    } else {
        flags |= keep_floor;
        core.floor_change[j] = p.reset == tn::Reset::linear ? p.negative_threshold : 0;
    }
    core.flags[j] = flags;
    core.reversal |= p.leak_reversal;
    core.stochastic |= tn::is_stochastic(p);
    core.drawn_weights |= p.stochastic_weights != 0;
}

void ChipModel::inject(std::uint32_t core, std::uint8_t axon) {
    std::uint64_t& word     = schedulers_[core][counters_.ticks % slots][axon / 64];
    const std::uint64_t bit = std::uint64_t{1} << (axon % 64);
    if ((word & bit) != 0) ++counters_.merged_spikes;
    word |= bit;
}

const std::vector<Fired>& ChipModel::step() {
    fired_.clear();
    tick_clocks_ = 0;
    for (std::uint32_t c = 0; c < cores_.size(); ++c) {
        const std::uint64_t events = run_core(c);
        counters_.synaptic_events += events;
        tick_clocks_ = std::max(tick_clocks_, core_clocks(machine_, cores_[c].neurons, events));
    }
    counters_.neuron_updates += neurons_;
    ++counters_.ticks;
    const double seconds = static_cast<double>(tick_clocks_) / machine_.clock_hz;
    if (machine_.tick_seconds > 0 && seconds > machine_.tick_seconds) ++counters_.overruns;
    std::sort(fired_.begin(), fired_.end());
    fired_.erase(std::unique(fired_.begin(), fired_.end()), fired_.end());
    return fired_;
}

/// Returns the synaptic events.
std::uint64_t ChipModel::run_core(std::uint32_t index) {
    Core& core        = cores_[index];
    Row& arrived      = schedulers_[index][counters_.ticks % slots];
    const bool active = any(arrived);
    if (!active && core.resting) return 0;
    Lane input           = core.v;
    std::uint64_t events = 0;
    Row fired;
    if (core.stochastic) {
        const std::uint64_t key = tn::draw_key(seed_, index, counters_.ticks);
        for (std::uint32_t j = 0; j < core.neurons; ++j)
            random_[j] = tn::Lfsr{key, j};
        if (active)
            events = core.drawn_weights ? walk_rows_drawn(index, arrived, input)
                                        : walk_rows(core, arrived, input);
        fired = settle_drawn(index, input);
    } else {
        if (active) events = walk_rows(core, arrived, input);
        fired = settle(core, input);
    }
    if (active) {
        for (const std::uint64_t word : arrived)
            counters_.axon_events += static_cast<std::uint64_t>(std::popcount(word));
        arrived      = {};
        core.resting = false;  // input may have balanced a leak
    }
    if (any(fired)) send(index, fired);
    return events;
}

std::uint64_t ChipModel::walk_rows(const Core& core, const Row& active, Lane& input) {
    Sums sums{};
    std::uint64_t events = 0;
    std::uint32_t rows   = 0;
    each_bit(active, [&](std::uint32_t axon) {
        events += static_cast<std::uint64_t>(
            add_row(core.rows[axon], core.weights[core.types[axon]], sums));
        if (++rows % rows_at_once == 0) flush(sums, input);
    });
    flush(sums, input);
    return events;
}

std::uint64_t ChipModel::walk_rows_drawn(std::uint32_t index, const Row& active, Lane& input) {
    const Core& core     = cores_[index];
    std::uint64_t events = 0;
    each_bit(active, [&](std::uint32_t axon) {
        const std::size_t type = core.types[axon];
        each_bit(core.rows[axon], [&](std::uint32_t j) {
            ++events;
            if (j < core.neurons) input[j] += tn::synapse(drawn_[index][j], type, random_[j]);
        });
    });
    return events;
}

/// The pure functions of simulator/neuron without draws, for all neurons of a core at once.
Row ChipModel::settle(Core& core, const Lane& input) {
    const std::int32_t high = (std::int32_t{1} << (machine_.potential_width - 1)) - 1;
    const std::int32_t low  = -high - 1;
    std::array<std::uint8_t, core_neurons> fired;
    Lane v;
    for (std::size_t j = 0; j < core_neurons; ++j)
        v[j] = std::clamp(input[j], low, high);
    if (core.reversal) {
        for (std::size_t j = 0; j < core_neurons; ++j) {
            const bool reverse      = (core.flags[j] & reverses) != 0;
            const std::int32_t s    = tn::sign(v[j]);
            const std::int32_t step = reverse ? s * core.leak[j] : core.leak[j];
            const std::int32_t next = v[j] + step;
            v[j]                    = reverse && tn::sign(next) != s ? 0 : next;
        }
    } else {
        for (std::size_t j = 0; j < core_neurons; ++j)
            v[j] += core.leak[j];
    }
    std::int32_t changed = 0;
    for (std::size_t j = 0; j < core_neurons; ++j) {
        const std::int32_t x       = std::clamp(v[j], low, high);
        const std::int32_t flag    = core.flags[j];
        const bool above           = x >= core.threshold[j];
        const bool below           = x < core.floor[j];
        const std::int32_t on_top  = ((flag & keep_fired) != 0 ? x : 0) + core.fired_change[j];
        const std::int32_t on_base = ((flag & keep_floor) != 0 ? x : 0) + core.floor_change[j];
        const std::int32_t after   = std::clamp(above ? on_top : (below ? on_base : x), low, high);
        changed |= (after ^ core.v[j]) | static_cast<std::int32_t>(above);
        core.v[j] = after;
        fired[j]  = static_cast<std::uint8_t>(above);
    }
    core.resting = changed == 0;  // run_core() takes it back where input came
    return gather(fired);
}

Row ChipModel::settle_drawn(std::uint32_t index, const Lane& input) {
    Core& core = cores_[index];
    std::array<std::uint8_t, core_neurons> fired{};
    for (std::uint32_t j = 0; j < core.neurons; ++j) {
        const tn::Outcome outcome =
            tn::settle(input[j], drawn_[index][j], random_[j], machine_.potential_width);
        core.v[j] = outcome.v;
        fired[j]  = outcome.spike ? 1 : 0;
    }
    return gather(fired);
}

void ChipModel::send(std::uint32_t index, const Row& fired) {
    each_bit(fired, [&](std::uint32_t j) {
        ++counters_.spikes;
        if (report_all_) fired_.push_back({index, j});
        const Packet& packet = packets_[index][j];
        if (packet.delay == 0) return;
        ++counters_.packets;
        counters_.hops += packet.hops;
        counters_.chip_crossings += packet.crossings;
        if (packet.core == output_core) {
            fired_.push_back({output_core, packet.axon});
            return;
        }
        const std::size_t slot  = (counters_.ticks + packet.delay) % slots;
        std::uint64_t& word     = schedulers_[packet.core][slot][packet.axon / 64];
        const std::uint64_t bit = std::uint64_t{1} << (packet.axon % 64);
        if ((word & bit) != 0) ++counters_.merged_spikes;
        word |= bit;
    });
}

std::int32_t ChipModel::potential(std::uint32_t core, std::uint32_t slot) const {
    return cores_[core].v[slot];
}

std::uint64_t ChipModel::memory_bytes() const {
    std::uint64_t bytes = core_at_.size() * sizeof(std::uint32_t) + cores_.size() * sizeof(Core) +
                          packets_.size() * sizeof(packets_[0]) +
                          schedulers_.size() * sizeof(Slots);
    for (const auto& parameters : drawn_)
        bytes += parameters.capacity() * sizeof(tn::Parameters);
    return bytes;
}

}  // namespace spikeloom::backends::truenorth
