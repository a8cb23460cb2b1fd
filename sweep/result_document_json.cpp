// SPDX-License-Identifier: Apache-2.0
#include "support/atomic_file.hpp"
#include "sweep/result_document.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace spikeloom::sweep {
namespace {

using Json = nlohmann::ordered_json;

/// '~1' and '~0' of a pointer's part as '/' and '~' (RFC 6901).
std::string unescaped(std::string part) {
    for (const auto& [from, to] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}})
        for (std::size_t at = 0; (at = part.find(from, at)) != std::string::npos; ++at)
            part.replace(at, 2, to);
    return part;
}

std::string text_at(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// Every value that the rest of a pointer ("/a/*/b", "/a/name=x/b") leads to.
void collect(const Json& json, std::string_view pointer, std::vector<const Json*>& found) {
    if (pointer.empty()) return found.push_back(&json);
    const std::size_t end       = std::min(pointer.find('/', 1), pointer.size());
    const std::string part      = unescaped(std::string{pointer.substr(1, end - 1)});
    const std::string_view rest = pointer.substr(end);
    if (part == "*") {
        for (const Json& member : json)
            if (json.is_structured()) collect(member, rest, found);
    } else if (json.is_array() && part.find('=') != std::string::npos) {
        const std::size_t equals = part.find('=');
        for (const Json& member : json)
            if (member.is_object() &&
                text_at(member, part.substr(0, equals).c_str()) == part.substr(equals + 1))
                collect(member, rest, found);
    } else if (json.is_object() && json.contains(part)) {
        collect(json.at(part), rest, found);
    } else if (json.is_array() && !part.empty() &&
               part.find_first_not_of("0123456789") == std::string::npos && part.size() < 10) {
        const std::size_t index = std::stoul(part);
        if (index < json.size()) collect(json.at(index), rest, found);
    }
}

std::optional<double> reduced(const std::vector<double>& numbers, const std::string& how) {
    if (how == "count") return static_cast<double>(numbers.size());
    if (numbers.empty()) return {};
    if (how == "max") return *std::ranges::max_element(numbers);
    if (how == "min") return *std::ranges::min_element(numbers);
    if (how == "last") return numbers.back();
    const double sum = std::accumulate(numbers.begin(), numbers.end(), 0.0);
    return how == "mean" ? sum / static_cast<double>(numbers.size()) : sum;
}

std::optional<double> figure_in(const Json& json, const Objective& objective) {
    std::vector<const Json*> found;
    collect(json, objective.pointer, found);
    std::vector<double> numbers;
    for (const Json* value : found) {
        if (value->is_number()) numbers.push_back(value->get<double>());
        if (value->is_boolean()) numbers.push_back(value->get<bool>() ? 1 : 0);
        if (objective.reduce == "count" && !value->is_number() && !value->is_boolean())
            numbers.push_back(0);
    }
    const auto figure = reduced(numbers, objective.reduce);
    return figure && std::isfinite(*figure) ? figure : std::nullopt;
}

Json to_json(const runtime::TrainDifference& difference) {
    return {{"reference", difference.reference},
            {"other", difference.other},
            {"matched", difference.matched},
            {"missed", difference.missed},
            {"added", difference.added},
            {"mean_interval_distortion", difference.mean_interval_distortion},
            {"mean_delay", difference.mean_delay}};
}

Json added(const Additions& additions) {
    Json extras = Json::object();
    if (additions.accuracy) extras["score"]["accuracy"] = *additions.accuracy;
    if (additions.golden) extras["golden"] = to_json(*additions.golden);
    for (const auto& [name, file] : additions.measures) {
        const auto text          = read_file(file);
        extras["measures"][name] = text ? Json::parse(*text, nullptr, false) : Json{};
    }
    return extras;
}

void end_with(Outcome& outcome, Status status, std::string code, std::string message) {
    outcome.status  = status;
    outcome.code    = std::move(code);
    outcome.message = std::move(message);
}

}  // namespace

std::optional<double> figure_at(const std::string& json, const Objective& objective) {
    const Json document = Json::parse(json, nullptr, false);
    return document.is_discarded() ? std::nullopt : figure_in(document, objective);
}

std::uint64_t pipeline_offset(const std::filesystem::path& report, const std::string& population) {
    const auto text = read_file(report);
    const Json json = text ? Json::parse(*text, nullptr, false) : Json{};
    if (!json.is_object() || !json.contains("populations")) return 0;
    for (const Json& one : json.at("populations"))
        if (one.is_object() && text_at(one, "name") == population)
            return one.value("pipeline_offset", std::uint64_t{0});
    return 0;
}

void read_result(const Spec& spec, const std::filesystem::path& report, const Additions& additions,
                 const std::filesystem::path& extras, Outcome& outcome) {
    const auto text = read_file(report);
    Json document   = text ? Json::parse(*text, nullptr, false) : Json{};
    if (!document.is_object())
        return end_with(outcome, Status::failed, "sweep.report",
                        "the report " + report.string() + " is no JSON object");
    outcome.network_hash = text_at(document, "network_hash");
    outcome.image_hash   = text_at(document, "image_hash");
    outcome.tool_version = text_at(document, "tool_version");
    const Json more      = added(additions);
    document.update(more);
    if (!more.empty()) (void)write_file(extras, more.dump(2) + "\n");

    outcome.objectives.clear();
    for (const Objective& objective : spec.objectives) {
        const auto figure = figure_in(document, objective);
        outcome.objectives.push_back(figure.value_or(no_value));
        if (!figure && outcome.status == Status::ok)
            end_with(outcome, Status::incomplete, "sweep.objective",
                     fmt::format("the result document has no number at {} for '{}'",
                                 objective.pointer, objective.name));
    }
}

}  // namespace spikeloom::sweep
