// SPDX-License-Identifier: Apache-2.0
#include "sweep/spec.hpp"

#include "support/atomic_file.hpp"
#include "tests/support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace spikeloom::sweep {
namespace {

constexpr const char* good = R"({"format": "spikeloom-sweep-1",
 "program": ["p", "{user.x}", "{report}"],
 "axes": [{"setting": "user.x", "values": [1, 2]}],
 "objectives": [{"name": "y", "pointer": "/y"}]})";

class SpecTest : public testing::Test {
protected:
    /// Faults as "code pointer", sorted.
    std::vector<std::string> faults(const std::string& text, const KnownOptions& known = {}) {
        EXPECT_TRUE(write_file(folder_ / "s.json", text));
        const auto spec = read_spec(folder_ / "s.json", known);
        std::vector<std::string> found;
        if (!spec)
            for (const Diagnostic& fault : spec.error())
                found.push_back(fault.code + " " + fault.location.where);
        std::ranges::sort(found);
        return found;
    }
    /// The good spec with one piece replaced.
    static std::string with(std::string_view from, std::string_view to) {
        std::string text = good;
        const auto at    = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return text.replace(at, from.size(), to);
    }
    using Faults = std::vector<std::string>;
    test::ScratchFolder folder_;
};

TEST_F(SpecTest, GoodOneIsRead) {
    EXPECT_EQ(faults(good), Faults{});
    const auto spec = read_spec(folder_ / "s.json");
    EXPECT_EQ(spec->name, "s");
    EXPECT_EQ(spec->axes[0].values[1].text, "2");
    EXPECT_EQ(spec->folder(), folder_.path());
}

TEST_F(SpecTest, HashIsOfTheMeaning) {
    (void)faults(good);
    const auto hash = read_spec(folder_ / "s.json")->hash;
    (void)faults(with("\n", "\n\n   "));
    EXPECT_EQ(read_spec(folder_ / "s.json")->hash, hash);
    (void)faults(with("[1, 2]", "[1, 3]"));
    EXPECT_NE(read_spec(folder_ / "s.json")->hash, hash);
}

TEST_F(SpecTest, EachFaultIsAtItsPlace) {
    EXPECT_EQ(faults("{\n \"format\" 1}"), Faults{"sweep.syntax 2:11"});
    EXPECT_EQ(faults(with("\"axes\"", "\"axis\"")), (Faults{"sweep.unknown-key /axis"}));
    EXPECT_EQ(faults(with("\"name\": \"y\", ", "")), Faults{"sweep.missing-key /objectives/0"});
    EXPECT_EQ(faults(with("[1, 2]", "[1, true]")), Faults{"sweep.type /axes/0/values/1"});
    EXPECT_EQ(faults(with("[1, 2]", "[1, 1]")), Faults{"sweep.value /axes/0/values/1"});
    EXPECT_EQ(faults(with("spikeloom-sweep-1", "2")), Faults{"sweep.value /format"});
    EXPECT_EQ(faults(with("{user.x}", "{user.z}")), Faults{"sweep.setting /program/1"});
    EXPECT_EQ(faults(with("{user.x}", "{not a name}{")), Faults{});
    EXPECT_EQ(faults(with("\"program\"", R"("constraints": [{"require": "1 +"}], "program")")),
              Faults{"sweep.expression /constraints/0/require"});
    EXPECT_EQ(faults(with("\"program\"", R"("fixed": {"user.x": 1, "chip.a": 2}, "program")")),
              (Faults{"sweep.setting /axes/0/setting", "sweep.setting /fixed/chip.a"}));
    EXPECT_EQ(faults(with(R"("values": [1, 2])", R"("range": {"from": 2, "to": 1})")),
              Faults{"sweep.value /axes/0/range"});
    EXPECT_EQ(faults(with(R"("values": [1, 2])", R"("range": {"from": 1, "to": 2})")),
              Faults{"sweep.value /axes/0"});  // a grid needs steps
    EXPECT_EQ(
        faults(with("\"program\"", R"("cases": [], "fixed": {"target": "golden"}, "program")"))
            .size(),
        1U);
}

TEST_F(SpecTest, OptionsAreThoseOfTheCommand) {
    EXPECT_TRUE(write_file(folder_ / "n.json", std::string_view{"{}"}));
    const std::string text = R"({"format": "spikeloom-sweep-1",
      "cases": [{"network": "n.json", "ticks": 1}], "fixed": {"target": "golden", "run.devise": "x"},
      "axes": [{"setting": "compile.reset", "values": ["value"]}],
      "objectives": [{"name": "y", "pointer": "/y"}]})";
    EXPECT_EQ(faults(text), Faults{});
    EXPECT_EQ(faults(text, {{"reset"}, {"device"}}), Faults{"sweep.setting /fixed/run.devise"});
}

TEST_F(SpecTest, GridHasALimit) {
    const auto steps = [](int count) {
        return with(R"("values": [1, 2])",
                    R"("range": {"from": 0, "to": 1, "steps": )" + std::to_string(count) + "}");
    };
    const auto two = [&](int a, int b) {
        std::string text = steps(a);
        return text.replace(
            text.find("\"axes\": ["), 9,
            R"("axes": [{"setting": "user.y", "range": {"from": 0, "to": 1, "steps": )" +
                std::to_string(b) + "}}, ");
    };
    EXPECT_EQ(faults(two(10000, 1000)), Faults{});
    EXPECT_EQ(faults(two(10000, 1001)), Faults{"sweep.value /axes"});
}

TEST_F(SpecTest, ReadingFaultsAreTheFiles) {
    const auto absent = read_spec(folder_ / "absent.json");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().front().code, "file.open");
}

}  // namespace
}  // namespace spikeloom::sweep
