// SPDX-License-Identifier: Apache-2.0
/// ChipSpec: what a compiler, a mapper, a model or a report may know of a chip. Plain data, filled
/// from a chip file (hw/chips/*.json); every figure keeps its unit and its source.
#pragma once

#include "support/quantity.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::hw {

/// One number of a chip file.
struct Figure {
    double value = 0;
    std::string unit;    ///< "1", "bit", "Hz", "ns", "pJ", "W", ...
    std::string source;  ///< key of docs/references.bib with an optional ", table n"; or "estimate"
    std::string why;     ///< the reasoning; never empty for an estimate
};

/// Figures by name, in the order of the names.
using Figures = std::map<std::string, Figure>;

/// One word of a chip file: a design decision that is no number.
struct Choice {
    std::string value;   ///< "xy"
    std::string source;  ///< as of a Figure
    std::string why;     ///< as of a Figure
};

/// Choices by name, in the order of the names.
using Choices = std::map<std::string, Choice>;

/// What an event costs. Energy of a run = sum over entries of activity counter x entry, plus
/// static_power x time.
struct EnergyTable {
    std::string name;         ///< "up5k-rails", "loihi-sanafe", ...
    std::string description;  ///< where it comes from and what it leaves out
    Figures events;        ///< by activity counter name ("synaptic_events", "clocks"); pJ a count
    Figures static_power;  ///< by component; W

    /// Energy of one count; nullopt where the table has no such entry.
    [[nodiscard]] std::optional<Energy> per_event(std::string_view counter) const;
    /// Sum of all static components [W].
    [[nodiscard]] double static_watts() const;
};

/// How the cores are joined.
struct Topology {
    std::string kind = "single";  ///< "single", "mesh", "torus-hexagonal", ...
    Figures figures;              ///< "columns", "rows", "cores_per_router", "link_buffer", ...
    Choices choices;              ///< "routing", "switching"
};

struct ChipSpec {
    std::string name;    ///< "emulator-sim"
    std::string target;  ///< the target that compiles for it
    std::string description;
    Figures capacities;  ///< counts a core offers: "neurons", "sources", "synapse_words", ...
    Figures arithmetic;  ///< widths and ranges: "membrane_width", ...
    Figures timing;      ///< "clock" [Hz], "hop_east_west" [ns], ...
    Topology topology;
    std::vector<EnergyTable> energy;  ///< the first is the default
    std::uint64_t hash = 0;           ///< of the file's meaning, overrides included

    /// Value of a capacity, rounded to an integer; 0 when the chip file does not name it.
    [[nodiscard]] std::uint64_t capacity(std::string_view name) const;
    /// The same for an arithmetic figure; `absent` when the file does not name it.
    [[nodiscard]] std::int64_t width(std::string_view name, std::int64_t absent = 0) const;
    /// Number of cores: columns x rows x cores_per_router of the topology, 1 when it is single.
    [[nodiscard]] std::uint64_t cores() const;
    /// Table of that name, or the first when `name` is empty; nullptr when there is none.
    [[nodiscard]] const EnergyTable* energy_table(std::string_view name = {}) const;
};

/// `--set PATH=VALUE` on a chip: path ("capacities.neurons",
/// "energy.up5k-rails.synaptic_events") to value in the figure's own unit. `topology.kind` and the
/// choices of the topology ("topology.routing") take a word.
using Overrides = std::map<std::string, std::string>;

/// Names of the chips built into the program, sorted.
std::vector<std::string> builtin_chips();

/// A built-in chip by name, or a chip file by its path (anything that holds '/' or ends in
/// ".json"). Errors: "chip.unknown" (lists the names), those of parse_chip().
Result<ChipSpec> load_chip(const std::string& name_or_path, const Overrides& overrides = {});

/// Reads chip file text. Errors, located by JSON pointer: "chip.syntax", "chip.malformed" (missing
/// or wrong field, unit or source absent, estimate without why), "chip.override" (path names no
/// figure, value is no number).
Result<ChipSpec> parse_chip(std::string_view text, const std::string& file,
                            const Overrides& overrides = {});

}  // namespace spikeloom::hw
