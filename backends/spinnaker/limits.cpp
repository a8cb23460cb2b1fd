// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>

namespace spikeloom::backends::spinnaker {

namespace {

/// Ring buffers (16 slots, 2 types, 2 bytes), 11 words of parameters and 4 of state.
constexpr std::uint64_t neuron_bytes = 64 + 60;

struct Reader {
    std::string bad{};  ///< first figure that cannot be used

    double number(const hw::Figures& figures, const char* name, double least, double most) {
        const auto found   = figures.find(name);
        const double value = found == figures.end() ? least - 1 : found->second.value;
        if (value >= least && value <= most) return value;
        if (bad.empty())
            bad = found == figures.end() ? fmt::format("figure '{}' is missing", name)
                                         : fmt::format("figure '{}' is {}, allowed are {} to {}",
                                                       name, value, least, most);
        return least;
    }
    std::uint32_t count(const hw::Figures& figures, const char* name, double least, double most) {
        return static_cast<std::uint32_t>(number(figures, name, least, most));
    }
};

std::string word(const hw::ChipSpec& chip, const char* name, const char* absent) {
    const auto found = chip.topology.choices.find(name);
    return found == chip.topology.choices.end() ? absent : found->second.value;
}

Machine machine_of(const hw::ChipSpec& chip, Reader& read) {
    const auto& figures = chip.topology.figures;
    Machine machine{read.count(figures, "columns", 1, 256), read.count(figures, "rows", 1, 256),
                    read.count(figures, "wrap", 0, 1) != 0};
    const std::string outline = word(chip, "outline", "full");
    if (outline != "hexagon" && outline != "full" && read.bad.empty())
        read.bad = fmt::format("choice 'outline' is '{}', allowed are full, hexagon", outline);
    if (outline != "hexagon") return machine;
    for (std::uint32_t c = 0; c < machine.chips(); ++c) {
        const std::uint32_t x = c % machine.width(), y = c / machine.width();
        if (x > y + 4 || y > x + 3) machine.kill_chip(c);  // the 48 of a board
    }
    return machine;
}

}  // namespace

Result<Limits> limits_of(const hw::ChipSpec& chip) {
    Reader read;
    const hw::Figures& c = chip.capacities;
    Limits l;
    const auto dtcm     = std::uint64_t{read.count(c, "dtcm", 1024, 1 << 24)};
    const auto reserved = std::uint64_t{read.count(c, "dtcm_reserved", 0, 1 << 24)};
    const auto fitting  = dtcm > reserved ? (dtcm - reserved) / neuron_bytes : 0;
    l.neurons           = read.count(c, "neurons", 1, 1 << index_bits);
    l.sdram             = static_cast<std::uint64_t>(read.number(c, "sdram", 1, 1e15));
    l.router_entries    = read.count(c, "router_entries", 1, 1 << 20);
    l.delay_stages      = read.count(c, "delay_stages", 0, 4000);
    l.ring_activity     = read.number(chip.arithmetic, "ring_activity", 0, 1);
    l.application_cores = read.count(chip.topology.figures, "application_cores", 1, 17);
    l.machine           = machine_of(chip, read);
    const auto rounding = neuron::spinnaker::rounding_by_name(word(chip, "rounding", "nearest"));
    if (!rounding && read.bad.empty())
        read.bad = fmt::format("choice 'rounding' is '{}', allowed are floor, nearest",
                               word(chip, "rounding", ""));
    if (fitting == 0 && read.bad.empty())
        read.bad =
            fmt::format("figure 'dtcm' is {}, with {} reserved no neuron fits", dtcm, reserved);
    if (!read.bad.empty()) return fault("spinnaker.chip", read.bad, {chip.name, ""});
    l.neurons  = static_cast<std::uint32_t>(std::min<std::uint64_t>(l.neurons, fitting));
    l.rounding = *rounding;
    for (std::uint32_t k = 0; k < l.machine.chips(); ++k)
        if (l.machine.alive(k)) l.chips.push_back(k);
    std::sort(l.chips.begin(), l.chips.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tuple{l.machine.distance(0, a), a} < std::tuple{l.machine.distance(0, b), b};
    });
    return l;
}

Result<Costs> costs_of(const hw::ChipSpec& chip, double dt) {
    Reader read;
    const hw::Figures& t = chip.timing;
    const double clock   = read.number(t, "clock", 1, 1e12);
    const double scale   = read.number(t, "time_scale", 1e-6, 1e9);
    Costs c;
    c.neuron           = read.count(t, "neuron_cycles", 0, 1e6);
    c.spike            = read.count(t, "spike_cycles", 0, 1e6);
    c.synapse          = read.count(t, "synapse_cycles", 0, 1e6);
    c.flush_late       = read.count(t, "flush_late", 0, 1);
    c.input_buffer     = read.count(chip.capacities, "input_buffer", 1, 1 << 24);
    const double hop   = read.number(t, "hop", 0, 1e6) * 1e-9 * clock;
    const double ticks = dt * scale * clock, ns = dt * scale * 1e9;
    if ((ticks < 1 || ticks > 0x7FFFFFFF || ns > 0x7FFFFFFF) && read.bad.empty())
        read.bad = fmt::format(
            "a tick of {} s by a time scale of {} is {} clocks, allowed are 1 "
            "to 2^31 (and as many ns)",
            dt, scale, ticks);
    if (!read.bad.empty()) return fault("spinnaker.chip", read.bad, {chip.name, ""});
    c.hop     = static_cast<std::uint32_t>(std::lround(std::min(hop, 1e9)));
    c.tick    = static_cast<std::uint32_t>(std::lround(ticks));
    c.core_ns = static_cast<std::uint32_t>(std::lround(ns));
    return c;
}

}  // namespace spikeloom::backends::spinnaker
