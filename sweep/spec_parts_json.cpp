// SPDX-License-Identifier: Apache-2.0
#include "sweep/spec_json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace spikeloom::sweep {
namespace {

constexpr double huge = 1e300;

Range read_range(const JsonPlace& place, JsonFaults& faults) {
    ObjectReader reader{place, faults};
    Range range;
    reader.require("from");
    reader.require("to");
    range.from        = reader.number("from", -huge, huge, 0);
    range.to          = reader.number("to", -huge, huge, 1);
    range.logarithmic = reader.word("scale", {"linear", "log"}, "linear") == "log";
    range.integer     = reader.flag("integer", false);
    range.steps       = static_cast<std::uint32_t>(reader.integer("steps", 1, 1'000'000, 0));
    reader.finish();
    if (range.from > range.to)
        faults.add("sweep.value", place.pointer,
                   fmt::format("runs from {} down to {}", range.from, range.to));
    if (range.logarithmic && range.from <= 0)
        faults.add("sweep.value", place.pointer,
                   fmt::format("a log scale begins above 0, not at {}", range.from));
    if (range.integer && (std::trunc(range.from) != range.from || std::trunc(range.to) != range.to))
        faults.add("sweep.value", place.pointer, "the ends of an integer range are whole numbers");
    return range;
}

SamplerKind kind_of(const std::string& word) {
    if (word == "random") return SamplerKind::random;
    if (word == "latin-hypercube") return SamplerKind::latin_hypercube;
    return word == "nsga2" ? SamplerKind::nsga2 : SamplerKind::grid;
}

}  // namespace

std::optional<Value> read_value(const JsonPlace& place, JsonFaults& faults) {
    const Json& value = *place.value;
    if (value.is_string()) return word_value(value.get<std::string>());
    if (value.is_number() && std::isfinite(value.get<double>()))
        return number_value(value.get<double>());
    faults.add("sweep.type", place.pointer,
               fmt::format("must be a number or a text, is {}", value.dump()));
    return {};
}

Axis read_axis(const JsonPlace& place, JsonFaults& faults) {
    ObjectReader reader{place, faults};
    Axis axis;
    reader.require("setting");
    axis.setting = reader.text("setting");
    for (const JsonPlace& element : reader.list("values"))
        if (auto value = read_value(element, faults)) axis.values.push_back(std::move(*value));
    if (const auto range = reader.find("range")) axis.range = read_range(*range, faults);
    reader.finish();
    if (axis.range.has_value() != axis.values.empty())
        faults.add("sweep.value", place.pointer, "an axis has either values or a range");
    for (std::size_t k = 0; k < axis.values.size(); ++k)
        for (std::size_t j = 0; j < k; ++j)
            if (axis.values[k].text == axis.values[j].text)
                faults.add("sweep.value", fmt::format("{}/values/{}", place.pointer, k),
                           fmt::format("the value {} is there twice", axis.values[k].text));
    return axis;
}

SamplerSpec read_sampler(const JsonPlace& place, JsonFaults& faults) {
    ObjectReader reader{place, faults};
    SamplerSpec sampler;
    sampler.kind =
        kind_of(reader.word("kind", {"grid", "random", "latin-hypercube", "nsga2"}, "grid"));
    const bool drawn =
        sampler.kind == SamplerKind::random || sampler.kind == SamplerKind::latin_hypercube;
    if (drawn) {
        reader.require("points");
        sampler.points = reader.integer("points", 1, 10'000'000, 1);
    }
    if (sampler.kind != SamplerKind::grid)
        sampler.seed = reader.integer("seed", 0, UINT64_MAX, sampler.seed);
    if (sampler.kind == SamplerKind::nsga2) {
        sampler.population = static_cast<std::uint32_t>(
            reader.integer("population", 4, 100'000, sampler.population));
        sampler.generations = static_cast<std::uint32_t>(
            reader.integer("generations", 1, 100'000, sampler.generations));
        sampler.crossover = reader.number("crossover", 0, 1, sampler.crossover);
        sampler.mutation  = reader.number("mutation", 0, 1, sampler.mutation);
        if (sampler.population % 2 != 0)
            faults.add("sweep.value", place.pointer + "/population",
                       fmt::format("must be even, is {}", sampler.population));
    }
    reader.finish();
    return sampler;
}

Objective read_objective(const JsonPlace& place, JsonFaults& faults) {
    ObjectReader reader{place, faults};
    Objective objective;
    reader.require("name");
    reader.require("pointer");
    objective.name     = reader.text("name");
    objective.pointer  = reader.text("pointer", "/");
    objective.unit     = reader.text("unit", "1");
    objective.maximise = reader.word("goal", {"min", "max"}, "min") == "max";
    objective.reduce = reader.word("reduce", {"sum", "max", "min", "mean", "count", "last"}, "sum");
    reader.finish();
    if (!objective.pointer.starts_with('/'))
        faults.add("sweep.value", place.pointer + "/pointer",
                   fmt::format("a JSON pointer begins with '/', not '{}'", objective.pointer));
    return objective;
}

std::optional<Constraint> read_constraint(const JsonPlace& place, JsonFaults& faults) {
    ObjectReader reader{place, faults};
    reader.require("require");
    const std::string text   = reader.text("require", "1");
    const std::string reason = reader.text("reason", text);
    reader.finish();
    auto condition = Expression::parse(text);
    if (condition) return Constraint{text, reason, std::move(*condition)};
    faults.add(condition.error().code, place.pointer + "/require", condition.error().message);
    return {};
}

Case read_case(const JsonPlace& place, const std::filesystem::path& folder, JsonFaults& faults) {
    ObjectReader reader{place, faults};
    Case result;
    for (const char* key : {"network", "ticks"})
        reader.require(key);
    result.name    = reader.text("name", "network");
    result.network = folder / reader.text("network");
    result.ticks   = reader.integer("ticks", 1, std::uint64_t{1} << 40, 1);
    if (const std::string input = reader.text("input"); !input.empty())
        result.input = folder / input;
    if (const auto accuracy = reader.find("accuracy")) {
        ObjectReader inner{*accuracy, faults};
        for (const char* key : {"population", "labels", "ticks"})
            inner.require(key);
        result.score = Score{inner.text("population"), folder / inner.text("labels"),
                             inner.integer("ticks", 1, std::uint64_t{1} << 40, 1)};
        inner.finish();
    }
    reader.finish();
    return result;
}

}  // namespace spikeloom::sweep
