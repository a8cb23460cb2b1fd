// SPDX-License-Identifier: Apache-2.0
#include "tools/runner.hpp"

#include "compiler/pipeline/pipeline.hpp"
#include "hw/spec/chip_spec.hpp"
#include "tools/progress.hpp"
#include "tools/run_report.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <utility>

namespace spikeloom::tools {
namespace {

bool is_network_file(const std::string& path) {
    const auto extension = std::filesystem::path{path}.extension();
    return extension == ".json" || extension == ".nir" || extension == ".net";
}

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// The chip that the image was compiled for, with the overrides that it was compiled with.
Result<hw::ChipSpec> chip_of(const hw::HardwareImage& image) {
    constexpr std::string_view prefix = "set ";
    hw::Overrides overrides;
    for (const auto& [name, value] : image.options)
        if (name.starts_with(prefix)) overrides[name.substr(prefix.size())] = value;
    const auto chip = image.options.find("chip");
    auto spec = hw::load_chip(chip == image.options.end() ? image.chip : chip->second, overrides);
    if (const auto target = backends::find_target(image.target); spec && target)
        (*target)->derive(*spec);
    return spec;
}

}  // namespace

void RunFlags::add_to(CLI::App& app) {
    app.add_option("--device,-d", device, "what runs the image (see `spikeloom targets`)");
    app.add_option("--ticks,-n", ticks, "how many ticks to run")
        ->required()
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40));
    app.add_option("--plasticity", plasticity, "learning on or off, whatever the image says")
        ->check(CLI::IsMember({"on", "off"}));
    app.add_option("--trace", trace, "write a waveform of the RTL (FST)");
    app.add_option("--baud", baud,
                   "rate of the serial line, for a port and for modelled link times")
        ->check(CLI::Range(1200U, 50'000'000U));
    app.add_option("--timeout", timeout, "silence after which a serial device counts as gone [s]")
        ->check(CLI::Range(0.1, 3600.0));
    app.add_option("--reconnect", reconnects,
                   "how often a lost serial device is opened again and brought to where it was")
        ->check(CLI::Range(0U, 1000U));
    app.add_option("--threads", threads,
                   "of a golden device and of the mapper; changes the time only")
        ->check(CLI::Range(1U, 256U));
}

Checked<Compiled> compile_or_load(const std::string& path, const CompileFlags& flags) {
    if (!is_network_file(path)) {
        auto image = hw::read_image(path);
        if (!image) return failed(image);
        return Compiled{std::move(*image), {}};
    }
    if (flags.target.empty()) return failed("usage.target", "a network needs --target", {path, ""});
    const auto target = backends::find_target(flags.target);
    if (!target) return failed(target);
    const auto options = flags.options_for(**target);
    if (!options) return failed(options);
    auto output = compile_any(path, **target, *options, flags);
    if (!output) return failed(output);
    return Compiled{std::move(output->image), std::move(output->warnings)};
}

Result<Run> run_image(Compiled compiled, const std::vector<runtime::InputEvent>& input,
                      const RunFlags& flags, const Global& global) {
    Run run{.image = std::move(compiled.image), .device = {}, .result = {}, .report = {}};
    const auto target = backends::find_target(run.image.target);
    if (!target) return tl::unexpected(target.error());
    auto device = backends::make_device(**target, flags.device,
                                        {.trace      = flags.trace,
                                         .chip       = run.image.chip,
                                         .baud       = flags.baud,
                                         .timeout    = flags.timeout,
                                         .reconnects = flags.reconnects,
                                         .threads    = flags.threads});
    if (!device) return tl::unexpected(device.error());
    run.device = std::move(*device);

    const auto start = std::chrono::steady_clock::now();
    const double cpu = cpu_seconds();
    Progress progress{"running", flags.ticks, global.quiet};
    runtime::SessionOptions options{.ticks      = flags.ticks,
                                    .records    = flags.records,
                                    .seed       = run.image.seed,
                                    .plasticity = {},
                                    .progress = [&](std::uint64_t done) { progress.update(done); }};
    if (!flags.plasticity.empty()) options.plasticity = flags.plasticity == "on";
    auto result = runtime::run_session(*run.device, run.image, input, options);
    if (!result) {
        run.device.reset();  // closes the waveform, which without its run is of no use
        if (!flags.trace.empty()) std::filesystem::remove(flags.trace);
        return tl::unexpected(result.error());
    }
    run.result = std::move(*result);

    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    const std::string device_name =
        flags.device.empty() ? std::string{backends::devices_of(**target).front()} : flags.device;
    const auto chip     = chip_of(run.image);
    run.report          = run_report(run.image, chip ? &*chip : nullptr, run.result,
                                     {.device       = device_name,
                                      .ticks        = flags.ticks,
                                      .wall_seconds = wall.count(),
                                      .cpu_seconds  = cpu_seconds() - cpu,
                                      .baud         = flags.baud});
    run.report.warnings = std::move(compiled.warnings);
    return run;
}

}  // namespace spikeloom::tools
