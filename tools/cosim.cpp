// SPDX-License-Identifier: Apache-2.0
/// `spikeloom cosim`: a network across several devices, links and an environment.
#include "compiler/pipeline/pipeline.hpp"
#include "hw/spec/chip_spec.hpp"
#include "runtime/session/session.hpp"
#include "support/atomic_file.hpp"
#include "support/spike_csv.hpp"
#include "tools/command.hpp"
#include "tools/cosim_build.hpp"
#include "tools/cosim_report.hpp"
#include "tools/outputs.hpp"
#include "tools/runner.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <tuple>
#include <utility>

namespace spikeloom::tools {
namespace {

struct Flags {
    std::string platform;
    CompileFlags compile;
    std::string spikes;
    std::string report;
    bool json = false;
};

/// Spikes of all devices in the whole network's numbering; stand-ins do not spike.
std::vector<SpikeRows::Row> rows_of(const BuiltPlatform& built,
                                    const systemc::PlatformOutcome& outcome) {
    std::vector<SpikeRows::Row> rows;
    for (std::size_t d = 0; d < built.images.size(); ++d) {
        const runtime::SymbolTable symbols{built.images[d]};
        for (const runtime::SpikeEvent& spike : outcome.devices[d].spikes) {
            const std::size_t p = symbols.population_of(spike.neuron);
            if (symbols.symbol(p).is_source) continue;
            rows.push_back({spike.tick.value, built.network.find(symbols.symbol(p).name)->value,
                            spike.neuron.value - symbols.first(p).value, 1.0});
        }
    }
    std::ranges::sort(rows, {}, [](const SpikeRows::Row& r) {
        return std::tuple{r.tick, r.population, r.neuron};
    });
    return rows;
}

runtime::Trains cut_trains(const BuiltPlatform& built, const std::vector<SpikeRows::Row>& rows) {
    runtime::Trains trains;
    for (const SpikeRows::Row& row : rows)
        trains[{built.network.populations[row.population].name, row.neuron}].push_back(row.tick);
    return trains;
}

/// The network uncut, on the default device of the reference target, with the same input.
Checked<runtime::Trains> run_reference(const PlatformFile& file, const Flags& flags,
                                       runtime::Trains input,
                                       const systemc::PlatformOutcome& outcome,
                                       const BuiltPlatform& built) {
    for (const runtime::InputEvent& event : outcome.environment_input) {
        const auto& port = built.platform.environment_inputs[event.source.value >> 24U].port;
        auto& train      = input[{port.population, event.source.value & 0xFFFFFFU}];
        train.insert(train.end(), static_cast<std::size_t>(event.value), event.tick.value);
    }
    CompileFlags compile = flags.compile;
    compile.target       = file.reference;
    auto compiled        = compile_or_load(file.network, compile);
    if (!compiled) return failed(compiled);
    const auto events = input_of(compiled->image, input);
    RunFlags run_flags;
    run_flags.ticks = file.ticks;
    const auto run  = run_image(std::move(*compiled), events, run_flags, Global{true});
    if (!run) return failed(run);
    return trains_of(run->image, run->result.spikes);
}

Checked<void> cosim(const Flags& flags, const Global& global) {
    const auto file = read_platform(flags.platform);
    if (!file) return failed(file);
    auto built = build_platform(*file, flags.compile);
    if (!built) return failed(built);
    warn(built->warnings, global.quiet);
    const auto start = std::chrono::steady_clock::now();
    const auto links = built->platform.links;
    const auto ports = built->platform.environment_inputs;
    auto outcome     = systemc::run_platform(std::move(built->platform));
    if (!outcome) return failed(outcome);
    built->platform.links                    = links;
    built->platform.environment_inputs       = ports;
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;

    const auto rows = rows_of(*built, *outcome);
    CosimReport report{*file, *built, *outcome, wall.count(), {}};
    if (!file->reference.empty()) {
        const auto reference = run_reference(*file, flags, built->input, *outcome, *built);
        if (!reference) return failed(reference);
        report.against = runtime::compare_trains(*reference, cut_trains(*built, rows));
    }
    if (!flags.spikes.empty()) {
        SpikeRows table{{}, rows};
        for (const ir::Population& population : built->network.populations)
            table.populations.push_back(population.name);
        if (auto written = write_spike_csv(flags.spikes, table); !written) return failed(written);
    }
    const std::string json = to_json(report);
    if (!flags.report.empty())
        if (auto written = write_file(flags.report, json); !written) return failed(written);
    const auto printed = print(flags.json ? json : to_text(report));
    if (!printed) return failed(printed);
    return {};
}

}  // namespace

Action add_cosim(CLI::App& app) {
    const auto flags = std::make_shared<Flags>();
    app.add_option("PLATFORM.json", flags->platform, "devices, links and environment")->required();
    app.add_option("--seed", flags->compile.seed, "key of everything random");
    app.add_option("--dt", flags->compile.dt, "tick [s]")->check(CLI::PositiveNumber);
    app.add_option("--integrator", flags->compile.integrator, "how time constants become decays")
        ->check(CLI::IsMember({"euler", "exact"}));
    app.add_option("--reset", flags->compile.reset, "membrane after a spike")
        ->check(CLI::IsMember({"value", "subtract"}));
    app.add_option("--spikes", flags->spikes, "write the spikes of all devices to this CSV file");
    app.add_option("--report", flags->report, "write the report to this JSON file");
    app.add_flag("--json", flags->json, "print the report as one JSON document");
    return [flags](const Global& global) { return cosim(*flags, global); };
}

}  // namespace spikeloom::tools
