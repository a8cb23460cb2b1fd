// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/compare.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace spikeloom::runtime {
namespace {

TEST(CompareTrains, equal_recordings_are_identical) {
    const Trains trains{{{"a", 0}, {1, 5, 9}}, {{"b", 3}, {2}}};
    const auto result = compare_trains(trains, trains);
    EXPECT_TRUE(result.total.identical());
    EXPECT_EQ(result.total.matched, 4U);
    EXPECT_FALSE(result.first);
    EXPECT_EQ(result.total.mean_interval_distortion, 0.0);
    EXPECT_NE(to_text(result).find("identical"), std::string::npos);
}

TEST(CompareTrains, counts_missed_and_added_and_names_the_first) {
    const Trains reference{{{"a", 0}, {1, 5, 9}}, {{"a", 1}, {7}}};
    const Trains other{{{"a", 0}, {1, 6, 9}}, {{"b", 0}, {20}}};
    const auto result = compare_trains(reference, other);
    EXPECT_EQ(result.total.matched, 2U);
    EXPECT_EQ(result.total.missed, 2U);  // a 0 at 5, a 1 at 7
    EXPECT_EQ(result.total.added, 2U);   // a 0 at 6, b 0 at 20
    ASSERT_TRUE(result.first);
    EXPECT_EQ(result.first->tick, 5U);
    EXPECT_TRUE(result.first->missed);
    EXPECT_EQ(result.populations.at("b").added, 1U);
}

TEST(CompareTrains, interval_distortion_is_the_change_between_neighbours) {
    // Intervals 4, 4 became 6, 3: distortions 2 and 1; delays 0, 2, 1.
    const auto result = compare_trains({{{"a", 0}, {1, 5, 9}}}, {{{"a", 0}, {1, 7, 10}}});
    EXPECT_EQ(result.total.intervals, 2U);
    EXPECT_DOUBLE_EQ(result.total.mean_interval_distortion, 1.5);
    EXPECT_DOUBLE_EQ(result.total.max_interval_distortion, 2.0);
    EXPECT_DOUBLE_EQ(result.total.mean_delay, 1.0);
}

TEST(CompareTrains, unsorted_and_doubled_spikes_count_once) {
    const auto result = compare_trains({{{"a", 0}, {9, 1, 1}}}, {{{"a", 0}, {1, 9}}});
    EXPECT_TRUE(result.total.identical());
    EXPECT_EQ(result.total.reference, 2U);
}

TEST(CompareTrains, overtaken_spikes_are_disorder) {
    // a comes before b in the reference, after it in the other; in the same tick there is no order.
    const auto apart =
        compare_trains({{{"p", 0}, {4}}, {{"p", 1}, {5}}}, {{{"p", 0}, {7}}, {{"p", 1}, {6}}});
    EXPECT_EQ(apart.total.disorder, 1U);
    EXPECT_EQ(apart.neurons.at({"p", 0}).disorder, 1U);
    EXPECT_EQ(apart.neurons.at({"p", 1}).disorder, 0U);
    EXPECT_DOUBLE_EQ(apart.neurons.at({"p", 0}).mean_delay, 3.0);
    EXPECT_DOUBLE_EQ(apart.total.max_delay, 3.0);
    const auto met =
        compare_trains({{{"p", 0}, {4}}, {{"p", 1}, {5}}}, {{{"p", 0}, {6}}, {{"p", 1}, {6}}});
    EXPECT_EQ(met.total.disorder, 0U);
    const auto same =
        compare_trains({{{"p", 0}, {5}}, {{"p", 1}, {5}}}, {{{"p", 0}, {9}}, {{"p", 1}, {6}}});
    EXPECT_EQ(same.total.disorder, 0U);
    const auto elsewhere =
        compare_trains({{{"p", 0}, {4}}, {{"q", 1}, {5}}}, {{{"p", 0}, {7}}, {{"q", 1}, {6}}});
    EXPECT_EQ(elsewhere.total.disorder, 0U);
}

TEST(CompareTrains, rate_error_is_relative) {
    const auto more = compare_trains({{{"p", 0}, {1, 2, 3, 4}}}, {{{"p", 0}, {1, 2, 3, 4, 5}}});
    EXPECT_DOUBLE_EQ(more.total.rate_error(), 0.25);
    EXPECT_DOUBLE_EQ(compare_trains({}, {}).total.rate_error(), 0.0);
    EXPECT_DOUBLE_EQ(compare_trains({}, {{{"p", 0}, {1, 2}}}).total.rate_error(), 2.0);
}

TEST(CompareTrains, json_lists_the_neurons_that_differ) {
    const auto json = nlohmann::json::parse(to_json(
        compare_trains({{{"p", 0}, {1}}, {{"p", 1}, {1}}}, {{{"p", 0}, {1}}, {{"p", 1}, {2}}})));
    ASSERT_EQ(json["neurons"].size(), 1U);
    EXPECT_EQ(json["neurons"][0]["neuron"], 1);
    EXPECT_EQ(json["neurons"][0]["mean_delay"], 1.0);
}

TEST(CompareTrains, json_says_where_it_differs) {
    const auto result = compare_trains({{{"a", 2}, {3}}}, {});
    const auto json   = nlohmann::json::parse(to_json(result));
    EXPECT_FALSE(json["identical"].get<bool>());
    EXPECT_EQ(json["first_difference"]["neuron"], 2);
    EXPECT_EQ(json["first_difference"]["only_in"], "A");
}

}  // namespace
}  // namespace spikeloom::runtime
