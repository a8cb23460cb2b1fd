// SPDX-License-Identifier: Apache-2.0
/// `spikeloom report`: reports as one HTML page.
#include "runtime/report/html/page.hpp"
#include "runtime/report/html/raster.hpp"
#include "support/atomic_file.hpp"
#include "tools/command.hpp"
#include "tools/inputs.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

namespace spikeloom::tools {
namespace {

namespace fs = std::filesystem;
using Json   = nlohmann::ordered_json;

struct Flags {
    std::string what;
    std::string output;
    std::string spikes;
    std::string reference;
    std::size_t most = 100'000;
};

/// What the page reads, with the kind that each must be of.
struct Part {
    const char* name;
    Json::value_t kind;
};
constexpr std::array parts{
    Part{"command", Json::value_t::string},     Part{"target", Json::value_t::string},
    Part{"chip", Json::value_t::string},        Part{"device", Json::value_t::string},
    Part{"options", Json::value_t::object},     Part{"warnings", Json::value_t::array},
    Part{"populations", Json::value_t::array},  Part{"activity", Json::value_t::object},
    Part{"latency", Json::value_t::object},     Part{"link", Json::value_t::object},
    Part{"energy", Json::value_t::object},      Part{"utilisation", Json::value_t::array},
    Part{"quantisation", Json::value_t::array}, Part{"host", Json::value_t::object},
    Part{"dt", Json::value_t::object},
};

Result<void> check_report(const Json& json, const std::string& file, const std::string& where) {
    if (!json.is_object())
        return fault("report.not-a-report", "a report is a JSON object", {file, where});
    for (const Part& part : parts) {
        const auto found = json.find(part.name);
        if (found == json.end() || found->type() != part.kind)
            return fault("report.not-a-report",
                         fmt::format("\"{}\" is missing or not of the kind that "
                                     "schemas/report.schema.json says",
                                     part.name),
                         {file, where + "/" + part.name});
    }
    if (!json["energy"].contains("components") || !json["energy"].contains("total"))
        return fault("report.not-a-report", "no components or no total", {file, where + "/energy"});
    return {};
}

Result<Json> read_json(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) return fault("file.open", "cannot read", {path, ""});
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        return fault("report.syntax", error.what(), {path, fmt::format("byte {}", error.byte)});
    }
}

/// Raster and comparison of a report's spikes.
Checked<void> add_spikes(runtime::PageEntry& entry, std::uint64_t ticks, const Flags& flags) {
    const auto trains = read_trains(flags.spikes);
    if (!trains) return failed(trains);
    const runtime::RasterOptions options{.ticks = ticks, .most = flags.most};
    if (flags.reference.empty()) {
        entry.raster = raster_json(runtime::make_raster(*trains, options));
        return {};
    }
    const auto reference = read_trains(flags.reference);
    if (!reference) return failed(reference);
    entry.raster     = raster_json(runtime::make_raster(*reference, *trains, options));
    entry.comparison = to_json(runtime::compare_trains(*reference, *trains));
    return {};
}

/// Spikes lie beside the report: NAME.csv, and NAME.reference.csv to compare with.
Flags with_neighbours(const fs::path& file, Flags flags) {
    const auto beside = [&](const char* extension) {
        const fs::path path = fs::path{file}.replace_extension(extension);
        return fs::exists(path) ? path.string() : std::string{};
    };
    if (flags.spikes.empty()) flags.spikes = beside(".csv");
    if (flags.reference.empty()) flags.reference = beside(".reference.csv");
    return flags;
}

/// One entry for a report, or one for each device of a co-simulation.
Checked<void> add_entries(const fs::path& file, const Flags& flags,
                          std::vector<runtime::PageEntry>& entries) {
    const auto json = read_json(file.string());
    if (!json) return failed(json);
    const std::string stem   = file.stem().string();
    const std::size_t before = entries.size();
    const bool of_many       = json->is_object() && json->contains("reports");
    const auto add           = [&](const Json& one, const std::string& name,
                         const std::string& where) -> Checked<void> {
        if (const auto good = check_report(one, file.string(), where); !good) return failed(good);
        runtime::PageEntry entry{name, one.dump(), "", ""};
        const Flags own = with_neighbours(file, flags);
        const bool is_first =
            entries.size() == before;  // spikes of a co-simulation are its whole's
        if (!own.spikes.empty() && is_first) {
            const std::uint64_t ticks = one.value("ticks", std::uint64_t{0});
            if (auto added = add_spikes(entry, ticks, own); !added) return added;
        }
        entries.push_back(std::move(entry));
        return {};
    };
    if (!of_many) return add(*json, stem, "");
    for (const auto& [name, one] : (*json)["reports"].items()) {
        const auto added = add(one, stem + ": " + name, "/reports/" + name);
        if (!added) return added;
    }
    return {};
}

Checked<std::vector<runtime::PageEntry>> collect(const Flags& flags) {
    std::vector<fs::path> files;
    std::error_code error;
    const bool is_folder = fs::is_directory(flags.what, error);
    if (is_folder) {
        for (const auto& item : fs::directory_iterator{flags.what, error})
            if (item.path().extension() == ".json") files.push_back(item.path());
        std::ranges::sort(files);
    } else {
        files.emplace_back(flags.what);
    }
    if (files.empty())
        return failed("report.nothing", "no .json file in this folder", {flags.what, ""});
    std::vector<runtime::PageEntry> entries;
    for (const fs::path& file : files)
        if (const auto added = add_entries(file, flags, entries); !added)
            return tl::unexpected{added.error()};
    return entries;
}

Checked<void> report(const Flags& flags) {
    const auto entries = collect(flags);
    if (!entries) return failed(entries);
    const auto page = runtime::html_page(*entries);
    if (!page) return failed(page);
    const auto written = write_file(flags.output, *page);
    if (!written) return failed(written);
    return {};
}

}  // namespace

Action add_report(CLI::App& app) {
    const auto flags = std::make_shared<Flags>();
    app.add_option("FILE.json|DIR", flags->what, "a report, or a folder of reports")->required();
    app.add_option("-o,--output", flags->output, "the page to write (HTML)")->required();
    app.add_option("--spikes", flags->spikes,
                   "spikes of the run (CSV); absent: NAME.csv beside NAME.json, where it is");
    app.add_option("--reference", flags->reference,
                   "spikes to compare with (CSV); absent: NAME.reference.csv, where it is");
    app.add_option("--draw", flags->most, "most spikes drawn; the page says when there are more")
        ->check(CLI::Range(std::size_t{1}, std::size_t{10'000'000}));
    return [flags](const Global&) { return report(*flags); };
}

}  // namespace spikeloom::tools
