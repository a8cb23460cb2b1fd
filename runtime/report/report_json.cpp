// SPDX-License-Identifier: Apache-2.0
/// The JSON form of a report; schemas/report.schema.json is its contract.
#include "runtime/report/report.hpp"

#include <nlohmann/json.hpp>

namespace spikeloom::runtime {
namespace {

using Json = nlohmann::ordered_json;

const char* name_of(Basis basis) {
    return basis == Basis::measured ? "measured" : "modelled";
}

Json figure_json(const Figure& figure) {
    Json json{{"value", figure.value}, {"unit", figure.unit}, {"basis", name_of(figure.basis)}};
    if (!figure.source.empty()) json["source"] = figure.source;
    return json;
}

Json figures_json(const std::map<std::string, Figure>& figures) {
    Json json = Json::object();
    for (const auto& [name, figure] : figures)
        json[name] = figure_json(figure);
    return json;
}

Json distribution_json(const Distribution& d) {
    return {{"count", d.count}, {"min", d.minimum}, {"mean", d.mean},           {"p99", d.p99},
            {"max", d.maximum}, {"unit", d.unit},   {"basis", name_of(d.basis)}};
}

Json energy_json(const Report& report) {
    Json components = Json::array();
    for (const EnergyComponent& c : report.energy) {
        components.push_back({{"component", c.name},
                              {"value", c.joules},
                              {"unit", "J"},
                              {"basis", "modelled"},
                              {"count", c.count},
                              {"count_unit", c.count_unit},
                              {"each", c.joules_each},
                              {"source", c.source}});
    }
    return {{"total", {{"value", report.total_joules()}, {"unit", "J"}, {"basis", "modelled"}}},
            {"components", std::move(components)}};
}

Json populations_json(const Report& report) {
    Json json = Json::array();
    for (const PopulationActivity& p : report.populations) {
        json.push_back({{"name", p.name},
                        {"neurons", p.neurons},
                        {"spikes", p.spikes},
                        {"basis", "measured"},
                        {"pipeline_offset", p.pipeline_offset}});
    }
    return json;
}

Json utilisation_json(const Report& report) {
    Json json = Json::array();
    for (const UtilisationLine& u : report.utilisation) {
        Json line{
            {"resource", u.resource}, {"used", u.used}, {"limit", u.limit}, {"basis", "measured"}};
        if (u.core) line["core"] = *u.core;
        json.push_back(std::move(line));
    }
    return json;
}

Json quantisation_json(const Report& report) {
    Json json = Json::array();
    for (const QuantisationLine& q : report.quantisation) {
        json.push_back({{"owner", q.owner},
                        {"parameter", q.parameter},
                        {"count", q.count},
                        {"scale", q.scale},
                        {"max_error", q.max_error},
                        {"rms_error", q.rms_error},
                        {"max_relative", q.max_relative},
                        {"saturated", q.saturated},
                        {"basis", "measured"}});
    }
    return json;
}

Json latency_json(const Report& report) {
    Json json = Json::object();
    if (report.clock_hz)
        json["clock"] = {{"value", *report.clock_hz}, {"unit", "Hz"}, {"basis", "modelled"}};
    for (const auto& [name, distribution] : report.latency)
        json[name] = distribution_json(distribution);
    if (!report.clocks_per_tick.empty())
        json["clocks per tick"] = {
            {"values", report.clocks_per_tick}, {"unit", "clock"}, {"basis", "measured"}};
    return json;
}

Json histograms_json(const Report& report) {
    Json json = Json::object();
    for (const auto& [name, h] : report.histograms)
        json[name] = {{"values", h.values},
                      {"counts", h.counts},
                      {"unit", h.unit},
                      {"basis", name_of(h.basis)}};
    return json;
}

Json floorplan_json(const Floorplan& plan) {
    Json links = Json::array();
    for (const Floorplan::Link& link : plan.links)
        links.push_back({{"from", {link.from_x, link.from_y}},
                         {"to", {link.to_x, link.to_y}},
                         {"load", link.load}});
    return {{"columns", plan.columns},
            {"rows", plan.rows},
            {"cores_per_router", plan.cores_per_router},
            {"links", std::move(links)},
            {"links_basis", name_of(plan.links_basis)}};
}

}  // namespace

std::string to_json(const Report& report) {
    Json json{{"tool_version", report.tool_version},
              {"command", report.command},
              {"target", report.target},
              {"chip", report.chip},
              {"device", report.device},
              {"network_hash", report.network_hash},
              {"image_hash", report.image_hash},
              {"seed", report.seed},
              {"ticks", report.ticks},
              {"dt", {{"value", report.dt}, {"unit", "s"}, {"basis", "modelled"}}},
              {"options", report.options},
              {"warnings", report.warnings},
              {"populations", populations_json(report)},
              {"activity", figures_json(report.activity)},
              {"latency", latency_json(report)},
              {"link", figures_json(report.link)},
              {"energy", energy_json(report)},
              {"utilisation", utilisation_json(report)},
              {"quantisation", quantisation_json(report)},
              {"host", figures_json(report.host)}};
    if (!report.histograms.empty()) json["histograms"] = histograms_json(report);
    if (report.floorplan) json["floorplan"] = floorplan_json(*report.floorplan);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace spikeloom::runtime
