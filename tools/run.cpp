// SPDX-License-Identifier: Apache-2.0
/// `spikeloom run`: a network or an image on a device.
#include "backends/registry.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "support/atomic_file.hpp"
#include "tools/command.hpp"
#include "tools/inputs.hpp"
#include "tools/options.hpp"
#include "tools/outputs.hpp"
#include "tools/run_report.hpp"
#include "tools/runner.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace spikeloom::tools {
namespace {

struct Flags {
    std::string what;
    std::string arithmetic;
    CompileFlags compile;
    RunFlags run;
    std::string input;
    std::string spikes;
    std::vector<std::string> records;
    std::string save_image;
    std::string report;
    bool json = false;
};

Checked<std::vector<RecordFlag>> parse_records(const std::vector<std::string>& texts) {
    std::vector<RecordFlag> records;
    for (const std::string& text : texts) {
        auto record = parse_record(text);
        if (!record) return failed(record);
        records.push_back(std::move(*record));
    }
    return records;
}

Result<void> write_files(const Flags& flags, const std::vector<RecordFlag>& records,
                         const Run& run) {
    if (!flags.spikes.empty()) {
        auto written = write_spikes(flags.spikes, run.image, run.result.spikes);
        if (!written) return written;
    }
    for (std::size_t k = 0; k < records.size(); ++k) {
        auto written = write_recording(records[k].file, run.result.recordings[k]);
        if (!written) return written;
    }
    if (!flags.save_image.empty()) {
        auto written = save_learned_image(flags.save_image, run.image, *run.device);
        if (!written) return written;
    }
    if (flags.report.empty()) return {};
    return write_file(flags.report, runtime::to_json(run.report));
}

/// The functional reference in a target's integers is that target's image on its device `golden`.
Checked<Flags> with_arithmetic(Flags flags) {
    if (flags.arithmetic.empty()) return flags;
    if (flags.compile.target != "golden")
        return failed("usage.arithmetic", "--arithmetic is for --target golden");
    if (flags.arithmetic == "float64") return flags;
    flags.compile.target = flags.arithmetic;
    flags.run.device     = "golden";
    return flags;
}

Checked<void> run_it(const Flags& given, const Global& global) {
    const auto chosen = with_arithmetic(given);
    if (!chosen) return failed(chosen);
    const Flags& flags = *chosen;
    const auto records = parse_records(flags.records);
    if (!records) return failed(records);
    CompileFlags how = flags.compile;
    if (flags.run.threads > 1) how.threads = flags.run.threads;
    auto compiled = compile_or_load(flags.what, how);
    if (!compiled) return failed(compiled);
    warn(compiled->warnings, global.quiet);

    RunFlags request = flags.run;
    for (const RecordFlag& record : *records)
        request.records.push_back(record.request);
    std::vector<runtime::InputEvent> input;
    if (!flags.input.empty()) {
        auto events = read_input(flags.input, compiled->image);
        if (!events) return failed(events);
        input = std::move(*events);
    }
    const auto run = run_image(std::move(*compiled), input, request, global);
    if (!run) return failed(run);
    const auto written = write_files(flags, *records, *run);
    if (!written) return failed(written);
    const auto printed =
        print(flags.json ? runtime::to_json(run->report) : runtime::to_text(run->report));
    if (!printed) return failed(printed);
    return {};
}

}  // namespace

Action add_run(CLI::App& app) {
    const auto flags = std::make_shared<Flags>();
    app.add_option("NETWORK|IMAGE", flags->what, "network file (.json, .nir) or hardware image")
        ->required();
    flags->compile.add_to(app);
    flags->run.add_to(app);
    app.add_option("--arithmetic", flags->arithmetic,
                   "with --target golden: float64, or a target whose integers are to be used");
    app.add_option("--input,-i", flags->input,
                   "spikes in: .csv, .npy (ticks, neurons), N-MNIST .bin");
    app.add_option("--spikes", flags->spikes, "write the spikes to this CSV file");
    app.add_option("--record", flags->records, "record a variable in every tick")
        ->type_name("POPULATION.VARIABLE:OUT.npy");
    app.add_option("--save-image", flags->save_image,
                   "write the image with the weights as learned");
    app.add_option("--report", flags->report, "write the report to this JSON file");
    app.add_flag("--json", flags->json, "print the report as one JSON document");
    return [flags](const Global& global) { return run_it(*flags, global); };
}

}  // namespace spikeloom::tools
