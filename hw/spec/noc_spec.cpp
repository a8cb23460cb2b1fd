// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/noc_spec.hpp"

#include "hw/spec/deadlock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace spikeloom::hw {

namespace {

const Figure* find(const Figures& figures, std::string_view name) {
    const auto found = figures.find(std::string{name});
    return found == figures.end() ? nullptr : &found->second;
}

/// Picoseconds in one unit of time; 0 for what is no time.
double ps_in(std::string_view unit) {
    if (unit == "ps") return 1;
    if (unit == "ns") return 1e3;
    if (unit == "us") return 1e6;
    if (unit == "ms") return 1e9;
    return 0;
}

/// Reads one network; the first fault stays in `error`.
class NocReader {
public:
    explicit NocReader(const ChipSpec& chip) : chip_{chip} {}

    std::optional<Diagnostic> error;

    NocSpec noc() {
        NocSpec noc;
        layout(noc);
        buffers(noc);
        times(noc);
        return noc;
    }

private:
    void fail(const char* code, const std::string& path, const std::string& what) {
        if (!error) error = Diagnostic{code, path + " " + what, {chip_.name, path}};
    }

    /// A count in [least, most]; `absent` when the chip does not name it.
    std::uint32_t count(const char* name, std::uint32_t absent, std::uint32_t least,
                        std::uint32_t most) {
        const Figure* figure   = find(chip_.topology.figures, name);
        const std::string path = std::string{"topology."} + name;
        if (figure == nullptr) return absent;
        if (figure->value != std::floor(figure->value) || figure->value < least ||
            figure->value > most) {
            fail(
                "chip.noc", path,
                fmt::format("is {}, must be a whole number in {}..{}", figure->value, least, most));
            return absent;
        }
        return static_cast<std::uint32_t>(figure->value);
    }

    void layout(NocSpec& noc) {
        const std::string& kind = chip_.topology.kind;
        if (kind != "single" && kind != "mesh" && kind != "torus") {
            fail("chip.noc", "topology.kind",
                 fmt::format("is '{}', the router model knows single, mesh and torus", kind));
        }
        noc.wrap             = kind == "torus";
        noc.columns          = count("columns", 1, 1, 256);
        noc.rows             = count("rows", 1, 1, 256);
        noc.cores_per_router = count("cores_per_router", 1, 1, 12);
        noc.networks         = count("networks", 1, 1, 8);
        noc.chip_columns     = count("chip_columns", 0, 0, 256);
        noc.chip_rows        = count("chip_rows", 0, 0, 256);
        noc.routing          = choice<Routing>(
            "routing", Routing::xy,
            {{"xy", Routing::xy}, {"yx", Routing::yx}, {"o1turn", Routing::o1turn}});
        noc.switching =
            choice<Switching>("switching", Switching::virtual_cut_through,
                              {{"wormhole", Switching::wormhole},
                               {"virtual_cut_through", Switching::virtual_cut_through}});
    }

    template <class T>
    T choice(const char* name, T absent, const std::vector<std::pair<const char*, T>>& known) {
        const auto found = chip_.topology.choices.find(name);
        if (found == chip_.topology.choices.end()) return absent;
        std::string names;
        for (const auto& [word, value] : known) {
            if (found->second.value == word) return value;
            names += (names.empty() ? "" : ", ") + std::string{word};
        }
        fail("chip.noc", std::string{"topology."} + name,
             fmt::format("is '{}', known: {}", found->second.value, names));
        return absent;
    }

    /// A buffer in flits; the figure may count messages.
    std::uint32_t buffer(const char* name, std::uint32_t absent, std::uint32_t flits_a_message) {
        const Figure* figure      = find(chip_.topology.figures, name);
        const bool messages       = figure != nullptr && figure->unit == "message";
        const std::uint32_t scale = messages ? flits_a_message : 1;
        if (figure != nullptr && !messages && figure->unit != "flit") {
            fail("chip.unit", std::string{"topology."} + name,
                 fmt::format("is in '{}', must be in flit or message", figure->unit));
        }
        return count(name, absent / scale, 1, 4096 / scale) * scale;
    }

    void buffers(NocSpec& noc) {
        noc.link_width            = count("link_width", 32, 1, 4096);
        const std::uint32_t flits = noc.flits(count("message_width", noc.link_width, 1, 4096));
        noc.link_buffer           = buffer("link_buffer", 8 * flits, flits);
        noc.core_buffer           = buffer("core_buffer", noc.link_buffer, flits);
        noc.send_queue            = count("send_queue", 1, 1, 4096);
        const std::uint32_t least = std::min(noc.link_buffer, noc.core_buffer);
        if (noc.switching == Switching::virtual_cut_through && least < flits) {
            fail("chip.noc", "topology.link_buffer",
                 fmt::format("holds {} flits, virtual cut-through needs room for a whole message "
                             "of {}",
                             least, flits));
        }
    }

    /// A time in whole cycles, at least one, or `absent` cycles [ps].
    std::int64_t time(const char* name, std::int64_t cycle_ps, std::int64_t absent) {
        const Figure* figure   = find(chip_.timing, name);
        const std::string path = std::string{"timing."} + name;
        if (figure == nullptr) return absent * cycle_ps;
        const double unit = ps_in(figure->unit);
        if (unit == 0) {
            fail("chip.unit", path,
                 fmt::format("is in '{}', must be in ps, ns, us or ms", figure->unit));
            return cycle_ps;
        }
        const double cycles = figure->value * unit / static_cast<double>(cycle_ps);
        if (!(cycles >= 0) || cycles > 60'000) {
            fail("chip.noc", path,
                 fmt::format("is {} cycles of the network, must be in 0..60000", cycles));
            return cycle_ps;
        }
        return std::max<std::int64_t>(1, std::llround(cycles)) * cycle_ps;
    }

    std::int64_t cycle() {
        if (const Figure* figure = find(chip_.timing, "noc_cycle")) {
            const double ps = figure->value * ps_in(figure->unit);
            if (ps_in(figure->unit) == 0)
                fail("chip.unit", "timing.noc_cycle",
                     fmt::format("is in '{}', must be in ps, ns, us or ms", figure->unit));
            else if (!(ps >= 1) || ps > 1e9)
                fail("chip.noc", "timing.noc_cycle",
                     fmt::format("is {} ps, must be in 1..1e9", ps));
            else
                return std::llround(ps);
            return 1000;
        }
        const Figure* clock = find(chip_.timing, "clock");
        if (clock != nullptr && clock->unit == "Hz" && clock->value >= 1e3 && clock->value <= 1e12)
            return std::llround(1e12 / clock->value);
        fail("chip.noc", "timing.noc_cycle",
             "is missing, and so is a timing.clock in 1e3..1e12 Hz: the network has no cycle");
        return 1000;
    }

    void times(NocSpec& noc) {
        const std::int64_t c = noc.cycle_ps = cycle();
        noc.flit_ps                         = time("link_flit", c, 1);
        noc.hop_x_ps                        = time("hop_east_west", c, 1);
        noc.hop_y_ps                        = time("hop_north_south", c, 1);
        noc.credit_ps                       = time("credit_return", c, 1);
        noc.chip_hop_ps                     = time("chip_hop", c, 0);
        noc.chip_flit_ps                    = time("chip_flit", c, 0);
        const std::int64_t within           = time("spike_within_tile", c, 2);
        noc.inject_ps                       = c;
        noc.eject_ps                        = std::max(c, within - c);
    }

    const ChipSpec& chip_;
};

}  // namespace

Result<NocSpec> noc_spec(const ChipSpec& chip) {
    NocReader reader{chip};
    NocSpec noc = reader.noc();
    if (reader.error) return tl::unexpected{*reader.error};
    if (auto free_of_deadlock = check_deadlock(noc); !free_of_deadlock)
        return tl::unexpected{free_of_deadlock.error()};
    return noc;
}

std::int64_t barrier_ps(const ChipSpec& chip, std::string_view prefix, std::uint32_t tiles) {
    std::vector<std::pair<double, double>> points;  // tiles, ps
    const std::string start = std::string{prefix} + "barrier_";
    for (const auto& [name, figure] : chip.timing) {
        if (!name.starts_with(start) || ps_in(figure.unit) == 0) continue;
        std::uint32_t n = 0;
        const auto [end, fit] =
            std::from_chars(name.data() + start.size(), name.data() + name.size(), n);
        const std::string_view rest{end, static_cast<std::size_t>(name.data() + name.size() - end)};
        if (fit == std::errc{} && (rest == "_tile" || rest == "_tiles"))
            points.emplace_back(n, figure.value * ps_in(figure.unit));
    }
    if (points.empty()) return 0;
    std::sort(points.begin(), points.end());
    const double at = tiles;
    if (at <= points.front().first) return std::llround(points.front().second);
    for (std::size_t i = 1; i < points.size(); ++i) {
        const auto [x0, y0] = points[i - 1];
        const auto [x1, y1] = points[i];
        if (at <= x1) return std::llround(y0 + (y1 - y0) * (at - x0) / (x1 - x0));
    }
    return std::llround(points.back().second);
}

}  // namespace spikeloom::hw
