// SPDX-License-Identifier: Apache-2.0
/// The golden engine of packed rows and threads against the plain integers and the fast model:
/// compiled random networks, and random tables that reach what no compiler writes (all exponents,
/// recorded noise, sums that overflow).
#include "backends/loihi/fast_golden.hpp"

#include "backends/loihi/golden.hpp"
#include "runs.hpp"
#include "support/keyed_rng.hpp"
#include "tests/conformance/random_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace spikeloom::backends::loihi::test {
namespace {

using neuron::loihi::Emulator;
using neuron::loihi::SignMode;

constexpr std::uint32_t thread_counts[] = {1, 2, 3, 7};
constexpr std::uint64_t ticks           = 40;

class Draws {
public:
    explicit Draws(std::uint64_t seed) : seed_{seed} {}
    /// 0..below - 1.
    std::uint32_t operator()(std::uint32_t below) {
        const std::uint64_t word = keyed_bits(seed_, Stream::noise, next_++, 77) >> 32;
        return static_cast<std::uint32_t>(word * below >> 32);
    }
    bool coin() { return (*this)(2) == 1; }

private:
    std::uint64_t seed_, next_ = 0;
};

struct Tables {
    std::vector<CoreTable> cores;
    ChipTable chip;
    hw::HardwareImage image;  ///< only its seed counts
};

SynapseFormat random_format(Draws& draw) {
    SynapseFormat f;
    f.weight     = {static_cast<int>(draw(16)) - 8, 8, static_cast<SignMode>(1 + draw(3))};
    f.delay_bits = draw.coin() ? 6 : 0;
    return f;
}

std::vector<StoredSynapse> random_list(Draws& draw, const CoreTable& core, std::uint32_t longest) {
    std::vector<StoredSynapse> list;
    for (std::uint32_t format = 0; format < core.formats.size(); ++format) {
        const SynapseFormat& f = core.formats[format];
        for (std::uint32_t k = draw(20); k > 0; --k) {
            const auto magnitude = static_cast<std::int32_t>(draw(256));
            std::int32_t weight  = f.weight.sign == SignMode::inhibitory ? -magnitude : magnitude;
            if (f.weight.sign == SignMode::mixed) weight = (magnitude - 128) * 2;
            list.push_back({draw(static_cast<std::uint32_t>(core.compartments.size())),
                            f.delay_bits == 0 ? 0 : draw(longest), weight, format});
        }
    }
    return list;
}

CoreTable random_core(Draws& draw, std::uint32_t number, std::uint32_t longest) {
    CoreTable core;
    core.core       = number;
    core.thresholds = {0, static_cast<std::int32_t>(draw(3000)), 131071};
    for (int k = 0; k < 4; ++k)
        core.configs.push_back({static_cast<std::uint16_t>(draw(4096)),
                                static_cast<std::uint16_t>(draw(4096)),
                                static_cast<std::uint8_t>(1 + draw(5)), draw(8) != 0, draw.coin()});
    for (std::uint32_t k = 100 + draw(300); k > 0; --k)
        core.compartments.push_back(
            {static_cast<std::uint16_t>(draw(4)), static_cast<std::uint16_t>(draw(3)),
             static_cast<std::int16_t>(draw(3) == 0 ? draw(400) : 0),
             static_cast<std::uint8_t>(draw(8)), static_cast<std::uint8_t>(draw(4)), 0, 0, 0});
    for (std::uint32_t k = 1 + draw(8); k > 0; --k)
        core.formats.push_back(random_format(draw));
    for (std::uint32_t k = 1 + draw(30); k > 0; --k)
        core.axons.push_back(
            append_list(random_list(draw, core, longest), core.formats, core.synapses));
    return core;
}

RouteTable random_routes(Draws& draw, std::size_t elements, const std::vector<CoreTable>& cores) {
    RouteTable table;
    for (std::size_t e = 0; e < elements; ++e) {
        for (std::uint32_t k = draw(4); k > 0; --k) {
            const CoreTable& to = cores[draw(static_cast<std::uint32_t>(cores.size()))];
            table.routes.push_back({to.core, draw(static_cast<std::uint32_t>(to.axons.size()))});
        }
        table.begin.push_back(static_cast<std::uint32_t>(table.routes.size()));
    }
    return table;
}

Tables random_tables(std::uint64_t seed) {
    Draws draw{seed};
    Tables t;
    t.image.seed         = seed;
    t.chip.longest_delay = 1 + draw(62);
    for (std::uint32_t k = 0; k < 1 + seed % 4; ++k)
        t.cores.push_back(random_core(draw, 3 * k + 1, t.chip.longest_delay));
    for (CoreTable& core : t.cores)
        core.routes = random_routes(draw, core.compartments.size(), t.cores);
    t.chip.inputs = random_routes(draw, 50, t.cores);
    if (draw(3) == 0) {
        t.chip.noise_exponent    = 1 + draw(14);
        t.chip.noise_offset      = static_cast<std::int32_t>(draw(3)) - 1;
        t.chip.noise_at_membrane = draw.coin();
        if (draw.coin()) t.chip.noise = {5, -127, 127, 3, 0, -60, 99};
    }
    return t;
}

struct Steps {
    std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> spikes;
    std::vector<std::int64_t> states;
    std::vector<std::uint64_t> counters;
    friend bool operator==(const Steps&, const Steps&) = default;
};

Steps steps_of(Engine& engine, const Tables& t, std::uint64_t seed) {
    Steps steps;
    const auto loaded = engine.load(t.cores, t.chip, t.image);
    if (!loaded) ADD_FAILURE() << to_string(loaded.error());
    if (!loaded) return steps;
    Draws draw{seed + 1000};
    for (std::uint64_t tick = 0; tick < ticks; ++tick) {
        for (std::uint32_t k = draw(20); k > 0; --k) {
            const std::uint32_t source = draw(50);
            // Now and then so many events that sums leave 21 bits.
            for (std::uint32_t n = draw(9) == 0 ? 60 : 1; n > 0; --n)
                engine.push(source);
        }
        auto& now = steps.spikes.emplace_back();
        for (const CoreSpike& spike : engine.step())
            now.emplace_back(spike.core, spike.slot);
        std::ranges::sort(now);
        for (std::uint32_t c = 0; c < t.cores.size(); ++c)
            for (std::uint32_t slot = 0; slot < t.cores[c].compartments.size(); ++slot)
                for (const char variable : {'u', 'v'})
                    steps.states.push_back(engine.state(variable, {c, slot}));
    }
    for (const auto& [name, count] : engine.activity())
        steps.counters.push_back(count.value);
    return steps;
}

TEST(LoihiFastGolden, RandomTablesEqualThePlainEngine) {
    std::size_t spikes = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const auto who      = static_cast<Emulator>(seed % 3);
        const Tables tables = random_tables(seed);
        const Steps want    = steps_of(*make_golden_engine(who), tables, seed);
        for (const std::uint32_t threads : {1U, thread_counts[1 + seed / 3 % 3]}) {
            const Steps got = steps_of(*make_fast_golden_engine(who, threads), tables, seed);
            ASSERT_EQ(got.spikes, want.spikes) << "seed " << seed << ", threads " << threads;
            ASSERT_EQ(got.states, want.states) << "seed " << seed << ", threads " << threads;
            ASSERT_EQ(got.counters, want.counters) << "seed " << seed << ", threads " << threads;
        }
        for (const auto& tick : want.spikes)
            spikes += tick.size();
    }
    EXPECT_GT(spikes, 60U * 100);
}

/// What the host sees of a run.
Trail trail_of(std::unique_ptr<Engine> engine, const hw::HardwareImage& image,
               const std::vector<runtime::InputEvent>& input) {
    Trail trail;
    const auto device = make_engine_device(std::move(engine));
    const bool ran    = device->load(image) && device->push(input) && device->advance(ticks);
    EXPECT_TRUE(ran);
    if (!ran) return trail;
    trail.spikes = *device->drain();
    for (const char* variable : {"v", "i", "y"})
        trail.states[variable] = *device->probe(variable);
    for (const hw::CoreTables& core : image.cores)
        if (auto section = device->read_back(core.core, "synapses"))
            trail.synapses.push_back(*section);
    const runtime::Activity activity = *device->activity();
    for (const char* name : {"ticks", "spikes", "synaptic_events", "weight_updates"})
        trail.counters[name] = activity.at(name).value;
    return trail;
}

void expect_equal(const Trail& got, const Trail& want, std::uint64_t seed) {
    ASSERT_EQ(got.spikes, want.spikes) << "seed " << seed;
    ASSERT_EQ(got.states, want.states) << "seed " << seed;
    ASSERT_EQ(got.synapses, want.synapses) << "seed " << seed;
    for (const auto& [name, value] : want.counters)
        ASSERT_EQ(got.counters.at(name), value) << name << ", seed " << seed;
}

/// Compiled networks on the plain engine, the chip's fast model (which has nengo's arithmetic) and
/// the engine of threads.
void compare(std::uint64_t first, std::uint64_t last,
             const conformance::RandomNetworkOptions& options) {
    std::size_t spikes = 0;
    for (std::uint64_t seed = first; seed < last && !::testing::Test::HasFatalFailure(); ++seed) {
        const ir::Network network = conformance::random_network(seed, options);
        const Sets sets = seed % 7 == 2 ? Sets{{"arithmetic.noise_exponent", "9"}} : Sets{};
        const hw::HardwareImage image = compiled(network, sets);
        const auto input              = conformance::random_input(network, ticks, 0.4, seed);
        const Trail want              = trail_of(make_golden_engine(Emulator::nengo), image, input);
        for (const std::uint32_t threads : thread_counts)
            expect_equal(trail_of(make_fast_golden_engine(Emulator::nengo, threads), image, input),
                         want, seed);
        expect_equal(run(image, "analytic", input, ticks), want, seed);
        spikes += want.spikes.size();
    }
    EXPECT_GT(spikes, 10 * (last - first));
}

TEST(LoihiFastGolden, FixedNetworksEqualThePlainEngineAndTheChip) {
    compare(600, 650, {.plasticity = false});
}
TEST(LoihiFastGolden, LargerNetworksAreSharedOut) {
    compare(650, 653, {.max_population = 250, .plasticity = false});
}
TEST(LoihiFastGolden, ImagesThatLearnAreRunByThePlainEngine) {
    compare(656, 662, {});
}

TEST(LoihiFastGolden, TablesThatContradictThemselvesAreRefused) {
    const auto code_of = [](const Tables& t) {
        const auto done =
            make_fast_golden_engine(Emulator::nengo, 1)->load(t.cores, t.chip, t.image);
        return done ? std::string{} : done.error().code;
    };
    const Tables good = random_tables(7);
    EXPECT_EQ(code_of(good), "");
    Tables bad = good;
    bad.chip.inputs.routes.front().axon =
        static_cast<std::uint32_t>(bad.cores.front().axons.size() + 1000);
    EXPECT_EQ(code_of(bad), "device.malformed");
    bad                                    = good;
    bad.cores.front().axons.front().word   = 1U << 30;
    bad.cores.front().axons.front().blocks = 1;
    EXPECT_EQ(code_of(bad), "device.malformed");
    bad = good;
    for (CoreTable& core : bad.cores)
        core.compartments.resize(1), core.routes = {{0, 0}, {}};
    EXPECT_EQ(code_of(bad), "device.malformed");
}

}  // namespace
}  // namespace spikeloom::backends::loihi::test
