// SPDX-License-Identifier: Apache-2.0
/// Typed access to JSON values that reports every fault at its pointer; inside of
/// compiler/frontend only.
#pragma once

#include "compiler/frontend/json_document.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace spikeloom::frontend {

/// What all parts of one reading share.
struct JsonContext {
    std::string file;
    std::filesystem::path folder;  ///< of the .npy sidecars
    Diagnostics faults{};

    void add(std::string code, const std::string& pointer, std::string message) {
        faults.push_back({std::move(code), std::move(message), {file, pointer}, {}});
    }
};

/// A value and where it stands.
struct JsonPlace {
    const JsonValue* value;
    std::string pointer;
};

// Each gives the value, or nothing after it has reported what is wrong ("json.type", "json.value").
std::optional<std::string> read_string(const JsonPlace& place, JsonContext& context);
std::optional<bool> read_boolean(const JsonPlace& place, JsonContext& context);
std::optional<double> read_number(const JsonPlace& place, JsonContext& context);
std::optional<std::uint64_t> read_integer(const JsonPlace& place, std::uint64_t minimum,
                                          std::uint64_t maximum, JsonContext& context);
/// Elements of an array that is not all numbers (or is empty).
std::optional<std::vector<JsonPlace>> read_list(const JsonPlace& place, JsonContext& context);

/// The word must be one of these; else `code` with "did you mean".
bool expect_word(const std::string& word, const std::vector<std::string_view>& known,
                 const std::string& what, const JsonPlace& place, JsonContext& context);

/// Reads the members of one object. Keys that were never asked for are unknown keys.
class ObjectReader {
public:
    /// Reports "json.type" when the value is not an object; then it has no members.
    ObjectReader(const JsonPlace& place, JsonContext& context);

    [[nodiscard]] bool is_object() const { return object_ != nullptr; }
    std::optional<JsonPlace> find(std::string_view key);
    /// As find(), and reports "json.missing-key".
    std::optional<JsonPlace> require(std::string_view key);
    [[nodiscard]] const std::string& pointer() const { return pointer_; }

    std::optional<std::string> string(std::string_view key);
    bool boolean(std::string_view key, bool otherwise);
    std::optional<double> number(std::string_view key);
    std::uint64_t integer(std::string_view key, std::uint64_t minimum, std::uint64_t maximum,
                          std::uint64_t otherwise);

    /// Reports each "json.unknown-key"; call it last.
    void finish();

private:
    const JsonValue::Object* object_ = nullptr;
    std::string pointer_;
    JsonContext& context_;
    std::vector<std::string_view> known_;
};

}  // namespace spikeloom::frontend
