// SPDX-License-Identifier: Apache-2.0
#include "tools/cosim_platform.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <string_view>

namespace spikeloom::tools {
namespace {

using Json = nlohmann::ordered_json;

/// Reads the members of one object; every fault is noted with its pointer.
class Fields {
public:
    Fields(const Json& json, std::string where, const std::string& file, Diagnostics& faults)
        : json_{json}, where_{std::move(where)}, file_{file}, faults_{faults} {
        if (!json_.is_object()) fail("", "this must be an object");
    }

    /// Names that may occur; anything else is a fault.
    void only(std::initializer_list<std::string_view> names) {
        if (!json_.is_object()) return;
        for (const auto& [key, value] : json_.items())
            if (std::ranges::find(names, key) == names.end())
                fail("/" + key, fmt::format("there is no field \"{}\" here", key));
    }

    std::string text(const char* name, bool required = false) {
        const Json* json = find(name, required);
        if (json == nullptr) return "";
        if (json->is_string() && !json->get<std::string>().empty()) return json->get<std::string>();
        fail(at(name), "this must be a text");
        return "";
    }

    double number(const char* name, double otherwise, double minimum, double maximum) {
        const Json* json = find(name, false);
        if (json == nullptr) return otherwise;
        if (json->is_number() && json->get<double>() >= minimum && json->get<double>() <= maximum)
            return json->get<double>();
        fail(at(name), fmt::format("this must be a number from {} to {}", minimum, maximum));
        return otherwise;
    }

    std::uint64_t count(const char* name, std::uint64_t otherwise, bool required = false) {
        const Json* json = find(name, required);
        if (json == nullptr) return otherwise;
        if (json->is_number_unsigned() && json->get<std::uint64_t>() > 0 &&
            json->get<std::uint64_t>() <= (std::uint64_t{1} << 40U))
            return json->get<std::uint64_t>();
        fail(at(name), "this must be a whole number from 1 to 2^40");
        return otherwise;
    }

    std::vector<std::string> texts(const char* name, bool required = false) {
        std::vector<std::string> list;
        const Json* json = find(name, required);
        if (json == nullptr) return list;
        if (!json->is_array() || json->empty()) fail(at(name), "this must be a list of texts");
        for (const Json& one : *json)
            if (one.is_string())
                list.push_back(one.get<std::string>());
            else
                fail(at(name), "this must be a list of texts");
        return list;
    }

    const Json* find(const char* name, bool required) {
        if (!json_.is_object()) return nullptr;
        const auto found = json_.find(name);
        if (found != json_.end()) return &*found;
        if (required) fail(at(name), "this is missing");
        return nullptr;
    }

    [[nodiscard]] static std::string at(const char* name) { return std::string{"/"} + name; }
    void fail(const std::string& below, std::string message, const char* code = "platform.field") {
        faults_.push_back({code, std::move(message), {file_, where_ + below}, {}});
    }

private:
    const Json& json_;
    std::string where_;
    const std::string& file_;
    Diagnostics& faults_;
};

PlatformDevice read_device(const std::string& name, Fields fields, const std::string& file,
                           Diagnostics& faults) {
    fields.only({"target", "device", "chip", "populations", "line"});
    PlatformDevice device{name,
                          fields.text("target", true),
                          fields.text("device"),
                          fields.text("chip"),
                          fields.texts("populations", true),
                          {}};
    const Json* line = fields.find("line", false);
    if (line == nullptr) return device;
    Fields uart{*line, "/devices/" + name + "/line", file, faults};
    uart.only({"baud", "jitter", "bit_errors", "seed"});
    device.line = systemc::UartOptions{.baud       = uart.number("baud", 3e6, 300, 1e9),
                                       .jitter     = uart.number("jitter", 0, 0, 0.5),
                                       .bit_errors = uart.number("bit_errors", 0, 0, 0.5),
                                       .seed       = uart.count("seed", 1)};
    return device;
}

PlatformLink read_link(Fields fields, const PlatformFile& platform) {
    fields.only({"from", "to", "latency", "bandwidth"});
    PlatformLink link{fields.text("from", true), fields.text("to", true),
                      fields.number("latency", 0, 0, 3600),
                      fields.number("bandwidth", 0, 1e-3, 1e12)};
    for (const auto& [where, name] : {std::pair{"/from", &link.from}, std::pair{"/to", &link.to}})
        if (!name->empty() && std::ranges::find(platform.devices, *name, &PlatformDevice::name) ==
                                  platform.devices.end())
            fields.fail(where, fmt::format("there is no device \"{}\"", *name),
                        "platform.unknown-device");
    return link;
}

PlatformEnvironment read_environment(Fields fields) {
    fields.only({"command", "timeout", "to_network", "from_network"});
    PlatformEnvironment environment{fields.texts("command", true),
                                    fields.number("timeout", 10, 0.01, 86400),
                                    fields.texts("to_network"),
                                    {}};
    const Json* outputs = fields.find("from_network", false);
    if (outputs == nullptr) return environment;
    if (!outputs->is_array()) fields.fail("/from_network", "this must be a list");
    for (const Json& one : *outputs) {
        if (one.is_string())
            environment.from_network.push_back({one.get<std::string>(), ""});
        else if (one.is_object() && one.contains("population") && one["population"].is_string() &&
                 one.contains("variable") && one["variable"].is_string() && one.size() == 2)
            environment.from_network.push_back(
                {one["population"].get<std::string>(), one["variable"].get<std::string>()});
        else
            fields.fail("/from_network",
                        "each is a population, or an object of \"population\" and \"variable\"");
    }
    return environment;
}

void read_pace(Fields fields, PlatformFile& platform) {
    fields.only({"mode", "late", "quantum"});
    const std::string mode = fields.text("mode");
    const std::string late = fields.text("late");
    if (mode != "" && mode != "lockstep" && mode != "real time")
        fields.fail("/mode", "this is \"lockstep\" or \"real time\"");
    if (late != "" && late != "deliver" && late != "drop")
        fields.fail("/late", "this is \"deliver\" or \"drop\"");
    platform.pace      = mode == "real time" ? systemc::Pace::real_time : systemc::Pace::lockstep;
    platform.drop_late = late == "drop";
    platform.quantum   = fields.count("quantum", platform.quantum);
}

void read_whole(const Json& json, PlatformFile& platform, Diagnostics& faults) {
    const std::string& file = platform.path;
    Fields fields{json, "", file, faults};
    fields.only(
        {"network", "input", "ticks", "devices", "links", "environment", "pace", "reference"});
    const auto beside = [&](const std::string& path) {
        return path.empty() ? path : (std::filesystem::path{file}.parent_path() / path).string();
    };
    platform.network   = beside(fields.text("network", true));
    platform.input     = beside(fields.text("input"));
    platform.ticks     = fields.count("ticks", 1, true);
    platform.reference = fields.text("reference");
    if (const Json* devices = fields.find("devices", true)) {
        if (!devices->is_object() || devices->empty())
            fields.fail("/devices", "this must be an object of at least one device");
        else
            for (const auto& [name, device] : devices->items())
                platform.devices.push_back(
                    read_device(name, {device, "/devices/" + name, file, faults}, file, faults));
    }
    if (const Json* links = fields.find("links", false)) {
        if (!links->is_array()) fields.fail("/links", "this must be a list");
        for (std::size_t k = 0; links->is_array() && k < links->size(); ++k)
            platform.links.push_back(
                read_link({(*links)[k], fmt::format("/links/{}", k), file, faults}, platform));
    }
    if (const Json* environment = fields.find("environment", false))
        platform.environment = read_environment({*environment, "/environment", file, faults});
    if (const Json* pace = fields.find("pace", false))
        read_pace({*pace, "/pace", file, faults}, platform);
}

}  // namespace

Checked<PlatformFile> read_platform(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) return tl::unexpected{Diagnostics{{"file.open", "cannot read", {path, ""}, {}}}};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    Json json;
    try {
        json = Json::parse(text);
    } catch (const Json::parse_error& error) {
        const auto until = text.begin() + static_cast<std::ptrdiff_t>(
                                              std::min<std::size_t>(error.byte, text.size()));
        const auto line = 1 + std::count(text.begin(), until, '\n');
        return tl::unexpected{Diagnostics{
            {"platform.syntax", error.what(), {path, fmt::format("line {}", line)}, {}}}};
    }
    PlatformFile platform;
    platform.path = path;
    Diagnostics faults;
    read_whole(json, platform, faults);
    if (!faults.empty()) return tl::unexpected{std::move(faults)};
    return platform;
}

}  // namespace spikeloom::tools
