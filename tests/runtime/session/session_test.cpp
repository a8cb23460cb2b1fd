// SPDX-License-Identifier: Apache-2.0
#include "runtime/session/session.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace spikeloom::runtime {
namespace {

hw::HardwareImage image_of(std::vector<hw::PopulationSymbol> populations) {
    hw::HardwareImage image;
    image.target      = "echo";
    image.populations = std::move(populations);
    return image;
}

hw::PopulationSymbol population(std::string name, std::uint32_t size, bool is_source) {
    hw::PopulationSymbol symbol;
    symbol.name      = std::move(name);
    symbol.shape     = {size};
    symbol.is_source = is_source;
    return symbol;
}

/// Neuron k of the second population fires when source k of the first does; "v" counts its events.
class Echo final : public Device {
public:
    Result<void> load(const hw::HardwareImage& image) override {
        if (image.target != "echo") return fault("device.wrong-image", "not for this device");
        sources_ = image.populations[0].size();
        v_.assign(sources_, 0.0);
        return {};
    }
    Result<void> push(std::span<const InputEvent> events) override {
        for (const InputEvent& event : events) {
            EXPECT_GE(event.tick, Tick{tick_});
            queue_.push_back(event);
        }
        EXPECT_TRUE(std::ranges::is_sorted(queue_, {}, [](const InputEvent& e) { return e.tick; }));
        return {};
    }
    Result<void> advance(std::uint64_t ticks) override {
        ++advances_;
        for (const std::uint64_t last = tick_ + ticks; tick_ < last; ++tick_) {
            times_.push_back({Tick{tick_}, 10 + tick_});
            for (; !queue_.empty() && queue_.front().tick.value == tick_;
                 queue_.erase(queue_.begin())) {
                const std::uint32_t k = queue_.front().source.value;
                v_[k] += queue_.front().value;
                spikes_.push_back({Tick{tick_}, NeuronId{sources_ + k}});
            }
        }
        return {};
    }
    Result<std::vector<SpikeEvent>> drain() override { return std::exchange(spikes_, {}); }
    Result<std::vector<double>> probe(std::string_view variable) override {
        if (variable != "v") return fault("device.variable", "no such variable");
        std::vector<double> all(sources_, 0.0);
        all.insert(all.end(), v_.begin(), v_.end());
        return all;
    }
    Result<hw::Section> read_back(CoreId, std::string_view) override { return hw::Section{}; }
    Result<Activity> activity() override { return Activity{{"advances", {advances_, "1"}}}; }
    std::vector<TickTime> take_tick_times() override { return std::exchange(times_, {}); }

private:
    std::uint32_t sources_ = 0;
    std::uint64_t tick_ = 0, advances_ = 0;
    std::vector<double> v_;
    std::vector<InputEvent> queue_;
    std::vector<SpikeEvent> spikes_;
    std::vector<TickTime> times_;
};

SessionOptions options_for(std::uint64_t ticks, std::vector<RecordRequest> records = {},
                           std::uint64_t seed = 0) {
    return {.ticks      = ticks,
            .records    = std::move(records),
            .seed       = seed,
            .plasticity = {},
            .progress   = {}};
}

hw::HardwareImage echo_image() {
    return image_of({population("in", 3, true), population("out", 3, false)});
}

TEST(SymbolTable, finds_populations_and_neurons) {
    const auto image = echo_image();
    const SymbolTable symbols{image};
    EXPECT_EQ(symbols.neurons(), 6U);
    EXPECT_EQ(symbols.first(1), NeuronId{3});
    EXPECT_EQ(symbols.population_of(NeuronId{2}), 0U);
    EXPECT_EQ(symbols.population_of(NeuronId{3}), 1U);
    const auto unknown = symbols.find("uot");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, "session.unknown-population");
}

TEST(Session, streams_input_in_batches_and_collects_everything) {
    Echo device;
    const std::vector<InputEvent> input{{Tick{0}, NeuronId{1}},
                                        {Tick{63}, NeuronId{0}},
                                        {Tick{64}, NeuronId{2}},
                                        {Tick{199}, NeuronId{1}}};
    std::uint64_t seen     = 0;
    SessionOptions options = options_for(200);
    options.progress       = [&](std::uint64_t done) { seen = done; };
    const auto result      = run_session(device, echo_image(), input, options);
    ASSERT_TRUE(result);
    const std::vector<SpikeEvent> expected{{Tick{0}, NeuronId{4}},
                                           {Tick{63}, NeuronId{3}},
                                           {Tick{64}, NeuronId{5}},
                                           {Tick{199}, NeuronId{4}}};
    EXPECT_EQ(result->spikes, expected);
    EXPECT_EQ(result->tick_times.size(), 200U);
    EXPECT_EQ(seen, 200U);
    EXPECT_LT(result->activity.at("advances").value, 10U) << "ticks must run in batches";
}

TEST(Session, input_behind_the_last_tick_is_not_sent) {
    Echo device;
    const auto result = run_session(device, echo_image(), {{Tick{5}, NeuronId{0}}}, options_for(5));
    ASSERT_TRUE(result);
    EXPECT_TRUE(result->spikes.empty());
}

TEST(Session, records_rows_in_the_networks_units) {
    auto image                           = echo_image();
    image.populations[1].unit_scale["v"] = 0.5;
    Echo device;
    const SessionOptions options = options_for(3, {{"out", "v"}, {"out", "spikes"}});
    const auto result = run_session(device, image, {{Tick{1}, NeuronId{2}, 4.0}}, options);
    ASSERT_TRUE(result);
    ASSERT_EQ(result->recordings.size(), 2U);
    EXPECT_EQ(result->recordings[0].values, (std::vector<double>{0, 0, 0, 0, 0, 2, 0, 0, 2}));
    EXPECT_EQ(result->recordings[1].values, (std::vector<double>{0, 0, 0, 0, 0, 1, 0, 0, 0}));
}

TEST(Session, poisson_sources_fire_at_their_rate_and_by_their_key) {
    auto image = image_of({population("in", 200, true), population("out", 200, false)});
    image.populations[0].poisson_rate = 50.0;
    image.dt                          = 1e-3;
    const auto count                  = [&](std::uint64_t seed) {
        Echo device;
        return run_session(device, image, {}, options_for(500, {}, seed))->spikes.size();
    };
    const double expected = 200 * 500 * 0.05;
    EXPECT_NEAR(static_cast<double>(count(1)), expected, 5 * std::sqrt(expected));
    EXPECT_EQ(count(1), count(1));
    EXPECT_NE(count(1), count(2));
}

TEST(Session, faults_come_through) {
    Echo device;
    auto wrong   = echo_image();
    wrong.target = "other";
    EXPECT_EQ(run_session(device, wrong, {}, options_for(1)).error().code, "device.wrong-image");
    EXPECT_EQ(run_session(device, echo_image(), {}, options_for(1, {{"nobody", "v"}})).error().code,
              "session.unknown-population");
    EXPECT_EQ(run_session(device, echo_image(), {}, options_for(1, {{"out", "w"}})).error().code,
              "device.variable");
}

}  // namespace
}  // namespace spikeloom::runtime
