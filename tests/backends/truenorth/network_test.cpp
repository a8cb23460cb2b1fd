// SPDX-License-Identifier: Apache-2.0
/// Networks on the chip: exact where the chip can be exact, delays and offsets kept, devices equal.
#include "backends/truenorth/coding.hpp"
#include "backends/truenorth/device.hpp"
#include "backends/truenorth/program.hpp"
#include "backends/truenorth/target.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "networks.hpp"
#include "runtime/session/session.hpp"
#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace spikeloom::backends::truenorth {
namespace {

hw::HardwareImage compiled(const ir::Network& network, const std::string& weights = "cluster") {
    auto output = compiler::compile(network, target(), with_weights(weights));
    if (output) return std::move(output->image);
    ADD_FAILURE() << to_string(output.error());
    return {};
}

std::vector<runtime::SpikeEvent> run(const hw::HardwareImage& image,
                                     const std::vector<runtime::InputEvent>& input,
                                     std::uint64_t ticks, bool golden = false) {
    const auto device = golden ? make_golden_device() : make_model_device();
    runtime::SessionOptions options;
    options.ticks     = ticks;
    const auto result = runtime::run_session(*device, image, input, options);
    if (result) return result->spikes;
    ADD_FAILURE() << to_string(result.error());
    return {};
}

/// Ticks at which neuron k of a population spiked, as the network counts them.
std::set<std::uint64_t> ticks_of(const hw::HardwareImage& image,
                                 const std::vector<runtime::SpikeEvent>& spikes,
                                 const std::string& population, std::uint32_t k) {
    const runtime::SymbolTable symbols{image};
    const std::size_t p = *symbols.find(population);
    std::set<std::uint64_t> ticks;
    for (const runtime::SpikeEvent& s : spikes)
        if (s.neuron.value == symbols.first(p).value + k)
            ticks.insert(s.tick.value - image.populations[p].pipeline_offset);
    return ticks;
}

/// in -> a over `first`, a -> b over `second`; every spike is passed on.
ir::Network chain(std::uint32_t wide, double first, double second) {
    ir::Network n = network();
    add(n, "in", "spike_source", 1);
    add(n, "a", "threshold", 1, {{"threshold", 0.5}});
    add(n, "b", "threshold", wide, {{"threshold", 0.5}});
    connect(n, 0, 1, 1.0, first);
    connect(n, 1, 2, 1.0, second);
    return n;
}

TEST(Networks, DelaysAreKeptThroughSplitters) {
    for (const double delay : {1.0, 2.0, 14.0, 15.0, 16.0, 17.0, 29.0}) {
        for (const std::uint32_t wide : {1U, 256U, 700U}) {
            const auto image  = compiled(chain(wide, 1, delay));
            const auto spikes = run(image, {{Tick{3}, NeuronId{0}, 1}}, 48);
            EXPECT_EQ(ticks_of(image, spikes, "a", 0), std::set<std::uint64_t>{3});
            const auto arrives = static_cast<std::uint64_t>(3 + delay);
            for (const std::uint32_t k : {0U, wide / 2, wide - 1})
                EXPECT_EQ(ticks_of(image, spikes, "b", k), std::set<std::uint64_t>{arrives})
                    << delay << " " << wide << " " << k;
        }
    }
}

TEST(Networks, LateTicksAreTold) {
    const auto direct = compiled(chain(4, 1, 1));
    const auto split  = compiled(chain(700, 1, 1));
    EXPECT_EQ(direct.populations[2].pipeline_offset, 0U);
    EXPECT_EQ(split.populations[1].pipeline_offset, 0U);
    EXPECT_EQ(split.populations[2].pipeline_offset, 1U);
    EXPECT_EQ(compiled(chain(700, 1, 2)).populations[2].pipeline_offset, 0U);
}

/// A loop of delay 1 that leads to several cores: copies, and no tick is lost.
TEST(Networks, LoopsOfDelayOneNeedNoExtraTick) {
    ir::Network n = network();
    add(n, "in", "spike_source", 1);
    add(n, "ring", "threshold", 300, {{"threshold", 0.5}});
    std::vector<double> first(300, 0.0);
    first[0] = 1;
    n.projections.push_back(dense("in->ring", 0, 1, first));
    std::vector<double> next(300 * 300, 0.0);
    for (std::size_t k = 0; k < 300; ++k)
        next[(k + 1) % 300 * 300 + k] = 1;
    for (std::size_t k = 0; k < 300; k += 7)
        next[(k + 150) % 300 * 300 + k] = -1;  // other values: more than one line
    n.projections.push_back(dense("ring->ring", 1, 1, next));
    const auto image  = compiled(n);
    const auto spikes = run(image, {{Tick{0}, NeuronId{0}, 1}}, 300);
    EXPECT_EQ(image.populations[1].pipeline_offset, 0U);
    for (std::uint32_t k = 0; k < 300; ++k)
        EXPECT_EQ(ticks_of(image, spikes, "ring", k), std::set<std::uint64_t>{k}) << k;
}

/// Whole weights of an integrator, computed by hand beside it.
TEST(Networks, SlicedWeightsAreExact) {
    constexpr std::size_t inputs = 12, neurons = 20, ticks = 200;
    for (const int widest : {1, 3, 7, 12, 31, 100}) {
        ir::Network n = network();
        n.reset       = "subtract";
        add(n, "in", "spike_source", inputs);
        add(n, "out", "if", neurons, {{"v_threshold", 2.5 * widest}, {"r", 1000.0}});
        KeyedSequence random{static_cast<std::uint64_t>(widest), Stream::test, 3};
        std::vector<double> weights(inputs * neurons);
        for (double& w : weights)
            w = static_cast<double>(random.below(2U * static_cast<unsigned>(widest) + 1)) - widest;
        weights[0] = widest;
        weights[1] = 1;
        n.projections.push_back(dense("in->out", 0, 1, weights));
        std::vector<runtime::InputEvent> input;
        std::vector<double> v(neurons, 0);
        std::vector<std::set<std::uint64_t>> wanted(neurons);
        for (std::uint64_t t = 0; t < ticks; ++t) {
            for (std::uint32_t s = 0; s < inputs; ++s) {
                if (keyed_uniform(5, Stream::test, s, t) > 0.4) continue;
                input.push_back({Tick{t}, NeuronId{s}, 1});
                for (std::size_t k = 0; k < neurons; ++k)
                    v[k] += weights[k * inputs + s];
            }
            for (std::size_t k = 0; k < neurons; ++k) {
                if (v[k] <= 2.5 * widest) continue;
                v[k] -= 2.5 * widest;
                wanted[k].insert(t);
            }
        }
        const auto image  = compiled(n, "slice");
        const auto spikes = run(image, input, ticks);
        for (const hw::QuantisationEntry& q : image.quantisation) {
            if (q.parameter == "weight") {
                EXPECT_LT(q.max_error, 1e-12) << widest;
            }
        }
        for (std::uint32_t k = 0; k < neurons; ++k)
            EXPECT_EQ(ticks_of(image, spikes, "out", k), wanted[k]) << widest << " " << k;
    }
}

TEST(Networks, ClusteredWeightsSayTheirError) {
    ir::Network n = network();
    add(n, "in", "spike_source", 40);
    add(n, "out", "if", 3, {{"r", 1000.0}});
    std::vector<double> few(120), many(120);
    for (std::size_t k = 0; k < few.size(); ++k) {
        few[k]  = std::array{0.5, -0.25, 1.0, -1.0}[k % 4];
        many[k] = std::sin(static_cast<double>(k + 1));
    }
    for (const bool exact : {true, false}) {
        ir::Network m = n;
        m.projections.push_back(dense("w", 0, 1, exact ? few : many));
        for (const hw::QuantisationEntry& q : compiled(m).quantisation) {
            if (q.parameter != "weight") continue;
            EXPECT_EQ(q.count, 120U);
            if (exact) {
                EXPECT_LT(q.max_error, 1e-12);
            } else {
                EXPECT_GT(q.rms_error, 0.05);
            }
            EXPECT_LT(q.rms_error, 0.25);
        }
    }
}

/// More lines than axons: what comes in goes out, in steps.
TEST(Networks, WideSumsGoThroughPartialSums) {
    ir::Network n = network();
    n.reset       = "subtract";
    add(n, "in", "spike_source", 600);
    add(n, "out", "if", 2, {{"v_threshold", 10.0}, {"r", 1000.0}});
    n.projections.push_back(dense("w", 0, 1, std::vector<double>(1200, 1.0)));
    const auto image = compiled(n);
    EXPECT_EQ(image.populations[1].pipeline_offset, 1U);
    std::vector<runtime::InputEvent> input;
    std::uint64_t sent = 0;
    for (std::uint64_t t = 0; t < 400; ++t)
        for (std::uint32_t s = 0; s < 600; ++s)
            if (keyed_uniform(3, Stream::test, s, t) < 0.003)
                input.push_back({Tick{t}, NeuronId{s}, 1}), ++sent;
    const auto spikes = run(image, input, 420);
    for (const std::uint32_t k : {0U, 1U})
        EXPECT_NEAR(static_cast<double>(ticks_of(image, spikes, "out", k).size()),
                    static_cast<double>(sent) / 10, 2);
}

TEST(Networks, SameBytesEachTime) {
    const ir::Network n = chain(700, 3, 5);
    EXPECT_EQ(hw::encode(compiled(n)), hw::encode(compiled(n)));
    EXPECT_EQ(compiled(n, "slice").options.at("weights"), "slice");
}

TEST(Coding, SlicesAddUp) {
    for (std::uint32_t bits = 2; bits <= 8; ++bits) {
        const SliceCode code = slice_code(bits);
        const int limit      = 1 << (bits - 1);
        for (int number = -limit; number < limit; ++number) {
            const auto counts = slices_of(number, code);
            int sum           = 0;
            for (std::size_t k = 0; k < 4; ++k) {
                EXPECT_LE(counts[k], code.copies[k]);
                sum += static_cast<int>(counts[k]) * code.value[k];
            }
            EXPECT_EQ(sum, number) << bits;
        }
    }
}

TEST(Coding, SignedSlicesNeverCancel) {
    for (std::uint32_t bits = 2; bits <= 8; ++bits) {
        const SliceCode code = signed_slice_code(bits);
        const int limit      = (1 << (bits - 1)) - 1;
        for (int number = -limit; number <= limit; ++number) {
            const auto counts = slices_of(number, code);
            int sum           = 0;
            for (std::size_t k = 0; k < 4; ++k) {
                EXPECT_LE(counts[k], code.copies[k]);
                if (counts[k] > 0) {
                    EXPECT_GT(code.value[k] * number, 0);
                }
                sum += static_cast<int>(counts[k]) * code.value[k];
            }
            EXPECT_EQ(sum, number) << bits;
        }
    }
}

TEST(Coding, ClustersAreExactUpToFour) {
    const Clusters four = cluster({7, -255, 7, 100, 3, 100});
    EXPECT_EQ(four.centre, (std::vector<std::int32_t>{-255, 3, 7, 100}));
    EXPECT_EQ(four.of, (std::vector<std::uint8_t>{2, 0, 2, 3, 1, 3}));
    const Clusters five = cluster({0, 10, 100, 200, 210, 300});
    EXPECT_EQ(five.centre.size(), 4U);
    EXPECT_EQ(cluster({255.4}).centre, (std::vector<std::int32_t>{255}));
}

}  // namespace
}  // namespace spikeloom::backends::truenorth
