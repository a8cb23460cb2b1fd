// SPDX-License-Identifier: Apache-2.0
/// Lava-DL networks: what they become, and every fault by its code.
#include "compiler/frontend/lava/lava.hpp"

#include "compiler/frontend/frontend.hpp"
#include "tests/compiler/frontend/nir/hdf5_maker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

namespace spikeloom::frontend {
namespace {

using nir::testing::Hdf5Maker;
using ::testing::ElementsAre;

const std::filesystem::path data{SPIKELOOM_SHARED_DATA};

void add_neuron(Hdf5Maker& file, const std::string& layer, const char* type = "LOIHI") {
    const std::string at = layer + "/neuron/";
    file.text(at + "type", type);
    file.integers(at + "iDecay", {4096}, {});
    file.integers(at + "vDecay", {128}, {});
    file.integers(at + "vThMant", {80}, {});
    file.integers(at + "refDelay", {3}, {});
}

/// input (1, 2, 2) -> dense 3; `change` may spoil or complete it.
std::vector<std::string> codes(const std::function<void(Hdf5Maker&)>& change) {
    Hdf5Maker file;
    file.text("/layer/0/type", "input");
    file.integers("/layer/0/shape", {1, 2, 2}, {3});
    file.text("/layer/1/type", "dense");
    file.integers("/layer/1/shape", {3}, {1});
    change(file);
    const auto network = parse_lava(file.bytes(), "a.net");
    std::vector<std::string> found;
    if (!network)
        for (const Diagnostic& fault : network.error())
            found.push_back(fault.code + " " + fault.location.where);
    return found;
}

void complete(Hdf5Maker& file) {
    add_neuron(file, "/layer/1");
    file.integers("/layer/1/weight", std::vector<long long>(12, 2), {3, 4});
}

TEST(Lava, DenseNetwork) {
    Hdf5Maker file;
    file.text("/layer/0/type", "input");
    file.integers("/layer/0/shape", {1, 2, 2}, {3});
    file.text("/layer/1/type", "flatten");
    file.text("/layer/10/type", "dense");
    file.integers("/layer/10/shape", {3}, {1});
    file.integers("/layer/10/bias", {1, 2, -3}, {3});
    add_neuron(file, "/layer/10");
    file.integers("/layer/10/weight", {2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24}, {3, 4});
    const auto network = parse_lava(file.bytes(), "dir/a.net");
    ASSERT_TRUE(network) << to_string(network.error());
    ASSERT_EQ(network->populations.size(), 2U);
    EXPECT_EQ(network->name, "a");
    EXPECT_EQ(network->dt, 1.0);
    EXPECT_EQ(network->populations[0].model.name, "spike_source");
    const ir::Population& p = network->populations[1];
    EXPECT_EQ(p.name, "layer10");
    EXPECT_EQ(p.pipeline_offset, 1U);
    EXPECT_TRUE(p.is_output);
    const auto scalar = [&](const char* name) {
        return std::get<double>(p.model.parameters.at(name));
    };
    EXPECT_EQ(scalar("tau_syn"), 1);
    EXPECT_EQ(scalar("tau_mem"), 32);
    EXPECT_EQ(scalar("v_threshold"), 80);
    EXPECT_EQ(scalar("refractory"), 2);
    EXPECT_THAT(*std::get<ir::Array>(p.model.parameters.at("v_leak")), ElementsAre(32, 64, -96));
    EXPECT_EQ((*std::get<ir::Array>(network->projections[0].weights))[4], 10);
}

TEST(Lava, TinynetHasItsShapes) {
    const auto path = data / "loihi_tinynet" / "tiny.net";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "skipped: no shared data";
    const auto network = read_network(path);
    ASSERT_TRUE(network) << to_string(network.error());
    EXPECT_THAT(network->populations[0].shape, ElementsAre(3, 16, 16));
    EXPECT_THAT(network->populations[1].shape, ElementsAre(24, 6, 6));
    EXPECT_THAT(network->populations[2].shape, ElementsAre(36, 1, 1));
    EXPECT_TRUE(std::holds_alternative<ir::Conv2d>(network->projections[0].connector));
}

TEST(Lava, InputBiasNeedsOneValueANeuron) {
    const auto path = data / "loihi_tinynet" / "tiny.net";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "skipped: no shared data";
    auto network = read_lava(path);
    ASSERT_TRUE(network);
    EXPECT_TRUE(set_input_bias(*network, PopulationId{0}, std::vector<double>(768, 1.0)));
    const auto bad = set_input_bias(*network, PopulationId{0}, std::vector<double>(767, 1.0));
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, "lava.value");
}

TEST(LavaErrors, EachHasItsCodeAndPlace) {
    EXPECT_THAT(codes(complete), ElementsAre());
    EXPECT_THAT(codes([](Hdf5Maker&) {}), ElementsAre("lava.missing /layer/1/neuron"));
    EXPECT_THAT(codes([](Hdf5Maker& f) { add_neuron(f, "/layer/1"); }),
                ElementsAre("lava.missing /layer/1/weight"));
    EXPECT_THAT(codes([](Hdf5Maker& f) { add_neuron(f, "/layer/1", "SDNN"); }),
                ElementsAre("lava.neuron /layer/1/neuron/type"));
    EXPECT_THAT(codes([](Hdf5Maker& f) {
                    add_neuron(f, "/layer/1");
                    f.integers("/layer/1/weight", {2, 2}, {2});
                }),
                ElementsAre("lava.shape /layer/1/weight"));
    EXPECT_THAT(codes([](Hdf5Maker& f) {
                    complete(f);
                    f.integers("/layer/1/delay", {0, 1, 0}, {3});
                }),
                ElementsAre("lava.delay /layer/1/delay"));
    EXPECT_THAT(codes([](Hdf5Maker& f) {
                    complete(f);
                    f.text("/layer/2/type", "pool");
                }),
                ElementsAre("lava.layer /layer/2/type"));
    EXPECT_THAT(codes([](Hdf5Maker& f) {
                    complete(f);
                    f.integers("/layer/1/bias", {1, 2}, {2});
                }),
                ElementsAre("lava.value /layer/1/bias"));
}

TEST(LavaErrors, OtherFiles) {
    EXPECT_EQ(parse_lava("text", "a.net").error().front().code, "nir.not-hdf5");
    EXPECT_EQ(parse_lava(Hdf5Maker{}.bytes(), "a.net").error().front().code, "lava.missing");
}

}  // namespace
}  // namespace spikeloom::frontend
