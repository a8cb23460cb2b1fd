// SPDX-License-Identifier: Apache-2.0
/// The lines that an environment and the platform exchange.
#include "simulator/systemc/process_environment.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace spikeloom::systemc {
namespace {

using Json = nlohmann::ordered_json;

tl::unexpected<Diagnostic> nonsense(const std::string& what, std::string_view line) {
    constexpr std::size_t longest = 120;
    std::string shown{line.substr(0, longest)};
    if (line.size() > longest) shown += "...";
    for (char& c : shown)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    return fault("environment.nonsense", "the environment answers " + what + ": " + shown);
}

Json ports_json(const std::vector<Port>& ports) {
    Json json = Json::object();
    for (const Port& port : ports) {
        json[port.population] = {{"size", port.size}};
        if (!port.variable.empty()) json[port.population]["variable"] = port.variable;
    }
    return json;
}

bool is_neuron(const Json& json) {
    return json.is_number_unsigned() && json.get<std::uint64_t>() <= 0xFFFFFFFFU;
}

/// Neurons that spike once.
bool add_spikes(const Json& list, std::vector<Stimulus>& into) {
    if (!list.is_array()) return false;
    for (const Json& neuron : list) {
        if (!is_neuron(neuron)) return false;
        into.push_back({neuron.get<std::uint32_t>(), 1});
    }
    return true;
}

/// Pairs of neuron and value.
bool add_values(const Json& list, std::vector<Stimulus>& into) {
    if (!list.is_array()) return false;
    for (const Json& pair : list) {
        if (!pair.is_array() || pair.size() != 2 || !is_neuron(pair[0]) || !pair[1].is_number())
            return false;
        into.push_back({pair[0].get<std::uint32_t>(), pair[1].get<double>()});
    }
    return true;
}

Json parse(std::string_view line) {
    return Json::parse(line, nullptr, false);
}

}  // namespace

std::string start_line(const EnvironmentSetup& setup) {
    return Json{{"type", "start"},
                {"dt", setup.dt},
                {"ticks", setup.ticks},
                {"seed", setup.seed},
                {"to_network", ports_json(setup.to_network)},
                {"from_network", ports_json(setup.from_network)}}
        .dump();
}

std::string sight_line(const Sight& sight) {
    Json json{{"type", "tick"}, {"tick", sight.tick}, {"spikes", Json::object()}};
    for (const auto& [population, neurons] : sight.spikes)
        json["spikes"][population] = neurons;
    if (!sight.values.empty()) json["values"] = Json::object();
    for (const auto& [population, values] : sight.values)
        json["values"][population] = values;
    return json.dump();
}

Result<Action> parse_action(std::string_view line) {
    const Json json = parse(line);
    if (!json.is_object()) return nonsense("with something that is no JSON object", line);
    Action action;
    for (const auto& [key, content] : json.items()) {
        if (key != "spikes" && key != "values")
            return nonsense("with \"" + key + "\", not only \"spikes\" and \"values\"", line);
        if (!content.is_object()) return nonsense("\"" + key + "\" that is no object", line);
        for (const auto& [population, list] : content.items()) {
            auto& into = action[population];
            if (key == "spikes" ? !add_spikes(list, into) : !add_values(list, into))
                return nonsense("\"" + key + "\" of \"" + population + "\" not of the agreed form",
                                line);
        }
    }
    return action;
}

Result<std::map<std::string, double>> parse_last_words(std::string_view line) {
    const Json json = parse(line);
    if (!json.is_object() || !json.contains("report") || !json["report"].is_object())
        return nonsense("without a \"report\"", line);
    std::map<std::string, double> told;
    for (const auto& [name, value] : json["report"].items()) {
        if (!value.is_number()) return nonsense("a report that holds more than numbers", line);
        told[name] = value.get<double>();
    }
    return told;
}

}  // namespace spikeloom::systemc
