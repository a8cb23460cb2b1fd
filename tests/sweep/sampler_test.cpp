// SPDX-License-Identifier: Apache-2.0
#include "sweep/sampler.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace spikeloom::sweep {
namespace {

Axis list_axis(const char* name, std::vector<double> values) {
    Axis axis{name, {}, {}};
    for (const double value : values)
        axis.values.push_back(number_value(value));
    return axis;
}

Axis range_axis(const char* name, Range range) {
    return {name, {}, range};
}

Spec spec_with(std::vector<Axis> axes, SamplerSpec sampler) {
    Spec spec;
    spec.axes       = std::move(axes);
    spec.sampler    = sampler;
    spec.objectives = {{"f", "/f", "sum", "1", false}, {"g", "/g", "sum", "1", false}};
    return spec;
}

double at(const Settings& settings, const char* name) {
    return *settings.at(name).number;
}

TEST(Axis, SteppedRangesHoldBothEnds) {
    const Axis linear = range_axis("x", {1, 4, false, false, 4});
    EXPECT_EQ(linear.level(0).text, "1");
    EXPECT_EQ(linear.level(1).text, "2");
    EXPECT_EQ(linear.level(3).text, "4");
    const Axis log = range_axis("x", {1, 1000, true, true, 4});
    EXPECT_EQ(log.level(1).text, "10");
    EXPECT_EQ(log.level(3).text, "1000");
    EXPECT_EQ(range_axis("x", {5, 9, false, false, 1}).level(0).text, "5");
}

TEST(Axis, UnitIntervalIsSharedEvenly) {
    const Axis list = list_axis("x", {10, 20, 30, 40});
    EXPECT_EQ(list.at(0.0).text, "10");
    EXPECT_EQ(list.at(0.2499).text, "10");
    EXPECT_EQ(list.at(0.25).text, "20");
    EXPECT_EQ(list.at(std::nextafter(1.0, 0.0)).text, "40");
    const Axis whole = range_axis("x", {2, 4, false, true, 0});
    EXPECT_EQ(whole.at(0.3333).text, "2");
    EXPECT_EQ(whole.at(0.3334).text, "3");
    EXPECT_EQ(whole.at(std::nextafter(1.0, 0.0)).text, "4");
}

TEST(Grid, LastAxisIsFastestAndNothingIsTwice) {
    const auto grid = make_sampler(
        spec_with({list_axis("a", {1, 2}), list_axis("b", {3, 4, 5})}, {SamplerKind::grid}));
    ASSERT_EQ(grid->total(), 6U);
    EXPECT_EQ(at(grid->design(1), "b"), 4);
    EXPECT_EQ(at(grid->design(3), "a"), 2);
    std::set<std::pair<double, double>> all;
    for (std::uint64_t k = 0; k < 6; ++k)
        all.emplace(at(grid->design(k), "a"), at(grid->design(k), "b"));
    EXPECT_EQ(all.size(), 6U);
}

TEST(LatinHypercube, EverySliceOfEveryAxisIsUsedOnce) {
    constexpr std::uint64_t points = 50;
    const auto sampler             = make_sampler(spec_with(
                    {range_axis("a", {0, 1, false, false, 0}), range_axis("b", {0, 1, false, false, 0})},
                    {SamplerKind::latin_hypercube, points, 4}));
    for (const char* name : {"a", "b"}) {
        std::set<int> slices;
        for (std::uint64_t k = 0; k < points; ++k)
            slices.insert(static_cast<int>(at(sampler->design(k), name) * points));
        EXPECT_EQ(slices.size(), points) << name;
    }
}

TEST(Random, SeedDecidesAndOrderDoesNot) {
    const auto make = [](std::uint64_t seed) {
        return make_sampler(
            spec_with({range_axis("a", {0, 1, false, false, 0})}, {SamplerKind::random, 20, seed}));
    };
    const auto one = make(1), same = make(1), other = make(2);
    for (std::uint64_t k = 20; k-- > 0;) {
        EXPECT_EQ(one->design(k), same->design(k));
        EXPECT_NE(one->design(k), other->design(k));
    }
}

/// Schaffer's problem: f = x^2, g = (x - 2)^2; the front is x in [0, 2], a hundredth of the range.
TEST(Nsga2, FindsTheFrontOfSchaffersProblem) {
    const auto search = make_sampler(spec_with({range_axis("x", {-100, 100, false, false, 0})},
                                               {SamplerKind::nsga2, 0, 7, 20, 40}));
    std::uint64_t k = 0, early = 0, late = 0;
    for (; k < search->known(); ++k) {
        EXPECT_EQ(search->generation(k), k / 20);
        const double x = at(search->design(k), "x");
        search->tell(k, std::vector<double>{x * x, (x - 2) * (x - 2)});
        if (x >= 0 && x <= 2) ++(k < 400 ? early : late);
    }
    EXPECT_EQ(k, search->total());
    // By chance 4 of 400 would lie there.
    EXPECT_GE(early, 20U);
    EXPECT_GE(late, 30U);
}

TEST(Nsga2, GenerationWaitsForItsLastVerdictInAnyOrder) {
    const auto make = [] {
        return make_sampler(spec_with({range_axis("x", {0, 1, false, false, 0})},
                                      {SamplerKind::nsga2, 0, 1, 4, 2}));
    };
    const auto up = make(), down = make();
    const auto verdict = [](std::uint64_t k) -> Verdict {
        if (k == 2) return {};
        return std::vector<double>{static_cast<double>(k), 1.0};
    };
    for (std::uint64_t k = 0; k < 3; ++k)
        up->tell(k, verdict(k));
    EXPECT_EQ(up->known(), 4U);
    up->tell(3, verdict(3));
    EXPECT_EQ(up->known(), 8U);
    for (std::uint64_t k = 4; k-- > 0;)
        down->tell(k, verdict(k));
    for (std::uint64_t k = 0; k < 8; ++k)
        EXPECT_EQ(up->design(k), down->design(k));
}

TEST(Nsga2, GoesOnWhenNoDesignGivesAVerdict) {
    const auto search = make_sampler(
        spec_with({range_axis("x", {0, 1, false, false, 0})}, {SamplerKind::nsga2, 0, 1, 4, 3}));
    for (std::uint64_t k = 0; k < search->known(); ++k)
        search->tell(k, {});
    EXPECT_EQ(search->known(), search->total());
}

}  // namespace
}  // namespace spikeloom::sweep
