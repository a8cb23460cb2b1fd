// SPDX-License-Identifier: Apache-2.0
#include "sweep/plan.hpp"
#include "tools/sweep_job.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <cmath>
#include <system_error>
#include <utility>
#include <vector>

namespace spikeloom::tools {
namespace {

using Json = nlohmann::ordered_json;

struct Planned {
    sweep::Point point;
    std::string reason;  ///< why it is ruled out; empty: it is run
};

/// The points known before any result: all, or the first generation of a search.
Result<std::vector<Planned>> planned(const sweep::Spec& spec, const sweep::Sampler& sampler) {
    std::vector<Planned> points;
    for (std::uint64_t design = 0; design < sampler.known(); ++design)
        for (std::uint32_t repeat = 0; repeat < spec.repeats; ++repeat) {
            auto point  = sweep::point_at(spec, sampler, design, repeat);
            auto reason = sweep::ruled_out(spec, point.settings);
            if (!reason) return tl::unexpected(reason.error());
            points.push_back({std::move(point), reason->value_or(std::string{})});
        }
    return points;
}

/// How long a point takes, and how that is known.
struct Estimate {
    double seconds = 0;
    std::string basis;
};

/// Evaluates one point, the middle one, in a folder that is removed again.
Result<Estimate> try_out(const sweep::Spec& spec, const SweepFlags& flags,
                         const std::vector<Planned>& points) {
    std::vector<const Planned*> open;
    for (const Planned& point : points)
        if (point.reason.empty()) open.push_back(&point);
    if (open.empty()) return Estimate{0, "nothing is to be run"};
    auto place = workplace(flags);
    if (!place) return tl::unexpected(place.error());
    const sweep::Point& point = open[open.size() / 2]->point;
    place->folder =
        std::filesystem::temp_directory_path() / fmt::format("spikeloom-dry-run-{}", ::getpid());
    const sweep::Outcome outcome = sweep::evaluate(spec, *place, point);
    std::error_code ignored;
    std::filesystem::remove_all(place->folder, ignored);
    return Estimate{
        outcome.finished - outcome.started,
        fmt::format("point {} was tried out: {}", point.id, sweep::to_string(outcome.status))};
}

Result<Estimate> estimate(const sweep::Spec& spec, const SweepFlags& flags,
                          const std::vector<Planned>& points) {
    if (!std::filesystem::exists(std::filesystem::path{flags.output} / "sweep.sqlite"))
        return try_out(spec, flags, points);
    auto store = sweep::Store::open(flags.output, spec, {}, true);
    if (!store) return tl::unexpected(store.error());
    const auto count = store->count();
    const auto mean  = store->mean_seconds();
    if (!count || !mean) return tl::unexpected(count ? mean.error() : count.error());
    if (*mean == 0) return try_out(spec, flags, points);
    return Estimate{*mean, fmt::format("mean of the points so far; {} are recorded", *count)};
}

std::string settings_text(const sweep::Spec& spec, const sweep::Point& point) {
    std::string text;
    for (const sweep::Axis& axis : spec.axes)
        text += fmt::format("  {}={}", axis.setting, point.settings.at(axis.setting).text);
    return text;
}

Json point_json(const sweep::Spec& spec, const Planned& planned) {
    Json settings = Json::object();
    for (const sweep::Axis& axis : spec.axes) {
        const sweep::Value& value = planned.point.settings.at(axis.setting);
        settings[axis.setting]    = value.number ? Json(*value.number) : Json(value.text);
    }
    Json json{{"id", planned.point.id}, {"seed", planned.point.seed}, {"settings", settings}};
    if (!planned.reason.empty()) json["skipped"] = planned.reason;
    return json;
}

}  // namespace

Result<void> dry_run(const sweep::Spec& spec, const SweepFlags& flags) {
    const auto sampler = sweep::make_sampler(spec);
    const auto points  = planned(spec, *sampler);
    if (!points) return tl::unexpected(points.error());
    const auto each = estimate(spec, flags, *points);
    if (!each) return tl::unexpected(each.error());
    std::uint64_t skipped = 0;
    for (const Planned& point : *points)
        skipped += point.reason.empty() ? 0 : 1;
    const std::uint64_t most = sampler->total() * spec.repeats;
    const double waves       = std::ceil(static_cast<double>(most - skipped) / flags.jobs);
    const double total       = waves * each->seconds;
    if (flags.json) {
        Json list = Json::array();
        for (const Planned& point : *points)
            list.push_back(point_json(spec, point));
        const Json json{{"points", list},
                        {"most_points", most},
                        {"skipped", skipped},
                        {"seconds_a_point", each->seconds},
                        {"basis", each->basis},
                        {"jobs", flags.jobs},
                        {"estimated_seconds", total}};
        fmt::print("{}\n", json.dump(2));
        return {};
    }
    for (const Planned& point : *points)
        fmt::print("{:>8}{}{}\n", point.point.id, settings_text(spec, point.point),
                   point.reason.empty() ? "" : "  skipped: " + point.reason);
    fmt::print(
        "{} points{}, {} skipped; {:.3g} s a point ({}): about {:.3g} s with {} jobs\n", most,
        sampler->known() < sampler->total() ? " at most, the first generation is listed" : "",
        skipped, each->seconds, each->basis, total, flags.jobs);
    return {};
}

}  // namespace spikeloom::tools
