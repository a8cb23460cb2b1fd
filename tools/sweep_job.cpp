// SPDX-License-Identifier: Apache-2.0
#include "tools/sweep_job.hpp"

#include "compiler/pipeline/pipeline.hpp"
#include "sweep/export.hpp"
#include "sweep/hash.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <system_error>
#include <thread>

namespace spikeloom::tools {
namespace {

using Json = nlohmann::ordered_json;

Json summary_json(const sweep::Spec& spec, const std::map<std::string, std::uint64_t>& counts,
                  const sweep::Front& front) {
    Json designs = Json::array();
    for (std::size_t k = 0; k < front.designs.size(); ++k) {
        Json design{{"design", front.designs[k]}};
        for (std::size_t o = 0; o < spec.objectives.size(); ++o)
            design[spec.objectives[o].name] = front.means[k * spec.objectives.size() + o];
        designs.push_back(std::move(design));
    }
    return {{"name", spec.name}, {"points", counts}, {"front", designs}};
}

std::string summary_text(const sweep::Spec& spec,
                         const std::map<std::string, std::uint64_t>& counts,
                         const sweep::Front& front, const sweep::Workplace& place) {
    constexpr std::size_t most = 20;
    std::string text           = spec.name + ":";
    for (const auto& [status, count] : counts)
        text += fmt::format(" {} {}", count, status);
    text += fmt::format("\nfront: {} of {} designs\n{:>10}", front.designs.size(), front.considered,
                        "design");
    for (const sweep::Objective& objective : spec.objectives)
        text += fmt::format("  {:>16}", objective.name + " [" + objective.unit + "]");
    for (std::size_t k = 0; k < std::min(front.designs.size(), most); ++k) {
        text += fmt::format("\n{:>10}", front.designs[k]);
        for (std::size_t o = 0; o < spec.objectives.size(); ++o)
            text += fmt::format("  {:>16.6g}", front.means[k * spec.objectives.size() + o]);
    }
    if (front.designs.size() > most)
        text += fmt::format("\n{:>10}", fmt::format("and {} more", front.designs.size() - most));
    return text + "\nsee " + (place.folder / "index.html").string() + "\n";
}

}  // namespace

void SweepFlags::add_to(CLI::App& app) {
    jobs = std::max(1U, std::thread::hardware_concurrency());
    app.add_option("SPEC", spec, "what to sweep (schemas/sweep.schema.json)")->required();
    app.add_option("-o,--output", output, "folder for the results")->required();
    app.add_option("--jobs,-j", jobs, "points at a time; default: one for each processor")
        ->check(CLI::Range(1U, 4096U));
    app.add_flag("--resume", resume, "go on with what is in the folder");
    app.add_flag("--dry-run", dry_run, "list the points and estimate the time, run nothing else");
    app.add_flag("--json", json, "print the outcome as one JSON document");
}

std::filesystem::path program_folder() {
    std::error_code failed;
    return std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
}

Result<sweep::Workplace> workplace(const SweepFlags& flags) {
    sweep::Workplace place{std::filesystem::absolute(flags.output), program_folder() / "spikeloom"};
    const auto hash = sweep::hash_file(place.tool);
    if (!hash) return tl::unexpected(hash.error());
    place.tool_hash = *hash;
    return place;
}

std::string tool_name(const sweep::Workplace& place) {
    return fmt::format("spikeloom {}, build {:016x}", compiler::tool_version(), place.tool_hash);
}

Result<void> finish_sweep(const sweep::Spec& spec, sweep::Store& store,
                          const sweep::Workplace& place, bool json) {
    if (auto done = sweep::write_csv(spec, store, place.folder / "results.csv"); !done) return done;
    if (auto done = sweep::write_page(spec, store, place); !done) return done;
    const auto counts = sweep::status_counts(store);
    if (!counts) return tl::unexpected(counts.error());
    const auto front = store.front();
    if (!front) return tl::unexpected(front.error());
    fmt::print("{}", json ? summary_json(spec, *counts, *front).dump(2) + "\n"
                          : summary_text(spec, *counts, *front, place));
    return {};
}

}  // namespace spikeloom::tools
