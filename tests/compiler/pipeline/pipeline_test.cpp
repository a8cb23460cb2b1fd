// SPDX-License-Identifier: Apache-2.0
#include "compiler/pipeline/pipeline.hpp"

#include "compiler/ir/hash.hpp"
#include "compiler/pipeline/network_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace spikeloom::compiler {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Remembers what it was asked for.
class StubTarget final : public Target {
public:
    mutable CompileOptions options;
    mutable std::uint64_t seed = 0;

    [[nodiscard]] std::string_view name() const override { return "stub"; }
    [[nodiscard]] std::string_view summary() const override { return "remembers"; }
    [[nodiscard]] std::vector<std::string> chips() const override { return {"first", "second"}; }
    [[nodiscard]] Result<std::map<std::string, std::uint64_t>> limits(
        std::string_view) const override {
        return std::map<std::string, std::uint64_t>{};
    }
    [[nodiscard]] Checked<CompileOutput> compile(const ir::Network& network,
                                                 const CompileOptions& how) const override {
        options = how;
        seed    = network.seed;
        CompileOutput output;
        output.image.target = name();
        output.warnings     = {"from the target"};
        return output;
    }
};

ir::Network small() {
    ir::Network n;
    n.name        = "small";
    n.file        = "small.json";
    n.seed        = 9;
    n.populations = {{"in", {2}, {"spike_source", {}}, false, 0},
                     {"out", {2}, {"lif", {{"tau", 0.01}}}, true, 1}};
    ir::Projection p;
    p.name      = "in->out";
    p.pre       = PopulationId{0};
    p.post      = PopulationId{1};
    p.connector = ir::AllToAll{};
    n.projections.push_back(p);
    return n;
}

std::vector<std::string> codes(const Checked<CompileOutput>& output) {
    std::vector<std::string> result;
    if (output) return result;
    for (const Diagnostic& d : output.error())
        result.push_back(d.code);
    return result;
}

TEST(Pipeline, TheOptionBeatsTheFileBeatsTheDefault) {
    const StubTarget target;
    ir::Network n = small();
    auto output   = compile(n, target, {});
    ASSERT_TRUE(output);
    EXPECT_EQ(target.options.dt, 1e-3);
    EXPECT_EQ(target.options.reset, "value");
    EXPECT_EQ(target.options.chip, "first");
    EXPECT_THAT(output->warnings,
                ElementsAre(HasSubstr("1 ms"), HasSubstr("v_reset"), "from the target"));
    n.dt    = 2e-3;
    n.reset = "subtract";
    output  = compile(n, target, {});
    ASSERT_TRUE(output);
    EXPECT_EQ(target.options.dt, 2e-3);
    EXPECT_EQ(target.options.reset, "subtract");
    EXPECT_THAT(output->warnings, ElementsAre("from the target"));
    CompileOptions options;
    options.dt    = 5e-4;
    options.reset = "value";
    options.chip  = "second";
    ASSERT_TRUE(compile(n, target, options));
    EXPECT_EQ(target.options.dt, 5e-4);
    EXPECT_EQ(target.options.reset, "value");
    EXPECT_EQ(target.options.chip, "second");
}

TEST(Pipeline, TheSeedOptionReplacesTheNetworks) {
    const StubTarget target;
    EXPECT_EQ(compile(small(), target, {})->image.seed, 9U);
    EXPECT_EQ(target.seed, 9U);
    CompileOptions options;
    options.seed = 77;
    EXPECT_EQ(compile(small(), target, options)->image.seed, 77U);
    EXPECT_EQ(target.seed, 77U);
}

TEST(Pipeline, TheImageEchoesEveryOption) {
    const StubTarget target;
    CompileOptions options;
    options.dt         = 1e-4;
    options.integrator = "exact";
    options.sets       = {{"capacities.neurons", "12"}};
    const auto output  = compile(small(), target, options);
    ASSERT_TRUE(output);
    const hw::HardwareImage& image = output->image;
    EXPECT_EQ(image.dt, 1e-4);
    EXPECT_EQ(image.network_hash, ir::hash(small()));
    EXPECT_EQ(image.tool_version, tool_version());
    EXPECT_EQ(image.options.at("dt"), "0.0001");
    EXPECT_EQ(image.options.at("integrator"), "exact");
    EXPECT_EQ(image.options.at("reset"), "value");
    EXPECT_EQ(image.options.at("chip"), "first");
    EXPECT_EQ(image.options.at("set capacities.neurons"), "12");
}

TEST(PipelineErrors, OptionsThatMakeNoSense) {
    const StubTarget target;
    CompileOptions options;
    options.dt         = -1;
    options.integrator = "runge-kutta";
    options.reset      = "never";
    options.chip       = "third";
    EXPECT_THAT(codes(compile(small(), target, options)),
                ElementsAre("compile.dt", "compile.integrator", "compile.reset", "compile.chip"));
    options    = {};
    options.dt = std::nan("");
    EXPECT_THAT(codes(compile(small(), target, options)), ElementsAre("compile.dt"));
}

TEST(PipelineErrors, ABadNetworkNeverReachesTheTarget) {
    const StubTarget target;
    ir::Network n            = small();
    n.projections[0].weights = std::nan("");
    EXPECT_FALSE(compile(n, target, {}));
    EXPECT_EQ(target.options.dt, 0);
}

/// One of everything that a network can hold.
ir::Network everything() {
    ir::Network n  = small();
    n.dt           = 1e-3;
    n.reset        = "value";
    const auto ids = [](std::vector<std::uint32_t> v) {
        return std::make_shared<const std::vector<std::uint32_t>>(std::move(v));
    };
    const std::vector<ir::Connector> connectors{
        ir::Dense{},
        ir::Sparse{ids({0, 1}), ids({1, 1})},
        ir::OneToOne{},
        ir::AllToAll{false},
        ir::FixedProbability{0.25, false},
        ir::FixedOutdegree{3, true},
        ir::FixedTotalNumber{17},
        ir::Conv2d{.kernel_y     = 3,
                   .kernel_x     = 2,
                   .out_channels = 4,
                   .stride_y     = 2,
                   .pad_left     = 1,
                   .groups       = 2},
        ir::Pool2d{.kernel_y = 2, .kernel_x = 3, .pad_x = 1}};
    for (const ir::Connector& c : connectors) {
        ir::Projection p = n.projections.front();
        p.name           = "p" + std::string(n.projections.size(), '+');
        p.connector      = c;
        p.weights        = ir::Normal{0.5, 0.25, -1, 1};
        p.delays         = ir::Uniform{1, 5};
        p.plasticity     = ir::Plasticity{"stdp_pair", {{"tau_plus", 0.02}}};
        n.projections.push_back(std::move(p));
    }
    n.populations[1].model.parameters["bias"] =
        std::make_shared<const std::vector<double>>(std::vector<double>{1, 2});
    return n;
}

TEST(NetworkBytes, RoundTripLosesNothing) {
    const ir::Network n = everything();
    const auto bytes    = to_bytes(n);
    const auto back     = from_bytes(bytes);
    ASSERT_TRUE(back);
    EXPECT_EQ(to_bytes(*back), bytes);
    EXPECT_EQ(ir::hash(*back), ir::hash(n));
    EXPECT_EQ(back->projections.size(), 10U);
    EXPECT_EQ(back->dt, n.dt);
}

TEST(NetworkBytesErrors, DamageIsSeenAndNeverCrashes) {
    const auto bytes = to_bytes(everything());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto back = from_bytes({bytes.data(), size});
        ASSERT_FALSE(back) << size;
        ASSERT_EQ(back.error().code, "network.bytes");
    }
    auto longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(from_bytes(longer));
    for (std::size_t k = 0; k < bytes.size(); ++k) {
        auto damaged = bytes;
        damaged[k] ^= 0xFF;
        const auto back = from_bytes(damaged);
        if (!back) {
            ASSERT_EQ(back.error().code, "network.bytes") << k;
        }
    }
}

}  // namespace
}  // namespace spikeloom::compiler
