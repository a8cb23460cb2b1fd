// SPDX-License-Identifier: Apache-2.0
/// The integer golden simulator against a second, naive telling of docs/emulator-core.md.
#include "simulator/golden/emulator_golden.hpp"

#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace spikeloom::golden {
namespace {

namespace emu = neuron::emulator;

struct PlainSynapse {
    std::uint32_t row, target, delay;
    std::int32_t weight;
    bool plastic;
};

std::uint32_t pack(const SynapseFormat& f, const PlainSynapse& s, bool sparse) {
    return (static_cast<std::uint32_t>(s.weight) & ((1U << f.weight_bits) - 1U)) |
           s.delay << f.weight_bits | (s.plastic ? 1U : 0U) << (f.weight_bits + 4) |
           (sparse ? s.target << (f.weight_bits + 5) : 0U);
}

struct RandomCase {
    EmulatorTables tables;
    std::vector<PlainSynapse> synapses;  ///< by row; span rows have one for each position
};

void fill_parameters(EmulatorTables& t, KeyedSequence& rng) {
    for (int s = 0; s < 3; ++s) {
        const std::uint32_t mix =
            static_cast<std::uint32_t>(rng.below(5) | (rng.below(2) << 4) | (rng.below(4) << 8));
        for (const std::uint64_t word :
             {rng.below(65536), rng.below(30000), 2000 + rng.below(6000), rng.below(1000),
              std::uint64_t{mix}, std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0}}) {
            t.sets.push_back(static_cast<std::uint32_t>(word));
        }
    }
    for (std::uint32_t j = 0; j < t.neurons_used; ++j) {
        t.neuron.push_back(static_cast<std::uint32_t>(rng.below(3)));
        t.neuron.push_back(
            static_cast<std::uint32_t>(static_cast<std::int32_t>(rng.below(600)) - 200));
    }
    t.rule = {static_cast<std::uint32_t>(rng.below(20000)),
              static_cast<std::uint32_t>(rng.below(20000)),
              static_cast<std::uint32_t>(rng.below(200)),
              static_cast<std::uint32_t>(rng.below(200)),
              -90,
              100};
}

PlainSynapse random_synapse(std::uint32_t row, std::uint32_t target, bool plastic,
                            const EmulatorTables& t, KeyedSequence& rng) {
    const std::int32_t scale = 1 << t.widths.weight_fraction;
    return {row, target, static_cast<std::uint32_t>(rng.below(16)),
            (static_cast<std::int32_t>(rng.below(160)) - 60) * scale, plastic && rng.below(2) == 0};
}

/// `scale`: times so many neurons as in the smallest case.
RandomCase random_case(std::uint64_t seed, std::uint32_t scale = 1) {
    KeyedSequence rng{seed, Stream::test, 0};
    RandomCase c;
    EmulatorTables& t = c.tables;
    t.sparse_rows     = seed % 3 != 0;
    t.widths          = t.sparse_rows ? emu::Widths{24, 24, 24, 6} : emu::Widths{16, 16, 16, 3};
    if (seed % 5 == 1) t.widths.accumulator = 9;  // makes sums saturate
    t.neurons          = 64 * scale;
    t.sources          = 16;
    t.neurons_used     = 40 * scale;
    t.rows_used_source = 12;
    t.plasticity       = seed % 4 != 0;
    fill_parameters(t, rng);
    const SynapseFormat f = synapse_format(t);
    for (std::uint32_t r = 0; r < t.neurons + t.sources; ++r) {
        const bool used    = r < t.neurons_used || (r >= t.neurons && r < t.neurons + 12);
        const auto count   = static_cast<std::uint32_t>(used ? rng.below(20) : 0);
        const auto first   = static_cast<std::uint32_t>(rng.below(20 * scale));
        const bool plastic = rng.below(2) == 0;
        t.rows.push_back(static_cast<std::uint32_t>(t.synapses.size()));
        t.rows.push_back((plastic ? 1U << 31 : 0U) | (t.sparse_rows ? count : count << 16 | first));
        for (std::uint32_t k = 0; k < count; ++k) {
            const auto target =
                t.sparse_rows ? static_cast<std::uint32_t>(rng.below(t.neurons_used)) : first + k;
            c.synapses.push_back(random_synapse(r, target, plastic, t, rng));
            t.synapses.push_back(pack(f, c.synapses.back(), t.sparse_rows));
        }
    }
    return c;
}

/// Keeps every delivery as an entry of a list by tick; no ring, no columns.
class Naive {
public:
    explicit Naive(const RandomCase& c) : t_{c.tables}, synapses_{c.synapses} {
        state.resize(t_.neurons);
        x.resize(t_.neurons + t_.sources);
        y.resize(t_.neurons);
        inbox_.resize(1000, std::vector<std::int32_t>(t_.neurons));
    }

    std::vector<std::uint32_t> step(const std::vector<std::uint32_t>& input) {
        for (const std::uint32_t s : input)
            walk(t_.neurons + s, tick_ + 999);
        std::vector<std::uint32_t> spikes;
        for (std::uint32_t j = 0; j < t_.neurons_used; ++j) {
            if (emu::update(state[j], set(t_.neuron[2 * j]),
                            static_cast<std::int32_t>(t_.neuron[2 * j + 1]),
                            inbox_[tick_ % 1000][j], t_.widths)) {
                spikes.push_back(j);
            }
            inbox_[tick_ % 1000][j] = 0;
        }
        if (t_.plasticity) learn(spikes);
        for (const std::uint32_t j : spikes)
            walk(j, tick_);
        ++tick_;
        return spikes;
    }

    void set_plasticity(bool on) { t_.plasticity = on; }

    std::vector<emu::State> state;
    std::vector<std::int32_t> x, y;
    [[nodiscard]] const std::vector<PlainSynapse>& synapses() const { return synapses_; }

private:
    [[nodiscard]] emu::ParameterSet set(std::uint32_t s) const {
        const std::uint32_t* w = &t_.sets[8 * s];
        return {w[0],
                w[1],
                static_cast<std::int32_t>(w[2]),
                static_cast<std::int32_t>(w[3]),
                w[4] & 15U,
                (w[4] >> 8) & 255U,
                ((w[4] >> 4) & 1U) != 0};
    }
    void learn(const std::vector<std::uint32_t>& spikes) {
        for (std::int32_t& trace : y)
            trace = emu::decay_trace(trace, t_.rule.minus_decay);
        for (std::uint32_t row = 0; row < t_.neurons + t_.rows_used_source; ++row)
            x[row] = emu::decay_trace(x[row], t_.rule.plus_decay);
        for (const std::uint32_t j : spikes)
            y[j] = emu::bump_trace(y[j], t_.widths);
        for (PlainSynapse& s : synapses_) {
            const bool found = t_.sparse_rows || (t_.rows[2 * s.row + 1] >> 31) != 0;
            if (!s.plastic || s.delay == 0 || !found) continue;
            if (!std::ranges::binary_search(spikes, s.target)) continue;
            s.weight = emu::potentiate(s.weight, x[s.row], t_.rule, t_.widths);
        }
    }
    void walk(std::uint32_t row, std::uint64_t emission) {
        for (PlainSynapse& s : synapses_) {
            if (s.row != row || s.delay == 0) continue;
            if (s.plastic && t_.plasticity) {
                s.weight = emu::depress(s.weight, y[s.target], t_.rule, t_.widths);
            }
            std::int32_t& sum = inbox_[(emission + s.delay) % 1000][s.target];
            sum = emu::accumulate(sum, emu::delivered(s.weight, t_.widths), t_.widths);
        }
        if (t_.plasticity) x[row] = emu::bump_trace(x[row], t_.widths);
    }

    EmulatorTables t_;
    std::vector<PlainSynapse> synapses_;
    std::vector<std::vector<std::int32_t>> inbox_;
    std::uint64_t tick_ = 0;
};

void expect_same_state(const EmulatorGolden& golden, const Naive& naive) {
    const SynapseFormat f = synapse_format(golden.tables());
    for (std::uint32_t j = 0; j < golden.tables().neurons_used; ++j) {
        ASSERT_EQ(golden.v(j), naive.state[j].v);
        ASSERT_EQ(golden.i(j), naive.state[j].i);
        ASSERT_EQ(golden.refractory(j), naive.state[j].refractory);
        ASSERT_EQ(golden.y(j), naive.y[j]);
    }
    for (std::uint32_t row = 0; row < naive.x.size(); ++row)
        ASSERT_EQ(golden.x(row), naive.x[row]) << "row " << row;
    const auto words = golden.synapses();
    for (std::size_t s = 0; s < naive.synapses().size(); ++s) {
        ASSERT_EQ(f.weight(words[s]), naive.synapses()[s].weight) << "synapse " << s;
    }
}

TEST(EmulatorGolden, RandomNetworksEqualTheNaiveTelling) {
    std::uint64_t spikes = 0, updates = 0, saturated = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        const RandomCase c = random_case(seed);
        auto golden        = EmulatorGolden::build(c.tables);
        ASSERT_TRUE(golden) << to_string(golden.error());
        Naive naive{c};
        KeyedSequence rng{seed, Stream::test, 1};
        for (int t = 0; t < 60; ++t) {
            std::vector<std::uint32_t> input;
            for (std::uint64_t n = rng.below(8); n > 0; --n) {
                input.push_back(static_cast<std::uint32_t>(rng.below(12)));
                golden->push(input.back());
            }
            const auto expected = naive.step(input);
            const auto got      = golden->step();
            ASSERT_EQ(std::vector(got.begin(), got.end()), expected) << "tick " << t;
            ASSERT_NO_FATAL_FAILURE(expect_same_state(*golden, naive)) << "tick " << t;
        }
        spikes += golden->counters().spikes;
        updates += golden->counters().weight_updates;
        saturated += golden->status() >> 1 & 1U;
    }
    EXPECT_GT(spikes, 5000U);
    EXPECT_GT(updates, 5000U);
    EXPECT_GT(saturated, 5U);
}

struct Outcome {
    std::vector<std::vector<std::uint32_t>> spikes;  ///< by tick
    std::vector<std::uint32_t> synapses;
    EmulatorCounters counters;
    std::uint32_t status                                   = 0;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Runs without a look at the weights, so that they catch up late; plasticity pauses in between.
/// Compares with `naive` where there is one.
Outcome run_late(const RandomCase& c, std::uint64_t seed, std::uint32_t threads, Naive* naive) {
    Outcome outcome;
    auto golden = EmulatorGolden::build(c.tables, threads);
    KeyedSequence rng{seed, Stream::test, 2};
    for (int t = 0; t < 120; ++t) {
        std::vector<std::uint32_t> input;
        for (std::uint64_t n = rng.below(8); n > 0; --n) {
            // One source lies beyond those whose traces decay.
            input.push_back(static_cast<std::uint32_t>(rng.below(13)));
            golden->push(input.back());
        }
        if (t == 70 || t == 80) {
            golden->set_plasticity(t == 80);
            if (naive != nullptr) naive->set_plasticity(t == 80);
        }
        const auto got = golden->step();
        outcome.spikes.emplace_back(got.begin(), got.end());
        if (naive == nullptr) continue;
        EXPECT_EQ(outcome.spikes.back(), naive->step(input)) << "tick " << t;
    }
    if (naive != nullptr) expect_same_state(*golden, *naive);
    const auto words = golden->synapses();
    outcome.synapses.assign(words.begin(), words.end());
    outcome.counters = golden->counters();
    outcome.status   = golden->status();
    return outcome;
}

TEST(EmulatorGolden, AnyNumberOfThreadsLearnsTheSame) {
    std::uint64_t updates = 0;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        // The larger ones give each of seven threads neurons of its own.
        const RandomCase c = random_case(seed, seed < 8 ? 1 : 12);
        Naive naive{c};
        const Outcome expected = run_late(c, seed, 1, &naive);
        ASSERT_FALSE(HasFailure());
        const std::vector<std::uint32_t> teams =
            seed < 8 ? std::vector{2U} : std::vector{2U, 3U, 7U};
        for (const std::uint32_t threads : teams)
            EXPECT_EQ(run_late(c, seed, threads, nullptr), expected) << threads << " threads";
        updates += expected.counters.weight_updates;
    }
    EXPECT_GT(updates, 20'000U);
}

EmulatorTables one_neuron() {
    EmulatorTables t;
    t.widths           = {24, 24, 24, 6};
    t.neurons          = 4;
    t.sources          = 2;
    t.neurons_used     = 1;
    t.rows_used_source = 1;
    t.rows.assign(2 * 6, 0);
    t.rows[8] = 0;
    t.rows[9] = 1;
    t.synapses.push_back(pack(synapse_format(t), {4, 0, 1, 10 * 64, false}, true));
    t.neuron = {0, 0};
    t.sets   = {emu::decay_all, 0, 15, 0, 0, 0, 0, 0};
    return t;
}

TEST(EmulatorGolden, SourceSpikeOverDelayOneArrivesInItsOwnTick) {
    auto golden = EmulatorGolden::build(one_neuron());
    ASSERT_TRUE(golden);
    golden->push(0);
    EXPECT_TRUE(golden->step().empty());
    EXPECT_EQ(golden->v(0), 10);
    golden->push(0);
    EXPECT_EQ(golden->step().size(), 1U);
    EXPECT_EQ(golden->v(0), 0);
    golden->clear();
    EXPECT_EQ(golden->tick(), 0U);
    EXPECT_EQ(golden->counters(), EmulatorCounters{});
}

TEST(EmulatorGolden, InputForAMissingRowRaisesStatusBit3) {
    auto golden = EmulatorGolden::build(one_neuron());
    ASSERT_TRUE(golden);
    golden->push(2);
    golden->step();
    EXPECT_EQ(golden->status(), 8U);
    EXPECT_EQ(golden->counters().row_walks, 0U);
}

TEST(EmulatorGoldenErrors, TablesThatReachOutsideTheirMemories) {
    const auto expect_fault = [](auto&& spoil) {
        EmulatorTables t = one_neuron();
        spoil(t);
        auto golden = EmulatorGolden::build(std::move(t));
        ASSERT_FALSE(golden);
        EXPECT_EQ(golden.error().code, "golden.tables");
    };
    expect_fault([](EmulatorTables& t) { t.rows[9] = 2; });
    expect_fault([](EmulatorTables& t) { t.neurons_used = 5; });
    expect_fault([](EmulatorTables& t) { t.neuron[0] = 1; });
    expect_fault([](EmulatorTables& t) { t.rows.resize(14); });
    expect_fault([](EmulatorTables& t) { t.neurons = 1U << 20; });
    expect_fault([](EmulatorTables& t) {
        t.neurons = 3;
        t.rows    = {0, 0, 0, 0, 0, 0, 0, 1};
        t.synapses[0] |= 3U << 19;
    });
}

}  // namespace
}  // namespace spikeloom::golden
