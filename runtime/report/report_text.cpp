// SPDX-License-Identifier: Apache-2.0
/// The terminal form of a report.
#include "runtime/report/report.hpp"
#include "runtime/report/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace spikeloom::runtime {
namespace {

const char* name_of(Basis basis) {
    return basis == Basis::measured ? "measured" : "modelled";
}

void head(std::string& out, const Report& r) {
    out += fmt::format("{} on {} ({}), device {}, seed {}\n", r.command, r.target, r.chip,
                       r.device.empty() ? "-" : r.device, r.seed);
    if (r.ticks > 0) out += fmt::format("{} ticks of {}\n", r.ticks, si(r.dt, "s"));
    for (const auto& [name, value] : r.options)
        out += fmt::format("  {:<22} {}\n", name, value);
}

void populations(std::string& out, const Report& r) {
    if (r.populations.empty()) return;
    const bool has_run = r.ticks > 0;
    out += has_run ? "\nspikes (measured)\n" : "\npopulations\n";
    for (const PopulationActivity& p : r.populations) {
        out += fmt::format("  {:<30} {:>10} neurons", p.name, p.neurons);
        if (has_run) out += fmt::format(" {:>12} spikes", p.spikes);
        if (p.pipeline_offset > 0)
            out += fmt::format("   {} ticks late by retiming", p.pipeline_offset);
        out += '\n';
    }
}

void figures(std::string& out, const char* title, const std::map<std::string, Figure>& list) {
    if (list.empty()) return;
    out += fmt::format("\n{}\n", title);
    for (const auto& [name, f] : list) {
        const std::string value =
            f.unit == "1" ? fmt::format("{:.0f}", f.value) : si(f.value, f.unit);
        out += fmt::format("  {:<30} {:>16}  {}\n", name, value, name_of(f.basis));
    }
}

void latency(std::string& out, const Report& r) {
    if (r.latency.empty()) return;
    out += "\nlatency";
    if (r.clock_hz) out += fmt::format(" at a clock of {}", si(*r.clock_hz, "Hz"));
    out += fmt::format("\n  {:<22} {:>12} {:>12} {:>12} {:>12}\n", "", "min", "mean", "p99", "max");
    for (const auto& [name, d] : r.latency)
        out += fmt::format("  {:<22} {:>12} {:>12} {:>12} {:>12}  {}\n", name,
                           si(d.minimum, d.unit), si(d.mean, d.unit), si(d.p99, d.unit),
                           si(d.maximum, d.unit), name_of(d.basis));
}

void energy(std::string& out, const Report& r) {
    if (r.energy.empty()) return;
    out += "\nenergy (modelled)\n";
    for (const EnergyComponent& c : r.energy)
        out +=
            fmt::format("  {:<22} {:>12} = {:>12} x {:>10}  {}\n", c.name, si(c.joules, "J"),
                        si(c.count, c.count_unit),
                        si(c.joules_each, c.count_unit == "s" ? "W" : "J"), c.source.substr(0, 30));
    out += fmt::format("  {:<22} {:>12}\n", "total", si(r.total_joules(), "J"));
}

void utilisation(std::string& out, const Report& r) {
    if (r.utilisation.empty()) return;
    out += "\nutilisation (measured)\n";
    for (const UtilisationLine& u : r.utilisation) {
        const double share =
            u.limit == 0 ? 0.0 : 100.0 * static_cast<double>(u.used) / static_cast<double>(u.limit);
        const std::string where = u.core ? fmt::format("core {}", *u.core) : std::string{"chip"};
        out += fmt::format("  {:<8} {:<22} {:>10} of {:>10}  {:5.1f} %\n", where, u.resource,
                           u.used, u.limit, share);
    }
}

void quantisation(std::string& out, const Report& r) {
    if (r.quantisation.empty()) return;
    out += "\nquantisation (measured)\n";
    out += fmt::format("  {:<26} {:<14} {:>10} {:>12} {:>9} {:>9}\n", "", "", "values", "max error",
                       "relative", "clipped");
    for (const QuantisationLine& q : r.quantisation)
        out += fmt::format("  {:<26} {:<14} {:>10} {:>12.4g} {:>8.3f}% {:>9}\n", q.owner,
                           q.parameter, q.count, q.max_error, 100.0 * q.max_relative, q.saturated);
}

}  // namespace

std::string si(double value, std::string_view unit) {
    struct Prefix {
        double factor;
        const char* name;
    };
    static constexpr std::array prefixes{Prefix{1e9, "G"},  Prefix{1e6, "M"},   Prefix{1e3, "k"},
                                         Prefix{1, ""},     Prefix{1e-3, "m"},  Prefix{1e-6, "u"},
                                         Prefix{1e-9, "n"}, Prefix{1e-12, "p"}, Prefix{1e-15, "f"}};
    if (unit == "1") return fmt::format("{:.0f}", value);
    if (value == 0 || unit.empty()) return fmt::format("{:.4g} {}", value, unit);
    const bool counted = unit == "clock" || unit == "byte" || unit == "tick";
    for (const Prefix& p : prefixes) {
        if (counted && p.factor <= 1) return fmt::format("{:.4g} {}", value, unit);
        if (std::abs(value) >= p.factor * 0.99995)
            return fmt::format("{:.4g} {}{}", value / p.factor, p.name, unit);
    }
    return fmt::format("{:.4g} {}", value, unit);
}

std::string to_text(const Report& report) {
    std::string out;
    head(out, report);
    populations(out, report);
    figures(out, "activity", report.activity);
    latency(out, report);
    figures(out, "host link", report.link);
    energy(out, report);
    utilisation(out, report);
    quantisation(out, report);
    figures(out, "this computer", report.host);
    return out;
}

}  // namespace spikeloom::runtime
