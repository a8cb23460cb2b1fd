// SPDX-License-Identifier: Apache-2.0
/// A JSON text as a tree that holds long number arrays compactly; inside of compiler/frontend only.
#pragma once

#include "support/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace spikeloom::frontend {

struct JsonMember;

/// One JSON value. An array that holds nothing but numbers is a std::vector<double>, every other
/// one a list of values.
struct JsonValue {
    using Numbers = std::vector<double>;
    using List    = std::vector<JsonValue>;
    using Object  = std::vector<JsonMember>;  ///< in the order of the text

    std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Numbers,
                 List, Object>
        value;

    [[nodiscard]] bool is_number() const;
    /// The number as a double; 0 for everything else.
    [[nodiscard]] double number() const;
    /// "an array", "a string", ... for messages.
    [[nodiscard]] std::string_view kind() const;
};

struct JsonMember {
    std::string key;
    JsonValue value;
};

/// A JSON pointer with one more token, escaped by RFC 6901.
std::string json_pointer(const std::string& parent, std::string_view token);
std::string json_pointer(const std::string& parent, std::size_t index);

/// Deepest nesting of arrays and objects.
inline constexpr std::size_t json_max_depth = 64;

/// Parses strict JSON (RFC 8259, UTF-8). Errors: "json.syntax", "json.number" (beyond the range of
/// a double) and "json.depth" at line:column; every "json.duplicate-key" at its JSON pointer.
Checked<JsonValue> parse_json_document(std::string_view text, const std::string& file);

}  // namespace spikeloom::frontend
