// SPDX-License-Identifier: Apache-2.0
/// A device that is lost at every call in turn, and brought back.
#include "backends/emulator/golden.hpp"
#include "backends/emulator/recovering_device.hpp"
#include "tests/backends/emulator/device/device_fixture.hpp"

#include <utility>

namespace spikeloom::backends::emulator {
namespace {

using namespace testing;

/// The image in software, whose line breaks at its call number `dies_at`.
class Mortal final : public runtime::Device {
public:
    Mortal(int dies_at, const char* code, bool lies)
        : calls_left_{dies_at}, code_{code}, lies_{lies} {}

    Result<void> load(const hw::HardwareImage& image) override {
        return dead() ? gone() : inner_->load(image);
    }
    Result<void> push(std::span<const runtime::InputEvent> events) override {
        return dead() ? gone() : inner_->push(events);
    }
    Result<void> advance(std::uint64_t ticks) override {
        return dead() ? gone() : inner_->advance(ticks);
    }
    Result<std::vector<runtime::SpikeEvent>> drain() override {
        if (dead()) return gone();
        auto spikes = inner_->drain();
        if (spikes && lies_ && !spikes->empty()) spikes->front().neuron.value ^= 1U;
        return spikes;
    }
    Result<std::vector<double>> probe(std::string_view variable) override {
        if (dead()) return gone();
        return inner_->probe(variable);
    }
    Result<hw::Section> read_back(CoreId core, std::string_view section) override {
        if (dead()) return gone();
        return inner_->read_back(core, section);
    }
    Result<runtime::Activity> activity() override {
        if (dead()) return gone();
        return inner_->activity();
    }

private:
    bool dead() { return calls_left_-- <= 0; }
    [[nodiscard]] tl::unexpected<Diagnostic> gone() const { return fault(code_, "gone"); }

    std::unique_ptr<runtime::Device> inner_ = make_golden_device();
    int calls_left_;
    const char* code_;
    bool lies_;
};

constexpr int immortal = 1 << 30;

struct Plan {
    int dies_at         = immortal;
    const char* code    = "link.closed";
    bool successor_lies = false;
    int successor_dies  = immortal;
    unsigned attempts   = 1;
};

RecoveringDevice make(const Plan& plan) {
    return RecoveringDevice{std::make_unique<Mortal>(plan.dies_at, plan.code, false),
                            [plan]() -> Result<std::unique_ptr<runtime::Device>> {
                                return std::make_unique<Mortal>(plan.successor_dies, plan.code,
                                                                plan.successor_lies);
                            },
                            {.attempts = plan.attempts, .window = std::chrono::milliseconds{1}}};
}

struct Outcome {
    std::vector<runtime::SpikeEvent> spikes;
    std::vector<double> v;
    std::string code;
};

/// 60 ticks in pieces of 5, drained after every second piece.
Outcome run(runtime::Device& device) {
    const auto image = random_image({});
    Outcome outcome;
    const auto ok = [&](const auto& result) {
        if (!result && outcome.code.empty()) outcome.code = result.error().code;
        return result.has_value();
    };
    if (!ok(device.load(image))) return outcome;
    const auto sources = image.populations.front().size();
    for (std::uint64_t tick = 0; tick < 60; tick += 5) {
        std::vector<runtime::InputEvent> events;
        for (std::uint64_t k = 0; k < 5; ++k)
            for (std::uint32_t s = 0; s < sources; s += 2)
                if ((s + tick + k) % 3 == 0) events.push_back({Tick{tick + k}, NeuronId{s}, 1});
        if (!ok(device.push(events)) || !ok(device.advance(5))) return outcome;
        if (tick % 10 == 0) continue;
        const auto spikes = device.drain();
        if (!ok(spikes)) return outcome;
        outcome.spikes.insert(outcome.spikes.end(), spikes->begin(), spikes->end());
    }
    const auto v = device.probe("v");
    if (ok(v)) outcome.v = *v;
    return outcome;
}

TEST(RecoveringDevice, LossAtAnyCallChangesNothing) {
    auto whole           = make({});
    const Outcome wanted = run(whole);
    ASSERT_GT(wanted.spikes.size(), 20U);
    for (int call = 0; call < 32; ++call) {
        auto device       = make({.dies_at = call});
        const Outcome got = run(device);
        EXPECT_EQ(got.code, "") << call;
        EXPECT_EQ(got.spikes, wanted.spikes) << call;
        EXPECT_EQ(got.v, wanted.v) << call;
        EXPECT_EQ(device.activity()->at("link_reconnects").value, 1U) << call;
    }
}

TEST(RecoveringDevice, SecondLossDuringTheReplayTakesASecondAttempt) {
    auto whole           = make({});
    const Outcome wanted = run(whole);
    auto device          = make({.dies_at = 20, .successor_dies = 29, .attempts = 4});
    EXPECT_EQ(run(device).spikes, wanted.spikes);
    auto too_few = make({.dies_at = 20, .successor_dies = 10, .attempts = 2});
    EXPECT_EQ(run(too_few).code, "link.closed");
}

TEST(RecoveringDevice, OtherSpikesThanBeforeAreRefused) {
    auto device = make({.dies_at = 20, .successor_lies = true});
    EXPECT_EQ(run(device).code, "device.diverged");
}

TEST(RecoveringDevice, FaultsOfTheInputAreNotTriedAgain) {
    auto device = make({.dies_at = 20, .code = "device.value"});
    EXPECT_EQ(run(device).code, "device.value");
}

TEST(RecoveringDevice, PortThatStaysAwayIsReported) {
    RecoveringDevice device{std::make_unique<Mortal>(0, "link.closed", false),
                            []() -> Result<std::unique_ptr<runtime::Device>> {
                                return fault("link.open", "no such port");
                            },
                            {.attempts = 2, .window = std::chrono::milliseconds{1}}};
    const auto loaded = device.load(random_image({}));
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().code, "link.open");
    EXPECT_EQ(loaded.error().notes.size(), 2U);
}

}  // namespace
}  // namespace spikeloom::backends::emulator
