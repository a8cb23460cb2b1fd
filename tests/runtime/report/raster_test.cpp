// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/html/raster.hpp"

#include "runtime/report/html/page.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace spikeloom::runtime {
namespace {

TEST(Raster, draws_all_while_they_are_few) {
    const auto raster =
        make_raster({{{"a", 1}, {0, 3}}, {{"b", 0}, {2}}}, {.ticks = 10, .most = 3});
    EXPECT_EQ(raster.drawn(), 3U);
    EXPECT_EQ(raster.ticks, 10U);
    EXPECT_EQ(raster.neurons, 3U);  // a 0, a 1, b 0
    ASSERT_EQ(raster.groups.size(), 2U);
    EXPECT_EQ(raster.groups[0].rows, (std::vector<std::uint64_t>{1, 1}));
    EXPECT_EQ(raster.groups[1].rows, (std::vector<std::uint64_t>{2}));
    EXPECT_EQ(raster.rate, (std::vector<std::uint64_t>{1, 0, 1, 1, 0, 0, 0, 0, 0, 0}));
}

TEST(Raster, one_more_than_the_limit_is_thinned_and_still_counted) {
    Trains trains;
    for (std::uint32_t n = 0; n < 100; ++n)
        for (std::uint64_t t = 0; t < 100; ++t)
            trains[{"a", n}].push_back(t);
    EXPECT_EQ(make_raster(trains, {.most = 10'000}).drawn(), 10'000U);
    const auto thinned = make_raster(trains, {.most = 9'999});
    EXPECT_EQ(thinned.spikes, 10'000U);
    EXPECT_LE(thinned.drawn(), 10'000U);
    const auto tenth = make_raster(trains, {.most = 1'000});
    EXPECT_NEAR(static_cast<double>(tenth.drawn()), 1000.0, 150.0);
    EXPECT_EQ(std::accumulate(tenth.rate.begin(), tenth.rate.end(), std::uint64_t{0}), 10'000U);
    EXPECT_EQ(raster_json(tenth), raster_json(make_raster(trains, {.most = 1'000})));
}

TEST(Raster, tells_what_both_have_from_what_one_has) {
    const auto raster = make_raster({{{"a", 0}, {1, 2}}}, {{{"a", 0}, {2, 4}}}, {});
    ASSERT_EQ(raster.groups.size(), 3U);
    EXPECT_EQ(raster.groups[0].ticks, (std::vector<std::uint64_t>{2}));
    EXPECT_EQ(raster.groups[1].ticks, (std::vector<std::uint64_t>{1}));
    EXPECT_EQ(raster.groups[2].ticks, (std::vector<std::uint64_t>{4}));
    EXPECT_EQ(raster.spikes, 3U);
}

TEST(Raster, nothing_is_a_raster_too) {
    EXPECT_EQ(make_raster({}, {}).drawn(), 0U);
}

TEST(Page, same_entries_same_bytes_or_a_diagnostic) {
    const std::vector<PageEntry> entries{{"a \"b\"", "{}", "", ""}};
    const auto page = html_page(entries);
    if (!page) {
        EXPECT_EQ(page.error().code, "report.no-plots");
        return;
    }
    EXPECT_EQ(*page, *html_page(entries));
    EXPECT_NE(page->find(R"("name":"a \"b\"")"), std::string::npos);
}

}  // namespace
}  // namespace spikeloom::runtime
