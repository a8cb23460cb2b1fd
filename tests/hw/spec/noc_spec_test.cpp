// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/noc_spec.hpp"

#include "hw/spec/noc_routing.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikeloom::hw {
namespace {

using ::testing::HasSubstr;

Result<NocSpec> network(const std::string& chip, const Overrides& overrides = {}) {
    return load_chip(chip, overrides).and_then(noc_spec);
}

std::string fault_of(const std::string& chip, const Overrides& overrides) {
    const auto noc = network(chip, overrides);
    return noc ? "ok" : noc.error().code + " " + noc.error().message;
}

TEST(NocSpec, LoihiIsReadFromItsFile) {
    const auto noc = network("loihi");
    ASSERT_TRUE(noc) << to_string(noc.error());
    EXPECT_EQ(noc->routers(), 32U);
    EXPECT_EQ(noc->cores(), 128U);
    EXPECT_EQ(noc->networks, 2U);
    EXPECT_EQ(noc->routing, Routing::xy);
    EXPECT_EQ(noc->hop_x_ps, 4100);
    EXPECT_EQ(noc->hop_y_ps, 6500);
    EXPECT_EQ(noc->flit_ps, 1000);
    EXPECT_EQ(noc->inject_ps + noc->eject_ps, 2100);  // a spike within a tile
    EXPECT_EQ(noc->link_buffer, 16U);
}

TEST(NocSpec, EveryPartCanBeSet) {
    const auto noc = network("loihi", {{"topology.columns", "3"},
                                       {"topology.rows", "5"},
                                       {"topology.cores_per_router", "2"},
                                       {"topology.link_width", "8"},
                                       {"topology.link_buffer", "2"},
                                       {"topology.routing", "yx"},
                                       {"topology.switching", "wormhole"},
                                       {"timing.hop_east_west", "8.2"},
                                       {"timing.noc_cycle", "0.2"}});
    ASSERT_TRUE(noc) << to_string(noc.error());
    EXPECT_EQ(noc->cores(), 30U);
    EXPECT_EQ(noc->flits(32), 4U);
    EXPECT_EQ(noc->flits(33), 5U);
    EXPECT_EQ(noc->flits(0), 1U);
    EXPECT_EQ(noc->link_buffer, 8U);  // two messages of four flits
    EXPECT_EQ(noc->routing, Routing::yx);
    EXPECT_EQ(noc->switching, Switching::wormhole);
    EXPECT_EQ(noc->hop_x_ps, 8200);
    EXPECT_EQ(noc->hop_y_ps, 6600);  // whole cycles of 200 ps
}

TEST(NocSpec, WithoutNetworkFiguresACycleIsAClock) {
    const auto noc = network("generic-mesh");
    ASSERT_TRUE(noc) << to_string(noc.error());
    EXPECT_EQ(noc->cycle_ps, 10'000);
    EXPECT_EQ(noc->flit_ps, 10'000);
    EXPECT_EQ(noc->link_buffer, 4U);
}

TEST(NocSpecErrors, FiguresOutOfRangeAreNamedWithTheirLimits) {
    EXPECT_EQ(fault_of("loihi", {{"topology.columns", "0"}}),
              "chip.noc topology.columns is 0, must be a whole number in 1..256");
    EXPECT_EQ(fault_of("loihi", {{"topology.rows", "257"}}),
              "chip.noc topology.rows is 257, must be a whole number in 1..256");
    EXPECT_EQ(fault_of("loihi", {{"topology.networks", "1.5"}}),
              "chip.noc topology.networks is 1.5, must be a whole number in 1..8");
    EXPECT_EQ(fault_of("loihi", {{"topology.cores_per_router", "13"}}),
              "chip.noc topology.cores_per_router is 13, must be a whole number in 1..12");
    EXPECT_EQ(fault_of("loihi", {{"topology.link_buffer", "0"}}),
              "chip.noc topology.link_buffer is 0, must be a whole number in 1..4096");
    EXPECT_EQ(fault_of("loihi", {{"topology.routing", "odd-even"}}),
              "chip.noc topology.routing is 'odd-even', known: xy, yx, o1turn");
    EXPECT_EQ(fault_of("loihi", {{"topology.switching", "circuit"}}),
              "chip.noc topology.switching is 'circuit', known: wormhole, virtual_cut_through");
    EXPECT_THAT(fault_of("loihi", {{"topology.kind", "ring"}}),
                HasSubstr("chip.noc topology.kind is 'ring'"));
    EXPECT_THAT(fault_of("loihi", {{"timing.noc_cycle", "0"}}),
                HasSubstr("chip.noc timing.noc_cycle is 0 ps"));
    EXPECT_THAT(fault_of("loihi", {{"timing.hop_east_west", "-1"}}),
                HasSubstr("chip.noc timing.hop_east_west is -10 cycles"));
    EXPECT_THAT(fault_of("loihi", {{"timing.hop_east_west", "1e300"}}),
                HasSubstr("chip.noc timing.hop_east_west is"));
    EXPECT_EQ(fault_of("loihi", {{"topology.routing", ""}}),
              "chip.malformed /topology/choices/routing/value must be a text that is not empty");
}

constexpr const char* tiny_chip = R"({{
  "format": "spikeloom-chip-1", "name": "tiny", "target": "t", "description": "d", "timing": {{{}}},
  "topology": {{"kind": "mesh", "figures": {{{}}}}}}})";

std::string tiny_fault(const std::string& timing, const std::string& figures) {
    const auto noc =
        parse_chip(fmt::format(tiny_chip, timing, figures), "tiny.json").and_then(noc_spec);
    return noc ? "ok" : noc.error().code + " " + noc.error().message;
}

TEST(NocSpecErrors, UnitsAndMissingCycle) {
    const std::string cycle = R"("noc_cycle": {"value": 1, "unit": "ns", "source": "s"})";
    EXPECT_EQ(tiny_fault(cycle, ""), "ok");
    EXPECT_THAT(tiny_fault("", ""), HasSubstr("chip.noc timing.noc_cycle is missing"));
    EXPECT_THAT(tiny_fault(R"("noc_cycle": {"value": 1, "unit": "Hz", "source": "s"})", ""),
                HasSubstr("chip.unit timing.noc_cycle is in 'Hz'"));
    EXPECT_THAT(
        tiny_fault(cycle + R"(, "link_flit": {"value": 1, "unit": "1", "source": "s"})", ""),
        HasSubstr("chip.unit timing.link_flit is in '1'"));
    EXPECT_THAT(tiny_fault(cycle, R"("link_buffer": {"value": 8, "unit": "1", "source": "s"})"),
                HasSubstr("chip.unit topology.link_buffer is in '1', must be in flit or message"));
    const std::string wide = R"("link_width": {"value": 8, "unit": "bit", "source": "s"},
        "message_width": {"value": 40, "unit": "bit", "source": "s"},
        "link_buffer": {"value": 4, "unit": "flit", "source": "s"})";
    EXPECT_EQ(tiny_fault(cycle, wide),
              "chip.noc topology.link_buffer holds 4 flits, virtual cut-through needs room for a "
              "whole message of 5");
}

TEST(Barrier, IsLinearBetweenTheFigures) {
    const auto chip = load_chip("loihi");
    ASSERT_TRUE(chip);
    EXPECT_EQ(barrier_ps(*chip, "", 1), 113'000);
    EXPECT_EQ(barrier_ps(*chip, "", 32), 465'000);
    EXPECT_EQ(barrier_ps(*chip, "", 2), 124'355);  // 113 ns + 352 ns / 31
    EXPECT_EQ(barrier_ps(*chip, "", 33), 465'000);
    EXPECT_EQ(barrier_ps(*chip, "sanafe_", 0), 600'000);
    EXPECT_EQ(barrier_ps(*chip, "sanafe_", 2), 1'000'000);
    EXPECT_EQ(barrier_ps(*chip, "sanafe_", 3), 1'200'000);
    EXPECT_EQ(barrier_ps(*chip, "sanafe_", 29), 1'800'000);
    EXPECT_EQ(barrier_ps(*chip, "no_such_", 3), 0);
}

TEST(Routing, DimensionOrder) {
    EXPECT_EQ(next_port(2, -1, false), Port::east);
    EXPECT_EQ(next_port(2, -1, true), Port::south);
    EXPECT_EQ(next_port(0, 3, false), Port::north);
    EXPECT_EQ(next_port(-1, 0, true), Port::west);
    EXPECT_EQ(next_port(0, 0, true), Port::local);
}

TEST(Routing, TorusTakesTheShortWay) {
    EXPECT_EQ(steps(0, 7, 8, false), 7);
    EXPECT_EQ(steps(0, 7, 8, true), -1);
    EXPECT_EQ(steps(7, 0, 8, true), 1);
    EXPECT_EQ(steps(0, 4, 8, true), 4);
    EXPECT_EQ(steps(4, 0, 8, true), -4);
    EXPECT_EQ(steps(1, 4, 7, true), 3);
    EXPECT_EQ(steps(0, 4, 7, true), -3);
}

TEST(Routing, NeighboursAreMutual) {
    NocSpec noc;
    noc.columns = 4;
    noc.rows    = 3;
    for (const bool wrap : {false, true}) {
        noc.wrap = wrap;
        for (std::uint32_t router = 0; router < noc.routers(); ++router) {
            for (std::uint32_t p = 0; p < direction_ports; ++p) {
                const auto next = neighbour(noc, router, Port(p));
                EXPECT_TRUE(next || !wrap);
                if (!next) continue;
                EXPECT_EQ(neighbour(noc, *next, opposite(Port(p))), router);
                EXPECT_EQ(hops(noc, router, *next).east_west + hops(noc, router, *next).north_south,
                          1U);
            }
        }
    }
}

TEST(Routing, ChipBoundaries) {
    NocSpec noc;
    noc.columns      = 4;
    noc.rows         = 2;
    noc.chip_columns = 2;
    EXPECT_FALSE(crosses_chips(noc, 0, Port::east));
    EXPECT_TRUE(crosses_chips(noc, 1, Port::east));
    EXPECT_TRUE(crosses_chips(noc, 2, Port::west));
    EXPECT_FALSE(crosses_chips(noc, 1, Port::north));
}

}  // namespace
}  // namespace spikeloom::hw
