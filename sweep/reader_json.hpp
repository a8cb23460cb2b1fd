// SPDX-License-Identifier: Apache-2.0
/// Reads members of JSON objects and reports every fault at its pointer; inside of sweep only.
#pragma once

#include "support/result.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::sweep {

using Json = nlohmann::json;

/// What all parts of one reading share.
struct JsonFaults {
    std::string file;
    Diagnostics faults{};

    void add(std::string code, const std::string& pointer, std::string message);
};

/// A value and where it stands.
struct JsonPlace {
    const Json* value = nullptr;
    std::string pointer;
};

/// One object. Keys that were never asked for are faults ("sweep.unknown-key") at finish().
class ObjectReader {
public:
    ObjectReader(const JsonPlace& place, JsonFaults& faults);

    std::optional<JsonPlace> find(std::string_view key);
    /// As find(); "sweep.missing-key" when absent.
    std::optional<JsonPlace> require(std::string_view key);
    /// Absent or of a wrong type: `otherwise`, the latter with a fault.
    std::string text(std::string_view key, const std::string& otherwise = {});
    bool flag(std::string_view key, bool otherwise);
    double number(std::string_view key, double minimum, double maximum, double otherwise);
    std::uint64_t integer(std::string_view key, std::uint64_t minimum, std::uint64_t maximum,
                          std::uint64_t otherwise);
    /// One of `known`, else "sweep.value" with "did you mean".
    std::string word(std::string_view key, const std::vector<std::string_view>& known,
                     const std::string& otherwise);
    /// Elements of an array; none when absent.
    std::vector<JsonPlace> list(std::string_view key);
    std::vector<std::string> words(std::string_view key);
    void finish();

    [[nodiscard]] const std::string& pointer() const { return pointer_; }

private:
    const Json* object_ = nullptr;
    std::string pointer_;
    JsonFaults& faults_;
    std::vector<std::string_view> asked_;
};

/// '~' and '/' of a key as a JSON pointer writes them (RFC 6901).
std::string pointer_part(std::string_view key);

}  // namespace spikeloom::sweep
