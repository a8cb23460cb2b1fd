// SPDX-License-Identifier: Apache-2.0
/// The page of a sweep and the pages of its points: their data as JSON, put into sweep/page.
#include "support/atomic_file.hpp"
#include "sweep/export.hpp"
#include "sweep/message.hpp"
#include "sweep/page_texts.hpp"
#include "sweep/sensitivity.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <system_error>
#include <utility>

namespace spikeloom::sweep {
namespace {

using Json = nlohmann::ordered_json;

/// Text that may stand inside of a script element: "</" cannot end it, nothing opens a comment.
std::string in_script(const Json& json) {
    const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    std::string result;
    result.reserve(text.size());
    for (const char c : text)
        result += c == '<' ? std::string{"\\u003c"} : std::string(1, c);
    return result;
}

std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (c == '<')
            result += "&lt;";
        else if (c == '&')
            result += "&amp;";
        else
            result += c;
    }
    return result;
}

/// The template with each @NAME@ of `parts` put in; what is put in is not looked at again.
std::string filled(std::string_view page, const std::map<std::string, std::string>& parts) {
    std::string result;
    for (std::size_t at = 0; at < page.size();) {
        const std::size_t mark = std::min(page.find('@', at), page.size());
        const std::size_t end  = std::min(page.find('@', mark + 1), page.size());
        result += page.substr(at, mark - at);
        if (mark == page.size()) break;
        const auto part = parts.find(std::string{page.substr(mark + 1, end - mark - 1)});
        result += part == parts.end() ? "@" : part->second;
        at = part == parts.end() ? mark + 1 : end + 1;
    }
    return result;
}

Json value_json(const Value& value) {
    return value.number ? Json(*value.number) : Json(value.text);
}

Json number_json(double number) {
    return std::isnan(number) ? Json{} : Json(number);
}

Json settings_json(const Settings& settings) {
    Json json = Json::object();
    for (const auto& [name, value] : settings)
        json[name] = value_json(value);
    return json;
}

std::string report_link(std::uint64_t id) {
    return (Workplace{}.point_folder(id) / "report.html").generic_string();
}

Json row_json(const Spec& spec, const Row& row, bool has_report) {
    const auto& [point, outcome] = row;
    Json settings = Json::array(), objectives = Json::array();
    for (const Axis& axis : spec.axes)
        settings.push_back(value_json(point.settings.at(axis.setting)));
    for (const double value : outcome.objectives)
        objectives.push_back(number_json(value));
    Json json{{"id", point.id},
              {"design", point.design},
              {"repeat", point.repeat},
              {"generation", point.generation},
              {"status", to_string(outcome.status)},
              {"settings", settings},
              {"objectives", objectives},
              {"seconds", outcome.finished - outcome.started},
              {"why", outcome.code.empty() ? "" : outcome.code + ": " + outcome.message}};
    if (has_report) json["report"] = report_link(point.id);
    return json;
}

Json sensitivity_json(const Spec& spec, const std::vector<Row>& rows) {
    Json json = Json::array();
    for (const Sensitivity& one : sensitivities(spec, rows)) {
        Json levels = Json::array();
        for (const Level& level : one.levels)
            levels.push_back({{"label", level.label},
                              {"points", level.points},
                              {"mean", level.mean},
                              {"min", level.minimum},
                              {"max", level.maximum}});
        json.push_back({{"setting", one.setting},
                        {"objective", one.objective},
                        {"share", one.share},
                        {"levels", levels}});
    }
    return json;
}

/// report.html beside the point's report.json; false when the point has none.
bool write_point_page(const Spec& spec, const Workplace& place, const Row& row) {
    const std::filesystem::path folder = place.point_folder(row.point.id);
    const auto text                    = read_file(folder / "report.json");
    Json document                      = text ? Json::parse(*text, nullptr, false) : Json{};
    if (!document.is_object()) return false;
    if (const auto more = read_file(folder / "additions.json"))
        if (const Json extras = Json::parse(*more, nullptr, false); extras.is_object())
            document.update(extras);
    const std::string title = fmt::format("{}: point {}", spec.name, row.point.id);
    const std::string summary =
        fmt::format("seed {}, {} after {:.3g} s on {}", row.point.seed,
                    to_string(row.outcome.status), row.outcome.wall_seconds, row.outcome.host);
    const Json data{{"settings", settings_json(row.point.settings)},
                    {"summary", summary},
                    {"document", std::move(document)}};
    const auto written =
        write_file(folder / "report.html",
                   filled(page_text("point.html"), {{"TITLE", escaped(title)},
                                                    {"STYLE", std::string{page_text("sweep.css")}},
                                                    {"SCRIPT", std::string{page_text("point.js")}},
                                                    {"DATA", in_script(data)}}));
    return written.has_value();
}

/// What the page shows: rows of the front, then others up to the limit; counts of all.
struct Chosen {
    std::vector<Row> rows;
    std::map<std::string, std::uint64_t> counts;
    std::uint64_t total       = 0;
    std::uint32_t generations = 0;
    std::string tool_version;
};

Result<Chosen> choose(Store& store, const std::set<std::uint64_t>& front, std::uint32_t repeats) {
    Chosen chosen;
    const std::size_t kept = std::min<std::size_t>(front.size() * repeats, most_page_points);
    std::size_t others     = most_page_points - kept;
    std::size_t front_left = most_page_points;
    const auto done        = store.scan([&](const Row& row) {
        ++chosen.total;
        ++chosen.counts[std::string{to_string(row.outcome.status)}];
        chosen.generations = std::max(chosen.generations, row.point.generation + 1);
        if (!row.outcome.tool_version.empty()) chosen.tool_version = row.outcome.tool_version;
        std::size_t& left = front.contains(row.point.design) ? front_left : others;
        if (left > 0) {
            chosen.rows.push_back(row);
            --left;
        }
        return true;
    });
    if (!done) return tl::unexpected(done.error());
    return chosen;
}

Json page_json(const Spec& spec, const Workplace& place, const Chosen& chosen, const Front& front) {
    Json names = Json::array(), objectives = Json::array(), rows = Json::array();
    for (const Axis& axis : spec.axes)
        names.push_back(axis.setting);
    for (const Objective& objective : spec.objectives)
        objectives.push_back({{"name", objective.name},
                              {"unit", objective.unit},
                              {"goal", objective.maximise ? "max" : "min"}});
    for (const Row& row : chosen.rows)
        rows.push_back(row_json(spec, row, write_point_page(spec, place, row)));
    return {{"name", spec.name},
            {"spec_hash", fmt::format("{:016x}", spec.hash)},
            {"tool_version", chosen.tool_version},
            {"total", chosen.total},
            {"counts", chosen.counts},
            {"repeats", spec.repeats},
            {"generations", chosen.generations},
            {"settings", names},
            {"objectives", objectives},
            {"front", front.designs},
            {"sensitivity", sensitivity_json(spec, chosen.rows)},
            {"rows", rows}};
}

}  // namespace

Result<void> write_page(const Spec& spec, Store& store, const Workplace& place) {
    const auto front = store.front();
    if (!front) return tl::unexpected(front.error());
    const std::set<std::uint64_t> designs(front->designs.begin(), front->designs.end());
    const auto chosen = choose(store, designs, spec.repeats);
    if (!chosen) return tl::unexpected(chosen.error());
    std::string script;
    for (const char* part : {"charts.js", "views.js", "table.js"})
        script += page_text(part);
    return write_file(place.folder / "index.html",
                      filled(page_text("index.html"),
                             {{"TITLE", escaped(spec.name)},
                              {"STYLE", std::string{page_text("sweep.css")}},
                              {"SCRIPT", script},
                              {"DATA", in_script(page_json(spec, place, *chosen, *front))}}));
}

}  // namespace spikeloom::sweep
