// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/golden.hpp"

#include "backends/loihi/draws.hpp"
#include "simulator/neuron/loihi_learning.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace spikeloom::backends::loihi {

namespace {

namespace neuro = neuron::loihi;

/// What waits for a compartment in a tick: stored weights added up by format for lava, whose
/// negative exponents act on the sum; effective weights for the others.
using Waiting = std::map<std::size_t, std::int64_t>;

/// Value at the beginning of the epoch, and all spikes since, by time (1 is the first tick).
struct Trace {
    std::int32_t begin = 0;
    std::map<int, int> spikes{};
};

/// How a trace moves, and what its random words are for.
struct Motion {
    std::uint32_t keep;
    std::int32_t impulse;
    Draw decay, bump;
};

struct GoldenCore {
    CoreTable table;
    std::vector<std::vector<StoredSynapse>> lists;  ///< by axon
    std::vector<std::size_t> list_first;            ///< number of each list's first synapse
    std::vector<neuro::Compartment> registers;
    std::vector<neuro::State> states;
    std::vector<Trace> y;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Trace> x;          ///< by (axon, format)
    std::map<std::pair<std::uint64_t, std::uint32_t>, Waiting> waiting;  ///< by (tick, slot)
};

class GoldenEngine final : public Engine {
public:
    explicit GoldenEngine(neuro::Emulator who) : who_{who} {}

    Result<void> load(const std::vector<CoreTable>& cores, const ChipTable& chip,
                      const hw::HardwareImage& image) override {
        *this = GoldenEngine{who_};
        chip_ = chip;
        seed_ = image.seed;
        for (const CoreTable& table : cores) {
            GoldenCore core;
            core.table            = table;
            index_of_[table.core] = cores_.size();
            std::size_t count     = 0;
            for (const Axon& axon : table.axons) {
                core.list_first.push_back(count);
                core.lists.emplace_back();
                if (!read_list(axon, table.formats, table.synapses, core.lists.back()) ||
                    !fits(core.lists.back(), table))
                    return fault("device.malformed", "a synapse list leaves its core");
                count += core.lists.back().size();
            }
            for (const CompartmentEntry& e : table.compartments) {
                core.registers.push_back(registers_of(table, e));
                core.states.push_back({e.u, e.v, e.refractory});
            }
            core.y.resize(table.compartments.size());
            cores_.push_back(std::move(core));
        }
        return check_routes();
    }

    void push(std::uint32_t source) override { inputs_.push_back(source); }

    const std::vector<CoreSpike>& step() override {
        spikes_.clear();
        for (const std::uint32_t source : std::exchange(inputs_, {})) {
            ++inputs_taken_;
            for (const Route& route : chip_.inputs.of(source))
                deliver(route, tick_);
        }
        for (std::uint32_t c = 0; c < cores_.size(); ++c)
            for (std::uint32_t slot = 0; slot < cores_[c].states.size(); ++slot)
                if (update(cores_[c], slot)) spikes_.push_back({c, slot});
        for (const CoreSpike& spike : spikes_) {
            if (learns_) cores_[spike.core].y[spike.slot].spikes[time()] = 1;
            for (const Route& route : cores_[spike.core].table.routes.of(spike.slot))
                deliver(route, tick_ + 1);
        }
        if (time() == epoch())
            for (GoldenCore& core : cores_)
                learn(core);
        spike_count_ += spikes_.size();
        ++tick_;
        return spikes_;
    }

    [[nodiscard]] std::int64_t state(char variable, CoreSpike at) const override {
        const GoldenCore& core = cores_[at.core];
        if (variable == 'y') return resting_y(core, at.slot);
        return variable == 'u' ? core.states[at.slot].u : core.states[at.slot].v;
    }

    [[nodiscard]] std::vector<std::int32_t> weights(std::uint32_t used) const override {
        std::vector<std::int32_t> all;
        for (const auto& list : cores_[used].lists)
            for (const StoredSynapse& s : list)
                all.push_back(s.weight);
        return all;
    }

    void set_plasticity(bool on) override { learns_ = on; }

    [[nodiscard]] runtime::Activity activity() const override {
        std::uint64_t neurons = 0;
        for (const GoldenCore& core : cores_)
            neurons += core.states.size();
        return {{"ticks", {tick_, "tick"}},
                {"spikes", {spike_count_, "1"}},
                {"synaptic_events", {events_, "1"}},
                {"weight_updates", {updates_, "1"}},
                {"neuron_updates", {neurons * tick_, "1"}},
                {"input_events", {inputs_taken_, "1"}}};
    }

private:
    bool fits(const std::vector<StoredSynapse>& list, const CoreTable& table) const {
        return std::all_of(list.begin(), list.end(), [&](const StoredSynapse& s) {
            return s.index < table.compartments.size() && s.delay < chip_.longest_delay &&
                   table.formats[s.format].profile <= chip_.profiles.size();
        });
    }

    [[nodiscard]] Result<void> check_routes() const {
        const auto good = [&](const Route& route) {
            const auto core = index_of_.find(route.core);
            return core != index_of_.end() && route.axon < cores_[core->second].lists.size();
        };
        bool all = std::all_of(chip_.inputs.routes.begin(), chip_.inputs.routes.end(), good);
        for (const GoldenCore& core : cores_)
            all = all && std::all_of(core.table.routes.routes.begin(),
                                     core.table.routes.routes.end(), good);
        if (all) return {};
        return fault("device.malformed", "a route goes to a core or axon that is not there");
    }

    static neuro::Compartment registers_of(const CoreTable& table, const CompartmentEntry& e) {
        const CompartmentConfig& c = table.configs[e.config];
        return {
            .du        = c.du,
            .dv        = c.dv,
            .threshold = table.thresholds[e.threshold],
            .bias = static_cast<std::int32_t>(neuro::bias_value(e.bias_mantissa, e.bias_exponent)),
            .refractory      = std::max<std::int32_t>(c.refractory, 1),
            .fires           = c.fires,
            .reset_subtracts = c.subtracts};
    }

    void deliver(const Route& route, std::uint64_t tick) {
        GoldenCore& core = cores_[index_of_.at(route.core)];
        std::map<std::uint32_t, bool> plastic;
        for (const StoredSynapse& s : core.lists[route.axon]) {
            const SynapseFormat& f = core.table.formats[s.format];
            Waiting& sum           = core.waiting[{tick + s.delay, s.index}];
            if (who_ == neuro::Emulator::lava)
                sum[s.format] += s.weight;
            else
                sum[0] += neuro::effective_weight(s.weight, f.weight, who_);
            if (f.profile != 0) plastic[s.format] = true;
            ++events_;
        }
        for (const auto& [format, is] : plastic)
            if (learns_) core.x[{route.axon, format}].spikes[time()] += is ? 1 : 0;
    }

    [[nodiscard]] std::int64_t take_input(GoldenCore& core, std::uint32_t slot) const {
        const auto found = core.waiting.find({tick_, slot});
        if (found == core.waiting.end()) return 0;
        std::int64_t sum = 0;
        for (const auto& [format, value] : found->second)
            sum += who_ == neuro::Emulator::lava
                       ? neuro::effective_weight(value, core.table.formats[format].weight, who_)
                       : value;
        core.waiting.erase(found);
        return sum;
    }

    bool update(GoldenCore& core, std::uint32_t slot) {
        neuro::Noise noise;
        if (chip_.noise_exponent != 0) {
            const std::int64_t r = chip_.noise.empty()
                                       ? noise_draw(seed_, core.table.core, slot, tick_)
                                       : chip_.noise[noise_next_++ % chip_.noise.size()];
            const std::int64_t value =
                neuro::noise_value(r, chip_.noise_offset, static_cast<int>(chip_.noise_exponent));
            (chip_.noise_at_membrane ? noise.membrane : noise.dendrite) = value;
        }
        return neuro::update(core.states[slot], core.registers[slot], take_input(core, slot), who_,
                             noise);
    }

    /// Ticks of a learning epoch, and the number of the current tick in its own, from 1.
    [[nodiscard]] int epoch() const {
        return chip_.profiles.empty() ? 1 : chip_.profiles.front().epoch;
    }
    [[nodiscard]] int time() const {
        return static_cast<int>(tick_ % static_cast<std::uint64_t>(epoch())) + 1;
    }

    /// The word of the tick that is `at` in the epoch that tick `now` belongs to.
    [[nodiscard]] std::uint32_t word(const GoldenCore& core, Draw purpose, std::uint64_t index,
                                     int at, std::uint64_t now) const {
        const std::uint64_t first = now - now % static_cast<std::uint64_t>(epoch());
        return draw(seed_, purpose, core.table.core, index,
                    first + static_cast<std::uint64_t>(at) - 1);
    }

    static std::int32_t raised(std::int32_t value, const Motion& m, int times,
                               std::uint32_t random) {
        for (int k = 0; k < times; ++k)
            value = neuro::bump_trace(value, m.impulse, random);
        return value;
    }

    /// What the chip's register holds before the epoch's end: all spikes but those of the last
    /// time count at once.
    [[nodiscard]] std::int32_t resting(const GoldenCore& core, const Trace& trace, const Motion& m,
                                       std::uint64_t index, std::uint64_t now) const {
        std::int32_t value = trace.begin;
        for (const auto& [at, count] : trace.spikes)
            if (at != trace.spikes.rbegin()->first)
                value = raised(value, m, count, word(core, m.bump, index, at, now));
        return value;
    }

    /// The trace at a time of the epoch that ends now, with or without the spikes of that time.
    [[nodiscard]] std::int32_t replayed(const GoldenCore& core, const Trace& trace, const Motion& m,
                                        std::uint64_t index, int until, bool with_spikes) const {
        const int last     = trace.spikes.empty() ? 0 : trace.spikes.rbegin()->first;
        std::int32_t value = resting(core, trace, m, index, tick_);
        for (int at = 1; at <= until; ++at) {
            value = neuro::decay_trace(value, m.keep, word(core, m.decay, index, at, tick_));
            if (at == last && (at < until || with_spikes))
                value = raised(value, m, trace.spikes.at(at), word(core, m.bump, index, at, tick_));
        }
        return value;
    }

    static Motion x_motion(const LearningProfile& p) {
        return {p.x_keep, p.x_impulse, Draw::x_decay, Draw::x_bump};
    }
    static Motion y_motion(const LearningProfile& p) {
        return {p.y_keep, p.y_impulse, Draw::y_decay, Draw::y_bump};
    }

    [[nodiscard]] std::int32_t resting_y(const GoldenCore& core, std::uint32_t slot) const {
        const std::uint16_t profile = core.table.compartments[slot].profile;
        if (profile == 0 || tick_ == 0) return 0;
        return resting(core, core.y[slot], y_motion(chip_.profiles[profile - 1U]), slot, tick_ - 1);
    }

    void learn(GoldenCore& core) {
        if (learns_ && !chip_.profiles.empty()) {
            for (std::uint32_t axon = 0; axon < core.lists.size(); ++axon)
                for (std::uint32_t format = 0; format < core.table.formats.size(); ++format)
                    if (core.table.formats[format].profile != 0) learn_list(core, axon, format);
            for (std::uint32_t slot = 0; slot < core.y.size(); ++slot)
                core.y[slot].begin = y_at(core, slot, epoch());
        }
        if (!learns_) keep_pushed_out(core);
        for (auto& [key, trace] : core.x)
            trace.spikes.clear();
        for (Trace& trace : core.y)
            trace.spikes.clear();
    }

    /// An epoch that ends with learning off: what has counted at once stays, nothing is replayed.
    void keep_pushed_out(GoldenCore& core) const {
        for (auto& [key, trace] : core.x) {
            const std::uint16_t profile = core.table.formats[key.second].profile;
            trace.begin =
                resting(core, trace, x_motion(chip_.profiles[profile - 1U]), key.first, tick_);
        }
        for (std::uint32_t slot = 0; slot < core.y.size(); ++slot)
            if (const std::uint16_t profile = core.table.compartments[slot].profile; profile != 0)
                core.y[slot].begin = resting(core, core.y[slot],
                                             y_motion(chip_.profiles[profile - 1U]), slot, tick_);
    }

    [[nodiscard]] std::int32_t y_at(const GoldenCore& core, std::uint32_t slot, int at) const {
        const std::uint16_t profile = core.table.compartments[slot].profile;
        if (profile == 0) return 0;
        return replayed(core, core.y[slot], y_motion(chip_.profiles[profile - 1U]), slot, at, true);
    }

    void learn_list(GoldenCore& core, std::uint32_t axon, std::uint32_t format) {
        const SynapseFormat& f   = core.table.formats[format];
        const LearningProfile& p = chip_.profiles[f.profile - 1U];
        Trace& trace             = core.x[{axon, format}];
        const Motion motion      = x_motion(p);
        auto& list               = core.lists[axon];
        for (std::size_t k = 0; k < list.size(); ++k) {
            StoredSynapse& s   = list[k];
            const auto& behind = core.y[s.index].spikes;
            const bool pre = !trace.spikes.empty(), post = !behind.empty();
            if (s.format != format || (!pre && !post)) continue;
            std::int64_t delta = 0;
            if (post) {
                const std::int64_t x =
                    replayed(core, trace, motion, axon, behind.rbegin()->first, false);
                delta +=
                    neuro::clip_accumulator(neuro::scaled(p.plus_mantissa * x, p.plus_exponent));
            }
            if (pre) {
                const std::int64_t y = y_at(core, s.index, trace.spikes.rbegin()->first);
                delta +=
                    neuro::clip_accumulator(neuro::scaled(p.minus_mantissa * y, p.minus_exponent));
            }
            s.weight = neuro::learned_weight(
                s.weight, neuro::clip_accumulator(delta), f.weight,
                word(core, Draw::weight, core.list_first[axon] + k, epoch(), tick_));
            ++updates_;
        }
        trace.begin = replayed(core, trace, motion, axon, epoch(), true);
    }

    neuro::Emulator who_;
    ChipTable chip_;
    std::uint64_t seed_ = 0, tick_ = 0, noise_next_ = 0;
    std::vector<GoldenCore> cores_;
    std::map<std::uint32_t, std::size_t> index_of_;
    std::vector<std::uint32_t> inputs_;
    std::vector<CoreSpike> spikes_;
    bool learns_               = true;
    std::uint64_t spike_count_ = 0, events_ = 0, updates_ = 0, inputs_taken_ = 0;
};

}  // namespace

std::unique_ptr<Engine> make_golden_engine(neuro::Emulator who) {
    return std::make_unique<GoldenEngine>(who);
}

}  // namespace spikeloom::backends::loihi
