// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/lava/lava.hpp"
#include "compiler/frontend/lava/layer_reader.hpp"
#include "compiler/frontend/nir/raw_parse.hpp"
#include "support/atomic_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace spikeloom::frontend {
namespace {

using nir::RawGroup;

constexpr double never = 1e12;  ///< time constant [ticks] of a state that loses nothing

const RawGroup* find_group(const RawGroup& owner, std::string_view name) {
    const auto found = std::ranges::find(owner.groups, name, &RawGroup::name);
    return found == owner.groups.end() ? nullptr : &*found;
}

/// Time constant in ticks of a register that loses `decay` of 4096, forward Euler with dt = 1.
double time_constant(double decay) {
    return decay == 0 ? never : 4096 / decay;
}

class LavaReader {
public:
    LavaReader(std::string file, Diagnostics faults)
        : fields_{std::move(file), std::move(faults)} {}

    Checked<ir::Network> run(const RawGroup& root) {
        const RawGroup* layers = find_group(root, "layer");
        if (layers == nullptr || layers->groups.empty()) {
            fields_.complain("lava.missing", "/layer", "the file has no layers");
            return tl::unexpected{std::move(fields_.faults)};
        }
        for (const RawGroup* layer : in_order(*layers))
            add_layer(*layer);
        network_.dt    = 1;
        network_.reset = "value";
        network_.file  = fields_.file;
        network_.name  = std::filesystem::path{fields_.file}.stem().string();
        if (!network_.populations.empty()) network_.populations.back().is_output = true;
        if (!fields_.faults.empty()) return tl::unexpected{std::move(fields_.faults)};
        if (auto sound = ir::check(network_); !sound) return tl::unexpected{sound.error()};
        return std::move(network_);
    }

private:
    /// By number; what is named otherwise is a fault.
    std::vector<const RawGroup*> in_order(const RawGroup& layers) {
        std::vector<std::pair<int, const RawGroup*>> numbered;
        for (const RawGroup& layer : layers.groups) {
            int number       = 0;
            const auto* last = layer.name.data() + layer.name.size();
            const auto read  = std::from_chars(layer.name.data(), last, number);
            if (read.ec != std::errc{} || read.ptr != last)
                fields_.complain("lava.layer", "/layer/" + layer.name,
                                 "a layer's name is its number");
            else
                numbered.emplace_back(number, &layer);
        }
        std::ranges::sort(numbered);
        std::vector<const RawGroup*> result;
        for (const auto& [number, layer] : numbered)
            result.push_back(layer);
        return result;
    }

    void add_layer(const RawGroup& layer) {
        const Layer at{layer, "/layer/" + layer.name};
        const auto type = fields_.text(at, "type");
        if (!type || *type == "flatten") return;  // the rows of a dense layer are flat anyway
        if (*type != "input" && *type != "conv" && *type != "dense")
            return fields_.complain(
                "lava.layer", at.path + "/type",
                fmt::format("there is no support for layers of type '{}'", *type));
        const std::size_t faults = fields_.faults.size();
        const auto shape         = shape_of(at);
        if (!shape) return;
        const bool first = network_.populations.empty();
        if (first != (*type == "input"))
            return fields_.complain("lava.layer", at.path + "/type",
                                    "a network begins with its only layer of type 'input'");
        refuse_delays(at);
        ir::Population population = population_of(at, *shape);
        if (fields_.faults.size() > faults) return;
        network_.populations.push_back(std::move(population));
        if (first) return;
        if (*type == "conv")
            connect_conv(at);
        else
            connect_dense(at);
    }

    std::optional<std::vector<std::uint32_t>> shape_of(const Layer& at) {
        const auto extents = fields_.numbers(at, "shape");
        if (!extents) return std::nullopt;
        std::vector<std::uint32_t> shape;
        for (const double extent : *extents) {
            if (!(extent >= 1 && extent <= double{ir::max_neurons})) {
                fields_.complain(
                    "lava.value", at.path + "/shape",
                    fmt::format("an extent of {}, limits 1 and {}", extent, ir::max_neurons));
                return std::nullopt;
            }
            shape.push_back(static_cast<std::uint32_t>(extent));
        }
        if (shape.empty() || shape.size() > 3) {
            fields_.complain("lava.value", at.path + "/shape",
                             fmt::format("{} extents, limits 1 and 3", shape.size()));
            return std::nullopt;
        }
        return shape;
    }

    void refuse_delays(const Layer& at) {
        if (!at.group.arrays.contains("delay")) return;
        const auto delays = fields_.numbers(at, "delay");
        if (!delays || std::ranges::all_of(*delays, [](double d) { return d == 0; })) return;
        fields_.complain("lava.delay", at.path + "/delay", "axonal delays are not supported");
    }

    ir::Population population_of(const Layer& at, const std::vector<std::uint32_t>& shape) {
        ir::Population p;
        p.name                 = "layer" + at.group.name;
        p.shape                = shape;
        p.pipeline_offset      = static_cast<std::uint32_t>(network_.populations.size());
        const RawGroup* neuron = find_group(at.group, "neuron");
        if (neuron == nullptr) {
            p.model.name = "spike_source";
            if (!network_.populations.empty())
                fields_.complain("lava.missing", at.path + "/neuron", "the group is missing");
            return p;
        }
        fill_neuron({*neuron, at.path + "/neuron"}, p);
        if (!network_.populations.empty()) fill_bias(at, p);
        return p;
    }

    void fill_neuron(const Layer& at, ir::Population& p) {
        const auto type = fields_.text(at, "type");
        if (!type) return;
        if (*type != "LOIHI" && *type != "CUBA")
            return fields_.complain(
                "lava.neuron", at.path + "/type",
                fmt::format("there is no support for neurons of type '{}'", *type));
        const auto i_decay = fields_.number(at, "iDecay", 1, 4096);
        const auto v_decay = fields_.number(at, "vDecay", 0, 4096);
        const auto vth     = fields_.number(at, "vThMant", 0, 131071);
        if (!i_decay || !v_decay || !vth) return;
        p.model.name       = "cuba_lif";
        auto& set          = p.model.parameters;
        set["tau_syn"]     = time_constant(*i_decay);
        set["tau_mem"]     = time_constant(*v_decay);
        set["w_in"]        = time_constant(*i_decay);
        set["r"]           = time_constant(*v_decay);
        set["v_threshold"] = *vth;
        if (!at.group.arrays.contains("refDelay")) return;
        const auto wait = fields_.number(at, "refDelay", 0, 64);
        if (wait && *wait > 1) set["refractory"] = *wait - 1;
    }

    /// One value a channel, or one for each neuron.
    void fill_bias(const Layer& at, ir::Population& p) {
        if (!at.group.arrays.contains("bias")) return;
        const auto bias = fields_.numbers(at, "bias");
        if (!bias) return;
        const std::uint64_t count = p.size();
        if (bias->empty() || count % bias->size() != 0)
            return fields_.complain("lava.value", at.path + "/bias",
                                    fmt::format("{} values for {} channels of {} neurons",
                                                bias->size(), p.shape.front(), count));
        std::vector<double> each(count);
        for (std::uint64_t k = 0; k < count; ++k)
            each[k] = (*bias)[k / (count / bias->size())];
        network_bias(p, each);
    }

    static void network_bias(ir::Population& p, std::vector<double> bias) {
        const double factor = std::get<double>(p.model.parameters.at("r"));
        for (double& b : bias)
            b *= factor;
        p.model.parameters["v_leak"] = std::make_shared<const std::vector<double>>(std::move(bias));
    }

    ir::Projection edge() {
        ir::Projection projection;
        const auto last = static_cast<std::uint32_t>(network_.populations.size() - 1);
        projection.pre  = PopulationId{last - 1};
        projection.post = PopulationId{last};
        projection.name =
            network_.populations[last - 1].name + "->" + network_.populations[last].name;
        return projection;
    }

    void set_weights(const Layer& at, std::uint64_t count, ir::Projection projection) {
        auto weights = fields_.numbers(at, "weight");
        if (!weights) return;
        if (weights->size() != count)
            return fields_.complain(
                "lava.shape", at.path + "/weight",
                fmt::format("{} weights, {} by the shapes of the layers", weights->size(), count));
        projection.weights = std::make_shared<const std::vector<double>>(std::move(*weights));
        network_.projections.push_back(std::move(projection));
    }

    void connect_dense(const Layer& at) {
        ir::Projection projection = edge();
        projection.connector      = ir::Dense{};
        set_weights(at, network_.at(projection.pre).size() * network_.at(projection.post).size(),
                    std::move(projection));
    }

    void connect_conv(const Layer& at) {
        ir::Projection projection              = edge();
        const std::vector<std::uint32_t>& from = network_.at(projection.pre).shape;
        const std::vector<std::uint32_t>& to   = network_.at(projection.post).shape;
        if (from.size() != 3 || to.size() != 3)
            return fields_.complain("lava.shape", at.path + "/shape",
                                    "a convolution joins layers of three extents");
        const auto kernel   = fields_.extents(at, "weight");
        const auto stride   = fields_.pair(at, "stride", 1);
        const auto padding  = fields_.pair(at, "padding", 0);
        const auto dilation = fields_.pair(at, "dilation", 1);
        const auto groups   = fields_.number(at, "groups", 1, from[0]);
        if (!kernel || !stride || !padding || !dilation || !groups) return;
        if (kernel->size() < 4)
            return fields_.complain("lava.shape", at.path + "/weight",
                                    fmt::format("{} extents, at least 4 wanted", kernel->size()));
        ir::Conv2d conv;
        conv.kernel_y     = static_cast<std::uint32_t>((*kernel)[2]);
        conv.kernel_x     = static_cast<std::uint32_t>((*kernel)[3]);
        conv.out_channels = to[0];
        conv.stride_y = stride->first, conv.stride_x = stride->second;
        conv.pad_top = conv.pad_bottom = padding->first;
        conv.pad_left = conv.pad_right = padding->second;
        conv.dilation_y = dilation->first, conv.dilation_x = dilation->second;
        conv.groups = static_cast<std::uint32_t>(*groups);
        const std::uint64_t weights =
            std::uint64_t{to[0]} * (from[0] / conv.groups) * conv.kernel_y * conv.kernel_x;
        projection.connector = conv;
        set_weights(at, weights, std::move(projection));
    }

    FieldReader fields_;
    ir::Network network_;
};

}  // namespace

Checked<ir::Network> parse_lava(std::string_view bytes, const std::string& file,
                                const LavaOptions& options) {
    nir::ParsedGraph parsed = nir::parse_partly(bytes, file, options.limits);
    std::erase_if(parsed.faults, [](const Diagnostic& fault) {
        return fault.code == "nir.missing" && fault.location.where == "/node";
    });
    return LavaReader{file, std::move(parsed.faults)}.run(parsed.graph.rest);
}

Checked<ir::Network> read_lava(const std::filesystem::path& path, const LavaOptions& options) {
    const auto bytes = read_file(path, options.limits.file_bytes);
    if (!bytes) return tl::unexpected{Diagnostics{bytes.error()}};
    return parse_lava(*bytes, path.string(), options);
}

Result<void> set_input_bias(ir::Network& network, PopulationId population,
                            const std::vector<double>& bias) {
    ir::Population& p = network.populations[population.value];
    const auto r      = p.model.parameters.find("r");
    if (bias.size() != p.size() || r == p.model.parameters.end())
        return fault("lava.value", fmt::format("{} biases for {} neurons of population '{}'",
                                               bias.size(), p.size(), p.name));
    std::vector<double> leaks = bias;
    for (double& leak : leaks)
        leak *= std::get<double>(r->second);
    p.model.parameters["v_leak"] = std::make_shared<const std::vector<double>>(std::move(leaks));
    return {};
}

}  // namespace spikeloom::frontend
