// SPDX-License-Identifier: Apache-2.0
/// `spikeloom compile`: network file to hardware image.
#include "backends/registry.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "support/atomic_file.hpp"
#include "tools/command.hpp"
#include "tools/options.hpp"
#include "tools/partition.hpp"
#include "tools/run_report.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace spikeloom::tools {
namespace {

struct Flags {
    std::string network;
    CompileFlags compile;
    MapFlags map;
    std::string output;
    std::string report;
    bool json           = false;
    const CLI::App* app = nullptr;  ///< knows which options were given
};

/// The mapper's options as choices for targets of many cores, where they were given.
void add_choices(const Flags& flags, compiler::CompileOptions& options) {
    if (flags.app->count("--partitioner") > 0)
        options.choices["partitioner"] = flags.map.partitioner;
    if (flags.app->count("--placer") > 0) options.choices["placer"] = flags.map.placer;
}

Checked<void> compile_network(const Flags& flags, const Global& global) {
    if (flags.map.wanted())
        return map_file(flags.network, flags.compile, flags.map,
                        {flags.output, flags.report, flags.json}, global);
    if (flags.compile.target.empty()) return failed("usage.target", "--target is required");
    if (flags.output.empty()) return failed("usage.output", "--output is required");
    const auto target = backends::find_target(flags.compile.target);
    if (!target) return failed(target);
    auto options = flags.compile.options_for(**target);
    if (!options) return failed(options);
    add_choices(flags, *options);
    const auto output = compile_any(flags.network, **target, *options, flags.compile);
    if (!output) return failed(output);

    warn(output->warnings, global.quiet);
    runtime::Report report = image_report(output->image);
    report.command         = "compile";
    report.warnings        = output->warnings;
    if (!flags.report.empty()) {
        const auto written = write_file(flags.report, runtime::to_json(report));
        if (!written) return failed(written);
    }
    const auto written = hw::write_image(output->image, flags.output);
    if (!written) return failed(written);
    const auto printed = print(flags.json ? runtime::to_json(report) : runtime::to_text(report));
    if (!printed) return failed(printed);
    return {};
}

}  // namespace

Action add_compile(CLI::App& app) {
    const auto flags = std::make_shared<Flags>();
    app.add_option("NETWORK", flags->network, "network file (.json, .nir); bare graph")->required();
    flags->app = &app;
    flags->compile.add_to(app);
    flags->map.add_to(app);
    app.add_option("-o,--output", flags->output,
                   "hardware image to write; with --map-only a CSV of neurons and cores");
    app.add_option("--report", flags->report, "write the report to this JSON file");
    app.add_flag("--json", flags->json, "print the report as one JSON document");
    return [flags](const Global& global) { return compile_network(*flags, global); };
}

}  // namespace spikeloom::tools
