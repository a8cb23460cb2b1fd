// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/fast_golden.hpp"

#include "backends/loihi/draws.hpp"
#include "backends/loihi/golden.hpp"
#include "simulator/golden/loihi_golden.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <utility>

namespace spikeloom::backends::loihi {

namespace {

namespace neuro = neuron::loihi;
using spikeloom::golden::LoihiGolden;
using spikeloom::golden::LoihiSynapse;
using spikeloom::golden::LoihiTables;

constexpr std::uint32_t most_sums = 16;  ///< a block of the engine has 16 elements at least

tl::unexpected<Diagnostic> malformed(const char* what) {
    return fault("device.malformed", what);
}

/// The image with its compartments numbered core by core, as the simulator wants it.
class Lowering {
public:
    Lowering(const std::vector<CoreTable>& cores, const ChipTable& chip, neuro::Emulator who)
        : cores_{cores}, chip_{chip}, who_{who} {
        std::uint32_t first = 0;
        for (std::uint32_t used = 0; used < cores.size(); ++used) {
            used_of_[cores[used].core] = used;
            first_.push_back(first);
            first += static_cast<std::uint32_t>(cores[used].compartments.size());
            sum_of_.push_back(sums_of(cores[used]));
        }
        compartments_ = first;
    }

    /// Sums that a compartment keeps apart.
    [[nodiscard]] std::uint32_t sums() const { return std::bit_ceil(most_sums_used_); }
    [[nodiscard]] std::uint32_t first_of(std::uint32_t used) const { return first_[used]; }

    /// Checks what rows() relies on.
    Result<LoihiTables> tables(std::uint64_t seed) {
        LoihiTables t;
        t.who           = who_;
        t.sources       = static_cast<std::uint32_t>(chip_.inputs.begin.size() - 1);
        t.longest_delay = chip_.longest_delay;
        t.sums          = sums();
        t.wide_weights  = wide_;
        if (auto good = check(); !good) return tl::unexpected{good.error()};
        t.synapses = synapses_;
        for (std::uint32_t used = 0; used < cores_.size(); ++used)
            add_compartments(used, t);
        if (chip_.noise_exponent != 0) t.noise = noise(seed);
        return t;
    }

    /// Synapses of a row: those of all its routes.
    void row(std::uint32_t number, std::vector<LoihiSynapse>& synapses) {
        for (const Route& route : routes_of(number)) {
            const std::uint32_t used = used_of_.at(route.core);
            const CoreTable& core    = cores_[used];
            list_.clear();
            read_list(core.axons[route.axon], core.formats, core.synapses, list_);
            for (const StoredSynapse& s : list_) {
                const std::uint32_t sum = sum_of_[used][s.format];
                const std::int64_t weight =
                    sum != 0
                        ? s.weight
                        : neuro::effective_weight(s.weight, core.formats[s.format].weight, who_) >>
                              neuro::unit_shift;
                synapses.push_back(
                    {first_[used] + s.index, s.delay + 1, static_cast<std::int32_t>(weight), sum});
            }
        }
    }

private:
    /// Of each format: 0, or the sum of its own that lava shifts as a whole.
    std::vector<std::uint32_t> sums_of(const CoreTable& core) {
        constexpr int narrow_exponent = 5;  // 256 x 2^5 still has 14 bits
        std::vector<std::uint32_t> sums;
        std::uint32_t next = 1;
        for (const SynapseFormat& f : core.formats) {
            const bool apart = who_ == neuro::Emulator::lava && f.weight.exponent < 0;
            sums.push_back(apart ? next++ : 0);
            wide_ = wide_ || f.weight.exponent > narrow_exponent;
        }
        most_sums_used_ = std::max(most_sums_used_, next);
        return sums;
    }

    [[nodiscard]] std::span<const Route> routes_of(std::uint32_t row) const {
        if (row >= compartments_) return chip_.inputs.of(row - compartments_);
        const auto behind = std::upper_bound(first_.begin(), first_.end(), row);
        const auto used   = static_cast<std::size_t>(behind - first_.begin()) - 1;
        return cores_[used].routes.of(row - first_[used]);
    }

    /// Counts the synapses on the way.
    Result<void> check() {
        std::vector<std::vector<std::uint32_t>> length(cores_.size());
        for (std::uint32_t used = 0; used < cores_.size(); ++used) {
            const CoreTable& core = cores_[used];
            for (const Axon& axon : core.axons) {
                list_.clear();
                if (!read_list(axon, core.formats, core.synapses, list_) || !fits(core))
                    return malformed("a synapse list leaves its core");
                length[used].push_back(static_cast<std::uint32_t>(list_.size()));
            }
        }
        const auto add = [&](const Route& route) {
            const auto used = used_of_.find(route.core);
            if (used == used_of_.end() || route.axon >= length[used->second].size()) return false;
            synapses_ += length[used->second][route.axon];
            return true;
        };
        const auto good = [&](const RouteTable& t) {
            return std::all_of(t.routes.begin(), t.routes.end(), add);
        };
        bool all = good(chip_.inputs);
        for (const CoreTable& core : cores_)
            all = all && good(core.routes);
        if (!all) return malformed("a route goes to a core or axon that is not there");
        return {};
    }
    [[nodiscard]] bool fits(const CoreTable& core) const {
        return std::all_of(list_.begin(), list_.end(), [&](const StoredSynapse& s) {
            return s.index < core.compartments.size() && s.delay < chip_.longest_delay &&
                   core.formats[s.format].profile == 0;
        });
    }

    void add_compartments(std::uint32_t used, LoihiTables& t) const {
        const CoreTable& core = cores_[used];
        std::map<std::pair<std::uint16_t, std::uint16_t>, std::uint32_t> set_of;
        for (const CompartmentEntry& e : core.compartments) {
            const auto [set, is_new] = set_of.try_emplace(
                {e.config, e.threshold}, static_cast<std::uint32_t>(t.registers.size()));
            if (is_new) {
                const CompartmentConfig& c = core.configs[e.config];
                t.registers.push_back({.du              = c.du,
                                       .dv              = c.dv,
                                       .threshold       = core.thresholds[e.threshold],
                                       .refractory      = std::max<std::int32_t>(c.refractory, 1),
                                       .fires           = c.fires,
                                       .reset_subtracts = c.subtracts});
            }
            t.registers_of.push_back(set->second);
            t.bias.push_back(
                static_cast<std::int32_t>(neuro::bias_value(e.bias_mantissa, e.bias_exponent)));
            t.states.push_back({e.u, e.v, e.refractory});
            if (t.sums == 1) continue;
            const std::size_t at = t.shifts.size();
            t.shifts.resize(at + t.sums);
            for (std::size_t f = 0; f < core.formats.size(); ++f)
                if (const std::uint32_t sum = sum_of_[used][f]; sum != 0)
                    t.shifts[at + sum] =
                        static_cast<std::uint8_t>(-core.formats[f].weight.exponent);
        }
    }

    /// Recorded streams have one number for each compartment and tick, in that order.
    [[nodiscard]] std::function<LoihiTables::Noise> noise(std::uint64_t seed) const {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> place;  // core and slot
        for (const CoreTable& core : cores_)
            for (std::uint32_t slot = 0; slot < core.compartments.size(); ++slot)
                place.emplace_back(core.core, slot);
        return [seed, place, stream = chip_.noise, offset = chip_.noise_offset,
                exponent = static_cast<int>(chip_.noise_exponent),
                membrane = chip_.noise_at_membrane](std::uint32_t j, std::uint64_t tick) {
            const auto [core, slot]  = place[j];
            const std::int64_t r     = stream.empty()
                                           ? noise_draw(seed, core, slot, tick)
                                           : stream[(tick * place.size() + j) % stream.size()];
            const std::int64_t value = neuro::noise_value(r, offset, exponent);
            return membrane ? neuro::Noise{0, value} : neuro::Noise{value, 0};
        };
    }

    const std::vector<CoreTable>& cores_;
    const ChipTable& chip_;
    neuro::Emulator who_;
    std::map<std::uint32_t, std::uint32_t> used_of_;
    std::vector<std::uint32_t> first_;  ///< compartment of each used core
    std::vector<std::vector<std::uint32_t>> sum_of_;
    std::vector<StoredSynapse> list_;
    std::uint32_t compartments_ = 0, most_sums_used_ = 1;
    std::uint64_t synapses_ = 0;
    bool wide_              = false;
};

/// An image without learning.
class FixedEngine final : public Engine {
public:
    FixedEngine(neuro::Emulator who, std::uint32_t threads) : who_{who}, threads_{threads} {}

    Result<void> load(const std::vector<CoreTable>& cores, const ChipTable& chip,
                      const hw::HardwareImage& image) override {
        *this = FixedEngine{who_, threads_};
        Lowering lowering{cores, chip, who_};
        auto tables = lowering.tables(image.seed);
        if (!tables) return tl::unexpected{tables.error()};
        for (std::uint32_t used = 0; used < cores.size(); ++used) {
            first_.push_back(lowering.first_of(used));
            for (std::uint32_t slot = 0; slot < cores[used].compartments.size(); ++slot)
                place_.push_back({used, slot});
        }
        cores_ = cores;
        for (CoreTable& core : cores_)
            core.routes = {};
        model_ = LoihiGolden::make(
            std::move(*tables),
            [&](std::uint32_t row, std::vector<LoihiSynapse>& to) { lowering.row(row, to); },
            threads_);
        return {};
    }

    void push(std::uint32_t source) override {
        model_->push(source);
        ++inputs_;
    }

    const std::vector<CoreSpike>& step() override {
        spikes_.clear();
        for (const std::uint32_t j : model_->step())
            spikes_.push_back(place_[j]);
        spike_count_ += spikes_.size();
        ++tick_;
        return spikes_;
    }

    [[nodiscard]] std::int64_t state(char variable, CoreSpike at) const override {
        if (variable == 'y') return 0;
        const neuro::State& s = model_->state(first_[at.core] + at.slot);
        return variable == 'u' ? s.u : s.v;
    }

    /// Fixed, so those of the image.
    [[nodiscard]] std::vector<std::int32_t> weights(std::uint32_t used) const override {
        std::vector<StoredSynapse> list;
        for (const Axon& axon : cores_[used].axons)
            read_list(axon, cores_[used].formats, cores_[used].synapses, list);
        std::vector<std::int32_t> all;
        for (const StoredSynapse& s : list)
            all.push_back(s.weight);
        return all;
    }

    void set_plasticity(bool) override {}

    [[nodiscard]] runtime::Activity activity() const override {
        return {{"ticks", {tick_, "tick"}},
                {"spikes", {spike_count_, "1"}},
                {"synaptic_events", {model_->synaptic_events(), "1"}},
                {"weight_updates", {0, "1"}},
                {"neuron_updates", {place_.size() * tick_, "1"}},
                {"input_events", {inputs_, "1"}}};
    }

private:
    neuro::Emulator who_;
    std::uint32_t threads_;
    std::vector<CoreTable> cores_;  ///< without routes
    std::vector<std::uint32_t> first_;
    std::vector<CoreSpike> place_, spikes_;
    std::unique_ptr<LoihiGolden> model_;
    std::uint64_t tick_ = 0, spike_count_ = 0, inputs_ = 0;
};

/// Takes the engine that can run the image.
class FastGolden final : public Engine {
public:
    FastGolden(neuro::Emulator who, std::uint32_t threads) : who_{who}, threads_{threads} {}

    Result<void> load(const std::vector<CoreTable>& cores, const ChipTable& chip,
                      const hw::HardwareImage& image) override {
        const bool fixed = chip.profiles.empty() && Lowering{cores, chip, who_}.sums() <= most_sums;
        if (fixed)
            inner_ = std::make_unique<FixedEngine>(who_, threads_);
        else
            inner_ = make_golden_engine(who_);
        return inner_->load(cores, chip, image);
    }
    void push(std::uint32_t source) override { inner_->push(source); }
    const std::vector<CoreSpike>& step() override { return inner_->step(); }
    [[nodiscard]] std::int64_t state(char variable, CoreSpike at) const override {
        return inner_->state(variable, at);
    }
    [[nodiscard]] std::vector<std::int32_t> weights(std::uint32_t used) const override {
        return inner_->weights(used);
    }
    void set_plasticity(bool on) override { inner_->set_plasticity(on); }
    [[nodiscard]] runtime::Activity activity() const override { return inner_->activity(); }

private:
    neuro::Emulator who_;
    std::uint32_t threads_;
    std::unique_ptr<Engine> inner_;
};

}  // namespace

std::unique_ptr<Engine> make_fast_golden_engine(neuro::Emulator who, std::uint32_t threads) {
    return std::make_unique<FastGolden>(who, threads);
}

}  // namespace spikeloom::backends::loihi
