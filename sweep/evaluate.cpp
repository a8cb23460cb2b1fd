// SPDX-License-Identifier: Apache-2.0
#include "sweep/evaluate.hpp"

#include "support/atomic_file.hpp"
#include "sweep/derive_network.hpp"
#include "sweep/hash.hpp"
#include "sweep/message.hpp"
#include "sweep/result_document.hpp"
#include "sweep/retarget.hpp"
#include "sweep/score.hpp"
#include "sweep/step.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <system_error>
#include <utility>

namespace spikeloom::sweep {
namespace {

using Words = std::vector<std::string>;
using std::filesystem::path;

double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string host_name() {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

/// Settings whose names begin with `prefix`, without it.
Settings with_prefix(const Settings& settings, std::string_view prefix) {
    Settings result;
    for (const auto& [name, value] : settings)
        if (name.starts_with(prefix)) result[name.substr(prefix.size())] = value;
    return result;
}

void add_options(Words& words, const Settings& options) {
    for (const auto& [name, value] : options) {
        words.push_back("--" + name);
        words.push_back(value.text);
    }
}

/// One point on its way; each step ends it by leaving a status in `outcome_`.
class Evaluation {
public:
    Evaluation(const Spec& spec, const Workplace& place, const Point& point)
        : spec_{spec},
          place_{place},
          point_{point},
          folder_{place.point_folder(point.id)},
          report_{folder_ / "report.json"} {}

    Outcome run() {
        outcome_.started = now();
        outcome_.host    = host_name();
        if (prepare() && (spec_.program.empty() ? simulate() : run_program()) && measure())
            read_result(spec_, report_, additions_, folder_ / "additions.json", outcome_);
        outcome_.objectives.resize(spec_.objectives.size(), no_value);
        outcome_.finished = now();
        return std::move(outcome_);
    }

private:
    bool goes_on(const StepEnd& end) {
        if (end.status == Status::ok) return true;
        outcome_.status  = end.status;
        outcome_.code    = end.code;
        outcome_.message = end.message;
        return false;
    }
    bool goes_on(const Result<StepEnd>& end) { return goes_on(end ? *end : refused(end.error())); }

    /// The point's folder says which point it is for; a report in it is then this point's.
    bool prepare() {
        const std::string identity = to_message(point_) + "\n";
        const auto present         = read_file(folder_ / "point.json");
        std::error_code failed;
        if (present && *present == identity && std::filesystem::exists(report_, failed)) {
            outcome_.adopted = true;
            return true;
        }
        std::filesystem::remove_all(folder_, failed);
        std::filesystem::create_directories(folder_, failed);
        const auto written = write_file(folder_ / "point.json", identity);
        return written ? true : goes_on(refused(written.error()));
    }

    [[nodiscard]] std::string setting(const std::string& name) const {
        const auto found = point_.settings.find(name);
        return found == point_.settings.end() ? std::string{} : found->second.text;
    }

    /// The words of a program with every placeholder replaced.
    [[nodiscard]] Words filled(const Words& program, const path& report) const {
        std::map<std::string, std::string> known{{"folder", spec_.folder().string()},
                                                 {"point", folder_.string()},
                                                 {"report", report.string()},
                                                 {"seed", fmt::format("{}", point_.seed)},
                                                 {"spikes", (folder_ / "spikes.csv").string()},
                                                 {"image", image_.string()}};
        for (const auto& [name, value] : point_.settings)
            known[name] = value.text;
        Words words = program;
        for (std::string& word : words)
            for (std::size_t at = word.find('{'); at != std::string::npos;
                 at             = word.find('{', at)) {
                const std::size_t end = std::min(word.find('}', at), word.size());
                const auto found      = known.find(word.substr(at + 1, end - at - 1));
                if (found != known.end()) word.replace(at, end - at + 1, found->second);
                at += found == known.end() ? 1 : found->second.size();
            }
        return words;
    }

    /// A program writes its report under a name of this attempt; only a whole one gets the name
    /// that is looked for.
    bool run_program() {
        if (outcome_.adopted) return true;
        const path part = folder_ / fmt::format("report.{}.part", ::getpid());
        if (!goes_on(run_step(filled(spec_.program, part), folder_ / "errors.txt", spec_.limits,
                              &outcome_)))
            return false;
        std::error_code failed;
        std::filesystem::rename(part, report_, failed);
        if (!failed) return true;
        return goes_on(StepEnd{Status::failed, "sweep.report", "the program wrote no report"});
    }

    bool simulate() {
        case_ = spec_.find_case(point_.settings);
        if (case_ == nullptr)
            return goes_on(StepEnd{Status::refused, "sweep.case", "there is no such case"});
        if (!outcome_.adopted && !(find_network() && make_image() && run_image())) return false;
        return score() && compare();
    }

    [[nodiscard]] double dt() const {
        const auto found = point_.settings.find("compile.dt");
        return found == point_.settings.end() ? 0 : found->second.number.value_or(0);
    }

    /// The case's network, or one derived from it.
    bool find_network() {
        network_ = case_->network;
        if (!changes_network(point_.settings)) return true;
        const auto content = hash_file(network_);
        if (!content) return goes_on(refused(content.error()));
        Settings changes = with_prefix(point_.settings, "network/");
        if (const auto bits = point_.settings.find("weights.bits"); bits != point_.settings.end())
            changes["weights.bits"] = bits->second;
        ContentHash key;
        key.add(*content).add(changes).add(setting("compile.dt")).add(place_.tool_hash);
        const std::string name = "network-" + key.text();
        network_               = place_.cache() / name / "network.json";
        return goes_on(once(place_.cache(), name, [&](const path&) {
            const auto done = derive_network(case_->network, point_.settings, dt(), network_);
            return done ? StepEnd{} : refused(done.error().front());
        }));
    }

    /// --target, --chip, --set, --seed and compile options, as `compile` takes them.
    [[nodiscard]] Words compile_flags(const Settings& sets) const {
        Words words{"--target", setting("target"), "--seed", fmt::format("{}", point_.seed)};
        if (const std::string chip = setting("chip"); !chip.empty()) {
            words.push_back("--chip");
            words.push_back(chip);
        }
        for (const auto& [name, value] : sets) {
            words.push_back("--set");
            words.push_back(name + "=" + value.text);
        }
        Settings options = with_prefix(point_.settings, "compile.");
        options.erase("seed");
        add_options(words, options);
        return words;
    }

    /// One image for all points that differ only in what a run is told or what energy costs.
    bool make_image() {
        Settings sets         = with_prefix(point_.settings, "chip.");
        const Settings priced = take_prices(sets);
        const auto content    = hash_file(network_);
        if (!content) return goes_on(refused(content.error()));
        const Words flags = compile_flags(sets);
        ContentHash key;
        key.add(*content).add(place_.tool_hash);
        for (const std::string& word : flags)
            key.add(word);
        if (const auto chip = hash_file(setting("chip"))) key.add(*chip);
        const std::string name = "image-" + key.text();
        image_                 = place_.cache() / name / "network.img";
        const bool made        = goes_on(once(place_.cache(), name, [&](const path& folder) {
            Words words{place_.tool.string(), "--quiet", "compile",
                        network_.string(),    "-o",      image_.string()};
            words.insert(words.end(), flags.begin(), flags.end());
            return run_step(words, folder / "errors.txt", spec_.limits, &outcome_);
        }));
        if (!made || priced.empty()) return made;
        const path shared = std::exchange(image_, folder_ / "network.img");
        const auto done   = retarget(shared, priced, image_);
        return done ? true : goes_on(refused(done.error()));
    }

    void add_case(Words& words) const {
        words.insert(words.end(), {"--ticks", fmt::format("{}", case_->ticks)});
        if (!case_->input.empty()) words.insert(words.end(), {"--input", case_->input.string()});
    }

    [[nodiscard]] bool needs_spikes() const {
        return case_->score.has_value() || spec_.compare_golden;
    }

    bool run_image() {
        Words words{place_.tool.string(), "--quiet",  "run",
                    image_.string(),      "--report", report_.string()};
        add_case(words);
        if (needs_spikes())
            words.insert(words.end(), {"--spikes", (folder_ / "spikes.csv").string()});
        add_options(words, with_prefix(point_.settings, "run."));
        return goes_on(run_step(words, folder_ / "errors.txt", spec_.limits, &outcome_));
    }

    bool score() {
        if (!case_->score) return true;
        const std::uint64_t offset = pipeline_offset(report_, case_->score->population);
        const auto right           = accuracy(*case_->score, folder_ / "spikes.csv", offset);
        if (!right) return goes_on(refused(right.error().front()));
        additions_.accuracy = *right;
        return true;
    }

    /// The float reference of the network as written, run once for each case, seed and
    /// discretisation.
    bool compare() {
        if (!spec_.compare_golden) return true;
        Words flags{"--target", "golden", "--seed", fmt::format("{}", point_.seed)};
        Settings options = with_prefix(point_.settings, "compile.");
        std::erase_if(options, [](const auto& option) {
            return option.first != "dt" && option.first != "integrator" && option.first != "reset";
        });
        add_options(flags, options);
        add_case(flags);
        ContentHash key;
        key.add(hash_file(case_->network).value_or(0)).add(place_.tool_hash);
        key.add(case_->input.empty() ? 0 : hash_file(case_->input).value_or(0));
        for (const std::string& word : flags)
            key.add(word);
        const std::string name = "golden-" + key.text();
        const path golden      = place_.cache() / name / "spikes.csv";
        const bool made        = goes_on(once(place_.cache(), name, [&](const path& folder) {
            Words words{place_.tool.string(),    "--quiet",  "run",
                        case_->network.string(), "--spikes", golden.string()};
            words.insert(words.end(), flags.begin(), flags.end());
            return run_step(words, folder / "errors.txt", spec_.limits);
        }));
        if (!made) return false;
        const auto difference = compare_spikes(golden, folder_ / "spikes.csv");
        if (!difference) return goes_on(refused(difference.error().front()));
        additions_.golden = *difference;
        return true;
    }

    bool measure() {
        for (const Measure& measure : spec_.measures) {
            ContentHash key;
            for (const std::string& word : filled(measure.program, "report.json"))
                key.add(word);
            const std::string name = "measure-" + key.text();
            const path result      = place_.cache() / name / "report.json";
            if (!goes_on(once(place_.cache(), name, [&](const path& folder) {
                    return run_step(filled(measure.program, result), folder / "errors.txt",
                                    spec_.limits);
                })))
                return false;
            additions_.measures[measure.name] = result;
        }
        return true;
    }

    const Spec& spec_;
    const Workplace& place_;
    const Point& point_;
    path folder_, report_;
    const Case* case_ = nullptr;
    path network_, image_;
    Additions additions_;
    Outcome outcome_;
};

}  // namespace

std::filesystem::path Workplace::point_folder(std::uint64_t id) const {
    constexpr std::uint64_t in_one_folder = 1000;
    return folder / "points" / fmt::format("{}", id / in_one_folder) / fmt::format("{}", id);
}

Outcome evaluate(const Spec& spec, const Workplace& place, const Point& point) {
    return Evaluation{spec, place, point}.run();
}

}  // namespace spikeloom::sweep
