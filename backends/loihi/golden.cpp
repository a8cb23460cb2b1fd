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

struct Trace {
    std::int32_t x = 0;
    int spikes     = 0;
};

struct GoldenCore {
    CoreTable table;
    std::vector<std::vector<StoredSynapse>> lists;  ///< by axon
    std::vector<std::size_t> list_first;            ///< number of each list's first synapse
    std::vector<neuro::Compartment> registers;
    std::vector<neuro::State> states;
    std::vector<std::int32_t> y;
    std::vector<bool> fired;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Trace> traces;     ///< by (axon, format)
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
            core.y.resize(table.compartments.size(), 0);
            core.fired.resize(table.compartments.size(), false);
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
            cores_[spike.core].fired[spike.slot] = true;
            for (const Route& route : cores_[spike.core].table.routes.of(spike.slot))
                deliver(route, tick_ + 1);
        }
        for (GoldenCore& core : cores_)
            learn(core);
        spike_count_ += spikes_.size();
        ++tick_;
        return spikes_;
    }

    [[nodiscard]] std::int64_t state(char variable, CoreSpike at) const override {
        const GoldenCore& core = cores_[at.core];
        if (variable == 'y') return core.y[at.slot];
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
            core.traces[{route.axon, format}].spikes += is ? 1 : 0;
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

    [[nodiscard]] std::uint32_t word(const GoldenCore& core, Draw purpose,
                                     std::uint64_t index) const {
        return draw(seed_, purpose, core.table.core, index, tick_);
    }

    void learn(GoldenCore& core) {
        if (learns_ && !chip_.profiles.empty()) {
            for (std::uint32_t slot = 0; slot < core.y.size(); ++slot)
                move_y(core, slot);
            for (std::uint32_t axon = 0; axon < core.lists.size(); ++axon)
                for (std::uint32_t format = 0; format < core.table.formats.size(); ++format)
                    if (core.table.formats[format].profile != 0) learn_list(core, axon, format);
        }
        for (auto& [key, trace] : core.traces)
            trace.spikes = 0;
        core.fired.assign(core.fired.size(), false);
    }

    void move_y(GoldenCore& core, std::uint32_t slot) const {
        const std::uint16_t profile = core.table.compartments[slot].profile;
        if (profile == 0) return;
        const LearningProfile& p = chip_.profiles[profile - 1U];
        core.y[slot] = neuro::decay_trace(core.y[slot], p.y_keep, word(core, Draw::y_decay, slot));
        if (core.fired[slot])
            core.y[slot] =
                neuro::bump_trace(core.y[slot], p.y_impulse, word(core, Draw::y_bump, slot));
    }

    void learn_list(GoldenCore& core, std::uint32_t axon, std::uint32_t format) {
        const SynapseFormat& f   = core.table.formats[format];
        const LearningProfile& p = chip_.profiles[f.profile - 1U];
        Trace& trace             = core.traces[{axon, format}];
        trace.x    = neuro::decay_trace(trace.x, p.x_keep, word(core, Draw::x_decay, axon));
        auto& list = core.lists[axon];
        for (std::size_t k = 0; k < list.size(); ++k) {
            StoredSynapse& s = list[k];
            const bool pre = trace.spikes > 0, post = core.fired[s.index];
            if (s.format != format || (!pre && !post)) continue;
            std::int64_t delta = 0;
            if (post)
                delta += neuro::clip_accumulator(
                    neuro::scaled(std::int64_t{p.plus_mantissa} * trace.x, p.plus_exponent));
            if (pre)
                delta += neuro::clip_accumulator(neuro::scaled(
                    std::int64_t{p.minus_mantissa} * core.y[s.index], p.minus_exponent));
            s.weight = neuro::learned_weight(s.weight, neuro::clip_accumulator(delta), f.weight,
                                             word(core, Draw::weight, core.list_first[axon] + k));
            ++updates_;
        }
        for (; trace.spikes > 0; --trace.spikes)
            trace.x = neuro::bump_trace(trace.x, p.x_impulse, word(core, Draw::x_bump, axon));
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
