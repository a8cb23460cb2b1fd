// SPDX-License-Identifier: Apache-2.0
/// The spec file as a whole.
#include "sweep/spec_json.hpp"

#include "support/atomic_file.hpp"
#include "sweep/hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace spikeloom::sweep {
namespace {

/// "line:column" of a byte offset, both from 1.
std::string line_and_column(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, std::min(byte, text.size()));
    const auto lines              = std::ranges::count(before, '\n');
    const std::size_t last        = before.rfind('\n');
    return fmt::format("{}:{}", lines + 1,
                       before.size() - (last == std::string_view::npos ? 0 : last + 1) + 1);
}

Result<Json> parse(const std::string& text, const std::string& file) {
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        return fault("sweep.syntax", "the spec is no JSON",
                     {file, line_and_column(text, error.byte == 0 ? 0 : error.byte - 1)});
    }
}

void read_settings(ObjectReader& root, Spec& spec, JsonFaults& faults) {
    const auto fixed = root.find("fixed");
    if (!fixed) return;
    if (!fixed->value->is_object())
        return faults.add("sweep.type", fixed->pointer, "must be an object");
    for (const auto& [name, value] : fixed->value->items())
        if (auto setting = read_value({&value, "/fixed/" + pointer_part(name)}, faults))
            spec.fixed[name] = std::move(*setting);
}

void read_limits(ObjectReader& root, Spec& spec, JsonFaults& faults) {
    const auto place = root.find("limits");
    if (!place) return;
    ObjectReader limits{*place, faults};
    spec.limits.seconds = limits.number("seconds", 0.001, 1e7, spec.limits.seconds);
    const double mebibytes =
        limits.number("megabytes", 1, 1e7, static_cast<double>(spec.limits.memory_bytes >> 20));
    spec.limits.memory_bytes = static_cast<std::uint64_t>(mebibytes) << 20;
    limits.finish();
}

void read_measures(ObjectReader& root, Spec& spec, JsonFaults& faults) {
    for (const JsonPlace& place : root.list("measures")) {
        ObjectReader reader{place, faults};
        reader.require("name");
        reader.require("program");
        spec.measures.push_back({reader.text("name"), reader.words("program")});
        reader.finish();
        if (spec.measures.back().program.empty())
            faults.add("sweep.value", place.pointer + "/program", "must name a program");
    }
}

template <class T, class Name>
void check_distinct(const std::vector<T>& parts, const std::string& pointer, Name name,
                    JsonFaults& faults) {
    for (std::size_t k = 0; k < parts.size(); ++k)
        for (std::size_t j = 0; j < k; ++j)
            if (parts[k].*name == parts[j].*name)
                faults.add("sweep.value", fmt::format("{}/{}/name", pointer, k),
                           fmt::format("the name '{}' is there twice", parts[k].*name));
}

Spec read_whole(const Json& json, const std::filesystem::path& path, JsonFaults& faults) {
    Spec spec;
    spec.file = path;
    ObjectReader root{{&json, ""}, faults};
    root.require("format");
    root.word("format", {"spikeloom-sweep-1"}, "spikeloom-sweep-1");
    spec.name = root.text("name", path.stem().string());
    for (const JsonPlace& place : root.list("cases"))
        spec.cases.push_back(read_case(place, spec.folder(), faults));
    spec.program = root.words("program");
    read_settings(root, spec, faults);
    for (const JsonPlace& place : root.list("axes"))
        spec.axes.push_back(read_axis(place, faults));
    if (const auto sampler = root.find("sampler")) spec.sampler = read_sampler(*sampler, faults);
    for (const JsonPlace& place : root.list("constraints"))
        if (auto constraint = read_constraint(place, faults))
            spec.constraints.push_back(std::move(*constraint));
    for (const JsonPlace& place : root.list("objectives"))
        spec.objectives.push_back(read_objective(place, faults));
    read_measures(root, spec, faults);
    spec.repeats        = static_cast<std::uint32_t>(root.integer("repeats", 1, 10'000, 1));
    spec.seed           = root.integer("seed", 1, UINT32_MAX, 1);
    spec.compare_golden = root.flag("compare_golden", false);
    read_limits(root, spec, faults);
    root.text("description");
    root.finish();
    check_distinct(spec.cases, "/cases", &Case::name, faults);
    check_distinct(spec.objectives, "/objectives", &Objective::name, faults);
    check_distinct(spec.measures, "/measures", &Measure::name, faults);
    return spec;
}

/// Adds a file's content to the hash; a file that cannot be read is a fault of its key.
void add_file(const std::filesystem::path& file, const std::string& pointer, ContentHash& hash,
              JsonFaults& faults) {
    if (file.empty()) return;
    const auto content = hash_file(file);
    if (content)
        hash.add(*content);
    else
        faults.add(content.error().code, pointer,
                   fmt::format("{}: {}", file.string(), content.error().message));
}

std::uint64_t hash_of(const Spec& spec, JsonFaults& faults) {
    ContentHash hash;
    hash.add(spec.canonical);
    for (std::size_t k = 0; k < spec.cases.size(); ++k) {
        const Case& one           = spec.cases[k];
        const std::string pointer = fmt::format("/cases/{}", k);
        add_file(one.network, pointer + "/network", hash, faults);
        add_file(one.input, pointer + "/input", hash, faults);
        if (one.score) add_file(one.score->labels, pointer + "/accuracy/labels", hash, faults);
    }
    return hash.value();
}

}  // namespace

Checked<Spec> read_spec(const std::filesystem::path& path, const KnownOptions& known) {
    const auto text = read_file(path, std::uint64_t{1} << 24);
    if (!text) return tl::unexpected<Diagnostics>{Diagnostics{text.error()}};
    const auto json = parse(*text, path.string());
    if (!json) return tl::unexpected<Diagnostics>{Diagnostics{json.error()}};
    JsonFaults faults{path.string()};
    const std::filesystem::path absolute = std::filesystem::absolute(path).lexically_normal();
    Spec spec                            = read_whole(*json, absolute, faults);
    spec.canonical                       = json->dump();
    if (faults.faults.empty()) check_whole(spec, known, faults);
    if (faults.faults.empty()) spec.hash = hash_of(spec, faults);
    if (!faults.faults.empty()) return tl::unexpected<Diagnostics>{std::move(faults.faults)};
    return spec;
}

}  // namespace spikeloom::sweep
