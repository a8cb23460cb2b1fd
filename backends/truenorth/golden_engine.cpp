// SPDX-License-Identifier: Apache-2.0
/// The chip written as its equations: every neuron visits every axon. Shares nothing with ChipModel
/// but the pure functions of simulator/neuron.
#include "backends/truenorth/golden_engine.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

namespace spikeloom::backends::truenorth {

namespace tn = neuron::truenorth;

namespace {

class GoldenEngine final : public Engine {
public:
    GoldenEngine(ChipProgram program, std::uint64_t seed)
        : program_{std::move(program)}, seed_{seed} {
        for (std::uint32_t c = 0; c < program_.cores.size(); ++c) {
            const CoreProgram& core = program_.cores[c];
            at_[{core.x, core.y}]   = c;
            potentials_.emplace_back();
            for (const NeuronProgram& n : core.neurons)
                potentials_.back().push_back(
                    tn::saturate(n.potential, program_.machine.potential_width));
        }
    }

    void inject(std::uint32_t core, std::uint8_t axon) override {
        arrive(counters_.ticks, core, axon);
    }

    const std::vector<Fired>& step() override {
        fired_.clear();
        clocks_                          = 0;
        const std::set<Arrival> arrivals = std::exchange(calendar_[counters_.ticks], {});
        for (std::uint32_t c = 0; c < program_.cores.size(); ++c)
            run_core(c, arrivals);
        calendar_.erase(counters_.ticks);
        counters_.axon_events += arrivals.size();
        ++counters_.ticks;
        const double limit = program_.machine.tick_seconds;
        if (limit > 0 && static_cast<double>(clocks_) / program_.machine.clock_hz > limit)
            ++counters_.overruns;
        std::sort(fired_.begin(), fired_.end());
        fired_.erase(std::unique(fired_.begin(), fired_.end()), fired_.end());
        return fired_;
    }

    [[nodiscard]] std::uint64_t tick_clocks() const override { return clocks_; }
    [[nodiscard]] std::int32_t potential(std::uint32_t core, std::uint32_t slot) const override {
        return potentials_[core][slot];
    }
    [[nodiscard]] const Counters& counters() const override { return counters_; }

private:
    using Arrival = std::pair<std::uint32_t, std::uint8_t>;  ///< core, axon

    void arrive(std::uint64_t tick, std::uint32_t core, std::uint8_t axon) {
        if (!calendar_[tick].insert({core, axon}).second) ++counters_.merged_spikes;
    }

    void run_core(std::uint32_t c, const std::set<Arrival>& arrivals) {
        const CoreProgram& core = program_.cores[c];
        std::uint64_t events    = 0;
        for (std::uint32_t j = 0; j < core.neurons.size(); ++j) {
            const tn::Parameters& p = core.neurons[j].parameters;
            tn::Lfsr random{tn::draw_key(seed_, c, counters_.ticks), j};
            std::int32_t v = potentials_[c][j];
            for (std::uint32_t a = 0; a < core.rows.size(); ++a) {
                const bool connected = (core.rows[a][j / 64] >> (j % 64) & 1U) != 0;
                if (!connected || !arrivals.contains({c, static_cast<std::uint8_t>(a)})) continue;
                v += tn::synapse(p, core.axon_types[a], random);
                ++events;
            }
            const tn::Outcome after = tn::settle(v, p, random, program_.machine.potential_width);
            potentials_[c][j]       = after.v;
            if (after.spike) send(c, j, core);
        }
        counters_.synaptic_events += events;
        counters_.neuron_updates += core.neurons.size();
        clocks_ = std::max(clocks_, core_clocks(program_.machine, core.neurons.size(), events));
    }

    void send(std::uint32_t c, std::uint32_t j, const CoreProgram& core) {
        const Destination& to = core.neurons[j].to;
        ++counters_.spikes;
        fired_.push_back({c, j});
        if (to.kind == Destination::Kind::none || to.kind == Destination::Kind::silent) return;
        ++counters_.packets;
        counters_.hops += static_cast<std::uint64_t>(std::abs(to.dx) + std::abs(to.dy));
        counters_.chip_crossings += chip_crossings(program_.machine, core, to);
        if (to.kind == Destination::Kind::output)
            fired_.push_back({output_core, to.axon});
        else
            arrive(counters_.ticks + to.delay, at_.at({core.x + to.dx, core.y + to.dy}), to.axon);
    }

    ChipProgram program_;
    std::uint64_t seed_;
    std::map<std::pair<std::int32_t, std::int32_t>, std::uint32_t> at_;
    std::vector<std::vector<std::int32_t>> potentials_;
    std::map<std::uint64_t, std::set<Arrival>> calendar_;
    std::vector<Fired> fired_;
    Counters counters_;
    std::uint64_t clocks_ = 0;
};

}  // namespace

std::unique_ptr<Engine> make_golden_engine(ChipProgram program, std::uint64_t seed) {
    return std::make_unique<GoldenEngine>(std::move(program), seed);
}

}  // namespace spikeloom::backends::truenorth
