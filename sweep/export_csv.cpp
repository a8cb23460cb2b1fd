// SPDX-License-Identifier: Apache-2.0
#include "support/atomic_file.hpp"
#include "sweep/export.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <set>

namespace spikeloom::sweep {
namespace {

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string result = "\"";
    for (const char c : text)
        result += c == '"' ? std::string{"\"\""} : std::string(1, c);
    return result + "\"";
}

/// Axes, then what is fixed.
std::vector<std::string> setting_names(const Spec& spec) {
    std::vector<std::string> names;
    for (const Axis& axis : spec.axes)
        names.push_back(axis.setting);
    for (const auto& [name, value] : spec.fixed)
        names.push_back(name);
    return names;
}

std::string header(const Spec& spec, const std::vector<std::string>& settings) {
    std::string line = "id,design,repeat,generation,seed";
    for (const std::string& name : settings)
        line.append(",").append(quoted(name));
    line += ",status,code,message";
    for (const Objective& objective : spec.objectives)
        line.append(",").append(quoted(fmt::format("{} [{}]", objective.name, objective.unit)));
    return line +
           ",wall_seconds,cpu_seconds,peak_bytes,exit_status,signal,started,finished,host,"
           "network_hash,image_hash,tool_version\n";
}

std::string line_of(const Row& row, const std::vector<std::string>& settings) {
    const auto& [point, outcome] = row;
    std::string line = fmt::format("{},{},{},{},{}", point.id, point.design, point.repeat,
                                   point.generation, point.seed);
    for (const std::string& name : settings) {
        const auto found = point.settings.find(name);
        line.append(",").append(found == point.settings.end() ? "" : quoted(found->second.text));
    }
    line +=
        fmt::format(",{},{},{}", to_string(outcome.status), outcome.code, quoted(outcome.message));
    for (const double value : outcome.objectives)
        line += std::isnan(value) ? "," : fmt::format(",{}", value);
    return line + fmt::format(",{:.6f},{:.6f},{},{},{},{:.3f},{:.3f},{},{},{},{}\n",
                              outcome.wall_seconds, outcome.cpu_seconds, outcome.peak_bytes,
                              outcome.exit_status, outcome.signal, outcome.started,
                              outcome.finished, quoted(outcome.host), outcome.network_hash,
                              outcome.image_hash, outcome.tool_version);
}

}  // namespace

Result<void> write_csv(const Spec& spec, Store& store, const std::filesystem::path& file) {
    const auto settings = setting_names(spec);
    std::string text    = header(spec, settings);
    const auto done     = store.scan([&](const Row& row) {
        text += line_of(row, settings);
        return true;
    });
    if (!done) return done;
    return write_file(file, text);
}

Result<std::map<std::string, std::uint64_t>> status_counts(Store& store) {
    std::map<std::string, std::uint64_t> counts;
    const auto done = store.scan([&](const Row& row) {
        ++counts[std::string{to_string(row.outcome.status)}];
        return true;
    });
    if (!done) return tl::unexpected(done.error());
    return counts;
}

}  // namespace spikeloom::sweep
