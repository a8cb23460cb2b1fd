// SPDX-License-Identifier: Apache-2.0
#include "compiler/pipeline/pipeline.hpp"

#include "compiler/ir/hash.hpp"
#include "compiler/ir/models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikeloom::compiler {

namespace {

/// Settles one option after the other; faults and warnings gather.
class Resolver {
public:
    Resolver(const ir::Network& network, const CompileOptions& options)
        : network_{network}, result_{options, {}} {}

    void dt() {
        double& dt = result_.options.dt;
        if (dt == 0 && network_.dt) dt = *network_.dt;
        if (dt == 0) {
            dt = 1e-3;
            warn("the network file does not say dt: taking 1 ms (set it with --dt)");
        }
        if (!(std::isfinite(dt) && dt > 0)) {
            error("compile.dt", fmt::format("dt must be a time above 0 s, not {}", dt));
        }
    }

    void integrator() {
        const std::string& name = result_.options.integrator;
        if (name != "euler" && name != "exact") {
            error("compile.integrator",
                  fmt::format("there is no integrator '{}': use euler or exact", name));
        }
    }

    void reset() {
        std::string& reset = result_.options.reset;
        if (reset.empty() && network_.reset) reset = *network_.reset;
        if (reset.empty()) {
            reset = "value";
            if (has_spiking_neurons()) {
                warn(
                    "the network file does not say how neurons reset: taking reset to v_reset "
                    "(set it with --reset)");
            }
        }
        if (reset != "value" && reset != "subtract") {
            error("compile.reset",
                  fmt::format("there is no reset '{}': use value or subtract", reset));
        }
    }

    void chip(const Target& target) {
        std::string& chip = result_.options.chip;
        const auto chips  = target.chips();
        if (chip.empty() && !chips.empty()) chip = chips.front();
        const bool is_path = chip.find('/') != std::string::npos || chip.ends_with(".json");
        if (is_path || std::find(chips.begin(), chips.end(), chip) != chips.end()) return;
        error("compile.chip", fmt::format("target '{}' has no chip '{}'", target.name(), chip));
        for (const std::string& known : chips)
            errors_.back().notes.push_back("known: " + known);
    }

    Checked<ResolvedOptions> take() {
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        return std::move(result_);
    }

private:
    void warn(std::string text) { result_.warnings.push_back(std::move(text)); }
    void error(std::string code, std::string message) {
        errors_.push_back({std::move(code), std::move(message), {network_.file, ""}});
    }

    bool has_spiking_neurons() const {
        return std::any_of(network_.populations.begin(), network_.populations.end(),
                           [](const ir::Population& population) {
                               const auto* model = ir::find_model(population.model.name);
                               return model != nullptr && model->kind == ir::ModelKind::spiking;
                           });
    }

    const ir::Network& network_;
    ResolvedOptions result_;
    Diagnostics errors_;
};

void fill_header(hw::HardwareImage& image, const ir::Network& network,
                 const CompileOptions& options) {
    image.network_hash          = ir::hash(network);
    image.tool_version          = tool_version();
    image.seed                  = options.seed;
    image.dt                    = options.dt;
    image.options["dt"]         = fmt::format("{}", options.dt);
    image.options["integrator"] = options.integrator;
    image.options["reset"]      = options.reset;
    image.options["chip"]       = options.chip;
    image.options["seed"]       = fmt::format("{}", options.seed);
    for (const auto& [path, value] : options.sets)
        image.options["set " + path] = value;
    for (const auto& [name, value] : options.choices)
        if (name != "threads") image.options[name] = value;  // changes the time, not the image
}

}  // namespace

bool Target::reads(const std::string&) const {
    return false;
}

Checked<CompileOutput> Target::compile_file(const std::string& path, const CompileOptions&) const {
    return tl::unexpected{
        Diagnostics{{"compile.file", "the target compiles networks only", {path, ""}}}};
}

Checked<SpikeRows> Target::read_input(const std::string& path, const hw::HardwareImage&) const {
    return tl::unexpected{
        Diagnostics{{"compile.file", "the target has no input files of its own", {path, ""}}}};
}

void Target::derive(hw::ChipSpec&) const {}

Checked<CompileOutput> compile_file(const std::string& path, const Target& target,
                                    const CompileOptions& options) {
    ir::Network none;  // what there is to settle without a network
    none.file    = path;
    none.dt      = 1e-3;
    none.reset   = "value";
    auto settled = resolve(none, target, options);
    if (!settled) return tl::unexpected{settled.error()};
    auto output = target.compile_file(path, settled->options);
    if (output) fill_header(output->image, none, settled->options);
    return output;
}

std::string_view tool_version() {
    return SPIKELOOM_VERSION;
}

Checked<ResolvedOptions> resolve(const ir::Network& network, const Target& target,
                                 const CompileOptions& options) {
    Resolver resolver{network, options};
    resolver.dt();
    resolver.integrator();
    resolver.reset();
    resolver.chip(target);
    return resolver.take();
}

Checked<CompileOutput> compile(const ir::Network& network, const Target& target,
                               const CompileOptions& options) {
    if (auto sound = ir::check(network); !sound) return tl::unexpected{sound.error()};
    auto resolved = resolve(network, target, options);
    if (!resolved) return tl::unexpected{resolved.error()};
    ir::Network seeded = network;
    if (options.seed != 0) seeded.seed = options.seed;
    resolved->options.seed = seeded.seed;
    auto output            = target.compile(seeded, resolved->options);
    if (!output) return output;
    fill_header(output->image, network, resolved->options);
    output->warnings.insert(output->warnings.begin(), resolved->warnings.begin(),
                            resolved->warnings.end());
    return output;
}

}  // namespace spikeloom::compiler
