// SPDX-License-Identifier: Apache-2.0
#include "tools/cosim_build.hpp"

#include "backends/emulator/device.hpp"
#include "backends/registry.hpp"
#include "compiler/ir/models.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "hw/spec/chip_spec.hpp"
#include "runtime/session/session.hpp"
#include "simulator/systemc/process_environment.hpp"
#include "support/keyed_rng.hpp"
#include "tools/command.hpp"
#include "tools/cosim_cut.hpp"
#include "tools/inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace spikeloom::tools {
namespace {

bool is_source(const ir::Population& population) {
    return ir::find_model(population.model.name)->kind == ir::ModelKind::source;
}

/// Which device each population runs on.
Checked<Owners> owners_of(const PlatformFile& file, const ir::Network& network) {
    Owners owners(network.populations.size());
    Diagnostics faults;
    for (std::size_t d = 0; d < file.devices.size(); ++d) {
        for (const std::string& name : file.devices[d].populations) {
            const SourceLocation where{
                file.path, fmt::format("/devices/{}/populations", file.devices[d].name)};
            const auto fail = [&](const char* code, const std::string& message) {
                faults.push_back({code, message, where, {}});
            };
            const auto id = network.find(name);
            if (!id)
                fail("platform.unknown-population",
                     fmt::format("the network has no population \"{}\"", name));
            else if (is_source(network.at(*id)))
                fail("platform.source",
                     fmt::format("\"{}\" is a source: it belongs to all devices", name));
            else if (owners[id->value])
                fail("platform.twice", fmt::format("\"{}\" is placed twice", name));
            else
                owners[id->value] = d;
        }
    }
    for (std::size_t p = 0; p < owners.size(); ++p)
        if (!owners[p] && !is_source(network.populations[p]))
            faults.push_back(
                {"platform.unplaced",
                 fmt::format("population \"{}\" is on no device", network.populations[p].name),
                 {file.path, "/devices"},
                 {}});
    if (!faults.empty()) return tl::unexpected{std::move(faults)};
    return owners;
}

double clock_of(const hw::HardwareImage& image) {
    const auto named = image.options.find("chip");
    const auto chip  = hw::load_chip(named == image.options.end() ? image.chip : named->second);
    if (!chip) return 0;
    const auto clock = chip->timing.find("clock");
    return clock == chip->timing.end() ? 0 : clock->second.value;
}

/// A simulated serial line before a simulated core.
Result<systemc::LinedCore> lined_core(const PlatformDevice& device, const hw::HardwareImage& image,
                                      const std::string& file, double clock_hz) {
    namespace emulator = backends::emulator;
    if (image.target != "emulator")
        return fault("platform.line", "only the emulator core has a serial line",
                     {file, "/devices/" + device.name + "/line"});
    emulator::DeviceConfig config;
    config.chip = image.chip;
    if (clock_hz > 0) config.clock_hz = clock_hz;
    config.uart_divisor =
        static_cast<std::uint32_t>(std::max(4.0, config.clock_hz / device.line->baud));
    auto core = emulator::open_core_line(device.device.empty() ? "rtl" : device.device, config);
    if (!core) return tl::unexpected{core.error()};
    const double clocks_a_byte = device.line->byte_seconds() * config.clock_hz;
    return systemc::LinedCore{*std::move(core), *device.line,
                              [config, clocks_a_byte](std::unique_ptr<link::ByteChannel> line) {
                                  return emulator::drive_line(std::move(line), config,
                                                              clocks_a_byte);
                              }};
}

class Builder {
public:
    Builder(const PlatformFile& file, const CompileFlags& flags) : file_{file}, flags_{flags} {}

    Checked<BuiltPlatform> build() {
        auto network = load_network(file_.network, flags_);
        if (!network) return failed(network);
        built_.network    = std::move(*network);
        const auto owners = owners_of(file_, built_.network);
        if (!owners) return failed(owners);
        const auto parts = cut(built_.network, *owners, file_.devices.size());
        if (!parts) return failed(parts);
        for (std::size_t d = 0; d < parts->size(); ++d)
            if (auto made = add_device(file_.devices[d], (*parts)[d]); !made) return failed(made);
        set_time();
        if (auto read = add_input(); !read) return failed(read);
        add_links(*owners);
        if (auto made = add_environment(*owners); !made) return failed(made);
        return std::move(built_);
    }

private:
    Checked<void> add_device(const PlatformDevice& device, const ir::Network& part) {
        const auto target = backends::find_target(device.target);
        if (!target) return failed(target);
        CompileFlags flags = flags_;
        flags.target       = device.target;
        flags.chip         = device.chip;
        if (flags.seed == 0) flags.seed = built_.network.seed;
        const auto options = flags.options_for(**target);
        if (!options) return failed(options);
        auto output = compiler::compile(part, **target, *options);
        if (!output) return failed(output);
        for (const std::string& warning : output->warnings)
            built_.warnings.push_back(device.name + ": " + warning);
        systemc::DeviceNode node{device.name, std::move(output->image), {}, {}, 0, {}};
        node.clock_hz = clock_of(node.image);
        if (device.line) {
            auto core = lined_core(device, node.image, file_.path, node.clock_hz);
            if (!core) return failed(core);
            node.line = std::move(*core);
        } else {
            auto made = backends::make_device(**target, device.device, {.chip = node.image.chip});
            if (!made) return failed(made);
            node.device = std::move(*made);
        }
        built_.images.push_back(node.image);
        built_.platform.devices.push_back(std::move(node));
        return {};
    }

    void set_time() {
        systemc::Platform& platform = built_.platform;
        platform.ticks              = file_.ticks;
        platform.dt                 = built_.images.front().dt;
        platform.seed               = flags_.seed == 0 ? built_.network.seed : flags_.seed;
        platform.pace               = file_.pace;
        platform.drop_late          = file_.drop_late;
        platform.quantum            = file_.quantum;
    }

    /// Spikes of the file and of the poisson sources, for every stand-in of them.
    Checked<void> add_input() {
        runtime::Trains trains;
        if (!file_.input.empty()) {
            auto read = read_trains(file_.input);
            if (!read) return failed(read);
            trains = std::move(*read);
        }
        for (const auto& [key, train] : trains) {
            const auto id = built_.network.find(key.population);
            if (!id || !is_source(built_.network.at(*id)) ||
                key.neuron >= built_.network.at(*id).size())
                return failed("platform.not-a-source",
                              fmt::format("input for \"{}\" {}, which is no source element",
                                          key.population, key.neuron),
                              {file_.input, ""});
        }
        built_.input = trains;
        add_poisson(trains);
        for (std::size_t d = 0; d < built_.images.size(); ++d)
            built_.platform.devices[d].input = input_of(built_.images[d], trains);
        return {};
    }

    /// As the whole network draws them: keyed by the neuron's number in it.
    void add_poisson(runtime::Trains& trains) const {
        const ir::Network& network = built_.network;
        for (std::uint32_t p = 0; p < network.populations.size(); ++p) {
            const ir::Population& population = network.populations[p];
            if (population.model.name != "poisson") continue;
            const NeuronId first = network.first_neuron(PopulationId{p});
            for (std::uint32_t k = 0; k < population.size(); ++k) {
                const double mean =
                    ir::parameter(network, PopulationId{p}, "rate", k) * built_.platform.dt;
                runtime::Train& train = trains[{population.name, k}];
                for (std::uint64_t t = 0; t < file_.ticks; ++t)
                    train.insert(train.end(),
                                 keyed_poisson(built_.platform.seed, first.value + k, t, mean), t);
            }
        }
    }

    /// A link for every pair of devices that exchange spikes, as the file says or without delay.
    void add_links(const Owners& owners) {
        std::map<std::pair<std::size_t, std::size_t>, std::size_t> known;
        for (std::size_t to = 0; to < built_.images.size(); ++to) {
            const runtime::SymbolTable there{built_.images[to]};
            for (std::size_t k = 0; k < there.size(); ++k) {
                const auto id = built_.network.find(there.symbol(k).name);
                if (!id || !owners[id->value] || *owners[id->value] == to) continue;
                const std::size_t from = *owners[id->value];
                const runtime::SymbolTable here{built_.images[from]};
                const auto begin = here.find(there.symbol(k).name);
                const auto [link, is_new] =
                    known.try_emplace({from, to}, built_.platform.links.size());
                if (is_new) built_.platform.links.push_back(link_between(from, to));
                built_.platform.routes.push_back(
                    {link->second, here.first(*begin), there.symbol(k).size(), there.first(k)});
            }
        }
    }

    [[nodiscard]] systemc::LinkNode link_between(std::size_t from, std::size_t to) const {
        systemc::LinkNode node{from, to, 0, 0};
        for (const PlatformLink& link : file_.links)
            if (link.from == file_.devices[from].name && link.to == file_.devices[to].name) {
                node.latency   = link.latency;
                node.bandwidth = link.bandwidth;
            }
        return node;
    }

    Checked<void> add_environment(const Owners& owners) {
        if (!file_.environment) return {};
        const PlatformEnvironment& environment = *file_.environment;
        systemc::Platform& platform            = built_.platform;
        for (const std::string& name : environment.to_network) {
            const auto id = built_.network.find(name);
            if (!id || built_.network.at(*id).model.name != "spike_source")
                return failed("platform.not-a-source",
                              fmt::format("\"{}\" is no spike_source of the network", name),
                              {file_.path, "/environment/to_network"});
            for (std::size_t d = 0; d < built_.images.size(); ++d) {
                const runtime::SymbolTable symbols{built_.images[d]};
                if (const auto k = symbols.find(name))
                    platform.environment_inputs.push_back(
                        {{name, symbols.symbol(*k).size(), ""}, d, symbols.first(*k)});
            }
        }
        for (const auto& [name, variable] : environment.from_network) {
            const auto id = built_.network.find(name);
            if (!id || !owners[id->value])
                return failed("platform.unknown-population",
                              fmt::format("no device has a population \"{}\"", name),
                              {file_.path, "/environment/from_network"});
            const std::size_t d = *owners[id->value];
            const runtime::SymbolTable symbols{built_.images[d]};
            const auto k = symbols.find(name);
            platform.environment_outputs.push_back(
                {{name, symbols.symbol(*k).size(), variable}, d, symbols.first(*k)});
        }
        built_.environment = systemc::make_process_environment(
            {environment.command, std::filesystem::absolute(file_.path).parent_path(),
             environment.timeout});
        platform.environment = built_.environment.get();
        return {};
    }

    const PlatformFile& file_;
    const CompileFlags& flags_;
    BuiltPlatform built_;
};

}  // namespace

std::vector<runtime::InputEvent> input_of(const hw::HardwareImage& image,
                                          const runtime::Trains& trains) {
    const runtime::SymbolTable symbols{image};
    std::vector<runtime::InputEvent> events;
    for (const auto& [key, train] : trains) {
        const auto population = symbols.find(key.population);
        if (!population || !symbols.symbol(*population).is_source) continue;
        const NeuronId id{symbols.first(*population).value + key.neuron};
        for (const std::uint64_t tick : train)
            events.push_back({Tick{tick}, id, 1.0});
    }
    std::ranges::stable_sort(events, {}, [](const runtime::InputEvent& e) { return e.tick; });
    return events;
}

Checked<BuiltPlatform> build_platform(const PlatformFile& file, const CompileFlags& flags) {
    return Builder{file, flags}.build();
}

}  // namespace spikeloom::tools
