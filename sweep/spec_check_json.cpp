// SPDX-License-Identifier: Apache-2.0
#include "support/suggest.hpp"
#include "sweep/spec_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <map>
#include <utility>

namespace spikeloom::sweep {
namespace {

/// Names that a program's arguments may use besides the settings.
constexpr std::string_view built_in[] = {"folder", "point", "report", "seed", "spikes", "image"};

void check_option(const std::string& name, const std::set<std::string>& options,
                  const std::string& pointer, JsonFaults& faults) {
    const std::string option = name.substr(name.find('.') + 1);
    if (options.empty() || options.contains(option)) return;
    const std::vector<std::string_view> words{options.begin(), options.end()};
    faults.add(
        "sweep.setting", pointer,
        fmt::format("'{}': there is no option --{}{}", name, option, did_you_mean(option, words)));
}

/// A setting must be of a kind that something reads.
void check_setting(const std::string& name, const Spec& spec, const KnownOptions& known,
                   const std::string& pointer, JsonFaults& faults) {
    constexpr std::string_view kinds[] = {"target", "chip",  "case",         "chip.",   "compile.",
                                          "run.",   "user.", "weights.bits", "network/"};
    if (name.starts_with("user.")) return;
    if (!spec.program.empty())
        return faults.add(
            "sweep.setting", pointer,
            fmt::format("'{}': a sweep of a program has settings 'user.NAME' only", name));
    if (name.starts_with("compile.")) return check_option(name, known.compile, pointer, faults);
    if (name.starts_with("run.")) return check_option(name, known.run, pointer, faults);
    const bool fits = std::ranges::any_of(kinds, [&](std::string_view kind) {
        const bool open = kind.back() == '.' || kind.back() == '/';
        return open ? name.starts_with(kind) && name.size() > kind.size() : name == kind;
    });
    if (!fits)
        faults.add("sweep.setting", pointer,
                   fmt::format("'{}' is no setting; known: target, chip, case, chip.PATH, "
                               "compile.OPTION, run.OPTION, weights.bits, network/POINTER, "
                               "user.NAME{}",
                               name, did_you_mean(name, kinds)));
}

/// Pointer of every given setting; reports what is given twice.
std::map<std::string, std::string> given_settings(const Spec& spec, JsonFaults& faults) {
    std::map<std::string, std::string> given;
    for (const auto& [name, value] : spec.fixed)
        given[name] = "/fixed/" + pointer_part(name);
    for (std::size_t k = 0; k < spec.axes.size(); ++k) {
        const std::string pointer = fmt::format("/axes/{}/setting", k);
        const auto [at, fresh]    = given.try_emplace(spec.axes[k].setting, pointer);
        if (!fresh)
            faults.add("sweep.setting", pointer,
                       fmt::format("'{}' is also given at {}", at->first, at->second));
    }
    return given;
}

void check_names(const std::vector<std::string>& names,
                 const std::map<std::string, std::string>& given, const std::string& pointer,
                 bool in_program, JsonFaults& faults) {
    for (const std::string& name : names) {
        if (given.contains(name)) continue;
        if (in_program && std::ranges::find(built_in, name) != std::end(built_in)) continue;
        std::vector<std::string_view> words;
        for (const auto& [known, where] : given)
            words.push_back(known);
        faults.add(
            "sweep.setting", pointer,
            fmt::format("'{}' is neither an axis nor fixed{}", name, did_you_mean(name, words)));
    }
}

void check_program(const std::vector<std::string>& program,
                   const std::map<std::string, std::string>& given, const std::string& pointer,
                   JsonFaults& faults) {
    for (std::size_t k = 0; k < program.size(); ++k)
        check_names(placeholders(program[k]), given, fmt::format("{}/{}", pointer, k), true,
                    faults);
}

void check_cases(const Spec& spec, const std::map<std::string, std::string>& given,
                 JsonFaults& faults) {
    if (spec.program.empty() == spec.cases.empty())
        faults.add("sweep.value", "", "a sweep has either cases or a program");
    if (!spec.cases.empty() && !given.contains("target"))
        faults.add("sweep.missing-key", "/fixed", "needs the setting 'target', here or as an axis");
    if (spec.cases.size() > 1 && !given.contains("case"))
        faults.add("sweep.missing-key", "/axes",
                   fmt::format("{} cases need the setting 'case'", spec.cases.size()));
    const auto check = [&](const Value& value, const std::string& pointer) {
        if (std::ranges::find(spec.cases, value.text, &Case::name) == spec.cases.end())
            faults.add("sweep.value", pointer, fmt::format("there is no case '{}'", value.text));
    };
    if (const auto fixed = spec.fixed.find("case"); fixed != spec.fixed.end())
        check(fixed->second, "/fixed/case");
    for (std::size_t k = 0; k < spec.axes.size(); ++k)
        for (std::size_t v = 0; spec.axes[k].setting == "case" && v < spec.axes[k].values.size();
             ++v)
            check(spec.axes[k].values[v], fmt::format("/axes/{}/values/{}", k, v));
}

/// The number of designs stays countable.
void check_grid(const Spec& spec, JsonFaults& faults) {
    constexpr double limit = 10'000'000;
    double designs         = 1;
    for (std::size_t k = 0; k < spec.axes.size(); ++k) {
        const std::uint64_t levels = spec.axes[k].levels();
        if (levels == 0)
            faults.add("sweep.value", fmt::format("/axes/{}", k),
                       "a grid needs values, or a range with steps");
        designs *= static_cast<double>(levels);
    }
    if (designs > limit)
        faults.add("sweep.value", "/axes",
                   fmt::format("the grid has {:.3g} designs, the limit is {:.0f}", designs, limit));
}

}  // namespace

std::vector<std::string> placeholders(const std::string& argument) {
    const auto is_part = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::strchr("._-/~", c) != nullptr;
    };
    std::vector<std::string> names;
    for (std::size_t at = argument.find('{'); at != std::string::npos;
         at             = argument.find('{', at + 1)) {
        const std::size_t end = argument.find('}', at);
        if (end == std::string::npos) break;
        std::string name = argument.substr(at + 1, end - at - 1);
        if (!name.empty() && std::ranges::all_of(name, is_part)) names.push_back(std::move(name));
    }
    return names;
}

void check_whole(const Spec& spec, const KnownOptions& known, JsonFaults& faults) {
    const auto given = given_settings(spec, faults);
    for (const auto& [name, pointer] : given)
        check_setting(name, spec, known, pointer, faults);
    check_cases(spec, given, faults);
    for (std::size_t k = 0; k < spec.constraints.size(); ++k)
        check_names(spec.constraints[k].condition.names(), given,
                    fmt::format("/constraints/{}/require", k), false, faults);
    check_program(spec.program, given, "/program", faults);
    for (std::size_t k = 0; k < spec.measures.size(); ++k)
        check_program(spec.measures[k].program, given, fmt::format("/measures/{}/program", k),
                      faults);
    if (spec.sampler.kind == SamplerKind::grid) check_grid(spec, faults);
    if (spec.axes.empty()) faults.add("sweep.value", "/axes", "a sweep has at least one axis");
    if (spec.objectives.empty())
        faults.add("sweep.value", "/objectives", "a sweep has at least one objective");
}

}  // namespace spikeloom::sweep
