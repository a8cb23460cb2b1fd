// SPDX-License-Identifier: Apache-2.0
#include "sweep/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

namespace spikeloom::sweep {
namespace {

constexpr int max_depth = 64;  ///< of nested parentheses and signs

bool is_name_letter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

double arithmetic(const std::string& op, double a, double b) {
    switch (op[0]) {
        case '+':
            return a + b;
        case '-':
            return a - b;
        case '*':
            return a * b;
        case '/':
            return a / b;
        case '%':
            return std::fmod(a, b);
        case '&':
            return a != 0 && b != 0 ? 1 : 0;
        case '|':
            return a != 0 || b != 0 ? 1 : 0;
        case '<':
            return (op == "<" ? a < b : a <= b) ? 1 : 0;
        case '>':
            return (op == ">" ? a > b : a >= b) ? 1 : 0;
        default:
            break;
    }
    return op == "min" ? std::min(a, b) : std::max(a, b);
}

double function(const std::string& op, double a) {
    if (op == "ceil") return std::ceil(a);
    if (op == "floor") return std::floor(a);
    if (op == "abs") return std::abs(a);
    if (op == "log2") return std::log2(a);
    return op == "negate" ? -a : (a == 0 ? 1 : 0);
}

bool same(const Value& a, const Value& b) {
    return a.number && b.number ? *a.number == *b.number : a.text == b.text;
}

}  // namespace

/// Recursive descent; the first fault ends it.
class ExpressionParser {
public:
    explicit ExpressionParser(std::string_view text) : text_{text} { result_.text_ = text; }

    Result<Expression> run() {
        level(0);
        blanks();
        if (!fault_ && at_ < text_.size()) expected("an operator or the end");
        if (fault_) return tl::unexpected(*fault_);
        return std::move(result_);
    }

private:
    using Operators = std::span<const std::string_view>;

    static Operators operators_of(std::size_t level) {
        static constexpr std::array<std::string_view, 1> any{"||"}, all{"&&"};
        static constexpr std::array<std::string_view, 6> compare{"<=", ">=", "==", "!=", "<", ">"};
        static constexpr std::array<std::string_view, 2> sum{"+", "-"};
        static constexpr std::array<std::string_view, 3> product{"*", "/", "%"};
        static constexpr std::array<Operators, 5> levels{
            Operators{any}, Operators{all}, Operators{compare}, Operators{sum}, Operators{product}};
        return levels[level];
    }

    void expected(const std::string& what) {
        if (fault_) return;
        fault_ = Diagnostic{"sweep.expression",
                            fmt::format("'{}': expected {} at column {}", text_, what, at_ + 1),
                            {},
                            {}};
    }

    void blanks() {
        while (at_ < text_.size() && text_[at_] == ' ')
            ++at_;
    }

    bool take(std::string_view token) {
        blanks();
        if (!text_.substr(at_).starts_with(token)) return false;
        at_ += token.size();
        return true;
    }

    void push(std::string op, std::size_t arguments, Value value = {}) {
        result_.steps_.push_back({std::move(op), std::move(value), arguments});
    }

    void level(std::size_t depth) {
        if (depth == 5) return factor();
        level(depth + 1);
        for (bool more = true; more && !fault_;) {
            more = false;
            for (const std::string_view op : operators_of(depth)) {
                if (!take(op)) continue;
                level(depth + 1);
                push(std::string{op}, 2);
                more = true;
                break;
            }
        }
    }

    void factor() {
        if (fault_) return;
        if (++depth_ > max_depth) return expected("fewer than 64 nested parts");
        blanks();
        if (take("(")) {
            level(0);
            if (!take(")")) expected("')'");
        } else if (take("-")) {
            factor();
            push("negate", 1);
        } else if (take("!")) {
            factor();
            push("not", 1);
        } else if (take("'")) {
            word();
        } else {
            number_or_name();
        }
        --depth_;
    }

    void word() {
        const std::size_t end = text_.find('\'', at_);
        if (end == std::string_view::npos) return expected("a closing \"'\"");
        push("value", 0, word_value(std::string{text_.substr(at_, end - at_)}));
        at_ = end + 1;
    }

    void number_or_name() {
        if (at_ >= text_.size()) return expected("a number, a name or '('");
        double number            = 0;
        const char* last         = text_.data() + text_.size();
        const auto [end, status] = std::from_chars(text_.data() + at_, last, number);
        if (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 && status == std::errc{}) {
            at_ = static_cast<std::size_t>(end - text_.data());
            return push("value", 0, number_value(number));
        }
        const bool bracket     = take("[");
        const std::size_t from = at_;
        while (at_ < text_.size() && (bracket ? text_[at_] != ']' : is_name_letter(text_[at_])))
            ++at_;
        std::string name{text_.substr(from, at_ - from)};
        if (name.empty() || (bracket && !take("]"))) return expected("a number, a name or '('");
        if (!bracket && take("(")) return call(name);
        if (std::ranges::find(result_.names_, name) == result_.names_.end())
            result_.names_.push_back(name);
        push("name", 0, word_value(std::move(name)));
    }

    void call(const std::string& name) {
        const bool two = name == "min" || name == "max";
        if (!two && name != "ceil" && name != "floor" && name != "abs" && name != "log2")
            return expected("one of the functions min, max, ceil, floor, abs, log2 before '('");
        level(0);
        if (two) {
            if (!take(",")) expected("','");
            level(0);
        }
        if (!take(")")) expected("')'");
        push(name, two ? 2 : 1);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_      = 0;
    std::optional<Diagnostic> fault_;
    Expression result_;
};

Result<Expression> Expression::parse(std::string_view text) {
    return ExpressionParser{text}.run();
}

Result<double> Expression::evaluate(const Settings& settings) const {
    std::vector<Value> stack;
    const auto wrong = [&](const std::string& what) {
        return fault("sweep.expression", fmt::format("'{}': {}", text_, what));
    };
    for (const Step& step : steps_) {
        if (step.op == "value") {
            stack.push_back(step.value);
            continue;
        }
        if (step.op == "name") {
            const auto found = settings.find(step.value.text);
            if (found == settings.end()) return wrong("no value for " + step.value.text);
            stack.push_back(found->second);
            continue;
        }
        const Value last = stack.back();
        stack.pop_back();
        if (step.op == "==" || step.op == "!=") {
            const bool equal = same(stack.back(), last);
            stack.back()     = number_value(equal == (step.op == "==") ? 1 : 0);
            continue;
        }
        if (!last.number) return wrong("'" + last.text + "' is a word, not a number");
        if (step.arguments == 1) {
            stack.push_back(number_value(function(step.op, *last.number)));
            continue;
        }
        if (!stack.back().number)
            return wrong("'" + stack.back().text + "' is a word, not a number");
        stack.back() = number_value(arithmetic(step.op, *stack.back().number, *last.number));
    }
    if (!stack.back().number) return wrong("is a word, not a condition");
    if (!std::isfinite(*stack.back().number)) return wrong("has no finite value");
    return *stack.back().number;
}

}  // namespace spikeloom::sweep
