// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/quantise.hpp"

#include "backends/emulator/error_meter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace spikeloom::backends::spinnaker {

namespace {

namespace chip = neuron::spinnaker;
using emulator::ErrorMeter;

constexpr double one         = chip::accum_one;
constexpr double half_range  = 1 << 30;
constexpr double steps_least = 16;  ///< of the largest weight and of a threshold
constexpr double deviations  = 5;
constexpr double least_room  = 4;  ///< times the largest weight
/// The shift is a power of two, so that a ring buffer may hold up to twice its room.
constexpr double shift_slack = 2;

chip::Accum accum(double x) {
    return static_cast<chip::Accum>(std::llround(std::clamp(x, -2147483647.0, 2147483647.0)));
}

/// Part of v that a tick keeps, in 2^-15; something is always lost, else no input would enter.
std::int32_t kept(double keep) {
    return static_cast<std::int32_t>(std::clamp(std::round(keep * one), 0.0, one - 1));
}
double lost_of(const Dynamics& d) {
    return 1 - kept(d.keep_v) / one;
}
std::uint32_t decay_of(double keep) {
    return static_cast<std::uint32_t>(
        std::clamp(std::round(keep * 4294967296.0), 0.0, 4294967295.0));
}

/// Weights that meet at one neuron, by synapse type.
struct Sums {
    std::array<double, 2> sum{}, squares{};
};

class Quantiser {
public:
    Quantiser(const LegalNetwork& legal, const ir::Network& network, const Limits& limits)
        : legal_{legal}, network_{network}, limits_{limits} {}

    Checked<QuantisedNetwork> run() {
        out_.scales.resize(legal_.populations.size());
        out_.neurons.resize(legal_.neurons);
        gather_rooms();
        for (std::uint32_t p = 0; p < legal_.populations.size(); ++p) {
            if (legal_.populations[p].is_source) continue;
            choose_scale(p);
            quantise_neurons(p);
        }
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        return std::move(out_);
    }

private:
    void gather_rooms() {
        std::vector<Sums> sums(legal_.neurons);
        for (const LegalSynapse& s : legal_.synapses) {
            const double w = s.weight * legal_.dynamics(s.target).gain;
            const int type = w < 0 ? chip::inhibitory : chip::excitatory;
            sums[s.target].sum[type] += std::abs(w);
            sums[s.target].squares[type] += w * w;
            Scale& scale         = out_.scales[legal_.population_of[s.target]];
            scale.largest_weight = std::max(scale.largest_weight, std::abs(w));
        }
        const double p = limits_.ring_activity;
        for (std::uint32_t j = 0; j < legal_.neurons; ++j) {
            Scale& scale = out_.scales[legal_.population_of[j]];
            for (int type = 0; type < chip::synapse_types; ++type) {
                const double all = sums[j].sum[type];
                const double likely =
                    p * all + deviations * std::sqrt(p * (1 - p) * sums[j].squares[type]);
                const double room =
                    all > 0 ? std::max(std::min(all, likely), least_room * scale.largest_weight)
                            : 0;
                scale.room[type] = std::max(scale.room[type], room);
            }
        }
    }

    void choose_scale(std::uint32_t p) {
        const LegalPopulation& population = legal_.populations[p];
        Scale& scale                      = out_.scales[p];
        const double room                 = shift_slack * std::max(scale.room[0], scale.room[1]);
        double reach = 0, lowest = 0;
        for (const Dynamics& d : population.neurons) {
            const double lost = lost_of(d);
            const double current =
                room / std::max(1 - d.keep_i, 1.0 / 4294967296.0) + std::abs(d.i_init);
            reach = std::max({reach, current, (current + std::abs(d.bias)) / lost,
                              std::abs(d.v_init), std::abs(d.v_reset)});
            if (!d.fires) continue;
            reach = std::max(reach, std::abs(d.threshold));
            if (d.threshold > 0) lowest = lowest > 0 ? std::min(lowest, d.threshold) : d.threshold;
        }
        scale.unit = reach > 0 ? half_range / reach : one;
        if (scale.largest_weight > 0 && scale.largest_weight * scale.unit < steps_least)
            refuse(population, "largest weight", scale.largest_weight, scale.unit);
        else if (lowest > 0 && lowest * scale.unit < steps_least)
            refuse(population, "lowest threshold", lowest, scale.unit);
    }

    void refuse(const LegalPopulation& population, const char* what, double value, double unit) {
        errors_.push_back({"spinnaker.range",
                           fmt::format("population '{}': the {} of {:g} is {:g} of the smallest "
                                       "steps of s16.15 beside inputs that reach its end, limit "
                                       "{:g}",
                                       population.name, what, value, value * unit, steps_least),
                           {network_.file, population.place}});
    }

    void quantise_neurons(std::uint32_t p) {
        const LegalPopulation& population = legal_.populations[p];
        const double unit                 = out_.scales[p].unit;
        std::map<std::string, ErrorMeter> meters;
        const auto meter = [&](const char* name, double scale) -> ErrorMeter& {
            return meters.try_emplace(name, scale).first->second;
        };
        for (std::uint32_t k = 0; k < population.count; ++k) {
            const Dynamics& d  = population.neurons[k];
            QuantisedNeuron q  = quantised(d, unit);
            q.state.refractory = static_cast<std::int32_t>(population.offset);
            const auto& n      = q.parameters;
            meter("membrane_keep", one).add(d.keep_v, n.membrane / one);
            if (d.keep_i > 0)
                meter("current_keep", 4294967296.0).add(d.keep_i, n.decay[0] / 4294967296.0);
            if (d.bias != 0) meter("bias", unit).add(d.bias, n.v_rest * lost_of(d) / unit);
            if (d.fires) meter("threshold", unit).add(d.threshold, (n.v_threshold - 1) / unit);
            out_.neurons[population.first + k] = q;
        }
        for (auto& [name, values] : meters)
            out_.report.push_back(values.entry(population.name, name));
    }

    /// The chip spikes at v >= its threshold, the network at v > its own: one step more.
    [[nodiscard]] QuantisedNeuron quantised(const Dynamics& d, double unit) const {
        const double lost = lost_of(d);
        QuantisedNeuron q;
        chip::Parameters& n = q.parameters;
        n.resistance        = accum(one / lost);
        n.membrane          = kept(d.keep_v);
        n.v_rest            = accum(d.bias / lost * unit);
        n.v_reset           = accum((d.subtracts ? d.threshold : d.v_reset) * unit);
        n.v_threshold       = accum(std::floor(d.threshold * unit) + 1);
        n.refractory        = static_cast<std::int32_t>(d.refractory);
        n.decay.fill(decay_of(d.keep_i));
        n.gain.fill(chip::accum_one);
        n.rounding  = limits_.rounding;
        n.fires     = d.fires;
        n.subtracts = d.subtracts;
        q.state.v   = accum(d.v_init * unit);
        q.state.input[d.i_init < 0 ? chip::inhibitory : chip::excitatory] =
            accum(std::abs(d.i_init) * unit);
        return q;
    }

    const LegalNetwork& legal_;
    const ir::Network& network_;
    const Limits& limits_;
    QuantisedNetwork out_;
    Diagnostics errors_;
};

}  // namespace

Checked<QuantisedNetwork> quantise(const LegalNetwork& legal, const ir::Network& network,
                                   const Limits& limits) {
    return Quantiser{legal, network, limits}.run();
}

}  // namespace spikeloom::backends::spinnaker
