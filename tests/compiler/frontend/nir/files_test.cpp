// SPDX-License-Identifier: Apache-2.0
/// Public files of the neuromorphs/NIR project, good ones and malformed ones.
#include "tests/compiler/frontend/nir/graph_builder.hpp"
#include "tests/support/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace spikeloom::frontend {
namespace {

using namespace nir;
using namespace nir::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::filesystem::path shared(const std::string& name) {
    return std::filesystem::path{SPIKELOOM_SHARED_DATA} / "nir" / name;
}

#define SKIP_WITHOUT(name) \
    if (!std::filesystem::exists(shared(name))) GTEST_SKIP() << "skipped: no " << shared(name)

/// "name model(size)@offset" of every population.
std::vector<std::string> populations_of(const ir::Network& network) {
    std::vector<std::string> lines;
    for (const ir::Population& p : network.populations)
        lines.push_back(p.name + " " + p.model.name + "(" + std::to_string(p.size()) + ")@" +
                        std::to_string(p.pipeline_offset) + (p.is_output ? " out" : ""));
    return lines;
}

/// "name: synapses, delay" of every projection.
std::vector<std::string> projections_of(const ir::Network& network) {
    std::vector<std::string> lines;
    for (std::uint32_t k = 0; k < network.projections.size(); ++k) {
        const ir::Projection& p = network.projections[k];
        lines.push_back(p.name + ": " + std::to_string(ir::synapse_count_estimate(network, {k})) +
                        ", " + std::to_string(static_cast<int>(number(p.delays))));
    }
    return lines;
}

struct Expected {
    std::string file;
    std::vector<std::string> populations;
    std::vector<std::string> projections;
    std::vector<std::string> warnings;
};

class GoodFile : public ::testing::TestWithParam<Expected> {};

TEST_P(GoodFile, ReadsIntoTheRightNetwork) {
    SKIP_WITHOUT(GetParam().file);
    Diagnostics warnings;
    NirOptions options;
    options.warnings   = &warnings;
    const auto network = read_nir(shared(GetParam().file), options);
    ASSERT_TRUE(network) << text(network);
    EXPECT_EQ(populations_of(*network), GetParam().populations);
    EXPECT_EQ(projections_of(*network), GetParam().projections);
    EXPECT_EQ(list(warnings), GetParam().warnings);
}

TEST_P(GoodFile, SurvivesWritingAsAFile) {
    SKIP_WITHOUT(GetParam().file);
    const auto graph = read_raw(shared(GetParam().file));
    ASSERT_TRUE(graph) << text(graph);
    const test::ScratchFolder folder;
    const auto path = folder / GetParam().file;
    for (const WriteOptions& options : {WriteOptions{4}, WriteOptions{std::nullopt}}) {
        ASSERT_TRUE(write_raw(*graph, path, options));
        const auto again = read_raw(path);
        ASSERT_TRUE(again) << text(again);
        EXPECT_EQ(again->version, graph->version);
        EXPECT_EQ(again->root, graph->root);
        EXPECT_EQ(again->rest, graph->rest);
    }
}

TEST_P(GoodFile, SurvivesBecomingANetworkAndAFileAgain) {
    SKIP_WITHOUT(GetParam().file);
    const auto first = read_nir(shared(GetParam().file));
    ASSERT_TRUE(first);
    const auto graph = graph_from(*first);
    ASSERT_TRUE(graph) << text(graph);
    const auto second = network_from(*graph);
    ASSERT_TRUE(second) << text(second);
    ASSERT_EQ(second->populations.size(), first->populations.size());
    ASSERT_EQ(second->projections.size(), first->projections.size());
    for (const ir::Population& p : first->populations) {
        EXPECT_EQ(population(*second, p.name).pipeline_offset, p.pipeline_offset);
        EXPECT_EQ(population(*second, p.name).size(), p.size());
    }
    for (std::uint32_t k = 0; k < first->projections.size(); ++k) {
        Synapses before = synapses(*first, k);
        Synapses after  = synapses(*second, projection(*second, first->projections[k].name));
        std::erase_if(before, [](const auto& entry) { return entry.second == 0; });
        std::erase_if(after, [](const auto& entry) { return entry.second == 0; });
        EXPECT_TRUE(before == after) << first->projections[k].name;
    }
}

const std::string reused = "braille_noDelay_";

INSTANTIATE_TEST_SUITE_P(
    Public, GoodFile,
    ::testing::Values(
        Expected{
            "lif_norse.nir", {"input spike_source(1)@0", "1 lif(1)@0 out"}, {"input->1: 1, 1"}, {}},
        Expected{"two_lif_neurons.nir",
                 {"in spike_source(1)@0", "lif1 lif(1)@0", "lif2 lif(1)@1 out"},
                 {"in->lif1: 1, 1", "lif1->lif2: 1, 1"},
                 {}},
        Expected{"cnn_sinabs.nir",
                 {"input spike_source(2312)@0", "1 if(4096)@0", "3 if(4096)@1", "6 if(512)@2",
                  "10 if(256)@3", "12 if(10)@4 out"},
                 {"input->1: 199712, 1", "6->10: 131072, 1", "10->12: 2560, 1", "1->3: 541696, 1",
                  "3->6: 247808, 1"},
                 {}},
        Expected{
            reused + "bias_zero.nir",
            {"input spike_source(12)@0", "lif1.lif cuba_lif(38)@0", "lif2 cuba_lif(7)@1 out"},
            {"input->lif1.lif: 456, 1", "lif1.lif->lif1.lif: 1444, 1", "lif1.lif->lif2: 266, 1"},
            {}},
        Expected{
            reused + "noBias_subtract.nir",
            {"input spike_source(12)@0", "lif1.lif cuba_lif(40)@0", "lif2 cuba_lif(7)@1 out"},
            {"input->lif1.lif: 480, 1", "lif1.lif->lif1.lif: 1600, 1", "lif1.lif->lif2: 280, 1"},
            {}},
        Expected{
            "braille_subgraph_77b4a802.nir",
            {"input spike_source(12)@0", "hidden.lif cuba_lif(38)@0", "lif2 cuba_lif(7)@1 out"},
            {"input->hidden.lif: 456, 1", "hidden.lif->hidden.lif: 1444, 1",
             "hidden.lif->lif2: 266, 1"},
            {"nir.port-shape at /node/nodes/hidden/nodes/input/shape"}}),
    [](const auto& one) { return one.param.file.substr(0, one.param.file.find('.')); });

TEST(GoodFiles, ParametersAreThoseOfTheFile) {
    SKIP_WITHOUT("lif_norse.nir");
    const auto network = read_nir(shared("lif_norse.nir"));
    ASSERT_TRUE(network);
    const auto& parameters = population(*network, "1").model.parameters;
    EXPECT_EQ(number(parameters.at("tau")), static_cast<double>(0.0025F));
    EXPECT_EQ(number(parameters.at("v_threshold")), static_cast<double>(0.1F));
    EXPECT_EQ(number(parameters.at("bias")), 0.0);
    EXPECT_EQ(network->name, "lif_norse");
    EXPECT_FALSE(network->dt);
    EXPECT_FALSE(network->reset);
}

struct Malformed {
    std::string file;
    std::vector<std::string> faults;
};

class MalformedFile : public ::testing::TestWithParam<Malformed> {};

TEST_P(MalformedFile, TellsAllItsFaults) {
    SKIP_WITHOUT("malformed/" + GetParam().file);
    EXPECT_EQ(faults(read_nir(shared("malformed/" + GetParam().file))), GetParam().faults);
}

TEST_P(MalformedFile, IsStillCopiedWithoutLoss) {
    SKIP_WITHOUT("malformed/" + GetParam().file);
    const auto graph = read_raw(shared("malformed/" + GetParam().file));
    ASSERT_TRUE(graph) << text(graph);
    EXPECT_EQ(parse_raw(format_raw(*graph).value(), "")->root, graph->root);
}

INSTANTIATE_TEST_SUITE_P(
    Public, MalformedFile,
    ::testing::Values(Malformed{"lif_rockpool.nir", {"nir.shape at /node/nodes/output"}},
                      Malformed{"braille_c381ba29.nir",
                                {"nir.shape at /node/nodes/lif1", "nir.shape at /node/nodes/fc2"}},
                      Malformed{"braille_noDelay_bias_zero_subgraph.nir",
                                {"nir.edge at /node/nodes/lif1/edges[0]",
                                 "nir.edge at /node/nodes/lif1/edges[1]",
                                 "nir.edge at /node/nodes/lif1/edges[2]",
                                 "nir.edge at /node/nodes/lif1/edges[3]"}}),
    [](const auto& one) { return one.param.file.substr(0, one.param.file.find('.')); });

}  // namespace
}  // namespace spikeloom::frontend
