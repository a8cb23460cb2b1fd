// SPDX-License-Identifier: Apache-2.0
/// Speed, memory and power of the TrueNorth model: the full chip at published rates, or a
/// core-level description.
///
/// Usage: truenorth_speed [TICKS] [CORES.json [busy]]
/// "busy" gives all input packets of the description in every tick. Speeds are for CPU seconds of
/// one thread.
#include "backends/truenorth/chip_model.hpp"
#include "backends/truenorth/cores.hpp"
#include "hw/spec/chip_spec.hpp"
#include "recurrent_chip.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdlib>
#include <ctime>
#include <string_view>

namespace {

using namespace spikeloom::backends::truenorth;

double now() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void full_chip(double rate, std::uint64_t ticks) {
    const auto spec    = spikeloom::hw::load_chip("truenorth");
    const auto machine = machine_of(*spec);
    const double built = now();
    const auto chip    = recurrent_chip(*machine, {.rate = rate});
    const double build = now() - built;
    for (int t = 0; t < warm_up_ticks; ++t)
        chip->step();
    const Counters before = chip->counters();
    const double start    = now();
    for (std::uint64_t t = 0; t < ticks; ++t)
        chip->step();
    const double seconds = now() - start;
    const Counters c     = between(before, chip->counters());
    const double events  = static_cast<double>(c.synaptic_events);
    const double bio     = static_cast<double>(ticks) * 1e-3;
    const auto* table    = spec->energy_table();
    const double joules =
        table->static_watts() * bio + events * table->per_event("synaptic_events")->joules();
    const double hop_joules = static_cast<double>(c.hops) * 2.3e-12;
    fmt::print(
        "{:6.2f} Hz asked, {:6.2f} Hz run: {:7.2f} ticks/s, {:8.1f} M events/s, {:.2f} mW "
        "(hops {:.2f} mW), tick {} clocks, {} overruns, built in {:.1f} s\n",
        rate, static_cast<double>(c.spikes) / bio / (1 << 20), static_cast<double>(ticks) / seconds,
        events / seconds * 1e-6, 1e3 * joules / bio, 1e3 * hop_joules / bio, chip->tick_clocks(),
        c.overruns, build);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    fmt::print("       tables and states {:.1f} MB, peak resident {:.1f} MB\n",
               static_cast<double>(chip->memory_bytes()) / 1e6,
               static_cast<double>(usage.ru_maxrss) / 1e3);
}

int description(const char* path, std::uint64_t ticks, bool busy) {
    const auto spec    = spikeloom::hw::load_chip("ranc");
    const auto machine = machine_of(*spec);
    const auto file    = read_cores(path, *machine);
    if (!file) {
        fmt::print(stderr, "{}\n", spikeloom::to_string(file.error()));
        return 1;
    }
    ChipModel chip{file->program, 0};
    chip.report_neurons(false);
    const std::uint64_t length = file->inputs.empty() ? 1 : file->inputs.back().tick + 1;
    std::size_t next           = 0;
    const double start         = now();
    for (std::uint64_t t = 0; t < ticks; ++t) {
        if (busy || t % length == 0) next = 0;  // the inputs over and over
        for (; next < file->inputs.size() && (busy || file->inputs[next].tick == t % length);
             ++next)
            chip.inject(file->inputs[next].core, file->inputs[next].axon);
        chip.step();
    }
    const double seconds = now() - start;
    fmt::print("{}: {:.0f} ticks/s, {:.1f} M synaptic events/s\n", path,
               static_cast<double>(ticks) / seconds,
               static_cast<double>(chip.counters().synaptic_events) / seconds * 1e-6);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t ticks = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200;
    if (argc > 2)
        return description(argv[2], ticks, argc > 3 && std::string_view{argv[3]} == "busy");
    for (const double rate : {11.58, 20.07, 95.93})
        full_chip(rate, ticks);
    return 0;
}
