// SPDX-License-Identifier: Apache-2.0
#include "sweep/store.hpp"

#include "sweep/coordinator.hpp"
#include "sweep/database.hpp"
#include "sweep/hash.hpp"
#include "sweep/message.hpp"
#include "tests/support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spikeloom::sweep {
namespace {

Spec small_spec() {
    Spec spec;
    spec.axes       = {{"user.x", {number_value(1), number_value(2), word_value("z")}, {}}};
    spec.objectives = {{"cost", "/cost", "sum", "J", false}, {"gain", "/gain", "sum", "1", true}};
    spec.fixed      = {{"user.f", word_value("a, \"b\"")}};
    spec.canonical  = "{}";
    spec.hash       = 1;
    return spec;
}

Point point(std::uint64_t id) {
    return {.id       = id,
            .design   = id,
            .repeat   = 0,
            .seed     = 7,
            .settings = {{"user.x", number_value(static_cast<double>(id))}}};
}

Outcome outcome(double cost, double gain) {
    Outcome outcome;
    outcome.objectives   = {cost, gain};
    outcome.wall_seconds = 1.5;
    outcome.finished     = 3;
    outcome.started      = 1;
    outcome.host         = "here";
    outcome.message      = "line\nbreak";
    return outcome;
}

class StoreTest : public testing::Test {
protected:
    Result<Store> open(const Spec& spec, bool resume) {
        return Store::open(folder_.path(), spec, "tool", resume);
    }
    test::ScratchFolder folder_;
};

TEST_F(StoreTest, WhatIsRecordedIsFoundAgain) {
    const Spec spec = small_spec();
    {
        auto store = open(spec, false);
        ASSERT_TRUE(store);
        ASSERT_TRUE(store->record(point(4), outcome(0.1, 5)));
    }
    auto store = open(spec, true);
    ASSERT_TRUE(store) << store.error().message;
    const auto record = store->find(4);
    ASSERT_TRUE(record && *record);
    EXPECT_EQ((*record)->key, point(4).key());
    EXPECT_EQ((*record)->objectives, (std::vector<double>{0.1, 5}));
    EXPECT_FALSE(store->find(5)->has_value());
    EXPECT_EQ(*store->count(), 1U);
    EXPECT_EQ(*store->mean_seconds(), 2.0);
    std::vector<Row> rows;
    ASSERT_TRUE(store->scan([&](const Row& row) {
        rows.push_back(row);
        return true;
    }));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(to_message(rows[0].point), to_message(point(4)));
    EXPECT_EQ(to_message(rows[0].outcome), to_message(outcome(0.1, 5)));
}

TEST_F(StoreTest, EachRefusalHasItsCode) {
    Spec spec = small_spec();
    {
        auto store = open(spec, false);
        ASSERT_TRUE(store);
        EXPECT_EQ(open(spec, true).error().code, "sweep.busy");
        ASSERT_TRUE(store->record(point(1), outcome(1, 1)));
        EXPECT_EQ(store->record(point(1), outcome(2, 2)).error().code, "sweep.twice");
        EXPECT_EQ((*store->find(1))->objectives[0], 1);
    }
    EXPECT_EQ(open(spec, false).error().code, "sweep.exists");
    spec.hash = 2;
    EXPECT_EQ(open(spec, true).error().code, "sweep.spec-changed");
    test::ScratchFolder other;
    ASSERT_TRUE(Database::open(other / "sweep.sqlite", true)->run("CREATE TABLE meta(x)"));
    EXPECT_EQ(Store::open(other.path(), spec, "", false).error().code, "sweep.store");
}

TEST_F(StoreTest, FrontIsOverMeansAndLeavesOutWhatIsNotWhole) {
    Spec spec    = small_spec();
    spec.repeats = 2;
    auto store   = open(spec, false);
    ASSERT_TRUE(store);
    const auto add = [&](std::uint64_t design, std::uint32_t repeat, double cost, double gain,
                         Status status = Status::ok) {
        Point one   = point(design * 2 + repeat);
        one.design  = design;
        one.repeat  = repeat;
        Outcome end = outcome(cost, gain);
        end.status  = status;
        ASSERT_TRUE(store->record(one, end));
    };
    add(0, 0, 1, 1);
    add(0, 1, 3, 3);  // mean (2, 2)
    add(1, 0, 2, 1.5);
    add(1, 1, 2, 1.5);  // dominated
    add(2, 0, 0, 9);
    add(2, 1, 0, 9, Status::crashed);
    add(3, 0, 0, 9);  // its second repeat is not there yet
    add(4, 0, 5, 8);
    add(4, 1, 5, 8);
    const auto front = store->front();
    ASSERT_TRUE(front);
    EXPECT_EQ(front->designs, (std::vector<std::uint64_t>{0, 4}));
    EXPECT_EQ(front->means, (std::vector<double>{2, 2, 5, 8}));
    EXPECT_EQ(front->considered, 3U);
}

TEST_F(StoreTest, CoordinatorHandsOutWhatIsOpenAndNothingElse) {
    Spec spec        = small_spec();
    spec.constraints = {{"", "no words", *Expression::parse("user.x == 1 || user.x == 2")}};
    auto store       = open(spec, false);
    ASSERT_TRUE(store);
    Coordinator first{spec, *store};
    const auto handout = first.next();
    ASSERT_EQ(handout->kind, Handout::Kind::point);
    ASSERT_TRUE(first.record(handout->point, outcome(1, 1)));

    Coordinator again{spec, *store};
    const auto second = again.next();
    ASSERT_EQ(second->kind, Handout::Kind::point);
    EXPECT_EQ(second->point.id, 1U);
    EXPECT_EQ(second->point.settings.at("user.f").text, "a, \"b\"");
    EXPECT_EQ(again.next()->kind, Handout::Kind::wait);
    ASSERT_TRUE(again.record(second->point, outcome(2, 2)));
    EXPECT_EQ(again.next()->kind, Handout::Kind::done);
    EXPECT_EQ((*store->find(2))->status, Status::skipped);
    EXPECT_EQ(again.finished(), again.total());
}

TEST_F(StoreTest, DesignsThatComeUpTwiceAreRunOnce) {
    Spec spec    = small_spec();
    spec.sampler = {SamplerKind::random, 30, 1};
    auto store   = open(spec, false);
    ASSERT_TRUE(store);
    Coordinator coordinator{spec, *store};
    int handed = 0;
    for (auto next = coordinator.next(); next->kind == Handout::Kind::point;
         next      = coordinator.next()) {
        ++handed;
        ASSERT_TRUE(coordinator.record(next->point, outcome(1, 1)));
    }
    EXPECT_EQ(handed, 3);
    EXPECT_EQ(coordinator.finished(), 30U);
}

TEST(Message, RefusesWhatIsNone) {
    EXPECT_EQ(point_of("{").error().code, "sweep.message");
    EXPECT_EQ(outcome_of("{}").error().code, "sweep.message");
    Outcome missing  = outcome(no_value, 1);
    const auto again = outcome_of(to_message(missing));
    ASSERT_TRUE(again);
    EXPECT_TRUE(std::isnan(again->objectives[0]));
}

TEST(Hash, PartsDoNotRunTogether) {
    EXPECT_NE(ContentHash{}.add("ab").add("c").value(), ContentHash{}.add("a").add("bc").value());
}

}  // namespace
}  // namespace spikeloom::sweep
