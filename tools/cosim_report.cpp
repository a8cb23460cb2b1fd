// SPDX-License-Identifier: Apache-2.0
#include "tools/cosim_report.hpp"

#include "backends/registry.hpp"
#include "hw/spec/chip_spec.hpp"
#include "runtime/report/text.hpp"
#include "tools/run_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace spikeloom::tools {
namespace {

using Json = nlohmann::ordered_json;

Json figure(double value, const char* unit, const char* basis = "measured") {
    return {{"value", value}, {"unit", unit}, {"basis", basis}};
}

/// Ticks by which a link's spikes came later than without latency.
double mean_lateness(const systemc::LinkOutcome& link) {
    double sum = 0, count = 0;
    for (std::size_t k = 0; k < link.ticks_late.size(); ++k) {
        sum += static_cast<double>(k) * static_cast<double>(link.ticks_late[k]);
        count += static_cast<double>(link.ticks_late[k]);
    }
    return count > 0 ? sum / count : 0;
}

Json links_json(const CosimReport& report) {
    Json json = Json::array();
    for (std::size_t l = 0; l < report.outcome.links.size(); ++l) {
        const systemc::LinkNode& node    = report.built.platform.links[l];
        const systemc::LinkOutcome& link = report.outcome.links[l];
        json.push_back({{"from", report.file.devices[node.from].name},
                        {"to", report.file.devices[node.to].name},
                        {"latency", figure(node.latency, "s", "modelled")},
                        {"bandwidth", figure(node.bandwidth, "1/s", "modelled")},
                        {"spikes", link.spikes},
                        {"late", link.late},
                        {"dropped", link.dropped},
                        {"mean lateness", figure(mean_lateness(link), "tick")},
                        {"longest", figure(link.longest, "s", "modelled")},
                        {"spikes by ticks late", link.ticks_late}});
    }
    return json;
}

Json lines_json(const CosimReport& report) {
    Json json = Json::object();
    for (const systemc::LineOutcome& line : report.outcome.lines)
        for (const auto& [way, s] :
             {std::pair{"to core", line.to_core}, std::pair{"to host", line.to_host}})
            json[line.device][way] = {{"bytes", s.bytes}, {"damaged", s.damaged}, {"lost", s.lost}};
    return json;
}

runtime::Report device_report(const CosimReport& report, std::size_t d) {
    const hw::HardwareImage& image        = report.built.images[d];
    const systemc::DeviceOutcome& outcome = report.outcome.devices[d];
    const PlatformDevice& device          = report.file.devices[d];
    const auto named                      = image.options.find("chip");
    const auto chip  = hw::load_chip(named == image.options.end() ? image.chip : named->second);
    std::string name = device.device;
    if (const auto target = backends::find_target(device.target); target && name.empty())
        name = backends::devices_of(**target).front();
    runtime::SessionResult result{outcome.spikes, outcome.tick_times, {}, outcome.activity, {}};
    return run_report(image, chip ? &*chip : nullptr, result,
                      {.device = name, .ticks = report.file.ticks});
}

}  // namespace

std::string to_json(const CosimReport& report) {
    Json cosim{{"platform", report.file.path},
               {"pace", report.file.pace == systemc::Pace::lockstep ? "lockstep" : "real time"},
               {"ticks", report.file.ticks},
               {"simulated time", figure(report.outcome.simulated, "s")},
               {"wall time", figure(report.wall_seconds, "s")},
               {"links", links_json(report)},
               {"lines", lines_json(report)},
               {"environment", report.outcome.environment},
               {"devices", Json::object()}};
    Json reports = Json::object();
    for (std::size_t d = 0; d < report.file.devices.size(); ++d) {
        const systemc::DeviceOutcome& outcome         = report.outcome.devices[d];
        cosim["devices"][report.file.devices[d].name] = {{"overruns", outcome.overruns},
                                                         {"busy", figure(outcome.busy, "s")},
                                                         {"runs of ticks", outcome.calls}};
        reports[report.file.devices[d].name] =
            Json::parse(runtime::to_json(device_report(report, d)));
    }
    if (report.against) {
        cosim["reference"]  = report.file.reference;
        cosim["difference"] = Json::parse(runtime::to_json(*report.against));
    }
    return Json{{"cosim", std::move(cosim)}, {"reports", std::move(reports)}}.dump(2) + "\n";
}

std::string to_text(const CosimReport& report) {
    const systemc::PlatformOutcome& outcome = report.outcome;
    std::string out                         = fmt::format(
                                "{}: {} ticks, {}, {} of simulated time in {}\n", report.file.path, report.file.ticks,
        report.file.pace == systemc::Pace::lockstep ? "lockstep" : "real time",
                                runtime::si(outcome.simulated, "s"), runtime::si(report.wall_seconds, "s"));
    for (std::size_t d = 0; d < outcome.devices.size(); ++d)
        out += fmt::format("  device {:<16} {:>10} spikes, busy {:>10}, {} overruns\n",
                           report.file.devices[d].name, outcome.devices[d].spikes.size(),
                           runtime::si(outcome.devices[d].busy, "s"), outcome.devices[d].overruns);
    for (std::size_t l = 0; l < outcome.links.size(); ++l) {
        const systemc::LinkNode& node = report.built.platform.links[l];
        out += fmt::format(
            "  link   {} -> {}: {} spikes, {} late by {:.2f} ticks on average of all, "
            "{} dropped\n",
            report.file.devices[node.from].name, report.file.devices[node.to].name,
            outcome.links[l].spikes, outcome.links[l].late, mean_lateness(outcome.links[l]),
            outcome.links[l].dropped);
    }
    for (const systemc::LineOutcome& line : outcome.lines)
        out += fmt::format("  line   {}: {} bytes out ({} damaged, {} lost), {} in ({}, {})\n",
                           line.device, line.to_core.bytes, line.to_core.damaged, line.to_core.lost,
                           line.to_host.bytes, line.to_host.damaged, line.to_host.lost);
    for (const auto& [name, value] : outcome.environment)
        out += fmt::format("  environment: {} {:g}\n", name, value);
    if (report.against)
        out += fmt::format("against the uncut network on {} (A)\n{}", report.file.reference,
                           runtime::to_text(*report.against));
    return out;
}

}  // namespace spikeloom::tools
