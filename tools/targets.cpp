// SPDX-License-Identifier: Apache-2.0
/// `spikeloom targets`: what can be compiled for, and its limits.
#include "backends/registry.hpp"
#include "tools/command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace spikeloom::tools {
namespace {

using Json = nlohmann::ordered_json;

Checked<Json> describe(const compiler::Target& target) {
    Json json{{"name", target.name()}, {"summary", target.summary()}};
    json["devices"] = Json::array();
    for (const std::string_view device : backends::devices_of(target))
        json["devices"].push_back(device);
    json["chips"] = Json::object();
    for (const std::string& chip : target.chips()) {
        const auto limits = target.limits(chip);
        if (!limits) return failed(limits);
        json["chips"][chip] = *limits;
    }
    return json;
}

std::string to_text(const Json& targets) {
    std::string out;
    for (const Json& target : targets) {
        out += fmt::format("{:<10} {}\n", target["name"].get<std::string>(),
                           target["summary"].get<std::string>());
        std::string devices;
        for (const Json& device : target["devices"])
            devices += " " + device.get<std::string>();
        if (!devices.empty()) out += fmt::format("           devices:{}\n", devices);
        for (const auto& [chip, limits] : target["chips"].items()) {
            out += fmt::format("           chip {}:", chip);
            for (const auto& [resource, limit] : limits.items())
                out += fmt::format(" {} {};", resource, limit.get<std::uint64_t>());
            if (out.back() == ';') out.pop_back();
            out += '\n';
        }
    }
    return out;
}

}  // namespace

Action add_targets(CLI::App& app) {
    const auto json = std::make_shared<bool>(false);
    app.add_flag("--json", *json, "one JSON document on standard output");
    return [json](const Global&) -> Checked<void> {
        Json all = Json::array();
        for (const compiler::Target* target : backends::targets()) {
            auto one = describe(*target);
            if (!one) return failed(one);
            all.push_back(std::move(*one));
        }
        const auto printed = print(*json ? all.dump(2) + "\n" : to_text(all));
        if (!printed) return failed(printed);
        return {};
    };
}

}  // namespace spikeloom::tools
