// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/json_fields.hpp"

#include "support/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikeloom::frontend {
namespace {

void wrong_type(const JsonPlace& place, std::string_view wanted, JsonContext& context) {
    context.add("json.type", place.pointer,
                fmt::format("{} is expected here, not {}", wanted, place.value->kind()));
}

/// The integer that a number stands for, when it is one from 0 to 2^64 - 1.
std::optional<std::uint64_t> whole(const JsonValue& value) {
    if (const auto* integer = std::get_if<std::uint64_t>(&value.value)) return *integer;
    const double number = value.number();
    if (number < 0 || number >= 0x1p64 || number != std::floor(number)) return std::nullopt;
    return static_cast<std::uint64_t>(number);
}

std::string text_of(const JsonValue& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value.value))
        return fmt::format("{}", *integer);
    if (const auto* integer = std::get_if<std::uint64_t>(&value.value))
        return fmt::format("{}", *integer);
    return fmt::format("{}", value.number());
}

}  // namespace

std::optional<std::string> read_string(const JsonPlace& place, JsonContext& context) {
    if (const auto* text = std::get_if<std::string>(&place.value->value)) return *text;
    wrong_type(place, "a string", context);
    return std::nullopt;
}

std::optional<bool> read_boolean(const JsonPlace& place, JsonContext& context) {
    if (const auto* flag = std::get_if<bool>(&place.value->value)) return *flag;
    wrong_type(place, "true or false", context);
    return std::nullopt;
}

std::optional<double> read_number(const JsonPlace& place, JsonContext& context) {
    if (place.value->is_number()) return place.value->number();
    wrong_type(place, "a number", context);
    return std::nullopt;
}

std::optional<std::uint64_t> read_integer(const JsonPlace& place, std::uint64_t minimum,
                                          std::uint64_t maximum, JsonContext& context) {
    if (!place.value->is_number()) {
        wrong_type(place, "an integer", context);
        return std::nullopt;
    }
    const auto integer = whole(*place.value);
    if (integer && *integer >= minimum && *integer <= maximum) return integer;
    context.add(
        "json.value", place.pointer,
        fmt::format("{} is not an integer from {} to {}", text_of(*place.value), minimum, maximum));
    return std::nullopt;
}

std::optional<std::vector<JsonPlace>> read_list(const JsonPlace& place, JsonContext& context) {
    const auto* list    = std::get_if<JsonValue::List>(&place.value->value);
    const auto* numbers = std::get_if<JsonValue::Numbers>(&place.value->value);
    if (list == nullptr && (numbers == nullptr || !numbers->empty())) {
        wrong_type(place, "an array of objects", context);
        return std::nullopt;
    }
    std::vector<JsonPlace> places;
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i)
        places.push_back({&(*list)[i], json_pointer(place.pointer, i)});
    return places;
}

bool expect_word(const std::string& word, const std::vector<std::string_view>& known,
                 const std::string& what, const JsonPlace& place, JsonContext& context) {
    if (std::ranges::find(known, word) != known.end()) return true;
    context.add("json.value", place.pointer,
                fmt::format("there is no {} '{}'{}", what, word, did_you_mean(word, known)));
    return false;
}

ObjectReader::ObjectReader(const JsonPlace& place, JsonContext& context)
    : object_{std::get_if<JsonValue::Object>(&place.value->value)},
      pointer_{place.pointer},
      context_{context} {
    if (object_ == nullptr) wrong_type(place, "an object", context);
}

std::optional<JsonPlace> ObjectReader::find(std::string_view key) {
    known_.push_back(key);
    if (object_ == nullptr) return std::nullopt;
    const auto member = std::ranges::find(*object_, key, &JsonMember::key);
    if (member == object_->end()) return std::nullopt;
    return JsonPlace{&member->value, json_pointer(pointer_, key)};
}

std::optional<JsonPlace> ObjectReader::require(std::string_view key) {
    auto place = find(key);
    if (!place && object_ != nullptr)
        context_.add("json.missing-key", pointer_, fmt::format("the key '{}' is missing", key));
    return place;
}

std::optional<std::string> ObjectReader::string(std::string_view key) {
    const auto place = find(key);
    return place ? read_string(*place, context_) : std::nullopt;
}

bool ObjectReader::boolean(std::string_view key, bool otherwise) {
    const auto place = find(key);
    return place ? read_boolean(*place, context_).value_or(otherwise) : otherwise;
}

std::optional<double> ObjectReader::number(std::string_view key) {
    const auto place = find(key);
    return place ? read_number(*place, context_) : std::nullopt;
}

std::uint64_t ObjectReader::integer(std::string_view key, std::uint64_t minimum,
                                    std::uint64_t maximum, std::uint64_t otherwise) {
    const auto place = find(key);
    return place ? read_integer(*place, minimum, maximum, context_).value_or(otherwise) : otherwise;
}

void ObjectReader::finish() {
    if (object_ == nullptr) return;
    for (const JsonMember& member : *object_)
        if (std::ranges::find(known_, member.key) == known_.end())
            context_.add("json.unknown-key", json_pointer(pointer_, member.key),
                         fmt::format("the key '{}' is not known here{}", member.key,
                                     did_you_mean(member.key, known_)));
}

}  // namespace spikeloom::frontend
