// SPDX-License-Identifier: Apache-2.0
/// Value and Settings: what one design point sets, by name.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace spikeloom::sweep {

/// A number or a word, with the text that a command line takes.
struct Value {
    std::string text;
    std::optional<double> number;  ///< absent for a word

    friend bool operator==(const Value&, const Value&) = default;
};

/// The shortest text that reads back as the same number; whole numbers without a point.
Value number_value(double number);
Value word_value(std::string word);

/// By setting name ("chip.capacities.neurons", "compile.seed", "weights.bits"), sorted.
using Settings = std::map<std::string, Value>;

}  // namespace spikeloom::sweep
