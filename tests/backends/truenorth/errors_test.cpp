// SPDX-License-Identifier: Apache-2.0
/// Every reason for which a network, a chip file or an image is refused.
#include "backends/truenorth/device.hpp"
#include "backends/truenorth/program.hpp"
#include "backends/truenorth/target.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "networks.hpp"
#include "programs.hpp"

#include <gtest/gtest.h>

namespace spikeloom::backends::truenorth {
namespace {

using Sets = std::map<std::string, std::string>;

/// Code and message of the first fault, or "" when there is none.
Diagnostic fault_of(const ir::Network& network, const Sets& sets = {},
                    const std::string& weights = "cluster") {
    compiler::CompileOptions options = with_weights(weights);
    options.sets                     = sets;
    const auto output                = compiler::compile(network, target(), options);
    return output ? Diagnostic{} : output.error().front();
}

ir::Network two(const std::string& model, std::uint32_t pre, std::uint32_t post,
                std::map<std::string, ir::Values> parameters = {}) {
    ir::Network n = network();
    add(n, "in", "spike_source", pre);
    add(n, "out", model, post, std::move(parameters));
    connect(n, 0, 1, 1.0, 1.0);
    return n;
}

/// A population that reaches itself.
ir::Network loop(std::uint32_t size, double delay) {
    ir::Network n = two("threshold", 1, size, {{"threshold", 0.5}});
    connect(n, 1, 1, 1.0, delay);
    return n;
}

TEST(Errors, Models) {
    EXPECT_EQ(fault_of(two("linear", 1, 1)).code, "truenorth.model");
    EXPECT_EQ(fault_of(two("lif", 1, 1, {{"tau", 0.5e-3}})).code, "truenorth.decay");
    EXPECT_EQ(fault_of(two("lif", 1, 1, {{"tau", 1e-3}})).code, "");

    ir::Network learns               = two("if", 1, 1, {{"r", 1000.0}});
    learns.projections[0].plasticity = ir::Plasticity{"stdp_pair",
                                                      {{"tau_plus", 0.02},
                                                       {"tau_minus", 0.02},
                                                       {"a_plus", 0.1},
                                                       {"a_minus", 0.1},
                                                       {"w_min", 0},
                                                       {"w_max", 1}}};
    EXPECT_EQ(fault_of(learns).code, "truenorth.plasticity");

    ir::Network graded = two("li", 1, 1, {{"tau", 0.02}});
    add(graded, "after", "threshold", 1);
    connect(graded, 1, 2, 1.0, 1.0);
    EXPECT_EQ(fault_of(graded).code, "truenorth.graded-projection");

    ir::Network poisson               = two("threshold", 2, 1);
    poisson.populations[0].model.name = "poisson";
    poisson.populations[0].model.parameters["rate"] =
        std::make_shared<const std::vector<double>>(std::vector<double>{5, 6});
    EXPECT_EQ(fault_of(poisson).code, "truenorth.poisson-rate");
}

TEST(Errors, Range) {
    ir::Network n = two("if", 1, 1, {{"r", 1000.0}, {"v_threshold", 262141.0}});
    EXPECT_EQ(fault_of(n).code, "");
    n.populations[1].model.parameters["v_threshold"] = 262142.0;
    EXPECT_EQ(fault_of(n).code, "truenorth.range");
}

TEST(Errors, Sizes) {
    ir::Network n = network();
    add(n, "in", "spike_source", 1);
    add(n, "out", "if", (1U << 20) + 1);
    const Diagnostic neurons = fault_of(n);
    EXPECT_EQ(neurons.code, "truenorth.neurons");
    EXPECT_NE(neurons.message.find("1048577"), std::string::npos) << neurons.message;
    EXPECT_NE(neurons.message.find("1048576"), std::string::npos) << neurons.message;
    EXPECT_EQ(fault_of(two("if", 20000, 20000)).code, "truenorth.synapses");

    const Sets one_core{{"topology.columns", "1"}, {"topology.rows", "1"}};
    EXPECT_EQ(fault_of(two("threshold", 1, 256), one_core).code, "");
    EXPECT_EQ(fault_of(two("threshold", 1, 257), one_core).code, "truenorth.neurons");
    // 200 neurons fit, but not the axon that each of them has to itself
    ir::Network own = network();
    add(own, "in", "spike_source", 200);
    add(own, "out", "threshold", 200);
    std::vector<double> weights(200 * 200, 0.0);
    for (std::size_t k = 0; k < 200; ++k)
        weights[k * 200 + k] = 1;
    own.projections.push_back(dense("w", 0, 1, weights));
    EXPECT_EQ(fault_of(own, one_core).code, "");
    Sets narrow                = one_core;
    narrow["capacities.axons"] = "199";
    EXPECT_EQ(fault_of(own, narrow).code, "truenorth.cores");
}

TEST(Errors, FanIn) {
    EXPECT_EQ(fault_of(loop(256, 2)).code, "");
    EXPECT_EQ(fault_of(loop(300, 2)).code, "");  // a tick for partial sums
    EXPECT_EQ(fault_of(loop(300, 1)).code, "truenorth.fan-in");
    EXPECT_EQ(fault_of(two("threshold", 65536, 1)).code, "");
    EXPECT_EQ(fault_of(two("threshold", 65537, 1)).code, "truenorth.fan-in");
}

TEST(Errors, FanOut) {
    EXPECT_EQ(fault_of(loop(64, 1), {{"capacities.neurons", "9"}}).code, "truenorth.fan-out");
}

TEST(Errors, Delays) {
    ir::Network n = two("threshold", 1, 1);
    add(n, "after", "threshold", 1);
    connect(n, 1, 2, 1.0, 30.0);
    EXPECT_EQ(fault_of(n).code, "");
    n.projections[1].delays = 31.0;
    EXPECT_EQ(fault_of(n).code, "truenorth.delay");
}

TEST(Errors, Options) {
    const ir::Network n = two("threshold", 1, 1);
    EXPECT_EQ(fault_of(n, {}, "other").code, "truenorth.weights");
    EXPECT_EQ(fault_of(n, {{"arithmetic.slice_bits", "9"}}).code, "truenorth.chip");
    EXPECT_EQ(fault_of(n, {{"arithmetic.slice_bits", "8"}}, "slice").code, "");
    EXPECT_EQ(fault_of(n, {{"timing.clock", "0"}}).code, "truenorth.chip");
    EXPECT_EQ(fault_of(n, {{"capacities.axons", "257"}}).code, "truenorth.chip");
    const auto other = hw::load_chip("loihi");
    ASSERT_TRUE(other);
    EXPECT_EQ(machine_of(*other).error().code, "truenorth.chip");
}

hw::HardwareImage image_of(const ChipProgram& program) {
    hw::HardwareImage image;
    image.target = "truenorth";
    encode_program(program, image);
    return image;
}

TEST(Errors, ProgramsSurviveTheImage) {
    const ChipProgram program = random_program(9, {.cores = 4});
    const auto back           = decode_program(image_of(program));
    ASSERT_TRUE(back) << to_string(back.error());
    EXPECT_EQ(back->cores, program.cores);
    EXPECT_EQ(back->machine, program.machine);
    EXPECT_EQ(back->inputs, program.inputs);
    EXPECT_EQ(back->input_begin, program.input_begin);
}

TEST(Errors, DamagedImages) {
    const hw::HardwareImage good = image_of(random_program(9, {.cores = 2}));
    const auto code              = [](const hw::HardwareImage& image) {
        const auto program = decode_program(image);
        return program ? std::string{} : program.error().code;
    };
    EXPECT_EQ(code(good), "");
    hw::HardwareImage bad = good;
    bad.target            = "emulator";
    EXPECT_EQ(code(bad), "device.wrong-image");
    for (std::size_t section = 0; section < 3; ++section) {
        bad = good;
        bad.routing[section].bytes.pop_back();
        EXPECT_EQ(code(bad), "device.wrong-image") << bad.routing[section].name;
        bad = good;
        bad.cores[1].sections[section].bytes.pop_back();
        EXPECT_EQ(code(bad), "device.wrong-image") << bad.cores[1].sections[section].name;
        bad = good;
        bad.routing.erase(bad.routing.begin() + static_cast<std::ptrdiff_t>(section));
        EXPECT_EQ(code(bad), "device.wrong-image");
    }
    bad                               = good;
    bad.cores[0].sections[0].bytes[0] = 4;  // no such axon type
    EXPECT_EQ(code(bad), "device.wrong-image");
    bad                     = good;
    bad.routing[1].bytes[4] = bad.routing[1].bytes[0];  // two cores at one place
    EXPECT_EQ(code(bad), "device.wrong-image");
}

TEST(Errors, Devices) {
    for (const bool golden : {false, true}) {
        const auto device = golden ? make_golden_device() : make_model_device();
        EXPECT_EQ(device->advance(1).error().code, "device.not-loaded");
        const auto output = compiler::compile(two("threshold", 2, 1), target(), {});
        ASSERT_TRUE(output);
        ASSERT_TRUE(device->load(output->image));
        const auto push = [&](const runtime::InputEvent& event) {
            const auto done = device->push(std::vector{event});
            return done ? std::string{} : done.error().code;
        };
        EXPECT_EQ(push({Tick{1}, NeuronId{1}, 1}), "");
        EXPECT_EQ(push({Tick{0}, NeuronId{1}, 1}), "device.late-input");
        EXPECT_EQ(push({Tick{1}, NeuronId{2}, 1}), "device.source");
        EXPECT_EQ(push({Tick{1}, NeuronId{1}, 0.5}), "device.value");
        EXPECT_EQ(device->probe("x").error().code, "device.variable");
        EXPECT_EQ(device->read_back(CoreId{0}, "x").error().code, "device.section");
        EXPECT_EQ(device->set_plasticity(true).error().code, "device.no-learning");
    }
}

}  // namespace
}  // namespace spikeloom::backends::truenorth
