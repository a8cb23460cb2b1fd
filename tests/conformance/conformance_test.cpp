// SPDX-License-Identifier: Apache-2.0
/// What every target must do, whatever it is: one suite over the registry.
#include "backends/registry.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "random_network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace spikeloom::conformance {
namespace {

using backends::find_target;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class EveryTarget : public ::testing::TestWithParam<const compiler::Target*> {
protected:
    [[nodiscard]] const compiler::Target& target() const { return *GetParam(); }

    /// Within the limits of every target, and without what this one cannot have at all.
    [[nodiscard]] ir::Network network_of(std::uint64_t seed) const {
        RandomNetworkOptions options;
        options.plasticity = target().learns();
        return random_network(seed, options);
    }

    [[nodiscard]] hw::HardwareImage compiled(const ir::Network& network) const {
        auto output = compiler::compile(network, target(), {});
        if (output) return std::move(output->image);
        ADD_FAILURE() << to_string(output.error());
        return {};
    }
};

INSTANTIATE_TEST_SUITE_P(Registry, EveryTarget,
                         ::testing::ValuesIn(backends::targets().begin(),
                                             backends::targets().end()),
                         [](const auto& test) { return std::string{test.param->name()}; });

TEST_P(EveryTarget, NamesRoundTrip) {
    const auto found = find_target(target().name());
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, &target());
    EXPECT_FALSE(target().summary().empty());
    EXPECT_FALSE(backends::devices_of(target()).empty());
}

TEST_P(EveryTarget, ChipsHaveLimits) {
    ASSERT_FALSE(target().chips().empty());
    for (const std::string& chip : target().chips()) {
        const auto limits = target().limits(chip);
        ASSERT_TRUE(limits) << to_string(limits.error());
        EXPECT_FALSE(limits->empty()) << chip;
    }
}

TEST_P(EveryTarget, UnknownChipIsRefused) {
    compiler::CompileOptions options;
    options.chip      = "no-such-chip";
    const auto output = compiler::compile(random_network(1), target(), options);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().front().code, "compile.chip");
}

TEST_P(EveryTarget, SameInputSameBytes) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const ir::Network network = network_of(seed);
        EXPECT_EQ(hw::encode(compiled(network)), hw::encode(compiled(network))) << seed;
    }
}

TEST_P(EveryTarget, ImagesSurviveTheFile) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const std::string bytes = hw::encode(compiled(network_of(seed)));
        const auto back         = hw::decode(bytes, "image");
        ASSERT_TRUE(back) << to_string(back.error());
        EXPECT_EQ(hw::encode(*back), bytes);
    }
}

TEST_P(EveryTarget, SymbolsCoverTheNetwork) {
    const ir::Network network     = network_of(3);
    const hw::HardwareImage image = compiled(network);
    ASSERT_EQ(image.populations.size(), network.populations.size());
    for (std::size_t p = 0; p < network.populations.size(); ++p) {
        const hw::PopulationSymbol& symbol = image.populations[p];
        EXPECT_EQ(symbol.name, network.populations[p].name);
        EXPECT_EQ(symbol.shape, network.populations[p].shape);
        EXPECT_EQ(symbol.is_output, network.populations[p].is_output);
        std::set<std::uint32_t> placed;
        for (const hw::PlacedRange& range : symbol.placed) {
            for (std::uint32_t k = 0; k < range.count; ++k) {
                EXPECT_TRUE(placed.insert(range.first + k).second);
            }
        }
        EXPECT_EQ(placed.size(), symbol.size()) << symbol.name;
    }
}

TEST_P(EveryTarget, ImageSaysWhatMadeIt) {
    const ir::Network network     = network_of(4);
    const hw::HardwareImage image = compiled(network);
    EXPECT_EQ(image.target, target().name());
    EXPECT_EQ(image.chip, target().chips().front());
    EXPECT_NE(image.network_hash, 0U);
    EXPECT_NE(image.network_hash, compiled(network_of(5)).network_hash);
    EXPECT_EQ(image.tool_version, compiler::tool_version());
    EXPECT_EQ(image.dt, *network.dt);
    for (const char* option : {"dt", "integrator", "reset", "chip", "seed"}) {
        EXPECT_TRUE(image.options.contains(option)) << option;
    }
    EXPECT_FALSE(image.utilisation.empty());
    for (const hw::Utilisation& u : image.utilisation)
        EXPECT_LE(u.used, u.limit) << u.resource;
}

TEST_P(EveryTarget, UnknownDeviceListsTheKnownOnes) {
    const auto device = backends::make_device(target(), "no-such-device");
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().code, "device.unknown");
    for (const std::string_view known : backends::devices_of(target())) {
        EXPECT_THAT(device.error().notes, Contains(HasSubstr(std::string{known})));
    }
}

TEST(Registry, UnknownTargetListsTheKnownOnes) {
    const auto target = find_target("no-such-target");
    ASSERT_FALSE(target);
    EXPECT_EQ(target.error().code, "target.unknown");
    EXPECT_THAT(target.error().notes, Contains(HasSubstr("emulator")));
    EXPECT_THAT(target.error().notes, Contains(HasSubstr("golden")));
}

TEST(Registry, SoftwareDevicesHaveNoWaveforms) {
    for (const auto& [target, device] : {std::pair{"emulator", "golden"}, {"golden", "float64"}}) {
        const auto made = backends::make_device(**find_target(target), device, {.trace = "x.fst"});
        ASSERT_FALSE(made);
        EXPECT_EQ(made.error().code, "device.no-trace");
    }
}

}  // namespace
}  // namespace spikeloom::conformance
