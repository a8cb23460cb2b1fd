// SPDX-License-Identifier: Apache-2.0
/// `spikeloom compare`: two spike files, or one network on several targets.
#include "runtime/report/compare.hpp"

#include "backends/registry.hpp"
#include "runtime/report/text.hpp"
#include "tools/command.hpp"
#include "tools/inputs.hpp"
#include "tools/outputs.hpp"
#include "tools/runner.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace spikeloom::tools {
namespace {

struct Flags {
    std::vector<std::string> files;
    std::vector<std::string> targets;
    std::string input;
    std::uint64_t ticks = 0;
    CompileFlags compile;
    bool json = false;
};

Checked<void> compare_files(const Flags& flags) {
    const auto a = read_trains(flags.files[0]);
    if (!a) return failed(a);
    const auto b = read_trains(flags.files[1]);
    if (!b) return failed(b);
    const auto comparison = runtime::compare_trains(*a, *b);
    const auto printed =
        print(flags.json ? runtime::to_json(comparison) : runtime::to_text(comparison));
    if (!printed) return failed(printed);
    return {};
}

/// What one target made of the network; the first target is the reference.
struct Row {
    std::string target;
    std::string refused;  ///< the diagnostics, when it did not fit or did not run
    runtime::Trains trains;
    runtime::Report report;
    runtime::TrainComparison difference;
};

Checked<Row> run_target(const Flags& flags, const std::string& target, const Global& global) {
    Row row{target, {}, {}, {}, {}};
    if (const auto known = backends::find_target(target); !known) return failed(known);
    CompileFlags compile = flags.compile;
    compile.target       = target;
    if (target != flags.targets.front() && target == "golden") compile.chip.clear();
    auto compiled = compile_or_load(flags.files[0], compile);
    if (!compiled) {
        row.refused = to_string(compiled.error());
        return row;
    }
    std::vector<runtime::InputEvent> input;
    if (!flags.input.empty()) {
        auto events = read_input(flags.input, compiled->image);
        if (!events) return tl::unexpected(events.error());
        input = std::move(*events);
    }
    RunFlags run_flags;
    run_flags.ticks = flags.ticks;
    const auto run  = run_image(std::move(*compiled), input, run_flags, global);
    if (!run) {
        row.refused = to_string(run.error());
        return row;
    }
    row.trains = trains_of(run->image, run->result.spikes);
    row.report = run->report;
    return row;
}

std::string to_text(const std::vector<Row>& rows) {
    std::string out =
        fmt::format("{:<12} {:>10} {:>10} {:>10} {:>10} {:>12} {:>12} {:>12}\n", "target", "spikes",
                    "matched", "missed", "added", "tick", "energy", "J/event");
    for (const Row& row : rows) {
        if (!row.refused.empty()) {
            out += fmt::format("{:<12} does not run: {}\n", row.target, row.refused);
            continue;
        }
        const auto& d       = row.difference.total;
        const auto tick     = row.report.latency.find("tick");
        const auto events   = row.report.activity.find("synaptic_events");
        const double joules = row.report.total_joules();
        const bool counted  = events != row.report.activity.end() && events->second.value > 0;
        out += fmt::format(
            "{:<12} {:>10} {:>10} {:>10} {:>10} {:>12} {:>12} {:>12}\n", row.target, d.other,
            d.matched, d.missed, d.added,
            tick == row.report.latency.end() ? "-" : runtime::si(tick->second.mean, "s"),
            joules > 0 ? runtime::si(joules, "J") : "-",
            joules > 0 && counted ? runtime::si(joules / events->second.value, "J") : "-");
    }
    return out + fmt::format("spikes against {} (measured); tick: mean latency, energy: modelled\n",
                             rows.front().target);
}

std::string to_json(const std::vector<Row>& rows) {
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const Row& row : rows) {
        nlohmann::ordered_json one{{"target", row.target}, {"fits", row.refused.empty()}};
        if (row.refused.empty()) {
            one["report"]     = nlohmann::ordered_json::parse(runtime::to_json(row.report));
            one["difference"] = nlohmann::ordered_json::parse(runtime::to_json(row.difference));
        } else {
            one["reason"] = row.refused;
        }
        json.push_back(std::move(one));
    }
    return json.dump(2) + "\n";
}

Checked<void> compare_targets(const Flags& flags, const Global& global) {
    std::vector<Row> rows;
    for (const std::string& target : flags.targets) {
        auto row = run_target(flags, target, global);
        if (!row) return failed(row);
        rows.push_back(std::move(*row));
    }
    for (Row& row : rows)
        row.difference = runtime::compare_trains(rows.front().trains, row.trains);
    const auto printed = print(flags.json ? to_json(rows) : to_text(rows));
    if (!printed) return failed(printed);
    return {};
}

Checked<void> compare(const Flags& flags, const Global& global) {
    if (flags.targets.empty()) {
        if (flags.files.size() == 2) return compare_files(flags);
        return failed("usage.compare", "give two spike files, or one network with --targets");
    }
    if (flags.files.size() != 1 || flags.ticks == 0)
        return failed("usage.compare", "--targets wants one network file and --ticks");
    return compare_targets(flags, global);
}

}  // namespace

Action add_compare(CLI::App& app) {
    const auto flags = std::make_shared<Flags>();
    app.add_option("FILES", flags->files, "A.csv B.csv, or a network file with --targets")
        ->required()
        ->expected(1, 2);
    app.add_option("--targets", flags->targets, "targets to run, the first is the reference")
        ->delimiter(',');
    app.add_option("--input,-i", flags->input, "spikes in");
    app.add_option("--ticks,-n", flags->ticks, "how many ticks to run");
    app.add_option("--chip", flags->compile.chip, "configuration of the target, or a chip file");
    app.add_option("--seed", flags->compile.seed, "key of everything random");
    app.add_option("--dt", flags->compile.dt, "tick [s]")->check(CLI::PositiveNumber);
    app.add_option("--integrator", flags->compile.integrator, "how time constants become decays")
        ->check(CLI::IsMember({"euler", "exact"}));
    app.add_option("--reset", flags->compile.reset, "membrane after a spike")
        ->check(CLI::IsMember({"value", "subtract"}));
    app.add_flag("--json", flags->json, "one JSON document on standard output");
    return [flags](const Global& global) { return compare(*flags, global); };
}

}  // namespace spikeloom::tools
