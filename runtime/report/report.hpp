// SPDX-License-Identifier: Apache-2.0
/// Report: what a run did, as figures that each say whether they were measured or modelled.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spikeloom::runtime {

/// Where a figure comes from. Measured: counted in RTL or model clocks, or by the host. Modelled:
/// activity times a cited or estimated table, or arithmetic on a stated rate.
enum class Basis { measured, modelled };

struct Figure {
    double value = 0;
    std::string unit;
    Basis basis = Basis::measured;
    std::string source{};  ///< the table, rate or counter behind it; may be empty for a counter
};

/// Spread of a quantity; all zero when count is 0.
struct Distribution {
    std::uint64_t count = 0;
    double minimum = 0, mean = 0, p99 = 0, maximum = 0;
    std::string unit;
    Basis basis = Basis::measured;
};

/// p99 is the smallest sample that at least 99 % of the samples do not exceed.
Distribution distribution_of(std::vector<double> samples, std::string unit, Basis basis);

/// The same when sample `values[k]` occurs `weights[k]` times.
Distribution weighted_distribution(const std::vector<double>& values,
                                   const std::vector<std::uint64_t>& weights, std::string unit,
                                   Basis basis);

/// One component of the energy: events times energy an event, or power times time.
struct EnergyComponent {
    std::string name;
    double joules = 0;
    double count  = 0;  ///< events, or seconds for a static component
    std::string count_unit;
    double joules_each = 0;  ///< [J] an event, or [W]
    std::string source;      ///< key in docs/references.bib, or "estimate: why"
};

struct PopulationActivity {
    std::string name;
    std::uint64_t neurons         = 0;
    std::uint64_t spikes          = 0;
    std::uint32_t pipeline_offset = 0;
};

struct UtilisationLine {
    std::string resource;
    std::optional<std::uint32_t> core;
    std::uint64_t used = 0, limit = 0;
};

struct QuantisationLine {
    std::string owner, parameter;
    std::uint64_t count = 0, saturated = 0;
    double scale = 1, max_error = 0, rms_error = 0, max_relative = 0;
};

/// How often each value occurred; `values` ascending, of the same length as `counts`.
struct Histogram {
    std::vector<double> values;
    std::vector<std::uint64_t> counts;
    std::string unit;
    Basis basis = Basis::measured;
};

/// Routers of a chip and what its links carried. Core number = (y * columns + x) * cores_per_router
/// + place.
struct Floorplan {
    struct Link {
        std::uint32_t from_x = 0, from_y = 0, to_x = 0, to_y = 0;
        std::uint64_t load = 0;  ///< flits in the whole run
    };
    std::uint32_t columns = 1, rows = 1, cores_per_router = 1;
    std::vector<Link> links;
    Basis links_basis = Basis::measured;
};

struct Report {
    std::string tool_version;
    std::string command;  ///< "run", "compile"
    std::string target, chip, device;
    std::string network_hash, image_hash;  ///< 16 hexadecimal digits, or empty
    std::uint64_t seed  = 0;
    std::uint64_t ticks = 0;
    double dt           = 1e-3;                  ///< [s]
    std::map<std::string, std::string> options;  ///< every option that shaped the result
    std::vector<std::string> warnings;

    std::map<std::string, Figure> activity;
    std::vector<PopulationActivity> populations;
    std::optional<double> clock_hz;               ///< at which clocks are turned into seconds
    std::vector<std::uint64_t> clocks_per_tick;   ///< measured, in tick order
    std::map<std::string, Distribution> latency;  ///< "tick clocks", "tick", "spike delivery"
    std::map<std::string, Figure> link;           ///< bytes, frames, modelled time at a baud rate
    std::vector<EnergyComponent> energy;          ///< all modelled
    std::vector<UtilisationLine> utilisation;
    std::vector<QuantisationLine> quantisation;
    std::map<std::string, Histogram> histograms;  ///< "hops", "spike delivery", ...
    std::optional<Floorplan> floorplan;           ///< of chips with a network
    std::map<std::string, Figure> host;           ///< wall and CPU time: the only figures that vary

    [[nodiscard]] double total_joules() const;
};

/// One JSON document by schemas/report.schema.json, two spaces of indent, newline at the end.
std::string to_json(const Report& report);

/// The same for a terminal, at most 100 columns; without the warnings, which go to standard error.
std::string to_text(const Report& report);

}  // namespace spikeloom::runtime
