// SPDX-License-Identifier: Apache-2.0
/// Spec: a sweep as its file says it (schemas/sweep.schema.json), checked.
#pragma once

#include "support/result.hpp"
#include "sweep/expression.hpp"
#include "sweep/value.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace spikeloom::sweep {

/// Values between two ends, both included.
struct Range {
    double from = 0, to = 1;
    bool logarithmic    = false;
    bool integer        = false;
    std::uint32_t steps = 0;  ///< levels of a grid; 0: continuous, which a grid refuses
};

/// One dimension of the design space: a list of values or a range.
struct Axis {
    std::string setting;
    std::vector<Value> values;
    std::optional<Range> range;

    /// Number of distinct values of a list or a stepped range; 0 for a continuous range.
    [[nodiscard]] std::uint64_t levels() const;
    /// Level k of levels().
    [[nodiscard]] Value level(std::uint64_t k) const;
    /// The value at u in [0, 1): lists and stepped ranges share [0, 1) evenly among their levels.
    [[nodiscard]] Value at(double u) const;
};

enum class SamplerKind { grid, random, latin_hypercube, nsga2 };

struct SamplerSpec {
    SamplerKind kind          = SamplerKind::grid;
    std::uint64_t points      = 0;  ///< random, latin hypercube: how many designs
    std::uint64_t seed        = 1;
    std::uint32_t population  = 40;   ///< NSGA-II: designs a generation, even
    std::uint32_t generations = 10;   ///< NSGA-II: including the first, random one
    double crossover          = 0.9;  ///< probability that two parents are crossed
    double mutation           = 0;    ///< probability an axis; 0: 1 / number of axes
};

/// A condition that a design must meet; one that does not is recorded with the reason, not run.
struct Constraint {
    std::string text;
    std::string reason;
    Expression condition;
};

/// One figure of a point's result document, to be made small or large.
struct Objective {
    std::string name;
    std::string pointer;  ///< JSON pointer; "*" stands for every member, "key=text" for those
    std::string reduce;   ///< "sum", "max", "min", "mean", "count", "last" over what "*" finds
    std::string unit;
    bool maximise = false;
};

/// Accuracy: each item is shown for `ticks` ticks; the neuron with most spikes is the answer.
struct Score {
    std::string population;
    std::filesystem::path labels;  ///< one integer a line
    std::uint64_t ticks = 0;
};

/// A network with its input.
struct Case {
    std::string name;
    std::filesystem::path network;
    std::filesystem::path input;  ///< may be empty
    std::uint64_t ticks = 0;
    std::optional<Score> score;
};

/// A program whose JSON output joins the result document as /measures/NAME; it is run once for each
/// distinct command line.
struct Measure {
    std::string name;
    std::vector<std::string> program;
};

/// Of every child process.
struct Limits {
    double seconds             = 600;
    std::uint64_t memory_bytes = std::uint64_t{4} << 30;  ///< of address space
};

struct Spec {
    std::string name;
    std::filesystem::path file;
    std::vector<Case> cases;           ///< empty when `program` is given
    std::vector<std::string> program;  ///< in place of compile and run
    Settings fixed;
    std::vector<Axis> axes;
    SamplerSpec sampler;
    std::vector<Constraint> constraints;
    std::vector<Objective> objectives;
    std::vector<Measure> measures;
    std::uint32_t repeats = 1;
    std::uint64_t seed    = 1;  ///< of the first repeat; the next ones count up
    bool compare_golden   = false;
    Limits limits;

    std::string canonical;  ///< the file's meaning: sorted keys, no blanks
    /// Of `canonical` and the content of every file that it names.
    std::uint64_t hash = 0;

    /// Paths of the file are relative to its folder.
    [[nodiscard]] std::filesystem::path folder() const { return file.parent_path(); }
    [[nodiscard]] const Case* find_case(const Settings& settings) const;
};

/// Options that `compile.NAME` and `run.NAME` may set; empty: not checked.
struct KnownOptions {
    std::set<std::string> compile, run;
};

/// Reads a spec and checks it, all faults together, each at its JSON pointer. Codes:
/// "sweep.syntax", "sweep.type", "sweep.missing-key", "sweep.unknown-key", "sweep.value",
/// "sweep.setting" (no such kind of setting or option), "sweep.expression", "file.*".
Checked<Spec> read_spec(const std::filesystem::path& path, const KnownOptions& known = {});

}  // namespace spikeloom::sweep
