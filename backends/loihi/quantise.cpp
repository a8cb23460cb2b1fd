// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/quantise.hpp"

#include "backends/emulator/error_meter.hpp"
#include "backends/loihi/learning_profile.hpp"
#include "simulator/neuron/loihi.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace spikeloom::backends::loihi {

namespace {

namespace chip = neuron::loihi;
using emulator::ErrorMeter;

constexpr std::size_t sample_size = 4096;

/// Whether x is a whole multiple of `step`, up to the rounding of its computation.
bool is_multiple(double x, double step) {
    const double steps = x / step;
    return std::abs(steps - std::round(steps)) <= 1e-5 * std::max(1.0, std::abs(steps)) * 1e-1;
}

class Quantiser {
public:
    Quantiser(LegalNetwork& legal, const ir::Network& network, const Limits& limits, double dt)
        : legal_{legal}, network_{network}, limits_{limits}, dt_{dt} {}

    Checked<QuantisedNetwork> run() {
        gather_demands();
        choose_scales();
        if (errors_.empty()) make_profiles();
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        out_.neurons.resize(legal_.neurons);
        for (std::size_t p = 0; p < legal_.populations.size(); ++p)
            if (!legal_.populations[p].is_source) quantise_population(p);
        quantise_synapses();
        return std::move(out_);
    }

private:
    void error(std::string code, std::string message, std::string place) {
        errors_.push_back({std::move(code), std::move(message), {network_.file, std::move(place)}});
    }

    // --- what each population asks for ---------------------------------------------------------

    void gather_demands() {
        demands_.resize(legal_.populations.size());
        std::vector<double> sums(legal_.neurons, 0.0);
        std::vector<std::size_t> counts(legal_.populations.size(), 0), seen = counts;
        for (const LegalSynapse& s : legal_.synapses)
            ++counts[legal_.population_of[s.target]];
        for (const LegalSynapse& s : legal_.synapses) {
            const std::uint32_t p = legal_.population_of[s.target];
            const double weight   = s.weight * legal_.dynamics(s.target).gain;
            Demand& d             = demands_[p];
            sums[s.target] += s.plastic ? bound_of(p) : std::abs(weight);
            note_weight(d, weight);
            if (seen[p]++ % (counts[p] / sample_size + 1) == 0)
                d.weights.push_back(std::abs(weight));
        }
        for (const LegalRule& rule : legal_.rules) {
            const double gain = legal_.populations[rule.population].neurons.front().gain;
            demands_[rule.population].learns = true;
            note_weight(demands_[rule.population], rule.w_min * gain);
            note_weight(demands_[rule.population], rule.w_max * gain);
        }
        for (std::uint32_t j = 0; j < legal_.neurons; ++j)
            add_neuron(j, sums[j]);
    }

    /// Largest |weight x gain| that learning may give a population's synapses.
    [[nodiscard]] double bound_of(std::uint32_t p) const {
        for (const LegalRule& rule : legal_.rules)
            if (rule.population == p)
                return std::max(std::abs(rule.w_min), std::abs(rule.w_max)) *
                       std::abs(legal_.populations[p].neurons.front().gain);
        return 0;
    }

    void note_weight(Demand& d, double weight) const {
        const double step = limits_.split_signs ? 1 : 2;
        d.largest_weight  = std::max(d.largest_weight, std::abs(weight));
        d.positive        = d.positive || weight > 0;
        d.negative        = d.negative || weight < 0;
        d.in_chip_units =
            d.in_chip_units && std::abs(weight) <= 256 - step && is_multiple(weight, step);
    }

    void add_neuron(std::uint32_t j, double sum) {
        const Dynamics& n = legal_.dynamics(j);
        Demand& d         = demands_[legal_.population_of[j]];
        d.fires           = n.fires;
        d.largest_sum     = std::max(d.largest_sum, sum);
        d.bias            = std::max(d.bias, std::abs(n.bias));
        d.level           = std::max(d.level, std::abs(n.v_init));
        if (n.fires) d.level = std::max(d.level, n.threshold);
        const double i   = std::max(sum > 0 ? sum / (1 - n.keep_i) : 0.0, std::abs(n.i_init));
        const double v   = i + std::abs(n.bias);
        d.worst_i        = std::max(d.worst_i, i);
        d.worst_v        = std::max(d.worst_v, v > 0 ? v / (1 - n.keep_v) : 0.0);
        const bool whole = (!n.fires || (is_multiple(n.threshold, 1) && n.threshold >= 4 &&
                                         n.threshold <= chip::threshold_limit)) &&
                           is_multiple(n.bias, 1) && is_multiple(n.keep_i, 1 / 4096.0) &&
                           is_multiple(n.keep_v, 1 / 4096.0) && n.v_init == 0 && n.i_init == 0;
        d.in_chip_units = d.in_chip_units && whole && n.fires;
    }

    // --- scales --------------------------------------------------------------------------------

    void choose_scales() {
        out_.scales.resize(legal_.populations.size());
        for (std::size_t p = 0; p < legal_.populations.size(); ++p) {
            if (legal_.populations[p].is_source) continue;
            const Scale scale = choose_scale(demands_[p], limits_);
            out_.scales[p]    = scale;
            check_scale(p, scale);
        }
    }

    void check_scale(std::size_t p, const Scale& scale) {
        const Demand& d                   = demands_[p];
        const LegalPopulation& population = legal_.populations[p];
        if (d.largest_weight > 0 && d.level * scale.v > 2.0 * double{chip::state_limit})
            return error(
                "loihi.range",
                fmt::format("population '{}': its weights move v by at most {:g}, beside a "
                            "level of {:g}; the ratio is beyond the {} bits of the "
                            "membrane",
                            population.name, d.largest_weight, d.level, chip::state_bits + 1),
                population.place);
        constexpr double dendrite = 1 << chip::dendrite_bits;
        if (scale.worst_q < dendrite) return;
        out_.warnings.push_back(fmt::format(
            "population '{}': should all of its input arrive in one tick, it adds up to "
            "{:.0f} in one neuron and wraps; the dendrite holds {:.0f}",
            population.name, scale.worst_q, dendrite - 1));
    }

    // --- neurons -------------------------------------------------------------------------------

    [[nodiscard]] std::int32_t decay_register(double keep, int one_more) const {
        const double lost = std::floor(4096 * (1 - keep) + limits_.decay_rounding + 1e-6);
        return static_cast<std::int32_t>(std::clamp(lost - one_more, 0.0, 4095.0));
    }

    void quantise_population(std::size_t p) {
        const LegalPopulation& population = legal_.populations[p];
        const Scale& scale                = out_.scales[p];
        std::map<std::string, ErrorMeter> meters;
        const auto meter = [&](const char* name, double unit) -> ErrorMeter& {
            return meters.try_emplace(name, unit).first->second;
        };
        for (std::uint32_t k = 0; k < population.count; ++k) {
            const Dynamics& n  = population.neurons[k];
            QuantisedNeuron q  = quantised(n, scale.v);
            q.state.refractory = static_cast<std::uint8_t>(population.offset);
            meter("membrane_decay", 4096).add(1 - n.keep_v, q.config.dv / 4096.0);
            if (n.keep_i > 0)
                meter("current_decay", 4096).add(1 - n.keep_i, (q.config.du + 1) / 4096.0);
            if (n.bias != 0) {
                const double bias = static_cast<double>(
                    chip::bias_value(q.state.bias_mantissa, q.state.bias_exponent));
                meter("bias", scale.v).add(n.bias, bias / scale.v);
            }
            if (n.fires) meter("threshold", scale.v).add(n.threshold, q.threshold * 64.0 / scale.v);
            out_.neurons[population.first + k] = q;
        }
        for (auto& [name, values] : meters)
            out_.report.push_back(values.entry(population.name, name));
    }

    [[nodiscard]] QuantisedNeuron quantised(const Dynamics& n, double scale) const {
        constexpr double state = double{chip::state_limit};
        const auto integer     = [&](double x) {
            return static_cast<std::int32_t>(std::lround(std::clamp(x * scale, -state, state)));
        };
        QuantisedNeuron q;
        q.config.du         = static_cast<std::uint16_t>(decay_register(n.keep_i, 1));
        q.config.dv         = static_cast<std::uint16_t>(decay_register(n.keep_v, 0));
        q.config.refractory = static_cast<std::uint8_t>(n.refractory + 1);
        q.config.fires      = n.fires;
        q.config.subtracts  = n.reset_subtracts;
        q.threshold         = chip::threshold_limit;
        if (n.fires)
            q.threshold = static_cast<std::int32_t>(std::clamp(std::round(n.threshold * scale / 64),
                                                               0.0, double{chip::threshold_limit}));
        double bias  = n.bias * scale;
        int exponent = 0;
        while (exponent < chip::bias_exponents && std::abs(bias) > chip::bias_limit + 0.5)
            bias /= 2, ++exponent;
        constexpr double most = chip::bias_limit;
        q.state.bias_mantissa =
            static_cast<std::int16_t>(std::lround(std::clamp(bias, -most, most)));
        q.state.bias_exponent = static_cast<std::uint8_t>(exponent);
        q.state.u             = integer(n.i_init);
        q.state.v             = integer(n.v_init);
        return q;
    }

    // --- synapses ------------------------------------------------------------------------------

    void quantise_synapses() {
        std::vector<ErrorMeter> meters;
        for (const ir::Projection& projection : network_.projections)
            meters.emplace_back(out_.scales[projection.post.value].unit);
        out_.synapses.reserve(legal_.synapses.size());
        out_.row_begin.assign(1, 0);
        for (std::size_t row = 0; row + 1 < legal_.row_begin.size(); ++row) {
            for (std::uint64_t k = legal_.row_begin[row]; k < legal_.row_begin[row + 1]; ++k)
                add_synapse(legal_.synapses[k], meters);
            out_.row_begin.push_back(out_.synapses.size());
        }
        for (std::size_t p = 0; p < meters.size(); ++p)
            if (!meters[p].empty())
                out_.report.push_back(meters[p].entry(network_.projections[p].name, "weight"));
        std::vector<LegalSynapse>{}.swap(legal_.synapses);  // ten million of them take their room
    }

    void add_synapse(const LegalSynapse& s, std::vector<ErrorMeter>& meters) {
        const Scale& scale = out_.scales[legal_.population_of[s.target]];
        const double unit  = legal_.dynamics(s.target).gain * scale.unit;
        const double step  = 1 << chip::lost_bits(scale.format);
        const double want  = s.weight * unit;
        const double high  = chip::largest_weight(scale.format);
        const double low =
            scale.split ? -high : chip::smallest_weight(scale.format) + (step == 2 ? 2 : 0);
        const double given = std::clamp(std::round(want / step) * step, low, high);
        meters[s.projection].add(s.weight, unit == 0 ? s.weight : given / unit,
                                 want > high + step / 2 || want < low - step / 2);
        if (given == 0 && !s.plastic && !limits_.keep_zeros) return;
        out_.synapses.push_back(
            {s.target, static_cast<std::int16_t>(given), s.projection, s.delay, s.plastic});
    }

    // --- learning ------------------------------------------------------------------------------

    void make_profiles() {
        for (const LegalRule& rule : legal_.rules) {
            const LegalPopulation& population = legal_.populations[rule.population];
            const double gain                 = population.neurons.front().gain;
            for (const Dynamics& n : population.neurons) {
                if (gain > 0 && std::abs(n.gain - gain) <= 1e-9 * gain) continue;
                return error(
                    "loihi.stdp-gain",
                    fmt::format("population '{}' learns, but its neurons weigh their input by "
                                "{:g} and {:g}; they need one positive factor",
                                population.name, gain, n.gain),
                    population.place);
            }
            auto profile = make_profile(rule, gain * out_.scales[rule.population].unit,
                                        out_.scales[rule.population].format, dt_);
            if (!profile) {
                profile.error().location = {network_.file, population.place};
                errors_.push_back(profile.error());
                continue;
            }
            out_.profiles.push_back(profile->profile);
            out_.report.insert(out_.report.end(), profile->report.begin(), profile->report.end());
            out_.warnings.insert(out_.warnings.end(), profile->warnings.begin(),
                                 profile->warnings.end());
        }
    }

    LegalNetwork& legal_;
    const ir::Network& network_;
    const Limits& limits_;
    double dt_;
    std::vector<Demand> demands_;
    QuantisedNetwork out_;
    Diagnostics errors_;
};

}  // namespace

Checked<QuantisedNetwork> quantise(LegalNetwork& legal, const ir::Network& network,
                                   const Limits& limits, double dt) {
    return Quantiser{legal, network, limits, dt}.run();
}

}  // namespace spikeloom::backends::loihi
