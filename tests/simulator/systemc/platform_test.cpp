// SPDX-License-Identifier: Apache-2.0
/// One platform in this process: two relays, a link, an environment in C++. SystemC allows no
/// second.
#include "simulator/systemc/platform.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace spikeloom::systemc {
namespace {

/// Element 0..1 of the source population make neuron 2..3 spike in the same tick.
class Relay final : public runtime::Device {
public:
    Result<void> load(const hw::HardwareImage& /*image*/) override { return {}; }
    Result<void> push(std::span<const runtime::InputEvent> events) override {
        waiting_.insert(waiting_.end(), events.begin(), events.end());
        return {};
    }
    Result<void> advance(std::uint64_t ticks) override {
        tick_ += ticks;
        return {};
    }
    Result<std::vector<runtime::SpikeEvent>> drain() override {
        std::vector<runtime::SpikeEvent> spikes;
        for (const runtime::InputEvent& event : std::exchange(waiting_, {})) {
            EXPECT_LT(event.tick.value, tick_);
            spikes.push_back({event.tick, NeuronId{event.source.value + 2}});
        }
        std::ranges::sort(spikes);
        return spikes;
    }
    Result<std::vector<double>> probe(std::string_view /*variable*/) override {
        return std::vector<double>(4, 0.5);
    }
    Result<hw::Section> read_back(CoreId /*core*/, std::string_view /*section*/) override {
        return hw::Section{};
    }
    Result<runtime::Activity> activity() override { return runtime::Activity{}; }

private:
    std::uint64_t tick_ = 0;
    std::vector<runtime::InputEvent> waiting_;
};

/// Starts neuron 0, then sends back the other one of what it sees.
class Swapper final : public Environment {
public:
    Result<Action> start(const EnvironmentSetup& setup) override {
        EXPECT_EQ(setup.ticks, 12U);
        EXPECT_EQ(setup.to_network.at(0).population, "in");
        return Action{{"in", {{0, 1}}}};
    }
    Result<Action> step(const Sight& sight) override {
        Action action;
        for (const std::uint32_t neuron : sight.spikes.at("out"))
            action["in"].push_back({1 - neuron, 1});
        return action;
    }
    Result<std::map<std::string, double>> stop() override {
        return std::map<std::string, double>{{"score", 1}};
    }
};

DeviceNode relay(const char* name) {
    DeviceNode node;
    node.name   = name;
    node.device = std::make_unique<Relay>();
    hw::PopulationSymbol source, neurons;
    source.name            = "in";
    source.shape           = {2};
    source.is_source       = true;
    neurons.name           = "out";
    neurons.shape          = {2};
    node.image.populations = {source, neurons};
    return node;
}

Platform two_relays(Environment& world) {
    Platform platform;
    platform.ticks = 12;
    platform.devices.push_back(relay("a"));
    platform.devices.push_back(relay("b"));
    platform.links               = {{.from = 0, .to = 1, .latency = 0.0015}};
    platform.routes              = {{.link = 0, .from_first = {2}, .count = 2, .to_first = {0}}};
    platform.environment         = &world;
    platform.environment_inputs  = {{{"in", 2, ""}, 0, NeuronId{0}}};
    platform.environment_outputs = {{{"out", 2, ""}, 1, NeuronId{2}}};
    return platform;
}

TEST(Platform, a_loop_through_a_link_and_an_environment_and_no_second_one) {
    Swapper world;
    const auto outcome = run_platform(two_relays(world));
    ASSERT_TRUE(outcome.has_value()) << to_string(outcome.error());
    // a in tick t; the link's 1.5 ms make it t + 1 + 2 in b; the answer comes in the tick after.
    const std::vector<runtime::SpikeEvent> a{
        {Tick{0}, NeuronId{2}}, {Tick{4}, NeuronId{3}}, {Tick{8}, NeuronId{2}}};
    const std::vector<runtime::SpikeEvent> b{
        {Tick{3}, NeuronId{2}}, {Tick{7}, NeuronId{3}}, {Tick{11}, NeuronId{2}}};
    EXPECT_EQ(outcome->devices[0].spikes, a);
    EXPECT_EQ(outcome->devices[1].spikes, b);
    EXPECT_EQ(outcome->links[0].late, 3U);
    EXPECT_EQ(outcome->links[0].ticks_late, (std::vector<std::uint64_t>{0, 0, 3}));
    EXPECT_EQ(outcome->environment.at("score"), 1.0);
    EXPECT_NEAR(outcome->simulated, 0.012, 1e-9);

    const auto again = run_platform(two_relays(world));
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().code, "cosim.second-run");
}

}  // namespace
}  // namespace spikeloom::systemc
