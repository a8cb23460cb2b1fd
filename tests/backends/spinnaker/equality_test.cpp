// SPDX-License-Identifier: Apache-2.0
/// The event-driven model against the plain integers, on random networks: spikes, states, counts.
#include "runs.hpp"
#include "tests/conformance/random_network.hpp"

#include <gtest/gtest.h>

namespace spikeloom::backends::spinnaker::test {
namespace {

constexpr std::uint64_t ticks = 40;

/// What differs from seed to seed beside the network.
Sets sets_for(std::uint64_t seed) {
    Sets sets;
    if (seed % 3 == 1) sets["capacities.neurons"] = "8";
    if (seed % 5 == 2) sets["topology.rounding"] = "floor";
    if (seed % 7 == 3) sets["arithmetic.ring_activity"] = "0";  // ring buffers saturate
    if (seed % 4 == 3) sets["capacities.router_entries"] = "12";
    return sets;
}

/// Delays beyond the ring buffers in every second network.
ir::Network network_of(std::uint64_t seed) {
    ir::Network network = conformance::random_network(seed, {.plasticity = false});
    if (seed % 2 == 1 && !network.projections.empty()) {
        ir::Projection& last = network.projections.back();
        if (std::holds_alternative<double>(last.delays)) last.delays = 17.0;
        if (std::holds_alternative<ir::Uniform>(last.delays)) last.delays = ir::Uniform{1, 60};
    }
    return network;
}

void expect_equal(const Trail& got, const Trail& want, std::uint64_t seed) {
    ASSERT_EQ(got.spikes, want.spikes) << "seed " << seed;
    ASSERT_EQ(got.states, want.states) << "seed " << seed;
    for (const char* name :
         {"ticks", "spikes", "synaptic_events", "neuron_updates", "input_events"})
        ASSERT_EQ(got.counter(name), want.counter(name)) << "seed " << seed << " " << name;
}

TEST(SpinnakerEquality, FunctionalAndEventOnAHundredNetworks) {
    std::uint64_t spikes = 0, events = 0, relays = 0, saturated = 0, in_time = 0;
    for (std::uint64_t seed = 300; seed < 420 && !::testing::Test::HasFatalFailure(); ++seed) {
        const ir::Network network     = network_of(seed);
        const hw::HardwareImage image = compiled(network, sets_for(seed));
        const auto input              = conformance::random_input(network, ticks, 0.4, seed);
        const Trail want              = run(image, "golden", input, ticks);
        const Trail untimed           = run(image, "functional", input, ticks);
        expect_equal(untimed, want, seed);
        ASSERT_EQ(untimed.counter("saturated_sums"), want.counter("saturated_sums")) << seed;
        const Trail timed = run(image, "event", input, ticks);
        if (timed.counter("lost_keys") + timed.counter("late_keys") == 0) {
            expect_equal(timed, want, seed);
            ++in_time;
        }
        spikes += want.spikes.size();
        events += want.counter("synaptic_events");
        saturated += want.counter("saturated_sums");
        for (const hw::Section& section : image.routing)
            relays += section.name == "relays" && !section.bytes.empty() ? 1 : 0;
    }
    std::cout << spikes << " spikes, " << events << " events, " << relays << " with relays, "
              << saturated << " saturated sums, " << in_time << " in time\n";
    EXPECT_GT(spikes, 1000U);  // else nothing was compared
    EXPECT_GT(relays, 20U);
    EXPECT_GT(saturated, 100U);
    EXPECT_GT(in_time, 100U);
}

TEST(SpinnakerEquality, AnyPartitionerGivesTheSameSpikes) {
    const ir::Network network = conformance::random_network(307, {.plasticity = false});
    const auto input          = conformance::random_input(network, ticks, 0.4, 1);
    const Sets sets{{"capacities.neurons", "10"}};
    for (const char* partitioner : {"sequential", "multilevel"}) {
        const hw::HardwareImage image = compiled(network, sets, {{"partitioner", partitioner}});
        expect_equal(run(image, "functional", input, ticks), run(image, "golden", input, ticks),
                     307);
    }
}

TEST(SpinnakerEquality, ReloadingBeginsAnew) {
    const ir::Network network     = network_of(301);
    const hw::HardwareImage image = compiled(network);
    const auto input              = conformance::random_input(network, ticks, 0.4, 1);
    const auto device             = loaded(image, "event");
    std::vector<runtime::SpikeEvent> first;
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(device->load(image));
        ASSERT_TRUE(device->push(input));
        ASSERT_TRUE(device->advance(ticks));
        const auto spikes = *device->drain();
        if (round == 1) {
            EXPECT_EQ(spikes, first);
        }
        first = spikes;
        EXPECT_EQ(device->activity()->at("ticks").value, ticks);
    }
    EXPECT_FALSE(first.empty());
}

}  // namespace
}  // namespace spikeloom::backends::spinnaker::test
