// SPDX-License-Identifier: Apache-2.0
#include "sweep/message.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <utility>

namespace spikeloom::sweep {
namespace {

using Json = nlohmann::json;

Json json_of(const Settings& settings) {
    Json json = Json::object();
    for (const auto& [name, value] : settings)
        json[name] = value.number ? Json(*value.number) : Json(value.text);
    return json;
}

Settings read_settings(const Json& json) {
    Settings settings;
    for (const auto& [name, value] : json.items())
        settings[name] = value.is_string() ? word_value(value.get<std::string>())
                                           : number_value(value.get<double>());
    return settings;
}

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Parses and converts; the JSON library's exceptions end here.
template <class Convert>
auto converted(const std::string& message, Convert convert)
    -> Result<decltype(convert(std::declval<Json>()))> {
    try {
        return convert(Json::parse(message));
    } catch (const Json::exception& error) {
        return fault("sweep.message", error.what());
    }
}

}  // namespace

std::string to_message(const Settings& settings) {
    return dump(json_of(settings));
}

std::string to_message(const Point& point) {
    return dump({{"id", point.id},
                 {"design", point.design},
                 {"repeat", point.repeat},
                 {"generation", point.generation},
                 {"seed", point.seed},
                 {"settings", json_of(point.settings)}});
}

std::string to_message(const Outcome& outcome) {
    Json objectives = Json::array();
    for (const double value : outcome.objectives)
        objectives.push_back(std::isnan(value) ? Json{} : Json(value));
    return dump({{"status", to_string(outcome.status)},
                 {"code", outcome.code},
                 {"message", outcome.message},
                 {"objectives", objectives},
                 {"exit_status", outcome.exit_status},
                 {"signal", outcome.signal},
                 {"wall_seconds", outcome.wall_seconds},
                 {"cpu_seconds", outcome.cpu_seconds},
                 {"peak_bytes", outcome.peak_bytes},
                 {"started", outcome.started},
                 {"finished", outcome.finished},
                 {"host", outcome.host},
                 {"network_hash", outcome.network_hash},
                 {"image_hash", outcome.image_hash},
                 {"tool_version", outcome.tool_version},
                 {"adopted", outcome.adopted}});
}

Result<Settings> settings_of(const std::string& message) {
    return converted(message, read_settings);
}

Result<Point> point_of(const std::string& message) {
    return converted(message, [](const Json& json) {
        return Point{json.at("id"),         json.at("design"), json.at("repeat"),
                     json.at("generation"), json.at("seed"),   read_settings(json.at("settings"))};
    });
}

Result<Outcome> outcome_of(const std::string& message) {
    return converted(message, [](const Json& json) {
        Outcome outcome;
        outcome.status  = status_of(json.at("status").get<std::string>());
        outcome.code    = json.at("code");
        outcome.message = json.at("message");
        for (const Json& value : json.at("objectives"))
            outcome.objectives.push_back(value.is_null() ? no_value : value.get<double>());
        outcome.exit_status  = json.at("exit_status");
        outcome.signal       = json.at("signal");
        outcome.wall_seconds = json.at("wall_seconds");
        outcome.cpu_seconds  = json.at("cpu_seconds");
        outcome.peak_bytes   = json.at("peak_bytes");
        outcome.started      = json.at("started");
        outcome.finished     = json.at("finished");
        outcome.host         = json.at("host");
        outcome.network_hash = json.at("network_hash");
        outcome.image_hash   = json.at("image_hash");
        outcome.tool_version = json.at("tool_version");
        outcome.adopted      = json.at("adopted");
        return outcome;
    });
}

}  // namespace spikeloom::sweep
