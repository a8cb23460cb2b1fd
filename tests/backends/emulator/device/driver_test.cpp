// SPDX-License-Identifier: Apache-2.0
/// The driver and the software device behind it.
#include "backends/emulator/driver.hpp"

#include "backends/emulator/device.hpp"
#include "backends/emulator/golden.hpp"
#include "backends/emulator/model_device.hpp"
#include "backends/emulator/rtl_channel.hpp"
#include "runtime/link/bridge.hpp"
#include "runtime/link/serial_port.hpp"
#include "tests/backends/emulator/device/device_fixture.hpp"

#include <atomic>
#include <thread>

namespace spikeloom::backends::emulator {
namespace {

using namespace testing;

std::unique_ptr<runtime::Device> open_model(const RandomNet& net         = {},
                                            std::uint32_t ticks_per_step = 0) {
    DeviceConfig config;
    config.chip           = net.chip;
    config.ticks_per_step = ticks_per_step;
    auto device           = open_device("model", config);
    EXPECT_TRUE(device.has_value());
    return *std::move(device);
}

TEST(Driver, EqualsTheImageRunInSoftware) {
    for (const char* chip : {"emulator-sim", "emulator-up5k"}) {
        for (const bool plastic : {false, true}) {
            const RandomNet net{.chip    = chip,
                                .neurons = 100,
                                .sources = 30,
                                .fan_out = 15,
                                .plastic = plastic,
                                .seed    = 3};
            const auto golden      = make_golden_device();
            const RunResult wanted = run_on(*golden, net, 300);
            EXPECT_GT(wanted.spikes.size(), 100U);
            const RunResult got = run_on(*open_model(net), net, 300);
            EXPECT_EQ(got.spikes, wanted.spikes);
            EXPECT_EQ(got.v, wanted.v);
            EXPECT_EQ(got.i, wanted.i);
            EXPECT_EQ(got.x, wanted.x);
            EXPECT_EQ(got.y, wanted.y);
            EXPECT_EQ(got.synapses, wanted.synapses);
        }
    }
}

TEST(Driver, BatchingSavesBytesAndChangesNothing) {
    const RandomNet net{.seed = 4};
    auto one  = open_model(net, 1);
    auto many = open_model(net, 64);
    EXPECT_EQ(run_on(*one, net, 500), run_on(*many, net, 500));
    const auto bytes = [](runtime::Device& device, const char* way) {
        return good(device.activity()).at(way).value;
    };
    EXPECT_LT(2 * bytes(*many, "link_bytes_out"), bytes(*one, "link_bytes_out"));
    EXPECT_EQ(one->take_tick_times().size(), 500U);
    EXPECT_TRUE(many->take_tick_times().empty());
}

TEST(Driver, CallsMayComeInAnyPortions) {
    const RandomNet net{.seed = 5};
    const RunResult wanted = run_on(*open_model(net), net, 120);
    auto device            = open_model(net);
    good(device->load(random_image(net)));
    const auto input = random_input(net, 120, 0.2);
    std::vector<runtime::SpikeEvent> spikes;
    std::size_t next = 0;
    for (std::uint64_t tick = 0; tick < 120; ++tick) {
        std::size_t end = next;
        while (end < input.size() && input[end].tick.value == tick)
            ++end;
        good(device->push(std::span{input}.subspan(next, end - next)));
        next = end;
        good(device->advance(1));
        for (const auto& spike : good(device->drain()))
            spikes.push_back(spike);
        (void)good(device->probe("v"));
    }
    EXPECT_EQ(spikes, wanted.spikes);
}

TEST(Driver, LoadingAgainStartsAfresh) {
    const RandomNet net{.plastic = true, .seed = 6};
    auto device      = open_model(net);
    const auto first = run_on(*device, net, 100);
    good(device->advance(1000));
    EXPECT_EQ(run_on(*device, net, 100), first);
}

TEST(Driver, ReadsBackEveryTable) {
    const RandomNet net{.seed = 7};
    const auto image = random_image(net);
    auto device      = open_model(net);
    good(device->load(image));
    for (const hw::Section& section : image.cores[0].sections)
        EXPECT_EQ(good(device->read_back(CoreId{0}, section.name)), section) << section.name;
}

TEST(Driver, StartsFromTheStateOfTheImage) {
    const RandomNet net{.seed = 8};
    auto image = random_image(net);
    std::vector<std::uint32_t> state(4 * net.neurons);
    state[0] = 55;
    state[5] = static_cast<std::uint32_t>(-66);
    image.cores[0].sections.push_back({"state", bytes_of(state)});
    auto device = open_model(net);
    good(device->load(image));
    EXPECT_EQ(good(device->probe("v"))[net.sources], 55);
    EXPECT_EQ(good(device->probe("i"))[net.sources + 1], -66);
    EXPECT_EQ(good(device->probe("v"))[0], 0) << "a source has no membrane";
}

TEST(Driver, LearningCanBeSwitched) {
    const RandomNet net{.plastic = true, .seed = 9};
    const auto image   = random_image(net);
    const auto learned = [&](bool on) {
        auto device = open_model(net);
        good(device->load(image));
        good(device->set_plasticity(on));
        good(device->push(random_input(net, 200, 0.3)));
        good(device->advance(200));
        return good(device->read_back(CoreId{0}, "synapses"));
    };
    EXPECT_EQ(learned(false), *image.find(CoreId{0}, "synapses"));
    EXPECT_NE(learned(true), *image.find(CoreId{0}, "synapses"));
}

TEST(Driver, ThroughATty) {
    const RandomNet net{.seed = 10};
    auto terminal = link::open_pseudo_terminal();
    ASSERT_TRUE(terminal.has_value());
    std::atomic<bool> stop = false;
    std::thread server{[&] {
        const auto core = make_model_channel(limits_of(hw::load_chip(net.chip).value()).value());
        EXPECT_TRUE(
            link::bridge(*terminal->channel, *core, [&] { return stop.load(); }).has_value());
    }};
    auto device = open_device("serial:" + terminal->path, {});
    EXPECT_TRUE(device.has_value());
    if (device) {
        EXPECT_EQ(run_on(**device, net, 200), run_on(*open_model(net), net, 200));
    }
    stop = true;
    server.join();
}

/// The image with one thing changed.
template <class Change>
std::string load_code(Change change) {
    auto image = random_image({});
    change(image);
    return code_of(open_model()->load(image));
}

TEST(DriverErrors, WrongImages) {
    using Image = hw::HardwareImage;
    EXPECT_EQ(load_code([](Image&) {}), "");
    EXPECT_EQ(load_code([](Image& i) { i.target = "loihi"; }), "device.wrong-image");
    EXPECT_EQ(load_code([](Image& i) { i.routing[0].bytes[0] ^= 1; }), "device.wrong-image");
    EXPECT_EQ(load_code([](Image& i) { i.routing[0].bytes.pop_back(); }), "device.wrong-image");
    EXPECT_EQ(load_code([](Image& i) { i.routing.clear(); }), "device.wrong-image");
    EXPECT_EQ(load_code([](Image& i) { i.cores.clear(); }), "device.wrong-image");
    EXPECT_EQ(load_code([](Image& i) { i.cores[0].core = CoreId{1}; }), "device.wrong-image");
    EXPECT_EQ(load_code([](Image& i) { i.cores[0].sections[0].name = "axons"; }),
              "device.wrong-image");
    EXPECT_EQ(load_code([](Image& i) { i.cores[0].sections[0].bytes.pop_back(); }),
              "device.wrong-image");
    EXPECT_EQ(load_code([](Image& i) { i.cores[0].sections.back().bytes.resize(4); }),
              "device.wrong-image");
    EXPECT_EQ(load_code([](Image& i) { i.populations[1].placed[0].slot = SlotId{8190}; }),
              "device.wrong-image");
    EXPECT_EQ(load_code([](Image& i) { i.populations[1].placed[0].core = CoreId{2}; }),
              "device.wrong-image");
    EXPECT_EQ(load_code([](Image& i) { i.populations[1].placed.clear(); }), "device.wrong-image");
    EXPECT_EQ(load_code([](Image& i) { i.populations[1].placed[0].first = 1; }),
              "device.wrong-image");
    EXPECT_EQ(load_code([](Image& i) { i.populations.push_back(i.populations[1]); }),
              "device.wrong-image");
}

TEST(DriverErrors, WordsThatTheCoreHasNoPlaceFor) {
    EXPECT_EQ(load_code([](hw::HardwareImage& i) {
                  i.cores[0].sections.push_back({"neurons", std::vector<std::uint8_t>(8 * 8193)});
              }),
              "device.write-fault");
    EXPECT_EQ(load_code([](hw::HardwareImage& i) {
                  i.cores[0].sections.back().bytes = bytes_of(std::vector<std::uint32_t>{2, 9999});
              }),
              "device.write-fault");
}

TEST(DriverErrors, Calls) {
    auto device = open_model();
    EXPECT_EQ(code_of(device->advance(1)), "device.no-image");
    EXPECT_EQ(code_of(device->drain()), "device.no-image");
    good(device->load(random_image({})));
    const auto push = [&](runtime::InputEvent event) { return code_of(device->push({&event, 1})); };
    EXPECT_EQ(push({Tick{5}, NeuronId{16}, 1}), "device.not-a-source");
    EXPECT_EQ(push({Tick{5}, NeuronId{9999}, 1}), "device.not-a-source");
    EXPECT_EQ(push({Tick{5}, NeuronId{0}, 1.5}), "device.value");
    EXPECT_EQ(push({Tick{5}, NeuronId{0}, -1}), "device.value");
    EXPECT_EQ(push({Tick{5}, NeuronId{0}, 1e9}), "device.value");
    EXPECT_EQ(push({Tick{5}, NeuronId{0}, 1}), "");
    EXPECT_EQ(push({Tick{4}, NeuronId{0}, 1}), "device.late-input");
    good(device->advance(7));
    EXPECT_EQ(push({Tick{6}, NeuronId{0}, 1}), "device.late-input");
    EXPECT_EQ(code_of(device->probe("w")), "device.variable");
    EXPECT_EQ(code_of(device->read_back(CoreId{0}, "axons")), "device.no-section");
    EXPECT_EQ(code_of(device->read_back(CoreId{1}, "rows")), "device.no-section");
    auto image = random_image({});
    image.cores[0].sections.back().bytes.resize(8);
    good(device->load(image));
    EXPECT_EQ(code_of(device->set_plasticity(true)), "device.no-learning");
}

TEST(DriverErrors, Devices) {
    EXPECT_EQ(code_of(open_device("abacus", {})), "device.unknown");
    EXPECT_EQ(code_of(open_device("serial:/nowhere", {})), "link.open");
    DeviceConfig config;
    config.trace = "x.fst";
    EXPECT_EQ(code_of(open_device("model", config)), "device.no-trace");
    config      = {};
    config.chip = "nosuch";
    EXPECT_EQ(code_of(open_device("model", config)), "chip.unknown");
#ifndef SPIKELOOM_HAS_RTL
    EXPECT_EQ(code_of(open_device("rtl", {})), "device.no-rtl");
    EXPECT_EQ(code_of(open_device("rtl-uart", {})), "device.no-rtl");
#endif
}

}  // namespace
}  // namespace spikeloom::backends::emulator
