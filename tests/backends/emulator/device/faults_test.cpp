// SPDX-License-Identifier: Apache-2.0
/// Runs over lines that lose, damage, double and reorder: every spike must come, once.
/// `--faults N`: at least N faults of each kind in either direction (default 1000; RTL: a tenth).
#include "backends/emulator/driver.hpp"
#include "backends/emulator/model_device.hpp"
#include "backends/emulator/rtl_channel.hpp"
#include "runtime/link/faulty_channel.hpp"
#include "runtime/link/loopback.hpp"
#include "tests/backends/emulator/device/device_fixture.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace spikeloom::backends::emulator {
namespace {

using namespace testing;

std::uint64_t wanted_faults() {
    const auto arguments = ::testing::internal::GetArgvs();
    const auto flag      = std::ranges::find(arguments, "--faults");
    if (flag == arguments.end() || flag + 1 == arguments.end()) return 1000;
    return std::strtoull((flag + 1)->c_str(), nullptr, 10);
}

DriverOptions impatient(std::uint32_t ticks_per_step) {
    DriverOptions options;
    options.connection     = {.endpoint   = {.retry_timeout = 1000, .max_retry_timeout = 20'000},
                              .poke_after = 3'000,
                              .patience   = 2'000'000};
    options.stall          = 10'000'000;
    options.ticks_per_step = ticks_per_step;
    return options;
}

std::unique_ptr<link::ByteChannel> model_channel(const RandomNet& net) {
    return make_model_channel(limits_of(hw::load_chip(net.chip).value()).value(),
                              {.receive_buffer = 512, .retry_timeout = 1000});
}

std::uint64_t fewest(const link::ChannelFaults& faults) {
    std::uint64_t least = ~std::uint64_t{0};
    for (const auto& direction : faults.counts)
        for (const std::uint64_t count : direction)
            least = std::min(least, count);
    return least;
}

/// Runs `driver` beside `reference` until the line has done `faults` faults of each kind.
void run_beside(Driver& driver, link::FaultyChannel& line, Driver& reference, const RandomNet& net,
                std::uint64_t faults) {
    constexpr std::uint64_t chunk = 100;
    const std::uint64_t most      = 200 * faults + 10'000;
    const auto input              = random_input(net, most, 0.15);
    good(reference.load(random_image(net)));
    good(driver.load(random_image(net)));
    std::uint64_t tick = 0, spikes = 0;
    auto next = input.begin();
    for (; fewest(line.faults()) < faults; tick += chunk) {
        ASSERT_LT(tick, most) << "no progress: the line does too few faults";
        const auto end = std::ranges::find_if(
            next, input.end(), [&](const auto& e) { return e.tick.value >= tick + chunk; });
        for (Driver* each : {&driver, &reference}) {
            good(each->push({next, end}));
            good(each->set_plasticity(tick % 300 != 0));
            good(each->advance(chunk));
        }
        next              = end;
        const auto wanted = good(reference.drain());
        ASSERT_EQ(good(driver.drain()), wanted) << "ticks from " << tick;
        spikes += wanted.size();
        if (tick % 1000 == 0) {
            ASSERT_EQ(good(driver.probe("v")), good(reference.probe("v")));
        }
    }
    EXPECT_GT(spikes, tick / 4);
    EXPECT_EQ(good(driver.read_back(CoreId{0}, "synapses")),
              good(reference.read_back(CoreId{0}, "synapses")));
    const auto statistics = driver.link_statistics();
    std::cout << tick << " ticks, " << spikes << " spikes, at least " << faults
              << " faults of each kind each way, " << statistics.frames_out << " frames out, "
              << statistics.frames_in << " in, " << statistics.retransmitted << " sent again, "
              << line.faults().undetectable << " faults drawn again as FCS-16 cannot see them\n";
}

void run_faulty(std::unique_ptr<link::ByteChannel> channel, const RandomNet& net,
                const link::FaultPlan& plan, std::uint64_t faults, std::uint32_t ticks_per_step) {
    auto faulty = std::make_unique<link::FaultyChannel>(std::move(channel), plan);
    auto& line  = *faulty;
    Driver driver{std::move(faulty), impatient(ticks_per_step)};
    Driver reference{model_channel(net), impatient(64)};
    run_beside(driver, line, reference, net, faults);
}

TEST(LinkFaults, ModelDeviceLosesNoSpike) {
    const RandomNet net{.chip    = "emulator-up5k",
                        .neurons = 24,
                        .sources = 12,
                        .fan_out = 6,
                        .plastic = true,
                        .seed    = 21};
    run_faulty(model_channel(net), net, {.rate = 0.04, .seed = 5}, wanted_faults(), 1);
}

TEST(LinkFaults, ModelDeviceWithBatchedTicks) {
    const RandomNet net{.chip    = "emulator-up5k",
                        .neurons = 24,
                        .sources = 12,
                        .fan_out = 6,
                        .plastic = true,
                        .seed    = 22};
    run_faulty(model_channel(net), net, {.rate = 0.08, .seed = 6}, wanted_faults() / 10, 16);
}

#ifdef SPIKELOOM_HAS_RTL
TEST(LinkFaults, VerilatedDeviceLosesNoSpike) {
    const RandomNet net{.chip    = "emulator-up5k",
                        .neurons = 24,
                        .sources = 12,
                        .fan_out = 6,
                        .plastic = true,
                        .seed    = 23};
    run_faulty(good(make_rtl_bytes_channel(net.chip, {})), net, {.rate = 0.04, .seed = 7},
               wanted_faults() / 50, 1);
}

TEST(LinkFaults, VerilatedSimConfigurationLosesNoSpike) {
    const RandomNet net{.neurons = 24, .sources = 12, .fan_out = 6, .plastic = true, .seed = 24};
    run_faulty(good(make_rtl_bytes_channel(net.chip, {})), net, {.rate = 0.08, .seed = 8},
               wanted_faults() / 20, 4);
}
#endif

TEST(LinkFaults, ALineThatSwallowsEverythingEndsInADiagnostic) {
    const RandomNet net{};
    auto [near, far] = link::make_loopback();
    Driver driver{std::move(near), impatient(1)};
    EXPECT_EQ(code_of(driver.load(random_image(net))), "link.no-answer");
    EXPECT_EQ(code_of(driver.load(random_image(net))), "link.no-answer") << "and stays so";
}

}  // namespace
}  // namespace spikeloom::backends::emulator
