// SPDX-License-Identifier: Apache-2.0
/// What a point leaves: figures, scores, shared work, derived networks, sensitivities.
#include "compiler/frontend/json.hpp"
#include "support/atomic_file.hpp"
#include "sweep/derive_network.hpp"
#include "sweep/result_document.hpp"
#include "sweep/retarget.hpp"
#include "sweep/score.hpp"
#include "sweep/sensitivity.hpp"
#include "sweep/shared_work.hpp"
#include "tests/support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <thread>

namespace spikeloom::sweep {
namespace {

std::optional<double> figure(const char* json, const char* pointer, const char* reduce = "sum") {
    return figure_at(json, {"f", pointer, reduce, "1", false});
}

TEST(Figure, PointersStarsAndReductions) {
    constexpr const char* json =
        R"({"a": {"b/c": 3}, "l": [{"u": 1}, {"u": 4}, {"v": 9, "k": "x"}], "t": "text"})";
    EXPECT_EQ(figure(json, "/a/b~1c"), 3);
    EXPECT_EQ(figure(json, "/l/1/u"), 4);
    EXPECT_EQ(figure(json, "/l/*/u"), 5);
    EXPECT_EQ(figure(json, "/l/*/u", "mean"), 2.5);
    EXPECT_EQ(figure(json, "/l/*/u", "max"), 4);
    EXPECT_EQ(figure(json, "/l/*/u", "min"), 1);
    EXPECT_EQ(figure(json, "/l/*/u", "last"), 4);
    EXPECT_EQ(figure(json, "/l/*", "count"), 3);
    EXPECT_EQ(figure(json, "/l/k=x/v"), 9);
    EXPECT_FALSE(figure(json, "/l/k=y/v"));
    for (const char* none : {"/x", "/t", "/l/3/u", "/l/-1/u", "/a/*/x", "/a"})
        EXPECT_FALSE(figure(json, none)) << none;
    EXPECT_FALSE(figure("{", "/a"));
}

class Files : public testing::Test {
protected:
    std::filesystem::path file(const char* name, std::string_view text) {
        EXPECT_TRUE(write_file(folder_ / name, text));
        return folder_ / name;
    }
    test::ScratchFolder folder_;
};

TEST_F(Files, AccuracyCountsTheMostFrequentNeuron) {
    Score score{"out", file("labels", "1\n0\n2\n0\n"), 10};
    // Item 0: neuron 1 twice, 0 once. Item 1: a tie, the first wins. Item 2: silence. Item 3:
    // wrong.
    const auto spikes = file("s.csv",
                             "tick,population,neuron\n2,out,0\n3,out,1\n4,out,1\n12,out,1\n"
                             "13,out,0\n14,in,1\n31,out,0\n32,out,3\n33,out,3\n");
    EXPECT_EQ(*accuracy(score, spikes, 0), 0.5);
    EXPECT_EQ(*accuracy(score, spikes, 2), 0.5);
    // At an offset of 3 the spike of tick 12 belongs to item 0 and that of tick 2 to none.
    EXPECT_EQ(*accuracy({"out", score.labels, 10}, spikes, 3), 0.5);
    EXPECT_EQ(accuracy({"out", file("bad", "1\nx\n"), 10}, spikes, 0).error().front().code,
              "sweep.labels");
    EXPECT_EQ(accuracy(score, folder_ / "none", 0).error().front().code, "file.open");
}

TEST_F(Files, SpikesAgainstReference) {
    const auto a = file("a", "tick,population,neuron\n1,o,0\n2,o,0\n");
    const auto b = file("b", "tick,population,neuron\n1,o,0\n3,o,0\n4,o,1\n");
    const auto d = compare_spikes(a, b);
    ASSERT_TRUE(d);
    EXPECT_EQ(d->missed, 1U);
    EXPECT_EQ(d->added, 2U);
}

TEST_F(Files, ResultWithoutAnObjectiveIsIncomplete) {
    Spec spec;
    spec.objectives = {{"x", "/x", "sum", "1", false}, {"a", "/score/accuracy", "sum", "1", true}};
    const auto report = file("r.json", R"({"x": 2, "tool_version": "9"})");
    Outcome whole, part, broken;
    read_result(spec, report, {0.75, {}, {}}, folder_ / "extras.json", whole);
    EXPECT_EQ(whole.status, Status::ok);
    EXPECT_EQ(whole.objectives, (std::vector<double>{2, 0.75}));
    EXPECT_EQ(whole.tool_version, "9");
    read_result(spec, report, {}, folder_ / "extras.json", part);
    EXPECT_EQ(part.status, Status::incomplete);
    EXPECT_EQ(part.code, "sweep.objective");
    EXPECT_TRUE(std::isnan(part.objectives[1]));
    read_result(spec, file("bad.json", "[1]"), {}, folder_ / "extras.json", broken);
    EXPECT_EQ(broken.code, "sweep.report");
}

TEST_F(Files, SharedWorkIsDoneOnceByManyAndItsEndRemembered) {
    std::atomic<int> done = 0;
    const auto work       = [&](const std::filesystem::path&) {
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        ++done;
        return StepEnd{Status::refused, "a.b", "why: two\nlines"};
    };
    {
        std::vector<std::jthread> threads;
        for (int k = 0; k < 8; ++k)
            threads.emplace_back([&] { (void)once(folder_.path(), "w", work); });
    }
    EXPECT_EQ(done, 1);
    const auto end = once(folder_.path(), "w", work);
    EXPECT_EQ(done, 1);
    EXPECT_EQ(end->code, "a.b");
    EXPECT_EQ(end->message, "why: two\nlines");
    // Work that was killed has left a folder without an end.
    std::filesystem::remove(folder_ / "w/end");
    EXPECT_TRUE(once(folder_.path(), "w", work));
    EXPECT_EQ(done, 2);
    EXPECT_EQ(once(file("plain", ""), "w", work).error().code, "sweep.cache");
}

constexpr const char* network = R"({"dt": 0.001, "populations": [
  {"name": "a", "size": 2, "model": "spike_source"},
  {"name": "b", "size": 2, "model": "lif", "parameters": {"tau": 0.01, "v_threshold": 1}}],
 "projections": [{"pre": "a", "post": "b", "connector": {"type": "dense"}, "delays": 1,
                  "weights": [1, -0.6, 0.2, 0.1]}]})";

std::vector<double> weights_of(const ir::Network& net) {
    return **std::get_if<ir::Array>(&net.projections[0].weights);
}

TEST_F(Files, WeightsAreRoundedToAGridThatHoldsZeroAndTheLargest) {
    const auto rounded = [&](int bits) {
        auto net = frontend::parse_json(network, "n", ".");
        EXPECT_TRUE(net);
        EXPECT_TRUE(round_weights(*net, bits));
        return weights_of(*net);
    };
    EXPECT_EQ(rounded(2), (std::vector<double>{1, -1, 0, 0}));
    const auto three = rounded(3);
    EXPECT_EQ(three[0], 1);
    EXPECT_DOUBLE_EQ(three[1], -2.0 / 3);
    EXPECT_DOUBLE_EQ(three[2], 1.0 / 3);
    EXPECT_EQ(three[3], 0);
    auto net = frontend::parse_json(network, "n", ".");
    EXPECT_EQ(round_weights(*net, 1).error().code, "sweep.weights");
    EXPECT_TRUE(round_weights(*net, 24));
    EXPECT_EQ(round_weights(*net, 25).error().code, "sweep.weights");
    net->projections[0].weights = ir::Normal{};
    EXPECT_EQ(round_weights(*net, 4).error().code, "sweep.weights");
}

TEST_F(Files, DerivedNetworkHasWhatTheSettingsSay) {
    const auto from = file("n.json", network);
    const Settings settings{{"network/populations/1/parameters/v_threshold", number_value(2.5)},
                            {"weights.bits", number_value(2)}};
    EXPECT_TRUE(changes_network(settings));
    EXPECT_FALSE(changes_network({{"network", number_value(1)}, {"chip.a", number_value(1)}}));
    ASSERT_TRUE(derive_network(from, settings, 0, folder_ / "d.json"));
    const auto derived = frontend::read_json(folder_ / "d.json");
    ASSERT_TRUE(derived);
    EXPECT_EQ(std::get<double>(derived->populations[1].model.parameters.at("v_threshold")), 2.5);
    EXPECT_EQ(weights_of(*derived), (std::vector<double>{1, -1, 0, 0}));
    EXPECT_EQ(derive_network(from, {{"network/populations/7", number_value(1)}}, 0, folder_ / "e")
                  .error()
                  .front()
                  .code,
              "sweep.pointer");
}

TEST(Sensitivity, ShareIsTheVarianceBetweenLevels) {
    Spec spec;
    spec.axes       = {{"a", {}, {}}, {"b", {}, {}}};
    spec.objectives = {{"y", "/y", "sum", "1", false}, {"flat", "/z", "sum", "1", false}};
    std::vector<Row> rows;
    for (double a = 0; a < 2; ++a)
        for (double b = 0; b < 2; ++b) {
            Row row;
            row.point.settings     = {{"a", number_value(a)}, {"b", number_value(b)}};
            row.outcome.objectives = {3 * a + b, 0.97};
            rows.push_back(row);
        }
    for (int more = 0; more < 3; ++more) {  // three times 0.97 does not add up to 2.91
        rows.push_back(rows[0]);
        rows.push_back(rows[1]);
        rows.push_back(rows[2]);
        rows.push_back(rows[3]);
    }
    rows.emplace_back();
    rows.back().outcome.status = Status::crashed;
    const auto found           = sensitivities(spec, rows);
    ASSERT_EQ(found.size(), 4U);
    EXPECT_DOUBLE_EQ(found[0].share, 0.9);  // 9 : 1
    EXPECT_DOUBLE_EQ(found[2].share, 0.1);
    EXPECT_EQ(found[1].share, 0);
    EXPECT_EQ(found[0].levels[1].label, "1");
    EXPECT_EQ(found[0].levels[1].mean, 3.5);
    EXPECT_EQ(found[0].levels[1].minimum, 3);
    EXPECT_EQ(found[0].levels[1].maximum, 4);
}

TEST(Sensitivity, ManyNumbersShareLevelsEvenly) {
    Spec spec;
    spec.axes       = {{"a", {}, {}}};
    spec.objectives = {{"y", "/y", "sum", "1", false}};
    std::vector<Row> rows(100);
    for (std::size_t k = 0; k < rows.size(); ++k) {
        rows[k].point.settings     = {{"a", number_value(static_cast<double>(k) / 8)}};
        rows[k].outcome.objectives = {static_cast<double>(k)};
    }
    const auto found = sensitivities(spec, rows, 10);
    ASSERT_EQ(found[0].levels.size(), 10U);
    for (const Level& level : found[0].levels)
        EXPECT_EQ(level.points, 10U);
    EXPECT_EQ(found[0].levels[0].label, "0 to 1.125");
    EXPECT_GT(found[0].share, 0.98);
}

TEST(Prices, OnlyEnergyTablesAreTaken) {
    Settings sets{{"energy.t.x", number_value(1)}, {"timing.clock", number_value(2)}};
    EXPECT_EQ(take_prices(sets).size(), 1U);
    EXPECT_EQ(sets.size(), 1U);
    EXPECT_TRUE(sets.contains("timing.clock"));
    EXPECT_EQ(retarget("/none", {}, "/none").error().code, "file.open");
}

}  // namespace
}  // namespace spikeloom::sweep
