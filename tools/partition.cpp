// SPDX-License-Identifier: Apache-2.0
#include "tools/partition.hpp"

#include "compiler/mapping/bare_graph.hpp"
#include "compiler/mapping/from_network.hpp"
#include "compiler/mapping/mapping.hpp"
#include "compiler/mapping/report.hpp"
#include "support/atomic_file.hpp"
#include "tools/progress.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <memory>
#include <utility>

namespace spikeloom::tools {
namespace {

bool is_network(const std::string& path) {
    const auto extension = std::filesystem::path{path}.extension();
    return extension == ".json" || extension == ".nir";
}

/// --chip, else the first chip file made for --target; nothing when neither is given.
Checked<std::optional<hw::ChipSpec>> find_chip(const CompileFlags& flags) {
    const auto sets = flags.chip_sets();
    if (!sets) return failed(sets);
    const auto load = [&](const std::string& name) -> Checked<std::optional<hw::ChipSpec>> {
        auto chip = hw::load_chip(name, *sets);
        if (!chip) return failed(chip);
        return std::optional{std::move(*chip)};
    };
    const std::vector<std::string> known = hw::builtin_chips();
    if (!flags.chip.empty()) {
        const std::string longer = flags.target + "-" + flags.chip;
        return load(std::ranges::find(known, longer) == known.end() ? flags.chip : longer);
    }
    if (flags.target.empty()) return std::optional<hw::ChipSpec>{};
    for (const std::string& name : known) {
        const auto chip = hw::load_chip(name);
        if (chip && chip->target == flags.target) return load(name);
    }
    return failed("map.unknown-target",
                  fmt::format("there is no chip file for a target '{}'", flags.target));
}

Checked<mapping::MappingProblem> read_graph(const std::string& path, const MapFlags& flags,
                                            const std::optional<hw::ChipSpec>& chip) {
    auto problem = mapping::read_bare_graph(path);
    if (!problem) return failed(problem);
    constexpr std::uint32_t default_neurons = 256;
    problem->limits.neurons                 = default_neurons;
    if (chip) {
        auto limits = mapping::chip_limits(*chip);
        if (!limits) return failed(limits);
        problem->limits = std::move(*limits);
        problem->mesh   = mapping::chip_mesh(*chip);
    }
    if (flags.rates.source.empty()) return std::move(*problem);
    if (flags.rates.source == "golden")
        return failed("usage.rates", "a bare graph has nothing that could be run", {path, ""});
    const auto rates = mapping::read_rates(flags.rates.source);
    if (!rates) return failed(rates);
    if (rates->size() != problem->nets())
        return failed("map.rates-size",
                      fmt::format("{} rates for {} neurons", rates->size(), problem->nets()),
                      {flags.rates.source, ""});
    std::transform(rates->begin(), rates->end(), problem->spikes.begin(), mapping::spikes_of);
    return std::move(*problem);
}

Checked<mapping::MappingProblem> read_problem(const std::string& path, const CompileFlags& compile,
                                              const MapFlags& flags) {
    const auto chip = find_chip(compile);
    if (!chip) return failed(chip);
    if (!is_network(path)) return read_graph(path, flags, *chip);
    if (!*chip)
        return failed("usage.chip", "a network needs --chip or --target for the cores' limits",
                      {path, ""});
    const auto network = load_network(path, compile);
    if (!network) return failed(network);
    if (const auto sound = ir::check(*network); !sound) return failed(sound);
    mapping::NetworkMappingOptions options;
    auto rates = find_rates(flags.rates, *network);
    if (!rates) return failed(rates);
    options.rates = std::move(*rates);
    auto problem  = mapping::problem_from_network(*network, **chip, options);
    if (!problem) return failed(problem);
    return std::move(*problem);
}

void override_limits(const MapFlags& flags, mapping::MappingProblem& problem) {
    if (flags.neurons) problem.limits.neurons = *flags.neurons;
    if (flags.axons) problem.limits.incoming_axons = *flags.axons;
    if (flags.outgoing_axons) problem.limits.outgoing_axons = *flags.outgoing_axons;
    if (flags.partition_only) problem.mesh.reset();
}

/// A bar for each pass that reports, one after the other.
class PassBars {
public:
    explicit PassBars(bool quiet) : quiet_{quiet} {}

    void show(std::string_view pass, double done) {
        if (bar_ == nullptr || pass != pass_) {
            pass_ = pass;
            bar_.reset();
            bar_ = std::make_unique<Progress>(pass_, 100, quiet_);
            bar_->in_percent();
        }
        bar_->update(static_cast<std::uint64_t>(std::clamp(done, 0.0, 1.0) * 100));
    }

private:
    bool quiet_;
    std::string pass_;
    std::unique_ptr<Progress> bar_;
};

Result<mapping::Mapping> map_with_bars(const mapping::MappingProblem& problem,
                                       const CompileFlags& compile, const MapFlags& flags,
                                       bool quiet) {
    PassBars bars{quiet};
    mapping::MappingOptions options;
    options.partition.algorithm = flags.partitioner;
    options.partition.seed      = compile.seed;
    options.partition.threads   = flags.threads;
    options.partition.effort    = flags.effort;
    options.placement.algorithm = flags.placer;
    options.placement.seed      = compile.seed;
    options.placement.effort    = flags.effort;
    options.partition.progress = [&](std::string_view pass, double done) { bars.show(pass, done); };
    options.placement.progress = options.partition.progress;
    return mapping::map_network(problem, options);
}

/// Resident memory of the process, the highest so far.
std::uint64_t peak_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

/// One row for each neuron, in the order of the mapped populations.
std::string table_of(const mapping::MappingProblem& problem, const mapping::Mapping& mapping) {
    std::string text = "neuron,population,core,x,y\n";
    for (std::uint32_t v = 0; v < problem.neurons; ++v) {
        const std::uint32_t population = problem.population[v];
        const CoreId core              = mapping.partition.core_of[v];
        const mapping::Position at     = mapping.placement.of[core.value];
        const std::string name         = population < problem.population_names.size()
                                             ? problem.population_names[population]
                                             : std::to_string(population);
        fmt::format_to(std::back_inserter(text), "{},{},{},{},{}\n", v, name, core.value, at.x,
                       at.y);
    }
    return text;
}

Checked<void> write_outputs(const mapping::MappingProblem& problem, const mapping::Mapping& mapping,
                            const MapFlags& flags, const MapOutputs& outputs) {
    const std::string json = mapping::to_json(mapping.report) + "\n";
    const auto write       = [](const std::string& path, auto&& content) -> Result<void> {
        if (path.empty()) return {};
        return write_file(path, std::string_view{content()});
    };
    auto done = write(outputs.table, [&] { return table_of(problem, mapping); });
    if (done) done = write(outputs.report, [&] { return json; });
    if (done)
        done = write(flags.svg, [&] {
            return floorplan_svg(mapping, core_traffic(problem, mapping.partition));
        });
    if (done) done = print(outputs.json ? json : mapping::to_text(mapping.report));
    if (!done) return failed(done);
    return {};
}

}  // namespace

void MapFlags::add_to(CLI::App& app) {
    const auto names = [](auto infos) {
        std::vector<std::string> list;
        for (const auto& info : infos)
            list.emplace_back(info.name);
        return CLI::IsMember(list);
    };
    app.add_flag("--map-only", map_only,
                 "split the network over the cores of the chip and report; no image");
    app.add_flag("--partition-only", partition_only,
                 "the same on a mesh as large as it takes; also for bare graphs");
    app.add_option("--partitioner", partitioner, "how neurons are split over cores")
        ->check(names(mapping::partitioners()));
    app.add_option("--placer", placer, "how cores are put on the mesh")
        ->check(names(mapping::placers()));
    app.add_option("--neurons", neurons, "neurons a core, in place of the chip's")
        ->check(CLI::PositiveNumber);
    app.add_option("--axons", axons, "incoming axons a core, in place of the chip's")
        ->check(CLI::PositiveNumber);
    app.add_option("--outgoing-axons", outgoing_axons, "outgoing axons a core")
        ->check(CLI::PositiveNumber);
    app.add_option("--threads", threads, "of the mapper; changes the time only")
        ->check(CLI::Range(1U, 64U));
    app.add_option("--effort", effort, "scales the time that the mapper spends")
        ->check(CLI::Range(0.1, 100.0));
    rates.add_to(app);
    app.add_option("--svg", svg, "draw the floorplan to this file");
}

Checked<void> map_file(const std::string& path, const CompileFlags& compile, const MapFlags& flags,
                       const MapOutputs& outputs, const Global& global) {
    const auto start = std::chrono::steady_clock::now();
    auto problem     = read_problem(path, compile, flags);
    if (!problem) return failed(problem);
    override_limits(flags, *problem);
    const std::chrono::duration<double> reading = std::chrono::steady_clock::now() - start;
    const std::uint64_t read_peak               = peak_bytes();
    auto mapping = map_with_bars(*problem, compile, flags, global.quiet);
    if (!mapping) return failed(mapping);
    auto& passes = mapping->report.passes;
    passes.insert(passes.begin(), {"read", reading.count(), read_peak});
    return write_outputs(*problem, *mapping, flags, outputs);
}

}  // namespace spikeloom::tools
