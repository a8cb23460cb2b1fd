// SPDX-License-Identifier: Apache-2.0
#include "tools/run_report.hpp"

#include "support/fnv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace spikeloom::tools {
namespace {

using runtime::Basis;
using runtime::Report;

/// Hash of the image's file.
std::uint64_t image_hash(const hw::HardwareImage& image) {
    return fnv1a(hw::encode(image));
}

/// Counters of the link are a part of the report of their own.
constexpr std::string_view link_prefix = "link_";

void add_activity(Report& report, const runtime::Activity& activity) {
    for (const auto& [name, counter] : activity) {
        const runtime::Figure figure{static_cast<double>(counter.value), counter.unit,
                                     Basis::measured, ""};
        if (name.starts_with(link_prefix))
            report.link[name.substr(link_prefix.size())] = figure;
        else
            report.activity[name] = figure;
    }
}

void add_link_time(Report& report, const RunFacts& facts) {
    const auto sent = report.link.find("bytes_out"), got = report.link.find("bytes_in");
    if (sent == report.link.end() || got == report.link.end()) return;
    const double seconds     = 10.0 / facts.baud;  // start bit, 8 data bits, stop bit
    const std::string source = fmt::format("10 bits a byte at {} baud, each way apart", facts.baud);
    report.link["time_out"]  = {sent->second.value * seconds, "s", Basis::modelled, source};
    report.link["time_in"]   = {got->second.value * seconds, "s", Basis::modelled, source};
}

void add_spikes(Report& report, const hw::HardwareImage& image,
                const runtime::SessionResult& result) {
    const runtime::SymbolTable symbols{image};
    for (const runtime::SpikeEvent& spike : result.spikes)
        ++report.populations[symbols.population_of(spike.neuron)].spikes;
}

/// A spike is delivered when the tick that emitted it is done: then all its synapses are walked.
void add_latency(Report& report, const hw::ChipSpec& chip, const runtime::SessionResult& result) {
    const auto clock = chip.timing.find("clock");
    if (result.tick_times.empty() || clock == chip.timing.end()) return;
    const double hz = clock->second.value;
    report.clock_hz = hz;
    std::vector<double> clocks, seconds;
    std::unordered_map<std::uint64_t, std::size_t> index;
    for (const runtime::TickTime& time : result.tick_times) {
        index[time.tick.value] = clocks.size();
        report.clocks_per_tick.push_back(time.clocks);
        clocks.push_back(static_cast<double>(time.clocks));
        seconds.push_back(static_cast<double>(time.clocks) / hz);
    }
    std::vector<std::uint64_t> spikes(clocks.size(), 0);
    for (const runtime::SpikeEvent& spike : result.spikes) {
        const auto it = index.find(spike.tick.value);
        if (it != index.end()) ++spikes[it->second];
    }
    report.latency["tick clocks"] = runtime::distribution_of(clocks, "clock", Basis::measured);
    report.latency["tick"]        = runtime::distribution_of(seconds, "s", Basis::modelled);
    if (result.spikes.empty()) return;
    report.latency["spike delivery"] =
        runtime::weighted_distribution(seconds, spikes, "s", Basis::modelled);
}

/// Hops, delivery latency and link load of chips with a network of cores.
void add_traffic(Report& report, const runtime::Traffic& traffic) {
    for (const auto& [name, spread] : traffic.spreads) {
        report.histograms[name] = {spread.values, spread.counts, spread.unit, Basis::modelled};
        if (!spread.values.empty())
            report.latency[name] = runtime::weighted_distribution(spread.values, spread.counts,
                                                                  spread.unit, Basis::modelled);
    }
    runtime::Floorplan plan{
        traffic.columns, traffic.rows, traffic.cores_per_router, {}, Basis::modelled};
    for (const runtime::Traffic::Link& link : traffic.links)
        plan.links.push_back({link.from % traffic.columns, link.from / traffic.columns,
                              link.to % traffic.columns, link.to / traffic.columns, link.flits});
    report.floorplan = std::move(plan);
}

std::string source_of(const hw::Figure& figure) {
    return figure.source == "estimate" ? "estimate: " + figure.why : figure.source;
}

/// Static power acts for as long as the ticks last: in real time dt each, or longer where the
/// clocks of a tick take longer than that.
double run_seconds(const Report& report) {
    if (report.clocks_per_tick.empty() || !report.clock_hz)
        return static_cast<double>(report.ticks) * report.dt;
    double seconds = 0;
    for (const std::uint64_t clocks : report.clocks_per_tick)
        seconds += std::max(report.dt, static_cast<double>(clocks) / *report.clock_hz);
    return seconds;
}

void add_energy(Report& report, const hw::ChipSpec& chip) {
    const auto choice            = chip.topology.choices.find("cost_table");
    const hw::EnergyTable* table = chip.energy_table(
        choice == chip.topology.choices.end() ? std::string{} : choice->second.value);
    if (table == nullptr) return;
    report.options["energy table"] = table->name;
    for (const auto& [counter, figure] : table->events) {
        const auto activity = report.activity.find(counter);
        const auto energy   = table->per_event(counter);
        if (activity == report.activity.end() || !energy) continue;
        report.energy.push_back({counter, activity->second.value * energy->joules(),
                                 activity->second.value, activity->second.unit, energy->joules(),
                                 source_of(figure)});
    }
    const double seconds = run_seconds(report);
    for (const auto& [name, figure] : table->static_power)
        report.energy.push_back({"static " + name, figure.value * seconds, seconds, "s",
                                 figure.value, source_of(figure)});
}

}  // namespace

Report image_report(const hw::HardwareImage& image) {
    Report report;
    report.tool_version = image.tool_version;
    report.target       = image.target;
    report.chip         = image.chip;
    report.network_hash = fmt::format("{:016x}", image.network_hash);
    report.image_hash   = fmt::format("{:016x}", image_hash(image));
    report.seed         = image.seed;
    report.dt           = image.dt;
    report.options      = image.options;
    for (const hw::PopulationSymbol& p : image.populations)
        report.populations.push_back({p.name, p.size(), 0, p.pipeline_offset});
    for (const hw::Utilisation& u : image.utilisation) {
        std::optional<std::uint32_t> core;
        if (u.core) core = u.core->value;
        report.utilisation.push_back({u.resource, core, u.used, u.limit});
    }
    for (const hw::QuantisationEntry& q : image.quantisation)
        report.quantisation.push_back({q.owner, q.parameter, q.count, q.saturated, q.scale,
                                       q.max_error, q.rms_error, q.max_relative});
    return report;
}

Report run_report(const hw::HardwareImage& image, const hw::ChipSpec* chip,
                  const runtime::SessionResult& result, const RunFacts& facts) {
    Report report  = image_report(image);
    report.command = "run";
    report.device  = facts.device;
    report.ticks   = facts.ticks;
    add_activity(report, result.activity);
    add_link_time(report, facts);
    add_spikes(report, image, result);
    if (chip != nullptr) {
        add_latency(report, *chip, result);
        add_energy(report, *chip);
    }
    if (result.traffic) add_traffic(report, *result.traffic);
    report.host["wall time"] = {facts.wall_seconds, "s", Basis::measured, ""};
    report.host["cpu time"]  = {facts.cpu_seconds, "s", Basis::measured, ""};
    if (facts.wall_seconds > 0)
        report.host["ticks per second"] = {static_cast<double>(facts.ticks) / facts.wall_seconds,
                                           "1", Basis::measured, ""};
    return report;
}

}  // namespace spikeloom::tools
