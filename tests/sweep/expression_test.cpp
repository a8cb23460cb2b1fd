// SPDX-License-Identifier: Apache-2.0
#include "sweep/expression.hpp"

#include <gtest/gtest.h>

namespace spikeloom::sweep {
namespace {

const Settings settings{{"a", number_value(3)},
                        {"chip.core.size", number_value(64)},
                        {"energy.up5k-rails.x", number_value(2)},
                        {"kind", word_value("mesh")}};

double value_of(const char* text) {
    const auto expression = Expression::parse(text);
    EXPECT_TRUE(expression) << text;
    const auto value = expression->evaluate(settings);
    EXPECT_TRUE(value) << text << ": " << (value ? "" : value.error().message);
    return value.value_or(-1e9);
}

TEST(Expression, BindsAsInArithmetic) {
    EXPECT_EQ(value_of("1 + 2 * 3"), 7);
    EXPECT_EQ(value_of("(1 + 2) * 3"), 9);
    EXPECT_EQ(value_of("8 - 2 - 1"), 5);
    EXPECT_EQ(value_of("8 / 2 / 2"), 2);
    EXPECT_EQ(value_of("-a + 10 % 4"), -1);
    EXPECT_EQ(value_of("1 < 2 && 2 < 1 || 3 >= 3"), 1);
    EXPECT_EQ(value_of("1 + 1 == 2"), 1);
    EXPECT_EQ(value_of("!(a > 2)"), 0);
}

TEST(Expression, ReadsSettingsAndWords) {
    EXPECT_EQ(value_of("chip.core.size * a <= 192"), 1);
    EXPECT_EQ(value_of("chip.core.size * a <= 191"), 0);
    EXPECT_EQ(value_of("[energy.up5k-rails.x] + 1"), 3);
    EXPECT_EQ(value_of("kind == 'mesh'"), 1);
    EXPECT_EQ(value_of("kind != 'mesh'"), 0);
    EXPECT_EQ(value_of("min(a, 2) + max(a, 5) + ceil(0.2) + floor(0.8) + abs(-4) + log2(8)"), 15);
    const auto expression = Expression::parse("a + b * a");
    EXPECT_EQ(expression->names(), (std::vector<std::string>{"a", "b"}));
}

TEST(Expression, FaultsSayTheColumn) {
    for (const auto& [text, column] : {std::pair{"1 +", "column 4"},
                                       {"(1", "column 3"},
                                       {"1 2", "column 3"},
                                       {"'x", "column 2"},
                                       {"sin(1)", "column 5"},
                                       {"[x", "column 3"},
                                       {"", "column 1"},
                                       {"min(1)", "column 6"}}) {
        const auto expression = Expression::parse(text);
        ASSERT_FALSE(expression) << text;
        EXPECT_EQ(expression.error().code, "sweep.expression");
        EXPECT_NE(expression.error().message.find(column), std::string::npos)
            << expression.error().message;
    }
}

TEST(Expression, DepthIsLimitedAtSixtyFour) {
    const auto nested = [](std::size_t depth) {
        return Expression::parse(std::string(depth, '(') + "1" + std::string(depth, ')'));
    };
    EXPECT_TRUE(nested(63));
    EXPECT_FALSE(nested(64));
    EXPECT_FALSE(nested(100000));
}

TEST(Expression, EvaluationFaults) {
    for (const char* text : {"b", "kind + 1", "1 + kind", "1 / 0", "kind", "log2(0)"}) {
        const auto value = Expression::parse(text)->evaluate(settings);
        ASSERT_FALSE(value) << text;
        EXPECT_EQ(value.error().code, "sweep.expression");
    }
}

}  // namespace
}  // namespace spikeloom::sweep
