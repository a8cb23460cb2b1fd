// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/writer_plan.hpp"

#include "compiler/frontend/nir/explicit_delays.hpp"
#include "compiler/ir/expand.hpp"
#include "compiler/ir/models.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikeloom::frontend::nir {
namespace {

constexpr std::uint64_t most_weights = std::uint64_t{1} << 27;  ///< of one Linear

bool is_zero(const std::vector<double>& values) {
    return std::ranges::all_of(values, [](double x) { return x == 0; });
}

bool is_drawn(const ir::Values& values) {
    return !std::holds_alternative<double>(values) && !std::holds_alternative<ir::Array>(values);
}

/// Padding that NIR can say: the same on both sides, or what "same" gives.
bool is_usual_padding(const ir::Conv2d& c) {
    const auto is_same = [](std::uint32_t before, std::uint32_t after, std::uint32_t total) {
        return before == total / 2 && after == total - total / 2;
    };
    const bool symmetric = c.pad_top == c.pad_bottom && c.pad_left == c.pad_right;
    return symmetric || (c.stride_y == 1 && c.stride_x == 1 &&
                         is_same(c.pad_top, c.pad_bottom, c.dilation_y * (c.kernel_y - 1)) &&
                         is_same(c.pad_left, c.pad_right, c.dilation_x * (c.kernel_x - 1)));
}

class Planner {
public:
    Planner(const ir::Network& network, std::optional<double> dt, Diagnostics& faults)
        : network_{network}, dt_{dt}, faults_{faults} {}

    WriterPlan run() {
        for (std::uint32_t k = 0; k < network_.populations.size(); ++k)
            check_population(k);
        plan_.projections.resize(network_.projections.size());
        for (std::uint32_t k = 0; k < network_.projections.size(); ++k)
            check_projection(k);
        if (!faults_.empty()) return {};
        for (std::uint32_t k = 0; k < network_.projections.size(); ++k)
            plan_.projections[k].form = natural_form(network_.projections[k]);
        find_shapes();
        for (std::uint32_t k = 0; k < network_.populations.size(); ++k)
            find_bias_carrier(k);
        find_shapes();
        plan_delays();
        check_sizes();
        return std::move(plan_);
    }

private:
    void complain(std::string code, std::string pointer, std::string message) {
        faults_.push_back(
            {std::move(code), std::move(message), {network_.file, std::move(pointer)}, {}});
    }
    void cannot(std::string pointer, std::string message) {
        complain("nir.cannot-express", std::move(pointer), std::move(message));
    }

    void check_population(std::uint32_t k) {
        const ir::Population& population = network_.populations[k];
        const std::string pointer        = fmt::format("/populations/{}", k);
        if (population.name.find('/') != std::string::npos || population.name == ".")
            cannot(pointer + "/name", "HDF5 takes no such name");
        if (population.model.name == "poisson")
            cannot(pointer + "/model", "NIR has no source that draws its own spikes");
        for (const char* name : {"refractory", "v_init"})
            if (!is_zero(parameter_values(network_, k, name)))
                cannot(fmt::format("{}/parameters/{}", pointer, name),
                       fmt::format("NIR has no '{}'", name));
        if (population.model.name == "linear" && !is_readout(k))
            cannot(pointer + "/model", "a linear population can only be an output in NIR");
    }

    /// An output that feeds nothing.
    [[nodiscard]] bool is_readout(std::uint32_t k) const {
        return network_.populations[k].is_output &&
               std::ranges::none_of(network_.projections,
                                    [&](const ir::Projection& p) { return p.pre.value == k; });
    }

    void check_projection(std::uint32_t k) {
        const ir::Projection& projection = network_.projections[k];
        const std::string pointer        = fmt::format("/projections/{}", k);
        if (projection.plasticity) cannot(pointer + "/plasticity", "NIR has no plasticity");
    }

    static Form natural_form(const ir::Projection& p) {
        if (!std::holds_alternative<double>(p.delays) || is_drawn(p.weights)) return Form::dense;
        const bool one_weight = std::holds_alternative<double>(p.weights);
        if (std::holds_alternative<ir::OneToOne>(p.connector))
            return one_weight && std::get<double>(p.weights) == 1 ? Form::direct : Form::scale;
        if (std::holds_alternative<ir::Pool2d>(p.connector)) return Form::pool;
        if (const auto* conv = std::get_if<ir::Conv2d>(&p.connector))
            return is_usual_padding(*conv) ? Form::convolution : Form::dense;
        return Form::dense;
    }

    /// A population keeps its shape while everything that enters it comes in that shape.
    void find_shapes() {
        const std::size_t count = network_.populations.size();
        std::vector<bool> is_flat(count, false);
        for (bool changed = true; std::exchange(changed, false);)
            for (std::size_t k = 0; k < network_.projections.size(); ++k) {
                const ir::Projection& p = network_.projections[k];
                if (is_flat[p.post.value] || keeps_shape(k, is_flat[p.pre.value])) continue;
                is_flat[p.post.value] = changed = true;
            }
        for (std::size_t k = 0; k < network_.projections.size(); ++k) {
            Form& form              = plan_.projections[k].form;
            const bool is_window    = form == Form::convolution || form == Form::pool;
            const ir::Projection& p = network_.projections[k];
            if (is_window && (is_flat[p.pre.value] || is_flat[p.post.value])) form = Form::dense;
        }
        plan_.shapes.clear();
        for (std::size_t k = 0; k < count; ++k) {
            const ir::Population& population = network_.populations[k];
            Shape shape(population.shape.begin(), population.shape.end());
            plan_.shapes.push_back(is_flat[k] ? Shape{population.size()} : std::move(shape));
        }
    }

    [[nodiscard]] bool keeps_shape(std::size_t k, bool pre_is_flat) const {
        const ir::Projection& p    = network_.projections[k];
        const ir::Population& pre  = network_.at(p.pre);
        const ir::Population& post = network_.at(p.post);
        if (post.shape.size() == 1) return true;
        if (pre_is_flat) return false;
        const Form form = plan_.projections[k].form;
        if (form == Form::direct || form == Form::scale) return pre.shape == post.shape;
        return form == Form::convolution || form == Form::pool;
    }

    /// A bias rides on a Linear, else on a Conv2d with one bias a channel, else a projection is
    /// written as a Linear for its sake.
    void find_bias_carrier(std::uint32_t k) {
        const std::vector<double> bias = parameter_values(network_, k, "bias");
        if (is_zero(bias)) return;
        ProjectionPlan* any         = nullptr;
        ProjectionPlan* convolution = nullptr;
        for (std::size_t p = 0; p < network_.projections.size(); ++p) {
            if (network_.projections[p].post.value != k) continue;
            ProjectionPlan& plan = plan_.projections[p];
            if (plan.form == Form::dense) {
                plan.carries_bias = true;
                return;
            }
            if (any == nullptr) any = &plan;
            if (plan.form == Form::convolution && is_per_channel(bias, network_.populations[k]))
                convolution = &plan;
        }
        if (any == nullptr)
            return cannot(fmt::format("/populations/{}/parameters/bias", k),
                          "NIR has no bias without a projection into the population");
        if (convolution == nullptr) any->form = Form::dense;
        (convolution == nullptr ? any : convolution)->carries_bias = true;
    }

    static bool is_per_channel(const std::vector<double>& bias, const ir::Population& population) {
        const std::size_t area = bias.size() / population.shape[0];
        for (std::size_t k = 0; k < bias.size(); ++k)
            if (bias[k] != bias[k / area * area]) return false;
        return true;
    }

    void plan_delays() {
        std::vector<bool> is_source;
        for (const ir::Population& population : network_.populations)
            is_source.push_back(population.model.name == "spike_source");
        std::vector<TimedEdge> edges;
        std::vector<std::uint32_t> longest;
        spans_.clear();
        for (std::uint32_t k = 0; k < network_.projections.size(); ++k) {
            const auto [least, most] = delay_range(k);
            const ir::Projection& p  = network_.projections[k];
            edges.push_back({p.pre.value, p.post.value, least});
            longest.push_back(most);
            spans_.push_back(most - least + 1);
        }
        const auto implied = implied_delays(is_source, edges, longest);
        for (std::uint32_t k = 0; k < implied.size(); ++k) {
            plan_.projections[k].implied   = implied[k];
            plan_.projections[k].has_delay = longest[k] > implied[k];
            if (plan_.projections[k].has_delay && !dt_)
                complain("nir.delay-needs-dt", fmt::format("/projections/{}/delays", k),
                         "NIR counts delays in seconds; the length of a tick (dt) must be given");
        }
    }

    /// Least and largest delay of a projection.
    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> delay_range(std::uint32_t k) const {
        const ir::Projection& p = network_.projections[k];
        if (const auto* delay = std::get_if<double>(&p.delays))
            return {static_cast<std::uint32_t>(*delay), static_cast<std::uint32_t>(*delay)};
        std::uint32_t least = ir::max_delay;
        std::uint32_t most  = 1;
        const auto pre_size = static_cast<std::uint32_t>(network_.at(p.pre).size());
        ir::for_each_row(network_, ProjectionId{k}, 0, pre_size,
                         [&](std::uint32_t, std::span<const ir::Synapse> row) {
                             for (const ir::Synapse& s : row) {
                                 least = std::min(least, s.delay);
                                 most  = std::max(most, s.delay);
                             }
                         });
        return {std::min(least, most), most};
    }

    void check_sizes() {
        for (std::size_t k = 0; k < network_.projections.size(); ++k) {
            if (plan_.projections[k].form != Form::dense) continue;
            const ir::Projection& p = network_.projections[k];
            const std::uint64_t size =
                size_of({network_.at(p.pre).size(), network_.at(p.post).size(), spans_[k]});
            if (size > most_weights)
                complain(
                    "nir.too-large", fmt::format("/projections/{}", k),
                    fmt::format(
                        "as Linear nodes, one a delay, it may have {} weights; the limit is {}",
                        size, most_weights));
        }
    }

    const ir::Network& network_;
    std::optional<double> dt_;
    Diagnostics& faults_;
    WriterPlan plan_;
    std::vector<std::uint64_t> spans_;  ///< of each projection, how many delays it may have
};

}  // namespace

WriterPlan plan_graph(const ir::Network& network, std::optional<double> dt, Diagnostics& faults) {
    return Planner{network, dt, faults}.run();
}

std::vector<double> parameter_values(const ir::Network& network, std::uint32_t population,
                                     const std::string& name) {
    const ir::Population& owner        = network.populations[population];
    const ir::ModelDescription* model  = ir::find_model(owner.model.name);
    const ir::ParameterDescription* of = model->find(name);
    if (of == nullptr) return {};
    const auto given = owner.model.parameters.find(name);
    if (given == owner.model.parameters.end())
        return std::vector<double>(owner.size(), of->default_value.value_or(0));
    if (const auto* array = std::get_if<ir::Array>(&given->second)) return **array;
    std::vector<double> values(owner.size());
    for (std::uint64_t k = 0; k < values.size(); ++k)
        values[k] = ir::parameter(network, PopulationId{population}, name, k);
    return values;
}

}  // namespace spikeloom::frontend::nir
