// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/quantise.hpp"

#include "backends/emulator/error_meter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace spikeloom::backends::emulator {

namespace emu = neuron::emulator;

namespace {

constexpr double fewest_levels    = 8;  ///< weights of 4 bits with sign
constexpr std::size_t sample_size = 4096;

std::int32_t clipped(double value, std::int64_t limit) {
    const double bound = static_cast<double>(limit);
    return static_cast<std::int32_t>(std::lround(std::clamp(value, -bound, bound)));
}

std::uint32_t decay_register(double keep) {
    const double lost = std::round((1 - keep) * 65536);
    return static_cast<std::uint32_t>(std::clamp(lost, 0.0, double{emu::decay_all}));
}

double decay_of(std::uint32_t lost) {
    return lost == emu::decay_all ? 1.0 : lost / 65536.0;
}

class Quantiser {
public:
    Quantiser(const LegalNetwork& legal, const ir::Network& network, const Limits& limits)
        : legal_{legal},
          network_{network},
          limits_{limits},
          one_{1 << limits.widths.weight_fraction} {}

    Checked<QuantisedNetwork> run() {
        gather_demands();
        choose_scales();
        if (legal_.rule) join_learning_scales();
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        quantise_neurons();
        quantise_synapses();
        if (legal_.rule) quantise_rule();
        check_sums();
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        return std::move(out_);
    }

private:
    void error(std::string code, std::string message, std::string place) {
        errors_.push_back({std::move(code), std::move(message), {network_.file, std::move(place)}});
    }

    /// |weight| that a synapse may ever have.
    [[nodiscard]] double magnitude(const LegalSynapse& s) const {
        double weight = std::abs(s.weight);
        if (s.plastic) {
            weight = std::max({weight, std::abs(legal_.rule->w_min), std::abs(legal_.rule->w_max)});
        }
        return weight;
    }

    // --- what each population asks for -------------------------------------------------------

    void gather_demands() {
        demands_.resize(legal_.populations.size());
        learns_.resize(legal_.populations.size(), false);
        std::vector<double> sums(legal_.neurons, 0.0);
        std::vector<double> fan_in(legal_.neurons, 0.0);
        std::vector<std::size_t> counts(legal_.populations.size(), 0);
        for (const LegalSynapse& s : legal_.synapses)
            if (!s.plastic) ++counts[legal_.population_of[s.target]];
        std::vector<std::size_t> seen(legal_.populations.size(), 0);
        for (const LegalSynapse& s : legal_.synapses) {
            const std::uint32_t p = legal_.population_of[s.target];
            const double gain     = std::abs(legal_.dynamics(s.target).gain);
            const double largest  = magnitude(s) * gain;
            Demand& d             = demands_[p];
            sums[s.target] += largest;
            d.fan_in         = std::max(d.fan_in, ++fan_in[s.target]);
            d.largest_weight = std::max(d.largest_weight, largest);
            if (s.plastic) {
                learns_[p] = true;
                continue;
            }
            const std::size_t stride = counts[p] / sample_size + 1;
            d.sample_weight          = static_cast<double>(stride);
            if (seen[p]++ % stride == 0) d.weights.push_back(largest);
        }
        for (std::uint32_t j = 0; j < legal_.neurons; ++j)
            add_neuron(j, sums[j]);
    }

    void add_neuron(std::uint32_t j, double sum) {
        const Dynamics& n = legal_.dynamics(j);
        Demand& d         = demands_[legal_.population_of[j]];
        d.fires           = n.fires;
        d.largest_sum     = std::max(d.largest_sum, sum);
        d.bias            = std::max(d.bias, std::abs(n.bias));
        d.level           = std::max({d.level, std::abs(n.v_reset), std::abs(n.v_init)});
        if (n.fires) d.level = std::max(d.level, std::abs(n.threshold));
        const double i = std::max(sum > 0 ? sum / (1 - n.keep_i) : 0.0, std::abs(n.i_init));
        d.worst_i      = std::max(d.worst_i, i);
        const double v = i + std::abs(n.bias);
        d.worst_v      = std::max(d.worst_v, v > 0 ? v / (1 - n.keep_v) : 0.0);
    }

    // --- scales ------------------------------------------------------------------------------

    void choose_scales() {
        out_.scales.resize(legal_.populations.size());
        levels_.resize(legal_.populations.size(), 0);
        for (std::size_t p = 0; p < legal_.populations.size(); ++p) {
            if (legal_.populations[p].is_source) continue;
            const ScaleChoice choice = choose_scale(demands_[p], limits_);
            out_.scales[p]           = choice.scale;
            levels_[p]               = choice.levels;
            check_levels(p);
        }
    }

    void check_levels(std::size_t p) {
        const Demand& d = demands_[p];
        if (d.largest_weight <= 0) return;
        const LegalPopulation& population = legal_.populations[p];
        if (levels_[p] < fewest_levels && levels_by_sum(d, limits_) < fewest_levels) {
            return refuse_sum(population, static_cast<std::uint64_t>(weight_limit * d.largest_sum /
                                                                     d.largest_weight));
        }
        if (levels_[p] >= 1) return;
        error("emulator.range",
              fmt::format("population '{}': its weights move v by at most {:g}, beside a level of "
                          "{:g}; the ratio is beyond the {} bits of the membrane",
                          population.name, d.largest_weight, d.level, limits_.widths.membrane),
              population.place);
    }

    void refuse_sum(const LegalPopulation& population, std::uint64_t actual) {
        error("emulator.accumulator",
              fmt::format("population '{}': the weights into one neuron add up to {}, limit {}",
                          population.name, actual, limits_.accumulator()),
              population.place);
    }

    /// One rule for the whole core: a weight of 1 must be the same integer in all populations that
    /// learn. The smallest of their scales serves all.
    void join_learning_scales() {
        double unit = 0;  // integer weight of a network weight of 1
        for (std::size_t p = 0; p < learns_.size(); ++p) {
            if (!learns_[p] || !has_one_gain(p)) continue;
            const double own = weight_unit(p);
            unit             = unit == 0 ? own : std::min(unit, own);
        }
        if (!errors_.empty() || unit == 0) return;
        for (std::size_t p = 0; p < learns_.size(); ++p) {
            if (!learns_[p]) continue;
            Scale& scale = out_.scales[p];
            scale.v    = unit * std::exp2(scale.shift) / legal_.populations[p].neurons.front().gain;
            levels_[p] = scale.v * demands_[p].largest_weight / std::exp2(scale.shift);
            check_levels(p);
        }
        weight_unit_ = unit;
    }

    [[nodiscard]] double weight_unit(std::size_t p) const {
        const Scale& scale = out_.scales[p];
        return legal_.populations[p].neurons.front().gain * scale.v / std::exp2(scale.shift);
    }

    bool has_one_gain(std::size_t p) {
        const LegalPopulation& population = legal_.populations[p];
        const double first                = population.neurons.front().gain;
        for (const Dynamics& n : population.neurons) {
            if (first > 0 && std::abs(n.gain - first) <= 1e-9 * first) continue;
            error(
                "emulator.stdp-gain",
                fmt::format("population '{}' learns, but its neurons weigh their input by {:g} "
                            "and {:g}; they need one positive factor (r, w_in and time constants)",
                            population.name, first, n.gain),
                population.place);
            return false;
        }
        return true;
    }

    // --- integers ----------------------------------------------------------------------------

    void quantise_neurons() {
        out_.neurons.resize(legal_.neurons);
        for (std::size_t p = 0; p < legal_.populations.size(); ++p) {
            const LegalPopulation& population = legal_.populations[p];
            if (!population.is_source) quantise_population(p, population);
        }
    }

    void quantise_population(std::size_t p, const LegalPopulation& population) {
        const Scale& scale = out_.scales[p];
        std::map<std::string, ErrorMeter> meters;
        const auto meter = [&](const char* name, double unit) -> ErrorMeter& {
            return meters.try_emplace(name, unit).first->second;
        };
        for (std::uint32_t k = 0; k < population.count; ++k) {
            const Dynamics& n   = population.neurons[k];
            QuantisedNeuron& to = out_.neurons[population.first + k];
            to.set              = parameter_set(n, scale);
            to.bias             = clipped(n.bias * scale.v, limits_.bias());
            to.v_init           = clipped(n.v_init * scale.v, limits_.membrane());
            to.i_init           = clipped(n.i_init * scale.v, limits_.current());
            meter("membrane_decay", 65536).add(1 - n.keep_v, decay_of(to.set.membrane_decay));
            if (n.keep_i > 0) {
                meter("current_decay", 65536).add(1 - n.keep_i, decay_of(to.set.current_decay));
            }
            if (n.bias != 0) meter("bias", scale.v).add(n.bias, to.bias / scale.v);
            if (!n.fires) continue;
            meter("threshold", scale.v).add(n.threshold, to.set.threshold / scale.v);
            if (!n.reset_subtracts)
                meter("v_reset", scale.v).add(n.v_reset, to.set.v_reset / scale.v);
        }
        for (auto& [name, values] : meters)
            out_.report.push_back(values.entry(population.name, name));
    }

    /// A membrane that is a whole number exceeds a threshold exactly when it exceeds its floor.
    [[nodiscard]] emu::ParameterSet parameter_set(const Dynamics& n, const Scale& scale) const {
        emu::ParameterSet set;
        set.current_decay   = decay_register(n.keep_i);
        set.membrane_decay  = decay_register(n.keep_v);
        set.input_shift     = static_cast<std::uint32_t>(scale.shift);
        set.refractory      = n.refractory;
        set.reset_subtracts = n.reset_subtracts;
        if (n.fires) {
            const double threshold = n.threshold * scale.v;
            set.threshold =
                clipped(std::floor(threshold + 1e-9 * std::abs(threshold)), limits_.membrane());
            if (!n.reset_subtracts) set.v_reset = clipped(n.v_reset * scale.v, limits_.membrane());
        } else {
            set.threshold = static_cast<std::int32_t>(limits_.membrane());  // v never exceeds it
        }
        return set;
    }

    void quantise_synapses() {
        std::vector<ErrorMeter> meters;
        for (const ir::Projection& projection : network_.projections) {
            meters.emplace_back(nominal_unit(projection.post.value));
        }
        out_.synapses.reserve(legal_.synapses.size());
        for (const LegalSynapse& s : legal_.synapses) {
            const std::uint32_t p = legal_.population_of[s.target];
            const Scale& scale    = out_.scales[p];
            const double unit   = legal_.dynamics(s.target).gain * scale.v / std::exp2(scale.shift);
            const double fine   = s.plastic ? one_ : 1.0;
            const double wanted = s.weight * unit * fine;
            const std::int32_t integer =
                clipped(wanted, static_cast<std::int64_t>(weight_limit * fine));
            const double back = unit == 0 ? s.weight : integer / fine / unit;
            meters[s.projection].add(s.weight, back, std::abs(wanted) > weight_limit * fine + 0.5);
            if (integer == 0 && !s.plastic) continue;
            out_.synapses.push_back(
                {s.row, s.target, s.plastic ? integer : integer * one_, s.delay, s.plastic});
        }
        for (std::size_t p = 0; p < meters.size(); ++p) {
            if (meters[p].empty()) continue;
            out_.report.push_back(meters[p].entry(network_.projections[p].name, "weight"));
        }
    }

    /// Integer of a weight of 1 into the first neuron of a population, for the report.
    [[nodiscard]] double nominal_unit(std::size_t p) const {
        return legal_.populations[p].neurons.empty() ? 1.0 : weight_unit(p);
    }

    // --- learning ----------------------------------------------------------------------------

    void quantise_rule() {
        const LegalRule& rule = *legal_.rule;
        emu::StdpRule to;
        to.plus_decay  = decay_register(rule.keep_plus);
        to.minus_decay = decay_register(rule.keep_minus);
        report_rule("plus_decay", 65536, 1 - rule.keep_plus, decay_of(to.plus_decay));
        report_rule("minus_decay", 65536, 1 - rule.keep_minus, decay_of(to.minus_decay));
        to.a_plus  = amplitude("a_plus", rule.a_plus);
        to.a_minus = amplitude("a_minus", rule.a_minus);
        to.w_min   = bound("w_min", rule.w_min);
        to.w_max   = bound("w_max", rule.w_max);
        out_.rule  = to;
    }

    void report_rule(const char* parameter, double scale, double wanted, double quantised) {
        ErrorMeter meter{scale};
        meter.add(wanted, quantised);
        out_.report.push_back(meter.entry(legal_.rule->owner, parameter));
    }

    std::uint32_t amplitude(const char* name, double wanted) {
        const double scale = weight_unit_ * one_;
        const double steps = std::round(wanted * scale);
        if (!(steps >= 0 && steps <= amplitude_limit)) {
            error(
                "emulator.stdp-range",
                fmt::format("projection '{}': {} = {:g} is {:g} steps of 1/{} weight unit, limits "
                            "0 and {}",
                            legal_.rule->owner, name, wanted, steps, one_, amplitude_limit),
                "/projections");
            return 0;
        }
        if (steps == 0 && wanted > 0) {
            out_.warnings.push_back(fmt::format(
                "projection '{}': {} = {:g} is less than half a step of the core's weights: it "
                "will not act",
                legal_.rule->owner, name, wanted));
        }
        report_rule(name, scale, wanted, scale > 0 ? steps / scale : wanted);
        return static_cast<std::uint32_t>(steps);
    }

    std::int32_t bound(const char* name, double wanted) {
        const std::int32_t integer = clipped(wanted * weight_unit_, weight_limit);
        report_rule(name, weight_unit_, wanted, weight_unit_ > 0 ? integer / weight_unit_ : wanted);
        return integer;
    }

    // --- the accumulator's worst case ----------------------------------------------------------

    void check_sums() {
        std::vector<std::uint64_t> sums(legal_.neurons, 0);
        for (const QuantisedSynapse& s : out_.synapses) {
            std::int32_t most = std::abs(emu::delivered(s.weight, limits_.widths));
            if (s.plastic)
                most = std::max({most, std::abs(out_.rule->w_min), std::abs(out_.rule->w_max)});
            sums[s.target] += static_cast<std::uint64_t>(most);
        }
        std::vector<std::uint64_t> worst(legal_.populations.size(), 0);
        for (std::uint32_t j = 0; j < legal_.neurons; ++j) {
            std::uint64_t& of = worst[legal_.population_of[j]];
            of                = std::max(of, sums[j]);
        }
        for (std::size_t p = 0; p < worst.size(); ++p) {
            out_.worst_input = std::max(out_.worst_input, worst[p]);
            if (worst[p] <= static_cast<std::uint64_t>(limits_.accumulator())) continue;
            refuse_sum(legal_.populations[p], worst[p]);
        }
    }

    const LegalNetwork& legal_;
    const ir::Network& network_;
    const Limits& limits_;
    std::int32_t one_;  ///< integer weight 1 with its fraction
    std::vector<Demand> demands_;
    std::vector<bool> learns_;
    std::vector<double> levels_;
    double weight_unit_ = 0;
    QuantisedNetwork out_;
    Diagnostics errors_;
};

}  // namespace

Checked<QuantisedNetwork> quantise(const LegalNetwork& legal, const ir::Network& network,
                                   const Limits& limits) {
    return Quantiser{legal, network, limits}.run();
}

}  // namespace spikeloom::backends::emulator
