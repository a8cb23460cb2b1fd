// SPDX-License-Identifier: Apache-2.0
/// Expression: a condition over settings, as the constraints of a sweep are written.
#pragma once

#include "support/result.hpp"
#include "sweep/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::sweep {

/// Numbers, 'words' in single quotes, setting names (in [brackets] where they hold other letters
/// than a-z, 0-9, '_' and '.'), + - * / %, comparisons, && || !, parentheses, and the functions
/// min, max, ceil, floor, abs, log2. Every operator is evaluated: none is skipped.
class Expression {
public:
    /// Error "sweep.expression" says what was expected at which column (from 1).
    static Result<Expression> parse(std::string_view text);

    /// The settings that it reads, in the order of their first use.
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

    /// Error "sweep.expression" where a name has no value, a word meets arithmetic, or the result
    /// is no finite number.
    [[nodiscard]] Result<double> evaluate(const Settings& settings) const;

private:
    friend class ExpressionParser;
    /// One step of a stack machine.
    struct Step {
        std::string op;  ///< operator or function; "value" and "name" push
        Value value{};
        std::size_t arguments = 0;
    };
    std::string text_;
    std::vector<Step> steps_;
    std::vector<std::string> names_;
};

}  // namespace spikeloom::sweep
