// SPDX-License-Identifier: Apache-2.0
/// Learning epochs of several ticks: fast model against plain integers, and by hand.
#include "backends/loihi/tables.hpp"
#include "runs.hpp"
#include "tests/conformance/random_network.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>

namespace spikeloom::backends::loihi::test {
namespace {

/// FNV-1a over spikes, y and learned weights.
std::uint64_t digest(const Trail& trail, std::uint64_t hash) {
    const auto add = [&](std::uint64_t value) { hash = (hash ^ value) * 0x100000001b3ULL; };
    for (const runtime::SpikeEvent& spike : trail.spikes)
        add(spike.tick.value), add(spike.neuron.value);
    for (const double y : trail.states.at("y"))
        add(static_cast<std::uint64_t>(y));
    for (const hw::Section& section : trail.synapses)
        for (const std::uint8_t byte : section.bytes)
            add(byte);
    return hash;
}

/// y of neurons on cores without plastic synapses, which nothing reads, is left out.
void clear_idle_traces(const hw::HardwareImage& image, std::vector<double>& y) {
    std::map<std::uint32_t, bool> plastic;
    const auto tables = core_tables(image);
    for (const CoreTable& core : *tables)
        for (const SynapseFormat& f : core.formats)
            plastic[core.core] = plastic[core.core] || f.profile != 0;
    std::size_t first = 0;
    for (const hw::PopulationSymbol& symbol : image.populations) {
        for (const hw::PlacedRange& range : symbol.placed)
            for (std::uint32_t k = 0; k < range.count; ++k)
                if (!plastic[range.core.value]) y[first + range.first + k] = 0;
        first += symbol.size();
    }
}

/// Epochs of one tick must go on giving what the chip gave before it knew any other.
TEST(LoihiEpochs, OneTickIsTheDefault) {
    std::uint64_t hash = 0xcbf29ce484222325ULL, updates = 0;
    for (std::uint64_t seed = 600; seed < 620; ++seed) {
        const ir::Network network = conformance::random_network(seed);
        const auto input          = conformance::random_input(network, 40, 0.4, seed);
        const auto image          = compiled(network);
        Trail trail               = run(image, "analytic", input, 40);
        clear_idle_traces(image, trail.states.at("y"));
        hash = digest(trail, hash);
        updates += trail.counters.at("weight_updates");
    }
    EXPECT_EQ(hash, 16185909271550506910ULL);
    EXPECT_EQ(updates, 72474ULL);
}

Sets epoch_of(int ticks) {
    return {{"arithmetic.learning_epoch", std::to_string(ticks)}};
}

bool learns(const ir::Network& network) {
    return std::any_of(network.projections.begin(), network.projections.end(),
                       [](const ir::Projection& p) { return p.plasticity.has_value(); });
}

/// Spikes, states (y in the middle of an epoch too), weights and counts on 20 networks that learn;
/// a run of each ends inside an epoch (71 ticks), of some with one.
void compare(int epoch, std::uint64_t first_seed) {
    int networks         = 0;
    std::uint64_t spikes = 0, updates = 0;
    for (std::uint64_t seed = first_seed; networks < 20; ++seed) {
        const ir::Network network = conformance::random_network(seed);
        if (!learns(network)) continue;
        ++networks;
        const hw::HardwareImage image = compiled(network, epoch_of(epoch));
        for (const std::uint64_t ticks : {71U, 126U}) {  // 126 ends epochs of 1, 2, 3 and 63
            const auto input = conformance::random_input(network, ticks, 0.3, seed);
            const Trail want = run(image, "plain", input, ticks);
            const Trail got  = run(image, "event", input, ticks);
            ASSERT_EQ(got.spikes, want.spikes) << "seed " << seed;
            ASSERT_EQ(got.states, want.states) << "seed " << seed;
            ASSERT_EQ(got.synapses, want.synapses) << "seed " << seed;
            ASSERT_EQ(got.counters, want.counters) << "seed " << seed;
            spikes += want.spikes.size();
            updates += want.counters.at("weight_updates");
        }
    }
    std::cout << "epoch " << epoch << ": " << spikes << " spikes, " << updates << " updates\n";
    EXPECT_GT(spikes, 4000U);
    EXPECT_GT(updates, 2000U);
}

TEST(LoihiEpochs, OneTick) {
    compare(1, 700);
}
TEST(LoihiEpochs, TwoTicks) {
    compare(2, 800);
}
TEST(LoihiEpochs, ThreeTicks) {
    compare(3, 900);
}
TEST(LoihiEpochs, EightTicks) {
    compare(8, 1000);
}
TEST(LoihiEpochs, SixtyThreeTicks) {
    compare(63, 1100);
}

TEST(LoihiEpochs, SwitchingLearningInsideAnEpoch) {
    std::uint64_t updates = 0;
    for (std::uint64_t seed = 1200; seed < 1210; ++seed) {
        const ir::Network network     = conformance::random_network(seed);
        const hw::HardwareImage image = compiled(network, epoch_of(8));
        const auto input              = conformance::random_input(network, 60, 0.3, seed);
        const auto fast = loaded(image, "analytic"), plain = loaded(image, "plain");
        for (const auto& device : {fast.get(), plain.get()}) {
            ASSERT_TRUE(device->push(input));
            for (const auto& [ticks, on] :
                 {std::pair{13, true}, std::pair{9, false}, std::pair{8, true}, std::pair{2, false},
                  std::pair{28, true}}) {
                ASSERT_TRUE(device->set_plasticity(on));
                ASSERT_TRUE(device->advance(static_cast<std::uint64_t>(ticks)));
            }
        }
        ASSERT_EQ(*fast->drain(), *plain->drain()) << "seed " << seed;
        ASSERT_EQ(*fast->probe("y"), *plain->probe("y")) << "seed " << seed;
        ASSERT_EQ(fast->activity()->at("weight_updates").value,
                  plain->activity()->at("weight_updates").value);
        updates += plain->activity()->at("weight_updates").value;
    }
    EXPECT_GT(updates, 500U);
}

/// A neuron that fires when its drive does, and a synapse that learns from source 0 without making
/// it fire. Traces do not decay and amplitudes are large, so that changes can be told by hand.
ir::Network pair() {
    Builder b;
    const auto in    = b.sources(1);
    const auto drive = b.population("drive", "spike_source", 1);
    const auto p     = b.population("p", "threshold", 1, {{"threshold", 0.9}});
    b.project(drive, p, ir::AllToAll{}, 1.0);
    b.project(in, p, ir::AllToAll{}, 0.25).plasticity = ir::Plasticity{"stdp_pair",
                                                                       {{"tau_plus", 1e6},
                                                                        {"tau_minus", 1e6},
                                                                        {"a_plus", 0.1},
                                                                        {"a_minus", 0.05},
                                                                        {"w_min", 0},
                                                                        {"w_max", 1}}};
    return b.network;
}

std::vector<runtime::InputEvent> pulses(const std::vector<std::uint64_t>& before,
                                        const std::vector<std::uint64_t>& behind) {
    std::vector<runtime::InputEvent> input;
    for (const std::uint64_t tick : before)
        input.push_back({Tick{tick}, NeuronId{0}, 1});
    for (const std::uint64_t tick : behind)
        input.push_back({Tick{tick}, NeuronId{1}, 1});
    std::sort(input.begin(), input.end(),
              [](const auto& a, const auto& b) { return a.tick.value < b.tick.value; });
    return input;
}

/// Stored weight of the synapse that learns.
std::int32_t plastic_weight(const hw::HardwareImage& image,
                            const std::vector<hw::Section>& memory) {
    auto tables = core_tables(image);
    if (!tables || tables->size() != 1 || memory.size() != 1) return -1000;
    CoreTable& core = tables->front();
    for (std::size_t k = 0; k < core.synapses.size(); ++k) {
        core.synapses[k] = 0;
        for (std::size_t byte = 8; byte-- > 0;)
            core.synapses[k] = core.synapses[k] << 8 | memory[0].bytes[8 * k + byte];
    }
    for (const Axon& axon : core.axons) {
        std::vector<StoredSynapse> list;
        if (!read_list(axon, core.formats, core.synapses, list)) return -1000;
        for (const StoredSynapse& s : list)
            if (core.formats[s.format].profile != 0) return s.weight;
    }
    return -1000;
}

TEST(LoihiEpochs, TracesAtTheTimesOfTheSpikes) {
    const hw::HardwareImage image = compiled(pair(), epoch_of(8));
    const LearningProfile rule    = chip_table(image)->profiles.at(0);
    EXPECT_EQ(rule.epoch, 8);
    ASSERT_EQ(rule.x_keep, 1U << 16);
    ASSERT_EQ(rule.x_impulse, 32 << 8);
    struct Case {
        std::vector<std::uint64_t> before, behind;
        int x1, y1;  ///< impulses that the trace has at the other side's spike
    };
    for (const Case& c : {Case{{1}, {3}, 1, 0},     // before, then behind
                          Case{{3}, {1}, 0, 1},     // the other way round
                          Case{{3}, {3}, 0, 1},     // one tick: behind counts first
                          Case{{1, 2}, {3}, 2, 0},  // the first is pushed out and counts
                          Case{{0, 3}, {1}, 1, 1},  // only the last time of source 0 is kept
                          Case{{3, 5}, {1}, 1, 1},  // what is pushed out counts from the start
                          Case{{1}, {3, 5}, 1, 1},  // so behind
                          Case{{7}, {0}, 0, 1},     // first and last tick
                          Case{{0}, {7}, 1, 0}}) {
        const auto name =
            fmt::format("{} / {}", fmt::join(c.before, " "), fmt::join(c.behind, " "));
        for (const std::string device : {"event", "plain"}) {
            const Trail start = run(image, device, {}, 8);
            const Trail trail = run(image, device, pulses(c.before, c.behind), 8);
            ASSERT_EQ(trail.spikes.size(), c.behind.size());
            EXPECT_EQ(trail.counters.at("weight_updates"), 1U);
            const double wanted = 32.0 / 128 *
                                  (std::ldexp(rule.plus_mantissa, rule.plus_exponent) * c.x1 +
                                   std::ldexp(rule.minus_mantissa, rule.minus_exponent) * c.y1);
            const int got =
                plastic_weight(image, trail.synapses) - plastic_weight(image, start.synapses);
            EXPECT_LT(std::abs(got - wanted), 2) << device << " " << name;  // steps of 2
            EXPECT_GT(std::abs(wanted), 4);
        }
    }
}

TEST(LoihiEpochs, TheLearningPhaseEndsTheEpoch) {
    for (const int epoch : {1, 2, 8, 63}) {
        const hw::HardwareImage image = compiled(pair(), epoch_of(epoch));
        const auto last               = static_cast<std::uint64_t>(epoch);
        const auto input              = pulses({0}, {0});
        const auto device             = loaded(image, "event");
        ASSERT_TRUE(device->push(input));
        ASSERT_TRUE(device->advance(last - 1));
        EXPECT_EQ(device->activity()->at("weight_updates").value, 0U);
        EXPECT_EQ(device->activity()->at("time_learning").value, 0U);
        const std::uint64_t before = device->activity()->at("time_total").value;
        ASSERT_TRUE(device->advance(1));
        EXPECT_EQ(device->activity()->at("weight_updates").value, 1U);
        EXPECT_EQ(device->activity()->at("time_learning").value, 6100U);  // 6.1 ns each
        const auto times = device->take_tick_times();
        ASSERT_EQ(times.size(), last);
        EXPECT_EQ(times.back().clocks, device->activity()->at("time_total").value - before);
        const auto still = loaded(image, "event");
        ASSERT_TRUE(still->set_plasticity(false));
        ASSERT_TRUE(still->push(input));
        ASSERT_TRUE(still->advance(last));
        const auto without = still->take_tick_times();
        for (std::uint64_t tick = 0; tick < last; ++tick)
            EXPECT_EQ(times[tick].clocks, without[tick].clocks + (tick + 1 == last ? 6100U : 0U));
    }
}

TEST(LoihiEpochs, OutOfRange) {
    EXPECT_TRUE(fault_codes(pair(), epoch_of(63)).empty());
    for (const int epoch : {0, 64, -1}) {
        compiler::CompileOptions options;
        options.sets      = epoch_of(epoch);
        const auto output = compiler::compile(pair(), target(), options);
        ASSERT_FALSE(output);
        EXPECT_EQ(output.error().front().code, "loihi.chip");
        EXPECT_EQ(output.error().front().message,
                  fmt::format("arithmetic 'learning_epoch' is {}, allowed are 1 to 63", epoch));
    }
}

TEST(LoihiEpochs, ImagesOutOfRangeAreRefused) {
    for (const std::uint8_t epoch : {std::uint8_t{0}, std::uint8_t{64}}) {
        hw::HardwareImage image = compiled(pair());
        for (hw::Section& section : image.routing)
            if (section.name == "profiles") section.bytes.back() = epoch;
        for (const std::string name : {"event", "plain", "golden"})
            EXPECT_EQ((*open_device(name))->load(image).error().code, "device.malformed");
    }
}

}  // namespace
}  // namespace spikeloom::backends::loihi::test
