// SPDX-License-Identifier: Apache-2.0
/// The golden engine against a naive one on random networks: spikes, states and weights bit for
/// bit, for several numbers of threads.
#include "compiler/ir/expand.hpp"
#include "compiler/ir/models.hpp"
#include "simulator/golden/golden.hpp"
#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

namespace spikeloom::golden {
namespace {

constexpr double dt = 1e-3;

struct PlainSynapse {
    std::uint32_t pre, post, delay;  ///< ids in the whole network
    std::uint32_t projection;
    double weight;
};

/// Population 0: source; 1, 2: lif and cuba_lif with reset by value.
ir::Network random_network(std::uint64_t seed, std::uint32_t size) {
    KeyedSequence rng{seed, Stream::test, 7};
    ir::Network n;
    n.seed  = seed;
    n.dt    = dt;
    n.reset = "value";
    n.populations.push_back({"in", {20}, {"spike_source", {}}, false, 0});
    n.populations.push_back({"a",
                             {size},
                             {"lif",
                              {{"tau", 8e-3},
                               {"v_threshold", 0.8},
                               {"refractory", 2.0},
                               {"bias", ir::Uniform{0.0, 0.9}}}},
                             false,
                             0});
    n.populations.push_back(
        {"b",
         {size / 2},
         {"cuba_lif", {{"tau_syn", 3e-3}, {"tau_mem", 9e-3}, {"v_threshold", 0.4}, {"bias", 0.3}}},
         true,
         0});
    const auto connect = [&](std::uint32_t pre, std::uint32_t post, double p, bool plastic) {
        ir::Projection projection;
        projection.name      = std::to_string(n.projections.size());
        projection.pre       = PopulationId{pre};
        projection.post      = PopulationId{post};
        projection.connector = ir::FixedProbability{p, true};
        projection.weights   = ir::Values{ir::Uniform{-0.3, 0.8}};
        if (rng.below(3) == 0) projection.weights = 0.25;
        projection.delays = ir::Uniform{1.0, 1.0 + static_cast<double>(rng.below(20))};
        if (plastic) {
            projection.plasticity = ir::Plasticity{"stdp_pair",
                                                   {{"tau_plus", 20e-3},
                                                    {"tau_minus", 30e-3},
                                                    {"a_plus", 0.05},
                                                    {"a_minus", 0.04},
                                                    {"w_min", -0.2},
                                                    {"w_max", 0.7}}};
        }
        n.projections.push_back(std::move(projection));
    };
    connect(0, 1, 0.5, seed % 2 == 0);
    connect(0, 2, 0.3, false);
    connect(1, 1, 0.1, seed % 3 != 0);
    connect(1, 2, 0.2, true);
    connect(2, 1, 0.2, false);
    return n;
}

/// Dense, slow and without any layout: lists of everything.
class Naive {
public:
    Naive(const ir::Network& network, WeightPrecision precision)
        : n_{network}, precision_{precision} {
        const auto total = network.neuron_count();
        v.resize(total);
        i.resize(total);
        left_.resize(total);
        inbox_.assign(64, std::vector<double>(total));
        for (std::uint32_t k = 0; k < network.projections.size(); ++k) {
            const ir::Projection& p = network.projections[k];
            const auto pre_size     = static_cast<std::uint32_t>(network.at(p.pre).size());
            ir::for_each_row(
                network, ProjectionId{k}, 0, pre_size,
                [&](std::uint32_t, std::span<const ir::Synapse> row) {
                    for (const ir::Synapse& s : row) {
                        synapses.push_back({network.first_neuron(p.pre).value + s.pre,
                                            network.first_neuron(p.post).value + s.post, s.delay, k,
                                            kept(s.weight, k)});
                    }
                });
        }
        x.resize(total, {0, 0, 20e-3});
        y.resize(total, {0, 0, 30e-3});
        from_.resize(total);
        for (std::size_t k = 0; k < synapses.size(); ++k)
            from_[synapses[k].pre].push_back(k);
    }

    std::vector<std::uint32_t> step(const std::vector<std::uint32_t>& input) {
        for (std::uint32_t k = 0; k < n_.projections.size(); ++k) {
            for (const std::uint32_t source : input)
                pre_event(source, k, tick_ + 63);
        }
        for (const std::uint32_t source : input)
            x[source].event();
        for (Trace& trace : x)
            ++trace.age;
        for (Trace& trace : y)
            ++trace.age;
        std::vector<std::uint32_t> spikes;
        for (std::uint32_t p = 1; p < 3; ++p)
            update(PopulationId{p}, spikes);
        for (const std::uint32_t j : spikes)
            y[j].event();
        for (PlainSynapse& s : synapses) {
            if (!plastic(s.projection) || !std::ranges::binary_search(spikes, s.post)) continue;
            s.weight = kept(std::clamp(s.weight + 0.05 * x[s.pre].now(), -0.2, 0.7), s.projection);
        }
        for (std::uint32_t k = 0; k < n_.projections.size(); ++k) {
            for (const std::uint32_t j : spikes)
                pre_event(j, k, tick_);
        }
        for (const std::uint32_t j : spikes)
            x[j].event();
        ++tick_;
        return spikes;
    }

    /// Value at the last event, and how many ticks ago that was.
    struct Trace {
        double value = 0;
        int age      = 0;
        double tau   = 0;
        [[nodiscard]] double now() const { return value * std::exp(-age * dt / tau); }
        void event() {
            value = now() + 1;
            age   = 0;
        }
    };

    std::vector<double> v, i;
    std::vector<Trace> x, y;
    std::vector<PlainSynapse> synapses;

private:
    [[nodiscard]] bool plastic(std::uint32_t projection) const {
        return n_.projections[projection].plasticity.has_value();
    }
    [[nodiscard]] double kept(double weight, std::uint32_t projection) const {
        const bool constant = std::holds_alternative<double>(n_.projections[projection].weights);
        if (precision_ == WeightPrecision::exact || (constant && !plastic(projection)))
            return weight;
        // Steps of 2^-23 hold weights up to 0.8 in 24 bits.
        if (precision_ == WeightPrecision::packed && !plastic(projection)) {
            return std::nearbyint(weight * 0x1p23) * 0x1p-23;
        }
        return static_cast<float>(weight);
    }
    void pre_event(std::uint32_t pre, std::uint32_t projection, std::uint64_t emission) {
        for (const std::size_t at : from_[pre]) {
            PlainSynapse& s = synapses[at];
            if (s.projection != projection) continue;
            if (plastic(projection)) {
                s.weight =
                    kept(std::clamp(s.weight - 0.04 * y[s.post].now(), -0.2, 0.7), projection);
            }
            inbox_[(emission + s.delay) % 64][s.post] += s.weight;
        }
    }
    void update(PopulationId id, std::vector<std::uint32_t>& spikes) {
        const std::uint32_t first = n_.first_neuron(id).value;
        for (std::uint32_t k = 0; k < n_.at(id).size(); ++k) {
            const std::uint32_t j = first + k;
            const double input =
                std::exchange(inbox_[tick_ % 64][j], 0.0) + ir::parameter(n_, id, "bias", k);
            const double before = v[j];
            if (id.value == 1) {
                v[j] += dt / 8e-3 * (0.0 - v[j] + 1.0 * input);
                if (left_[j] > 0) {
                    v[j] = before;
                    --left_[j];
                    continue;
                }
            } else {
                i[j] += dt / 3e-3 * (1.0 * input - i[j]);
                v[j] += dt / 9e-3 * (0.0 - v[j] + 1.0 * i[j]);
            }
            if (!(v[j] > (id.value == 1 ? 0.8 : 0.4))) continue;
            v[j]     = 0;
            left_[j] = id.value == 1 ? 2 : 0;
            spikes.push_back(j);
        }
    }

    const ir::Network& n_;
    WeightPrecision precision_;
    std::vector<int> left_;
    std::vector<std::vector<std::size_t>> from_;  ///< synapses by pre
    std::vector<std::vector<double>> inbox_;
    std::uint64_t tick_ = 0;
};

std::vector<InputEvent> random_input(std::uint64_t seed, std::uint64_t ticks) {
    std::vector<InputEvent> events;
    for (std::uint64_t t = 0; t < ticks; ++t) {
        for (std::uint32_t s = 0; s < 20; ++s) {
            if (keyed_uniform(seed, Stream::test, s, t) < 0.1) {
                events.push_back({Tick{t}, NeuronId{s}, 1});
            }
        }
    }
    return events;
}

void expect_equal_run(const ir::Network& n, std::uint64_t seed, const GoldenOptions& options,
                      std::uint64_t& spikes) {
    constexpr std::uint64_t ticks = 60;
    auto simulation               = build(n, options);
    ASSERT_TRUE(simulation) << to_string(simulation.error());
    Naive naive{n, options.weights};
    const auto input = random_input(seed, ticks);
    ASSERT_TRUE(simulation->push(input));
    for (std::uint64_t t = 0; t < ticks; ++t) {
        std::vector<std::uint32_t> now;
        for (const InputEvent& e : input) {
            if (e.tick.value == t) now.push_back(e.source.value);
        }
        const auto expected = naive.step(now);
        simulation->advance(1);
        std::vector<std::uint32_t> got;
        for (const SpikeEvent& s : simulation->drain())
            got.push_back(s.neuron.value);
        ASSERT_EQ(got, expected) << "tick " << t;
        spikes += got.size();
    }
    std::vector<double> weights, expected_weights;
    for (std::uint32_t k = 0; k < n.projections.size(); ++k) {
        const auto part = *simulation->probe(n.projections[k].name, "weights");
        weights.insert(weights.end(), part.begin(), part.end());
    }
    for (const PlainSynapse& s : naive.synapses)
        expected_weights.push_back(s.weight);
    ASSERT_EQ(weights, expected_weights);
    const auto v = *simulation->probe("b", "v");
    ASSERT_TRUE(
        std::equal(v.begin(), v.end(), naive.v.begin() + n.first_neuron(PopulationId{2}).value));
    const auto x = *simulation->probe("a", "x");
    for (std::size_t k = 0; k < x.size(); ++k)
        ASSERT_EQ(x[k], naive.x[20 + k].now());
}

TEST(GoldenRandom, EqualsTheNaiveSimulatorForAnyNumberOfThreads) {
    std::uint64_t spikes = 0;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        // Blocks are shared out from 64 neurons a thread on: in the large ones seven have work.
        const bool large    = seed % 4 == 1;
        const ir::Network n = random_network(seed, large ? 460U : 90U);
        for (const std::uint32_t threads : {1U, 2U, 3U, 7U}) {
            if (threads > 3 && !large) continue;
            SCOPED_TRACE(testing::Message() << "seed " << seed << ", threads " << threads);
            GoldenOptions options;
            options.threads = threads;
            options.weights = seed % 3 == 0   ? WeightPrecision::single
                              : seed % 3 == 1 ? WeightPrecision::packed
                                              : WeightPrecision::exact;
            ASSERT_NO_FATAL_FAILURE(expect_equal_run(n, seed, options, spikes));
        }
    }
    EXPECT_GT(spikes, 10'000U);
}

TEST(GoldenRandom, OneToOneSourcesEqualTheSameSynapsesAsAList) {
    ir::Network n;
    n.seed  = 3;
    n.dt    = dt;
    n.reset = "value";
    n.populations.push_back({"noise", {500}, {"poisson", {{"rate", 2500.0}}}, false, 0});
    n.populations.push_back({"a", {500}, {"lif", {{"tau", 8e-3}, {"v_threshold", 1.0}}}, true, 0});
    ir::Projection p;
    p.name      = "drive";
    p.pre       = PopulationId{0};
    p.post      = PopulationId{1};
    p.connector = ir::OneToOne{};
    p.weights   = 0.45;
    p.delays    = 3.0;
    n.projections.push_back(p);
    ir::Network listed = n;
    std::vector<std::uint32_t> all(500);
    for (std::uint32_t k = 0; k < all.size(); ++k)
        all[k] = k;
    const auto ends                 = std::make_shared<const std::vector<std::uint32_t>>(all);
    listed.projections[0].connector = ir::Sparse{ends, ends};
    const auto run                  = [](const ir::Network& network, std::uint32_t threads) {
        GoldenOptions options;
        options.threads = threads;
        auto simulation = build(network, options);
        simulation->advance(200);
        return std::pair{simulation->drain(), simulation->counters()};
    };
    const auto expected = run(listed, 1);
    EXPECT_GT(expected.first.size(), 500U);
    EXPECT_EQ(expected.second.external_events, expected.second.synaptic_events);
    for (const std::uint32_t threads : {1U, 2U, 3U, 7U})
        EXPECT_EQ(run(n, threads), expected) << threads;
}

TEST(GoldenRandom, RunningInPiecesChangesNothing) {
    const ir::Network n = random_network(5, 200);
    const auto input    = random_input(5, 100);
    const auto run      = [&](std::uint64_t piece, std::uint32_t threads) {
        GoldenOptions options;
        options.threads = threads;
        auto simulation = build(n, options);
        EXPECT_TRUE(simulation->push(input));
        for (std::uint64_t t = 0; t < 100; t += piece)
            simulation->advance(piece);
        return std::pair{simulation->drain(), simulation->counters()};
    };
    const auto whole = run(100, 1);
    EXPECT_GT(whole.first.size(), 100U);
    EXPECT_EQ(run(1, 1), whole);
    EXPECT_EQ(run(10, 2), whole);
}

TEST(GoldenRandom, CountsOfASourceArePairedOneByOne) {
    ir::Network n            = random_network(2, 50);
    const auto weights_after = [&n](double value, int times) {
        auto simulation = build(n, {});
        for (std::uint64_t t = 0; t < 40; t += 4) {
            for (int k = 0; k < times; ++k) {
                const InputEvent e{Tick{t}, NeuronId{3}, value};
                EXPECT_TRUE(simulation->push({&e, 1}));
            }
        }
        simulation->advance(40);
        return *simulation->probe("0", "weights");
    };
    EXPECT_EQ(weights_after(3, 1), weights_after(1, 3));
    EXPECT_NE(weights_after(3, 1), weights_after(1, 1));
}

}  // namespace
}  // namespace spikeloom::golden
