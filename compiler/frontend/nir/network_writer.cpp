// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/nir.hpp"
#include "compiler/frontend/nir/raw_array.hpp"
#include "compiler/frontend/nir/spikeloom_metadata.hpp"
#include "compiler/frontend/nir/writer_plan.hpp"
#include "compiler/ir/expand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace spikeloom::frontend {
namespace {

using namespace nir;

struct NeuronWords {
    std::string_view model;
    std::string_view type;
    std::vector<std::string> parameters;
};

const std::vector<NeuronWords>& neuron_words() {
    static const std::vector<NeuronWords> words{
        {"lif", "LIF", {"tau", "r", "v_leak", "v_threshold", "v_reset"}},
        {"if", "IF", {"r", "v_threshold", "v_reset"}},
        {"li", "LI", {"tau", "r", "v_leak"}},
        {"i", "I", {"r"}},
        {"threshold", "Threshold", {"threshold"}},
        {"cuba_li", "CubaLI", {"tau_syn", "tau_mem", "r", "v_leak", "w_in"}},
        {"cuba_lif",
         "CubaLIF",
         {"tau_syn", "tau_mem", "r", "v_leak", "v_threshold", "v_reset", "w_in"}},
    };
    return words;
}

RawArray shape_array(const Shape& shape) {
    const std::vector<std::int64_t> extents(shape.begin(), shape.end());
    return make_integers(extents, {extents.size()});
}

RawArray pair_array(std::int64_t y, std::int64_t x) {
    return make_integers(std::array{y, x}, {2});
}

class GraphWriter {
public:
    GraphWriter(const ir::Network& network, const WriterPlan& plan, std::optional<double> dt)
        : network_{network}, plan_{plan}, dt_{dt} {}

    RawGraph run() {
        graph_.file      = network_.file;
        graph_.version   = "1.0";
        graph_.root.type = "NIRGraph";
        for (const ir::Population& population : network_.populations)
            names_.insert(population.name);
        for (std::uint32_t k = 0; k < network_.populations.size(); ++k)
            add_population(k);
        for (std::uint32_t k = 0; k < network_.projections.size(); ++k)
            add_projection(k);
        add_metadata();
        std::ranges::sort(graph_.root.nodes, {}, &RawNode::name);
        return std::move(graph_);
    }

private:
    std::string fresh(const std::string& wanted) {
        std::string clean = wanted;
        std::ranges::replace(clean, '/', '_');
        std::string name = clean;
        for (unsigned k = 2; !names_.insert(name).second; ++k)
            name = fmt::format("{}#{}", clean, k);
        return name;
    }

    void add_node(std::string name, std::string_view type,
                  std::map<std::string, RawArray> parameters) {
        RawNode node;
        node.name       = std::move(name);
        node.type       = type;
        node.parameters = std::move(parameters);
        graph_.root.nodes.push_back(std::move(node));
    }

    /// A new node behind `from`; returns its name.
    std::string append(const std::string& from, const std::string& wanted, std::string_view type,
                       std::map<std::string, RawArray> parameters) {
        std::string name = fresh(wanted);
        add_node(name, type, std::move(parameters));
        graph_.root.edges.emplace_back(from, name);
        return name;
    }

    void add_population(std::uint32_t k) {
        const ir::Population& population = network_.populations[k];
        const Shape& shape               = plan_.shapes[k];
        const bool is_readout            = population.model.name == "linear";
        if (population.model.name == "spike_source" || is_readout)
            add_node(population.name, is_readout ? "Output" : "Input",
                     {{"shape", shape_array(shape)}});
        else
            add_neurons(k);
        if (!population.is_output || is_readout) return;
        const bool is_only =
            std::ranges::count(network_.populations, true, &ir::Population::is_output) == 1;
        append(population.name, is_only ? "output" : population.name + ".output", "Output",
               {{"shape", shape_array(shape)}});
    }

    void add_neurons(std::uint32_t k) {
        const ir::Population& population = network_.populations[k];
        const auto words =
            std::ranges::find(neuron_words(), population.model.name, &NeuronWords::model);
        std::map<std::string, RawArray> parameters;
        for (const std::string& name : words->parameters)
            parameters.emplace(name,
                               make_real(parameter_values(network_, k, name), plan_.shapes[k]));
        add_node(population.name, words->type, std::move(parameters));
    }

    void add_projection(std::uint32_t k) {
        const ir::Projection& p = network_.projections[k];
        switch (plan_.projections[k].form) {
            case Form::direct:
                return finish(k, flattened(k), single_delay(k));
            case Form::scale:
                return finish(k, add_scale(p, flattened(k)), single_delay(k));
            case Form::convolution:
                return finish(k, add_convolution(k), single_delay(k));
            case Form::pool:
                return finish(k, add_pool(k), single_delay(k));
            case Form::dense:
                return add_dense(k);
        }
    }

    [[nodiscard]] std::uint32_t single_delay(std::uint32_t k) const {
        return static_cast<std::uint32_t>(std::get<double>(network_.projections[k].delays));
    }

    /// The pre population, flat where the post one is flat or the operator wants it so.
    std::string flattened(std::uint32_t k) {
        const ir::Projection& p = network_.projections[k];
        const Shape& shape      = plan_.shapes[p.pre.value];
        const std::string& from = network_.at(p.pre).name;
        const bool wants_flat =
            plan_.projections[k].form == Form::dense || plan_.shapes[p.post.value].size() == 1;
        if (shape.size() == 1 || !wants_flat) return from;
        return append(from, p.name + ".flatten", "Flatten",
                      {{"start_dim", make_integers(std::array{std::int64_t{0}}, {})},
                       {"end_dim", make_integers(std::array{std::int64_t{-1}}, {})},
                       {"input_type", shape_array(shape)}});
    }

    static std::vector<double> weights_of(const ir::Projection& p, std::uint64_t count) {
        if (const auto* array = std::get_if<ir::Array>(&p.weights)) return **array;
        return std::vector<double>(count, std::get<double>(p.weights));
    }

    std::string add_scale(const ir::Projection& p, const std::string& from) {
        const Shape& shape = plan_.shapes[p.post.value];
        return append(from, p.name, "Scale",
                      {{"scale", make_real(weights_of(p, size_of(shape)), shape)}});
    }

    std::string add_convolution(std::uint32_t k) {
        const ir::Projection& p = network_.projections[k];
        const auto& c           = std::get<ir::Conv2d>(p.connector);
        const Shape& in         = plan_.shapes[p.pre.value];
        const Shape kernel{c.out_channels, in[0] / c.groups, c.kernel_y, c.kernel_x};
        const bool symmetric = c.pad_top == c.pad_bottom && c.pad_left == c.pad_right;
        return append(
            network_.at(p.pre).name, p.name, "Conv2d",
            {{"input_shape", shape_array({in[1], in[2]})},
             {"weight", make_real(weights_of(p, size_of(kernel)), kernel)},
             {"bias", make_real(channel_bias(k), {c.out_channels})},
             {"stride", pair_array(c.stride_y, c.stride_x)},
             {"padding", symmetric ? pair_array(c.pad_top, c.pad_left) : make_text("same")},
             {"dilation", pair_array(c.dilation_y, c.dilation_x)},
             {"groups", make_integers(std::array{std::int64_t{c.groups}}, {})}});
    }

    [[nodiscard]] std::vector<double> channel_bias(std::uint32_t k) const {
        const ir::Projection& p      = network_.projections[k];
        const std::uint64_t channels = plan_.shapes[p.post.value][0];
        std::vector<double> bias(channels, 0.0);
        if (!plan_.projections[k].carries_bias) return bias;
        const auto all = parameter_values(network_, p.post.value, "bias");
        for (std::uint64_t c = 0; c < channels; ++c)
            bias[c] = all[c * (all.size() / channels)];
        return bias;
    }

    std::string add_pool(std::uint32_t k) {
        const ir::Projection& p = network_.projections[k];
        const auto& pool        = std::get<ir::Pool2d>(p.connector);
        const double weight     = std::get<double>(p.weights);
        const bool is_average   = weight == 1.0 / (double{1} * pool.kernel_y * pool.kernel_x);
        const bool is_sum       = weight == 1;
        const std::string name  = append(network_.at(p.pre).name, p.name,
                                        is_average && !is_sum ? "AvgPool2d" : "SumPool2d",
                                         {{"kernel_size", pair_array(pool.kernel_y, pool.kernel_x)},
                                          {"stride", pair_array(pool.stride_y, pool.stride_x)},
                                          {"padding", pair_array(pool.pad_y, pool.pad_x)}});
        if (is_average || is_sum) return name;
        const Shape& shape = plan_.shapes[p.post.value];
        return append(name, p.name + ".scale", "Scale",
                      {{"scale", make_real(std::vector<double>(size_of(shape), weight), shape)}});
    }

    /// One Linear for each delay that occurs.
    void add_dense(std::uint32_t k) {
        const ir::Projection& p       = network_.projections[k];
        const std::uint64_t pre_size  = network_.at(p.pre).size();
        const std::uint64_t post_size = network_.at(p.post).size();
        std::map<std::uint32_t, std::vector<double>> by_delay;
        ir::for_each_row(network_, ProjectionId{k}, 0, static_cast<std::uint32_t>(pre_size),
                         [&](std::uint32_t pre, std::span<const ir::Synapse> row) {
                             for (const ir::Synapse& s : row) {
                                 auto& weights = by_delay[s.delay];
                                 weights.resize(pre_size * post_size, 0.0);
                                 weights[s.post * pre_size + pre] += s.weight;
                             }
                         });
        if (by_delay.empty()) by_delay[least_delay(k)].resize(pre_size * post_size, 0.0);
        const std::string from = flattened(k);
        bool carries_bias      = plan_.projections[k].carries_bias;
        for (const auto& [delay, weights] : by_delay) {
            std::map<std::string, RawArray> parameters{
                {"weight", make_real(weights, {post_size, pre_size})}};
            if (carries_bias)
                parameters.emplace(
                    "bias",
                    make_real(parameter_values(network_, p.post.value, "bias"), {post_size}));
            const std::string name =
                append(from, p.name, std::exchange(carries_bias, false) ? "Affine" : "Linear",
                       std::move(parameters));
            finish(k, name, delay);
        }
    }

    /// What a projection without synapses is written with: no Delay node.
    [[nodiscard]] std::uint32_t least_delay(std::uint32_t k) const {
        return static_cast<std::uint32_t>(std::max<std::int64_t>(0, plan_.projections[k].implied));
    }

    /// Leads into the post population, over a Delay node where NIR does not imply the delay.
    void finish(std::uint32_t k, std::string name, std::uint32_t delay) {
        const ir::Projection& p = network_.projections[k];
        const Shape& shape      = plan_.shapes[p.post.value];
        const double ticks      = static_cast<double>(delay - plan_.projections[k].implied);
        if (ticks > 0)
            name = append(
                name, p.name + ".delay", "Delay",
                {{"delay", make_real(std::vector<double>(size_of(shape), ticks * *dt_), shape)}});
        const Edge edge{name, network_.at(p.post).name};
        if (std::ranges::find(graph_.root.edges, edge) == graph_.root.edges.end())
            return graph_.root.edges.push_back(edge);
        // The same edge twice would count once.
        const std::string twin =
            append(name, p.name, "Scale",
                   {{"scale", make_real(std::vector<double>(size_of(shape), 1.0), shape)}});
        graph_.root.edges.emplace_back(twin, edge.second);
    }

    void add_metadata() {
        if (!network_.dt && !network_.reset) return;
        RawGroup metadata;
        metadata.name = "metadata";
        if (network_.dt) metadata.arrays.emplace(dt_key, make_real(std::array{*network_.dt}, {}));
        if (network_.reset) metadata.arrays.emplace(reset_key, make_text(*network_.reset));
        graph_.root.metadata = std::move(metadata);
    }

    const ir::Network& network_;
    const WriterPlan& plan_;
    std::optional<double> dt_;
    RawGraph graph_;
    std::set<std::string> names_;
};

}  // namespace

Checked<RawGraph> graph_from(const ir::Network& network, const NirOptions& options) {
    if (const auto good = ir::check(network); !good) return tl::unexpected{good.error()};
    const auto dt = options.dt ? options.dt : network.dt;
    Diagnostics faults;
    const WriterPlan plan = plan_graph(network, dt, faults);
    if (!faults.empty()) return tl::unexpected{std::move(faults)};
    return GraphWriter{network, plan, dt}.run();
}

Checked<void> write_nir(const ir::Network& network, const std::filesystem::path& path,
                        const NirOptions& options, const WriteOptions& storage) {
    const auto graph = graph_from(network, options);
    if (!graph) return tl::unexpected{graph.error()};
    if (const auto written = write_raw(*graph, path, storage); !written)
        return tl::unexpected{Diagnostics{written.error()}};
    return {};
}

}  // namespace spikeloom::frontend
