// SPDX-License-Identifier: Apache-2.0
/// What quantisation costs: the emulator's image against the float reference, on random networks
/// and on trained ones with recorded input.
#include "backends/emulator/golden.hpp"
#include "backends/emulator/target.hpp"
#include "backends/golden/target.hpp"
#include "compiler/frontend/nir/nir.hpp"
#include "networks.hpp"
#include "support/keyed_rng.hpp"
#include "support/npy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace spikeloom::backends::emulator::test {
namespace {

const std::filesystem::path data{SPIKELOOM_SHARED_DATA};

using Events = std::vector<runtime::InputEvent>;
using Spikes = std::vector<runtime::SpikeEvent>;

/// A network, compiled for one target and loaded into a device.
struct Loaded {
    hw::HardwareImage image;
    std::unique_ptr<runtime::Device> device;
};

Loaded loaded(const ir::Network& network, const compiler::Target& target,
              std::unique_ptr<runtime::Device> device, compiler::CompileOptions how) {
    if (target.name() == "golden") how.chip.clear();
    auto output = compiler::compile(network, target, how);
    if (!output) {
        ADD_FAILURE() << to_string(output.error());
        return {{}, std::move(device)};
    }
    const auto done = device->load(output->image);
    if (!done) ADD_FAILURE() << to_string(done.error());
    return {std::move(output->image), std::move(device)};
}

Spikes spikes_of(Loaded& loaded, const Events& input, std::uint64_t ticks) {
    const auto pushed = loaded.device->push(input);
    if (!pushed) ADD_FAILURE() << to_string(pushed.error());
    const auto ran = loaded.device->advance(ticks);
    if (!ran) ADD_FAILURE() << to_string(ran.error());
    return *loaded.device->drain();
}

Loaded reference(const ir::Network& network, const compiler::CompileOptions& how) {
    return loaded(network, backends::golden::target(), backends::golden::make_device(), how);
}
Loaded emulator(const ir::Network& network, const compiler::CompileOptions& how) {
    return loaded(network, target(), make_golden_device(), how);
}

/// Spikes of both trains in the same tick over those of either: 1 when they are equal.
double agreement(const Spikes& a, const Spikes& b) {
    Spikes both, either;
    std::ranges::set_intersection(a, b, std::back_inserter(both));
    std::ranges::set_union(a, b, std::back_inserter(either));
    return either.empty() ? 1.0
                          : static_cast<double>(both.size()) / static_cast<double>(either.size());
}

/// Spikes of each element of a population.
std::vector<int> counts(const ir::Network& network, const std::string& name, const Spikes& spikes) {
    const PopulationId id     = network.find(name).value();
    const std::uint32_t first = network.first_neuron(id).value;
    std::vector<int> result(network.at(id).size());
    for (const auto& s : spikes) {
        if (s.neuron.value >= first && s.neuron.value < first + result.size())
            ++result[s.neuron.value - first];
    }
    return result;
}

std::ptrdiff_t arg_max(const std::vector<int>& counts) {
    return std::ranges::max_element(counts) - counts.begin();
}

/// 64 inputs, 32 hidden, 10 outputs, as a classifier of 8 x 8 digits has them.
ir::Network random_mlp(std::uint64_t seed) {
    Builder b;
    KeyedSequence random{seed, Stream::test, 42};
    const auto weights = [&](std::size_t n, double deviation) {
        std::vector<double> w(n);
        for (double& x : w)
            x = deviation * random.normal();
        return array(std::move(w));
    };
    const auto in     = b.sources("in", 64);
    const auto hidden = b.population("hidden", "cuba_lif", 32,
                                     {{"tau_syn", 5e-3}, {"tau_mem", 10e-3}, {"w_in", 5.0}});
    const auto out    = b.population("out", "lif", 10, {{"tau", 20e-3}, {"r", 20.0}});
    b.dense(in, hidden, weights(64 * 32, 0.8));
    b.dense(hidden, out, weights(32 * 10, 0.4));
    return b.network;
}

void expect_arg_max_kept(const std::string& chip, int at_least) {
    int same = 0, active = 0;
    double agreements = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const ir::Network network = random_mlp(seed / 10);
        Events input;
        for (auto event : random_input(64, 50, 0.3, seed)) {
            if (keyed_uniform(seed, Stream::test, event.source.value, 99) < 0.5)
                input.push_back(event);
        }
        Loaded golden     = reference(network, options(chip));
        Loaded integer    = emulator(network, options(chip));
        const Spikes a    = spikes_of(golden, input, 60);
        const Spikes b    = spikes_of(integer, input, 60);
        const auto wanted = counts(network, "out", a);
        active += wanted[static_cast<std::size_t>(arg_max(wanted))] > 0 ? 1 : 0;
        // A tie in the reference has no right answer.
        const auto given = counts(network, "out", b);
        const int best   = wanted[static_cast<std::size_t>(arg_max(wanted))];
        same += wanted[static_cast<std::size_t>(arg_max(given))] == best ? 1 : 0;
        agreements += agreement(a, b);
    }
    EXPECT_GE(active, 90);
    EXPECT_GE(same, at_least) << "of 100";
    std::cout << chip << ": " << same << " of 100 arg max kept, mean spike agreement "
              << agreements / 100 << "\n";
}

TEST(Fidelity, RandomMlpKeepsItsArgMaxOnSim) {
    expect_arg_max_kept("emulator-sim", 95);
}
TEST(Fidelity, RandomMlpKeepsItsArgMaxOnUp5k) {
    expect_arg_max_kept("emulator-up5k", 90);
}

/// States of all models follow the reference within a part of the threshold.
TEST(Fidelity, StatesFollowTheReference) {
    for (const std::string integrator : {"euler", "exact"}) {
        Builder b;
        const auto in = b.sources("in", 8);
        const std::map<std::string, ir::Values> lif{
            {"tau", 20e-3}, {"v_leak", 0.1}, {"bias", 0.2}, {"v_init", -0.3}};
        const std::map<std::string, ir::Values> cuba{
            {"tau_syn", 8e-3}, {"tau_mem", 20e-3}, {"w_in", 2.0}, {"bias", 0.1}};
        const auto a = b.population("li", "li", 4, lif);
        const auto c = b.population("cuba_li", "cuba_li", 4, cuba);
        const auto d = b.population("i", "i", 4, {{"r", 50.0}, {"bias", 0.01}});
        for (const auto p : {a, c, d})
            b.project(in, p, ir::AllToAll{}, ir::Normal{0.3, 0.5}, ir::Uniform{1, 15});
        auto how           = options();
        how.integrator     = integrator;
        Loaded golden      = reference(b.network, how);
        Loaded integer     = emulator(b.network, how);
        const Events input = random_input(8, 300, 0.1, 3);
        spikes_of(golden, input, 300);
        spikes_of(integer, input, 300);
        const auto wanted = *golden.device->probe("v");
        const auto given  = *integer.device->probe("v");
        for (std::size_t n = 8; n < wanted.size(); ++n) {
            const auto& symbol = integer.image.populations[1 + (n - 8) / 4];
            const double v     = given[n] * symbol.unit_scale.at("v");
            EXPECT_NEAR(v, wanted[n], 0.02 * std::max(1.0, std::abs(wanted[n])))
                << integrator << " " << symbol.name;
        }
    }
}

ir::Network nir(const std::string& name) {
    auto network = frontend::read_nir(data / "nir" / name);
    if (!network) ADD_FAILURE() << to_string(network.error());
    return network ? std::move(*network) : ir::Network{};
}

NeuronId first_source(const ir::Network& network) {
    for (std::uint32_t p = 0; p < network.populations.size(); ++p) {
        if (network.populations[p].model.name == "spike_source")
            return network.first_neuron(PopulationId{p});
    }
    ADD_FAILURE() << "no source";
    return {};
}

compiler::CompileOptions fine(const std::string& chip = "emulator-sim") {
    auto how  = options(chip);
    how.dt    = 1e-4;
    how.reset = "value";
    return how;
}

TEST(Fidelity, NorseLif) {
    if (!std::filesystem::exists(data / "lif")) GTEST_SKIP() << "skipped: no shared data";
    const ir::Network network = nir("lif_norse.nir");
    std::ifstream file{data / "lif" / "lif_norse.csv"};
    Events input;
    double value = 0, voltage = 0, spike = 0;
    char comma         = 0;
    std::uint64_t tick = 0;
    for (; file >> value >> comma >> voltage >> comma >> spike; ++tick) {
        if (value != 0) input.push_back({Tick{tick}, first_source(network), value});
    }
    ASSERT_EQ(tick, 1000U);
    Loaded golden  = reference(network, fine());
    Loaded integer = emulator(network, fine());
    const Spikes a = spikes_of(golden, input, 1001);
    const Spikes b = spikes_of(integer, input, 1001);
    ASSERT_FALSE(a.empty());
    EXPECT_EQ(a.size(), b.size());
    std::cout << "lif_norse: " << a.size() << " spikes, agreement " << agreement(a, b) << "\n";
    EXPECT_GE(agreement(a, b), 0.8);
}

TEST(Fidelity, BrailleKeepsItsClass) {
    if (!std::filesystem::exists(data / "braille")) GTEST_SKIP() << "skipped: no shared data";
    const auto recorded = read_npy(data / "braille" / "input_256x12.npy");
    ASSERT_TRUE(recorded);
    for (const auto& [file, reset] :
         {std::pair{"braille_noDelay_bias_zero.nir", "value"},
          std::pair{"braille_noDelay_noBias_subtract.nir", "subtract"}}) {
        const ir::Network network = nir(file);
        Events input;
        for (std::uint32_t k = 0; k < 256 * 12; ++k) {
            if (recorded->values[k] == 0) continue;
            input.push_back({Tick{k / 12}, NeuronId{first_source(network).value + k % 12},
                             recorded->values[k]});
        }
        auto how          = fine();
        how.reset         = reset;
        Loaded golden     = reference(network, how);
        Loaded integer    = emulator(network, how);
        const Spikes a    = spikes_of(golden, input, 264);
        const Spikes b    = spikes_of(integer, input, 264);
        const auto wanted = counts(network, "lif2", a);
        const auto given  = counts(network, "lif2", b);
        std::cout << file << ": agreement " << agreement(a, b) << ", outputs";
        for (std::size_t k = 0; k < 7; ++k)
            std::cout << " " << wanted[k] << "/" << given[k];
        std::cout << "\n";
        EXPECT_EQ(arg_max(given), 1);
        EXPECT_EQ(arg_max(wanted), 1);
        // The network is recurrent: one spike a tick off changes all that follow, so rates count.
        int difference = 0, total = 0;
        for (std::size_t k = 0; k < 7; ++k) {
            difference += std::abs(wanted[k] - given[k]);
            total += wanted[k];
        }
        EXPECT_LE(difference, 0.15 * total);
        EXPECT_GE(agreement(a, b), 0.3);
    }
}

TEST(Fidelity, APopulationThatIsLateByRetimingStandsStillUntilThen) {
    // Charged by its bias alone: v gains 0.3 a tick and passes 1 in its fourth tick.
    for (const std::uint32_t late : {0U, 1U, 5U, 255U}) {
        Builder b;
        b.population("n", "if", 1, {{"r", 1e3}, {"bias", 0.3}, {"v_threshold", 1.0}});
        b.network.populations[0].pipeline_offset = late;
        auto exact                               = reference(b.network, {});
        auto core                                = emulator(b.network, {});
        const Spikes expected                    = spikes_of(exact, {}, 300);
        ASSERT_FALSE(expected.empty());
        EXPECT_EQ(expected.front().tick.value, late + 3);
        EXPECT_EQ(spikes_of(core, {}, 300), expected) << late;
    }
}

TEST(Fidelity, TheCurrentOfALatePopulationRampsUpFromThen) {
    // The bias enters through the current, which approaches it with tau_syn: late by p means p
    // ticks later, spike for spike and unit for unit of v.
    std::vector<double> membranes;
    for (const std::uint32_t late : {0U, 1U, 3U, 12U}) {
        Builder b;
        b.population("n", "cuba_lif", 1,
                     {{"tau_syn", 8e-3},
                      {"tau_mem", 20e-3},
                      {"r", 1.0},
                      {"bias", 1.7},
                      {"v_threshold", 1.0}});
        b.network.populations[0].pipeline_offset = late;
        auto core                                = emulator(b.network, {});
        ASSERT_TRUE(core.device->advance(late + 10));
        const double v = core.device->probe("v").value()[0];
        EXPECT_GT(v, 0);
        if (late == 0) membranes.push_back(v);
        EXPECT_EQ(v, membranes.front()) << late;
    }
}

}  // namespace
}  // namespace spikeloom::backends::emulator::test
