// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/coding.hpp"

#include "backends/emulator/error_meter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <set>
#include <span>

namespace spikeloom::backends::truenorth {

namespace tn = neuron::truenorth;
using emulator::ErrorMeter;

namespace {

constexpr std::size_t sample_size      = 4096;
constexpr std::size_t threshold_sample = 64;
constexpr double most_slice_levels     = 127;
constexpr double levels_without_use    = 1 << 16;  ///< threshold of neurons that nothing scales

/// What a population asks of its scale, in the network's units.
struct Demand {
    double weight  = 0;  ///< largest |weight x gain|
    double level   = 0;  ///< largest |threshold|, |reset|, |v_init|
    double leak    = 0;
    double at_once = 0;              ///< largest |threshold| of a neuron without memory
    std::vector<double> thresholds;  ///< some different ones
    std::size_t fan_in = 0;          ///< largest number of synapses of a neuron
    std::size_t seen   = 0;
    std::vector<double> sample;  ///< some weights x gain
};

class Coder {
public:
    Coder(const LegalNetwork& legal, const ir::Network& network, const CodingOptions& options)
        : legal_{legal}, network_{network}, options_{options} {}

    Checked<CodedNetwork> run() {
        gather();
        for (std::size_t p = 0; p < legal_.populations.size(); ++p)
            choose_scale(p);
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        out_.nodes.resize(legal_.neurons);
        for (const ir::Projection& projection : network_.projections)
            weight_meters_.emplace_back(out_.scale[projection.post.value]);
        for (std::size_t at = 0; at < legal_.synapses.size();) {
            std::size_t end = at;
            while (end < legal_.synapses.size() &&
                   legal_.synapses[end].post == legal_.synapses[at].post)
                ++end;
            code_neuron(std::span{legal_.synapses}.subspan(at, end - at));
            at = end;
        }
        for (std::size_t p = 0; p < legal_.populations.size(); ++p)
            if (!legal_.populations[p].is_source) set_neurons(p);
        for (std::size_t p = 0; p < weight_meters_.size(); ++p)
            if (!weight_meters_[p].empty())
                out_.report.push_back(
                    weight_meters_[p].entry(network_.projections[p].name, "weight"));
        return std::move(out_);
    }

private:
    void gather() {
        demands_.resize(legal_.populations.size());
        out_.scale.assign(legal_.populations.size(), 1);
        std::vector<std::size_t> counts(legal_.populations.size(), 0);
        for (const LegalSynapse& s : legal_.synapses)
            ++counts[legal_.population_of[s.post]];
        std::size_t fan_in = 0;
        for (std::size_t k = 0; k < legal_.synapses.size(); ++k) {
            const LegalSynapse& s = legal_.synapses[k];
            fan_in                = k > 0 && legal_.synapses[k - 1].post == s.post ? fan_in + 1 : 1;
            Demand& d             = demands_[legal_.population_of[s.post]];
            const double weight   = s.weight * legal_.neuron(s.post).gain;
            d.fan_in              = std::max(d.fan_in, fan_in);
            d.weight              = std::max(d.weight, std::abs(weight));
            const std::size_t stride = counts[legal_.population_of[s.post]] / sample_size + 1;
            if (d.seen++ % stride == 0) d.sample.push_back(weight);
        }
        for (std::uint32_t j = 0; j < legal_.neurons; ++j) {
            const LegalNeuron& n = legal_.neuron(j);
            Demand& d            = demands_[legal_.population_of[j]];
            if (n.memoryless) {
                d.at_once = std::max(d.at_once, std::abs(n.threshold));
                continue;
            }
            d.level = std::max({d.level, std::abs(n.reset), std::abs(n.v_init)});
            if (n.fires) d.level = std::max(d.level, std::abs(n.threshold));
            if (n.fires && d.thresholds.size() < threshold_sample &&
                (d.thresholds.empty() || d.thresholds.back() != n.threshold))
                d.thresholds.push_back(n.threshold);
            d.leak = std::max(d.leak, std::abs(leak_of(n, d)));
        }
    }

    /// A neuron without threshold leaks as if its height were its largest weight.
    static double leak_of(const LegalNeuron& n, const Demand& d) {
        return n.fires || !n.reverses ? n.leak : -n.lost * d.weight / 2;
    }

    void choose_scale(std::size_t p) {
        const Demand& d = demands_[p];
        if (legal_.populations[p].is_source) return;
        double most = levels_without_use / std::max(d.level, 1e-9);
        if (d.weight > 0) most = tn::weight_max / d.weight;
        if (d.level > 0) most = std::min(most, (tn::level_max - 2) / d.level);
        if (d.leak > 0) most = std::min(most, tn::weight_max / d.leak);
        if (d.at_once > 0) most = std::min(most, (tn::weight_max - 1) / d.at_once);
        if (d.weight <= 0) {
            out_.scale[p] = most;
            return;
        }
        const double reach = most * d.weight;  // whole numbers that the largest weight can have
        if (reach < 1)
            errors_.push_back(
                {"truenorth.range",
                 fmt::format("population '{}': its weights move v by at most {:g}, beside a level "
                             "of {:g} and a leak of {:g}; thresholds end at {}, leaks at {}",
                             legal_.populations[p].name, d.weight, std::max(d.level, d.at_once),
                             d.leak, tn::level_max, tn::weight_max),
                 {network_.file, legal_.populations[p].place}});
        else if (options_.code == WeightCode::cluster)
            out_.scale[p] = best_levels(d, std::max(1.0, reach / 2), std::floor(reach)) / d.weight;
        else
            choose_slices(p, reach);
    }

    void choose_slices(std::size_t p, double reach) {
        const Demand& d   = demands_[p];
        const double most = std::min(std::floor(reach), most_slice_levels);
        double levels     = best_levels(d, 1, most);
        if (error_at(d, levels) > 1e-9 * d.weight * d.weight)
            levels = std::min(most, std::exp2(options_.slice_bits - 1) - 1);
        const auto bits =
            static_cast<std::uint32_t>(std::bit_width(static_cast<std::uint32_t>(levels))) + 1;
        codes_[p]         = slice_code(std::max(2U, bits));
        std::size_t lines = 0;
        for (const std::uint32_t copies : codes_[p].copies)
            lines += copies;
        if (d.fan_in * lines > options_.axons) codes_[p] = signed_slice_code(std::max(2U, bits));
        std::int32_t widest = 1;
        for (const std::int32_t value : codes_[p].value)
            widest = std::max(widest, std::abs(value));
        const double unit =
            best_unit(d, levels / d.weight,
                      std::floor(std::min(reach / levels, double{tn::weight_max} / widest)));
        for (std::int32_t& value : codes_[p].value)
            value *= static_cast<std::int32_t>(unit);
        units_[p]     = static_cast<std::int32_t>(unit);
        out_.scale[p] = levels * unit / d.weight;
    }

    /// Membrane units of one step of the weights: of the larger half of what is possible the one at
    /// which thresholds are nearest to whole numbers.
    static double best_unit(const Demand& d, double scale, double most) {
        double best  = std::max(1.0, most);
        double error = 1e300;
        for (double unit = best; unit >= std::max(1.0, std::ceil(most / 2)); --unit) {
            double sum = 0;
            for (const double threshold : d.thresholds) {
                const double scaled = threshold * scale * unit;
                sum += std::abs(scaled - std::round(scaled));
            }
            if (sum < error - 1e-9) best = unit, error = sum;
        }
        return best;
    }

    /// Squared error of the sampled weights when the largest has so many levels.
    static double error_at(const Demand& d, double levels) {
        const double scale = levels / d.weight;
        double sum         = 0;
        for (const double w : d.sample) {
            const double error = std::round(w * scale) / scale - w;
            sum += error * error;
        }
        return sum;
    }

    /// Sliced: the fewest levels that are as good as exact. Else the smallest error.
    double best_levels(const Demand& d, double least, double most) const {
        double best        = most;
        double error       = error_at(d, most);
        const double exact = 1e-18 * d.weight * d.weight *
                             static_cast<double>(std::max<std::size_t>(1, d.sample.size()));
        if (options_.code == WeightCode::slice)
            for (double levels = least; levels < most; ++levels)
                if (error_at(d, levels) <= exact) return levels;
        for (double levels = most - 1; levels >= std::ceil(least); --levels) {
            const double other = error_at(d, levels);
            if (other < error * (1 - 1e-9)) best = levels, error = other;
        }
        return best;
    }

    // --- weights -------------------------------------------------------------------------------

    static std::uint32_t pre_of(const LegalNetwork& legal, std::uint32_t pre) {
        return pre < legal.neurons ? pre : source_bit | (pre - legal.neurons);
    }

    void code_neuron(std::span<const LegalSynapse> synapses) {
        const std::uint32_t j = synapses.front().post;
        const std::size_t p   = legal_.population_of[j];
        std::vector<double> wanted;
        for (const LegalSynapse& s : synapses)
            wanted.push_back(s.weight * legal_.neuron(j).gain * out_.scale[p]);
        Node& node = out_.nodes[j];
        if (options_.code == WeightCode::cluster)
            code_clusters(node, synapses, wanted, p);
        else
            code_slices(node, synapses, wanted, p);
        std::sort(node.terms.begin(), node.terms.end());
    }

    void code_clusters(Node& node, std::span<const LegalSynapse> synapses,
                       const std::vector<double>& wanted, std::size_t p) {
        const Clusters clusters = shared_or_own(wanted, p);
        for (std::size_t g = 0; g < clusters.centre.size(); ++g)
            node.parameters.weight[g] = static_cast<std::int16_t>(clusters.centre[g]);
        for (std::size_t k = 0; k < synapses.size(); ++k) {
            const std::uint8_t type = clusters.of[k];
            measure(synapses[k], wanted[k], clusters.centre[type]);
            if (clusters.centre[type] == 0) continue;
            node.terms.push_back({pre_of(legal_, synapses[k].pre),
                                  static_cast<std::uint16_t>(synapses[k].delay), type, 0});
        }
    }

    /// Where a whole population needs no more than four values, its neurons share them, so that
    /// lines serve all of them.
    Clusters shared_or_own(const std::vector<double>& wanted, std::size_t p) {
        auto found = shared_.find(p);
        if (found == shared_.end()) {
            std::set<double> distinct;
            for (const LegalSynapse& s : legal_.synapses) {
                if (legal_.population_of[s.post] != p) continue;
                distinct.insert(
                    std::round(s.weight * legal_.neuron(s.post).gain * out_.scale[p] * 1e6) / 1e6);
                if (distinct.size() > tn::axon_types) break;
            }
            std::vector<double> values;
            if (distinct.size() <= tn::axon_types) values.assign(distinct.begin(), distinct.end());
            found = shared_.emplace(p, std::move(values)).first;
        }
        if (found->second.empty()) return cluster(wanted);
        std::vector<double> all = wanted;
        all.insert(all.end(), found->second.begin(), found->second.end());
        for (std::size_t k = 0; k < wanted.size(); ++k)
            all[k] = std::round(all[k] * 1e6) / 1e6;
        Clusters clusters = cluster(all);
        clusters.of.resize(wanted.size());
        return clusters;
    }

    void code_slices(Node& node, std::span<const LegalSynapse> synapses,
                     const std::vector<double>& wanted, std::size_t p) {
        const SliceCode& code   = codes_[p];
        const std::int32_t unit = units_[p];
        for (std::size_t g = 0; g < tn::axon_types; ++g)
            node.parameters.weight[g] = static_cast<std::int16_t>(code.value[g]);
        for (std::size_t k = 0; k < synapses.size(); ++k) {
            const auto number = static_cast<std::int32_t>(std::lround(wanted[k] / unit)) * unit;
            measure(synapses[k], wanted[k], number);
            const auto counts = slices_of(number, code);
            for (std::uint8_t g = 0; g < tn::axon_types; ++g)
                for (std::uint32_t c = 0; c < counts[g]; ++c)
                    node.terms.push_back({pre_of(legal_, synapses[k].pre),
                                          static_cast<std::uint16_t>(synapses[k].delay), g,
                                          static_cast<std::uint8_t>(c)});
        }
    }

    void measure(const LegalSynapse& s, double wanted, std::int32_t got) {
        const double unit = wanted / s.weight;
        weight_meters_[s.projection].add(s.weight, unit == 0 ? s.weight : got / unit);
    }

    // --- neurons -------------------------------------------------------------------------------

    void set_neurons(std::size_t p) {
        const LegalPopulation& population = legal_.populations[p];
        const double s                    = out_.scale[p];
        std::map<std::string, ErrorMeter> meters;
        const auto meter = [&](const char* name) -> ErrorMeter& {
            return meters.try_emplace(name, s).first->second;
        };
        for (std::uint32_t k = 0; k < population.count; ++k) {
            const LegalNeuron& n = population.neurons[k];
            Node& node           = out_.nodes[population.first + k];
            node.population      = static_cast<std::uint32_t>(p);
            node.fires           = n.fires;
            set_neuron(node, n, p);
            const tn::Parameters& q = node.parameters;
            if (n.memoryless) {
                meter("threshold").add(n.threshold, -q.leak / s);
                continue;
            }
            if (n.fires)
                meter("threshold").add(n.threshold, (q.threshold - (n.subtracts ? 0 : 1)) / s);
            const double leak = leak_of(n, demands_[p]);
            if (leak != 0)
                meter("leak").add(leak, leak + n.leak_error + std::abs(q.leak / s - leak));
            if (n.fires && !n.subtracts) meter("v_reset").add(n.reset, q.reset_value / s);
            if (n.tau_syn > 0) meter("tau_syn").add(n.tau_syn, 0);
            if (n.refractory > 0) meter("refractory").add(n.refractory, 0);
        }
        for (auto& [name, values] : meters)
            out_.report.push_back(values.entry(population.name, name));
    }

    static std::int32_t level(double value) {
        return static_cast<std::int32_t>(
            std::lround(std::clamp(value, double{-tn::level_max}, double{tn::level_max})));
    }

    /// V counts whole numbers, so v > threshold is V >= floor + 1. A linear reset takes the
    /// threshold itself away: there V counts from one below, and the test is V >= floor.
    void set_neuron(Node& node, const LegalNeuron& n, std::size_t p) const {
        const double s         = out_.scale[p];
        tn::Parameters& q      = node.parameters;
        const double scaled    = n.threshold * s;
        const std::int32_t top = level(std::floor(scaled + 1e-9 * std::abs(scaled)));
        q.saturates            = true;
        if (n.memoryless) {  // V + leak >= 0 fires, everything else is cut off at 0
            q.leak =
                static_cast<std::int16_t>(-std::clamp(top + 1, -tn::weight_max, tn::weight_max));
            return;
        }
        q.negative_threshold = tn::level_max;
        q.leak               = static_cast<std::int16_t>(
            std::clamp(level(leak_of(n, demands_[p]) * s), -tn::weight_max, tn::weight_max));
        q.leak_reversal = n.reverses;
        node.potential  = level(n.v_init * s);
        // A constant leak takes long from far below: V goes no further below rest than the
        // threshold is above it.
        if (n.fires && n.reverses) q.negative_threshold = std::max(level(n.threshold * s), 1);
        if (!n.fires) {
            q.threshold   = tn::level_max;
            q.reset       = tn::Reset::value;
            q.reset_value = tn::level_max - 1;  // as far as V goes
        } else if (n.subtracts) {
            q.threshold = std::max(top, 0);
            q.reset     = tn::Reset::linear;
            node.potential -= 1;
        } else {
            q.threshold   = std::clamp(top + 1, 0, tn::level_max);
            q.reset_value = level(n.reset * s);
        }
    }

    const LegalNetwork& legal_;
    const ir::Network& network_;
    const CodingOptions& options_;
    std::vector<Demand> demands_;
    std::map<std::size_t, SliceCode> codes_;
    std::map<std::size_t, std::int32_t> units_;
    std::map<std::size_t, std::vector<double>> shared_;
    std::vector<ErrorMeter> weight_meters_;
    CodedNetwork out_;
    Diagnostics errors_;
};

}  // namespace

Checked<CodedNetwork> code_network(const LegalNetwork& legal, const ir::Network& network,
                                   const CodingOptions& options) {
    return Coder{legal, network, options}.run();
}

}  // namespace spikeloom::backends::truenorth
