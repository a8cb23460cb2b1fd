// SPDX-License-Identifier: Apache-2.0
#include "simulator/golden/population_state.hpp"

#include "support/keyed_rng.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace spikeloom::golden {

namespace {

/// Reads parameters of one population; knows which differ between its elements.
class ParameterReader {
public:
    ParameterReader(const ir::Network& network, PopulationId id)
        : network_{network}, id_{id}, model_{*ir::find_model(network.at(id).model.name)} {}

    [[nodiscard]] bool has(std::string_view name) const { return model_.find(name) != nullptr; }
    [[nodiscard]] double at(std::string_view name, std::uint64_t k) const {
        return ir::parameter(network_, id_, name, k);
    }
    [[nodiscard]] bool same_for_all(std::string_view name) const {
        const auto& given = network_.at(id_).model.parameters;
        const auto found  = given.find(std::string{name});
        return found == given.end() || std::holds_alternative<double>(found->second);
    }
    [[nodiscard]] bool same_for_all_except(std::string_view exception) const {
        return std::ranges::all_of(model_.parameters, [&](const ir::ParameterDescription& p) {
            return p.name == exception || same_for_all(p.name);
        });
    }

private:
    const ir::Network& network_;
    PopulationId id_;
    const ir::ModelDescription& model_;
};

Equations equations_of(std::string_view model, neuron::Integrator integrator) {
    if (model == "lif" || model == "li") return Equations::leaky;
    if (model == "if" || model == "i") return Equations::perfect;
    if (model == "threshold" || model == "linear") return Equations::input;
    return integrator == neuron::Integrator::exact ? Equations::current_exact
                                                   : Equations::current_euler;
}

/// Coefficients of one element.
struct ElementCoefficients {
    double approach_v = 0, r = 0, v_leak = 0, approach_i = 0, w_in = 0, transient = 0,
           v_threshold = 0, v_reset = 0, bias = 0, refractory = 0;
};

ElementCoefficients coefficients_of(const ParameterReader& p, std::uint64_t k, Equations equations,
                                    const Discretisation& how) {
    const auto get = [&](std::string_view name) { return p.has(name) ? p.at(name, k) : 0.0; };
    ElementCoefficients c;
    c.r           = get("r");
    c.v_leak      = get("v_leak");
    c.bias        = get("bias");
    c.v_reset     = get("v_reset");
    c.refractory  = get("refractory");
    c.v_threshold = p.has("threshold") ? get("threshold") : get("v_threshold");
    if (equations == Equations::leaky) {
        c.approach_v = neuron::approach(how.dt, get("tau"), how.integrator);
    } else if (equations == Equations::perfect) {
        c.approach_v = neuron::Perfect::make(how.dt, c.r).gain;
    } else if (equations != Equations::input) {
        const auto n = neuron::CurrentBased::make(
            how.dt, {get("tau_syn"), get("tau_mem"), c.r, get("w_in"), c.v_leak}, how.integrator);
        c.approach_i = n.approach_i;
        c.w_in       = n.w_in;
        c.approach_v = n.approach_v;
        c.transient  = n.transient;
    }
    return c;
}

}  // namespace

std::uint32_t longest_delay_of(const ir::Values& delays) {
    double longest = 1;
    if (const auto* scalar = std::get_if<double>(&delays)) longest = *scalar;
    if (const auto* array = std::get_if<ir::Array>(&delays)) {
        for (const double d : **array)
            longest = std::max(longest, d);
    }
    if (const auto* normal = std::get_if<ir::Normal>(&delays)) {
        longest = std::min(normal->maximum, normal->mean + widest_normal * normal->deviation);
    }
    if (const auto* uniform = std::get_if<ir::Uniform>(&delays)) longest = uniform->maximum;
    return static_cast<std::uint32_t>(std::clamp(std::ceil(longest), 1.0, 4e9));
}

PopulationState::PopulationState(const ir::Network& network, PopulationId id,
                                 std::uint32_t max_delay, const Discretisation& how)
    : name{network.at(id).name},
      first_neuron{network.first_neuron(id).value},
      size{static_cast<std::uint32_t>(network.at(id).size())},
      kind{ir::find_model(network.at(id).model.name)->kind},
      hold{network.at(id).pipeline_offset} {
    const std::string& model = network.at(id).model.name;
    if (is_source()) {
        is_poisson = model == "poisson";
        emissions.resize(how.threads);
        if (is_poisson) {
            const ParameterReader p{network, id};
            const std::uint64_t count = p.same_for_all("rate") ? 1 : size;
            for (std::uint64_t k = 0; k < count; ++k) {
                means_.push_back(std::min(p.at("rate", k) * how.dt, 500.0));
                silence_.push_back(std::exp(-means_.back()));
            }
            if (count == 1) tabulate_poisson();
        }
        return;
    }
    equations_  = equations_of(model, how.integrator);
    has_current = equations_ == Equations::current_euler || equations_ == Equations::current_exact;
    after_      = kind == ir::ModelKind::graded          ? AfterSpike::graded
                  : how.reset == neuron::Reset::subtract ? AfterSpike::reset_by_subtraction
                                                         : AfterSpike::reset_to_value;
    geometry    = Geometry::make(size, max_delay, how.threads);
    ring        = Buffer<double>{geometry.cells()};
    emissions.resize(geometry.blocks);
    sweep_due.resize(geometry.blocks);
    for (std::uint32_t b = 0; b < geometry.blocks; ++b)
        scratch_.emplace_back(geometry.count(b));
    make_coefficients(network, id, how);
    make_states(network, id);
}

void PopulationState::make_coefficients(const ir::Network& network, PopulationId id,
                                        const Discretisation& how) {
    const ParameterReader p{network, id};
    uniform_                  = p.same_for_all_except("v_init");
    const std::uint64_t count = uniform_ ? 1 : size;
    std::vector<ElementCoefficients> all(count);
    for (std::uint64_t k = 0; k < count; ++k) {
        all[k]    = coefficients_of(p, k, equations_, how);
        refracts_ = refracts_ || all[k].refractory > 0;
    }
    const auto column = [&](double ElementCoefficients::*member) -> const double* {
        const bool zero = std::ranges::all_of(all, [&](const auto& c) { return c.*member == 0; });
        if (zero && !arrays_.empty()) return arrays_.front().data();
        std::vector<double>& values = arrays_.emplace_back(count);
        for (std::uint64_t k = 0; k < count; ++k)
            values[k] = all[k].*member;
        return values.data();
    };
    arrays_.emplace_back(count, 0.0);  // shared by all coefficients that are 0
    coefficients_ = {
        column(&ElementCoefficients::approach_v),  column(&ElementCoefficients::r),
        column(&ElementCoefficients::v_leak),      column(&ElementCoefficients::approach_i),
        column(&ElementCoefficients::w_in),        column(&ElementCoefficients::transient),
        column(&ElementCoefficients::v_threshold), column(&ElementCoefficients::v_reset),
        column(&ElementCoefficients::bias),        column(&ElementCoefficients::refractory)};
}

void PopulationState::make_states(const ir::Network& network, PopulationId id) {
    const ParameterReader p{network, id};
    v = Buffer<double>{size};
    if (has_current) i = Buffer<double>{size};
    if (refracts_) refractory_left = Buffer<double>{size};
    if (!p.has("v_init")) return;
    const bool same    = p.same_for_all("v_init");
    const double first = p.at("v_init", 0);
    for (std::uint32_t k = 0; k < size; ++k)
        v[k] = same ? first : p.at("v_init", k);
}

std::size_t PopulationState::post_traces_for(double tau, double dt) {
    for (std::size_t k = 0; k < post_traces.size(); ++k) {
        if (post_traces[k].tau == tau) return k;
    }
    post_traces.emplace_back(tau, dt, size);
    return post_traces.size() - 1;
}

BlockView PopulationState::view(std::uint32_t block, double* input) {
    const std::size_t first = geometry.first(block);
    BlockView b;
    b.count        = geometry.count(block);
    b.v            = v.data() + first;
    b.i            = has_current ? i.data() + first : nullptr;
    b.left         = refracts_ ? refractory_left.data() + first : nullptr;
    b.input        = input;
    b.coefficients = coefficients_;
    b.equations    = equations_;
    b.after        = after_;
    b.uniform      = uniform_;
    if (uniform_) return b;
    for (const double** c :
         {&b.coefficients.approach_v, &b.coefficients.r, &b.coefficients.v_leak,
          &b.coefficients.approach_i, &b.coefficients.w_in, &b.coefficients.transient,
          &b.coefficients.v_threshold, &b.coefficients.v_reset, &b.coefficients.bias,
          &b.coefficients.refractory}) {
        *c += first;
    }
    return b;
}

void PopulationState::update(std::uint32_t block, std::uint64_t tick) {
    const std::size_t first = geometry.first(block);
    const std::size_t count = geometry.count(block);
    Emission& emission      = emissions[block];
    emission.clear();
    double* const input =
        ring.data() + std::size_t{block} * geometry.cells_per_block() + geometry.slot_base(tick);
    if (tick < hold) {
        std::fill_n(input, count, 0.0);
        return;
    }
    if (keep_input) {
        for (std::size_t k = 0; k < count; ++k) {
            i[first + k] = input[k] + coefficients_.bias[uniform_ ? 0 : first + k];
        }
    }
    std::uint32_t* const spikes = scratch_[block].data();
    const std::size_t spiked    = update_block(view(block, input), spikes);
    if (kind == ir::ModelKind::graded) return emit_values(block);
    for (std::size_t k = 0; k < spiked; ++k) {
        emission.elements.push_back(static_cast<std::uint32_t>(first) + spikes[k]);
    }
    for (PostTraces& traces : post_traces) {
        for (const std::uint32_t e : emission.elements) {
            if (traces.spike(e, stamp_of(tick))) sweep_due[block] = 1;
        }
    }
}

void PopulationState::emit_values(std::uint32_t block) {
    const std::uint32_t first = geometry.first(block);
    for (std::uint32_t k = first; k < first + geometry.count(block); ++k) {
        if (v[k] != 0) emissions[block].add(k, v[k]);
    }
}

/// The sums that poisson_count() runs through, in its own order of additions.
void PopulationState::tabulate_poisson() {
    const double mean = means_.front();
    double term = silence_.front(), sum = term;
    const auto last = static_cast<std::uint32_t>(mean + 40.0 * std::sqrt(mean) + 40.0);
    for (std::uint32_t count = 0; count < last;) {
        cumulated_.push_back(sum);
        term *= mean / ++count;
        sum += term;
    }
    constexpr double never = 2;  // above every uniform number
    cumulated_.push_back(never);
}

void PopulationState::draw_uniform(Emission& emission, std::uint32_t first, std::uint32_t last,
                                   const PoissonKey& key) const {
    std::array<double, poisson_group> uniform;
    std::array<std::uint32_t, poisson_group> counts;
    for (std::uint32_t begin = first; begin < last; begin += poisson_group) {
        const std::uint32_t n = std::min(poisson_group, last - begin);
        draw_poisson(key, first_neuron + begin, n, cumulated_.data(), uniform.data(),
                     counts.data());
        for (std::uint32_t k = 0; k < n; ++k) {
            std::uint32_t count = counts[k];
            if (count == 0) continue;
            if (count == poisson_thresholds) {
                while (uniform[k] >= cumulated_[count])
                    ++count;
            }
            emission.add(begin + k, count);
        }
    }
}

void PopulationState::draw(std::uint32_t thread, std::uint64_t tick, std::uint64_t seed) {
    const std::size_t threads = emissions.size();
    const auto first          = static_cast<std::uint32_t>(std::uint64_t{size} * thread / threads);
    const auto last    = static_cast<std::uint32_t>(std::uint64_t{size} * (thread + 1) / threads);
    Emission& emission = emissions[thread];
    emission.clear();
    if (!cumulated_.empty()) return draw_uniform(emission, first, last, {seed, tick});
    for (std::uint32_t e = first; e < last; ++e) {
        const double u = keyed_uniform(seed, Stream::poisson, first_neuron + e, tick);
        if (u >= silence_[e]) emission.add(e, poisson_count(u, means_[e], silence_[e]));
    }
}

std::uint64_t PopulationState::bytes() const {
    std::uint64_t doubles = v.size() + i.size() + refractory_left.size() + means_.size();
    for (const std::vector<double>& a : arrays_)
        doubles += a.size();
    std::uint64_t sum = doubles * sizeof(double);
    for (const PostTraces& t : post_traces)
        sum += t.bytes();
    return sum;
}

}  // namespace spikeloom::golden
