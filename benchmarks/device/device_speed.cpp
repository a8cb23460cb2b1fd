// SPDX-License-Identifier: Apache-2.0
/// How fast an emulator device runs an image through the host protocol, in CPU time of this
/// process.
///   device_speed IMAGE [DEVICE [TICKS [RATE]]]
/// DEVICE as for open_device (default rtl); RATE: chance that a source spikes in a tick (default
/// 0.1).
#include "backends/emulator/device.hpp"
#include "hw/image/image.hpp"
#include "runtime/link/connection.hpp"
#include "support/keyed_rng.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

using namespace spikeloom;

namespace {

constexpr double stated_baud = 3'000'000;

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

std::vector<runtime::InputEvent> random_input(const hw::HardwareImage& image, std::uint64_t ticks,
                                              double rate) {
    std::vector<runtime::InputEvent> events;
    for (std::uint64_t tick = 0; tick < ticks; ++tick) {
        std::uint32_t id = 0;
        for (const hw::PopulationSymbol& symbol : image.populations)
            for (std::uint32_t k = 0; k < symbol.size(); ++k, ++id)
                if (symbol.is_source && keyed_uniform(1, Stream::poisson, id, tick) < rate)
                    events.push_back({Tick{tick}, NeuronId{id}, 1});
    }
    return events;
}

void require(const Result<void>& result) {
    if (result) return;
    fmt::print(stderr, "{}\n", to_string(result.error()));
    std::exit(1);
}

template <class T>
T require(Result<T> result) {
    if (result) return *std::move(result);
    fmt::print(stderr, "{}\n", to_string(result.error()));
    std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "usage: device_speed IMAGE [DEVICE [TICKS [RATE]]]\n");
        return 2;
    }
    const std::string spec    = argc > 2 ? argv[2] : "rtl";
    const std::uint64_t ticks = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1000;
    const double rate         = argc > 4 ? std::strtod(argv[4], nullptr) : 0.1;
    const auto image          = require(hw::read_image(argv[1]));
    backends::emulator::DeviceConfig config;
    config.chip        = image.chip;
    const auto device  = require(backends::emulator::open_device(spec, config));
    const double begin = cpu_seconds();
    require(device->load(image));
    const double loaded = cpu_seconds();
    require(device->push(random_input(image, ticks, rate)));
    const double started = cpu_seconds();
    require(device->advance(ticks));
    const auto spikes    = require(device->drain());
    const double seconds = cpu_seconds() - started;
    const auto activity  = require(device->activity());
    const auto count     = [&](const char* name) {
        return static_cast<double>(activity.at(name).value);
    };
    fmt::print(
        "load {:.3f} s; {} ticks in {:.3f} s CPU: {:.0f} ticks/s, {:.2f} M clocks/s, {:.2f} M "
        "synaptic "
        "events/s; busy {:.0f} of {:.0f} clocks a tick; {} spikes; link {:.0f} bytes out, {:.0f} "
        "in "
        "a tick, {:.3f} s at {:.0f} baud\n",
        loaded - begin, ticks, seconds, static_cast<double>(ticks) / seconds,
        count("clocks") / seconds * 1e-6, count("synaptic_events") / seconds * 1e-6,
        count("busy_clocks") / static_cast<double>(ticks),
        count("clocks") / static_cast<double>(ticks), spikes.size(),
        count("link_bytes_out") / static_cast<double>(ticks),
        count("link_bytes_in") / static_cast<double>(ticks),
        link::line_seconds(
            std::max(activity.at("link_bytes_out").value, activity.at("link_bytes_in").value),
            stated_baud),
        stated_baud);
    return 0;
}
