// SPDX-License-Identifier: Apache-2.0
/// The Verilated core through the host protocol, against the software device on the same images.
#include "backends/emulator/device.hpp"
#include "tests/backends/emulator/device/device_fixture.hpp"

#include <filesystem>

namespace spikeloom::backends::emulator {
namespace {

using namespace testing;

DeviceConfig config_for(const RandomNet& net) {
    DeviceConfig config;
    config.chip = net.chip;
    return config;
}

RunResult on(const std::string& spec, const RandomNet& net, std::uint64_t ticks,
             const DeviceConfig& config) {
    auto device = open_device(spec, config);
    EXPECT_TRUE(device.has_value()) << to_string(device.error());
    return device ? run_on(**device, net, ticks) : RunResult{};
}

void expect_same(const std::string& spec, const RandomNet& net, std::uint64_t ticks,
                 const DeviceConfig& config) {
    const RunResult wanted = on("model", net, ticks, config_for(net));
    EXPECT_GT(wanted.spikes.size(), ticks / 4) << "a run without spikes proves nothing";
    const RunResult got = on(spec, net, ticks, config);
    EXPECT_EQ(got.spikes.size(), wanted.spikes.size());
    EXPECT_TRUE(got.spikes == wanted.spikes);
    EXPECT_TRUE(got.v == wanted.v);
    EXPECT_TRUE(got.i == wanted.i);
    EXPECT_TRUE(got.x == wanted.x);
    EXPECT_TRUE(got.y == wanted.y);
    EXPECT_TRUE(got.synapses == wanted.synapses);
}

TEST(RtlDevice, SimEqualsTheModel) {
    const RandomNet net{.neurons = 300, .sources = 50, .fan_out = 30, .plastic = true, .seed = 11};
    expect_same("rtl", net, 200, config_for(net));
}

TEST(RtlDevice, Up5kEqualsTheModel) {
    const RandomNet net{.chip    = "emulator-up5k",
                        .neurons = 120,
                        .sources = 40,
                        .fan_out = 20,
                        .plastic = true,
                        .seed    = 12};
    expect_same("rtl", net, 200, config_for(net));
}

TEST(RtlDevice, TheYoungerOfTwoDevicesMayGoFirst) {
    const RandomNet net{
        .chip = "emulator-up5k", .neurons = 40, .sources = 16, .fan_out = 8, .seed = 14};
    const RunResult wanted = on("model", net, 40, config_for(net));
    auto older             = open_device("rtl", config_for(net));
    ASSERT_TRUE(older.has_value()) << to_string(older.error());
    for (int n = 0; n < 2; ++n) {
        const RunResult younger = on("rtl", net, 40, config_for(net));
        EXPECT_TRUE(younger.spikes == wanted.spikes);
    }
    EXPECT_TRUE(run_on(**older, net, 40).spikes == wanted.spikes);
    older->reset();  // its own context is still there, the thread's last one is not
}

TEST(RtlDevice, EveryPinLevelBitCountsAtTheEdgesOfTheClock) {
    const RandomNet net{
        .chip = "emulator-up5k", .neurons = 60, .sources = 20, .fan_out = 10, .seed = 13};
    for (const double skew : {-0.02, 0.0, 0.02}) {
        SCOPED_TRACE(skew);
        DeviceConfig config = config_for(net);
        config.uart_skew    = skew;
        config.uart_divisor = skew == 0 ? 4 : 16;
        expect_same("rtl-uart", net, 30, config);
    }
}

TEST(RtlDevice, UartOfTheSimConfiguration) {
    const RandomNet net{.neurons = 60, .sources = 20, .fan_out = 10, .seed = 14};
    expect_same("rtl-uart", net, 30, config_for(net));
}

TEST(RtlDevice, TellsTheClocksOfEveryTick) {
    const RandomNet net{.chip = "emulator-up5k", .seed = 15};
    auto device = good(open_device("rtl", config_for(net)));
    ASSERT_NE(device, nullptr);
    good(device->load(random_image(net)));
    good(device->push(random_input(net, 50, 0.3)));
    good(device->advance(50));
    (void)good(device->drain());
    const auto times    = device->take_tick_times();
    const auto activity = good(device->activity());
    ASSERT_EQ(times.size(), 50U);
    std::uint64_t sum = 0;
    for (std::size_t t = 0; t < times.size(); ++t) {
        EXPECT_EQ(times[t].tick.value, t);
        EXPECT_GE(times[t].clocks, net.neurons);
        sum += times[t].clocks;
    }
    EXPECT_EQ(sum, activity.at("busy_clocks").value);
    EXPECT_EQ(activity.at("ticks").value, 50U);
    EXPECT_EQ(activity.at("neuron_updates").value, 50U * net.neurons);
    EXPECT_GT(activity.at("link_bytes_in").value, 50U * 10);
}

TEST(RtlDevice, ACleanLineNeedsNoRepeats) {
    const RandomNet net{.chip = "emulator-up5k", .seed = 17};
    for (const std::uint32_t divisor : {0U, 4U, 104U}) {
        SCOPED_TRACE(divisor);
        DeviceConfig config = config_for(net);
        config.uart_divisor = std::max(4U, divisor);
        auto device         = good(open_device(divisor == 0 ? "rtl" : "rtl-uart", config));
        ASSERT_NE(device, nullptr);
        (void)run_on(*device, net, 20);
        const auto activity = good(device->activity());
        EXPECT_EQ(activity.at("link_retransmitted").value, 0U);
        EXPECT_EQ(activity.at("link_bad_frames").value, 0U);
    }
}

TEST(RtlDevice, WritesWaveforms) {
    const RandomNet net{.chip = "emulator-up5k", .seed = 16};
    const auto path     = std::filesystem::path{::testing::TempDir()} / "spikeloom_trace.fst";
    DeviceConfig config = config_for(net);
    config.trace        = path;
    {
        auto device = good(open_device("rtl", config));
        ASSERT_NE(device, nullptr);
        good(device->load(
            random_image({.chip = net.chip, .neurons = 4, .sources = 2, .fan_out = 2})));
        good(device->advance(3));
        (void)good(device->drain());
    }
    EXPECT_GT(std::filesystem::file_size(path), 1000U);
    std::filesystem::remove(path);
    config.trace = "/nowhere/trace.fst";
    EXPECT_EQ(code_of(open_device("rtl", config)), "device.trace");
}

TEST(RtlDevice, RefusesAnImageOfTheOtherConfiguration) {
    DeviceConfig config;
    config.chip = "emulator-up5k";
    auto device = good(open_device("rtl", config));
    ASSERT_NE(device, nullptr);
    EXPECT_EQ(code_of(device->load(random_image({}))), "device.wrong-image");
    config.chip = "emulator-nosuch";
    EXPECT_EQ(code_of(open_device("rtl", config)), "device.unknown-chip");
    EXPECT_EQ(code_of(open_device("rtl-uart", config)), "device.unknown-chip");
}

}  // namespace
}  // namespace spikeloom::backends::emulator
