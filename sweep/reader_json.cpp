// SPDX-License-Identifier: Apache-2.0
#include "sweep/reader_json.hpp"

#include "support/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace spikeloom::sweep {

void JsonFaults::add(std::string code, const std::string& pointer, std::string message) {
    faults.push_back({std::move(code), std::move(message), {file, pointer}, {}});
}

std::string pointer_part(std::string_view key) {
    std::string part;
    for (const char c : key)
        part += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return part;
}

ObjectReader::ObjectReader(const JsonPlace& place, JsonFaults& faults)
    : pointer_{place.pointer}, faults_{faults} {
    if (place.value->is_object())
        object_ = place.value;
    else
        faults_.add("sweep.type", pointer_,
                    fmt::format("must be an object, is {}", place.value->type_name()));
}

std::optional<JsonPlace> ObjectReader::find(std::string_view key) {
    asked_.push_back(key);
    if (object_ == nullptr) return {};
    const auto found = object_->find(key);
    if (found == object_->end()) return {};
    return JsonPlace{&*found, pointer_ + "/" + pointer_part(key)};
}

std::optional<JsonPlace> ObjectReader::require(std::string_view key) {
    auto place = find(key);
    if (!place && object_ != nullptr)
        faults_.add("sweep.missing-key", pointer_, fmt::format("needs the key '{}'", key));
    return place;
}

std::string ObjectReader::text(std::string_view key, const std::string& otherwise) {
    const auto place = find(key);
    if (!place) return otherwise;
    if (place->value->is_string() && !place->value->get_ref<const std::string&>().empty())
        return place->value->get<std::string>();
    faults_.add("sweep.type", place->pointer,
                fmt::format("must be a text that is not empty, is {}", place->value->dump()));
    return otherwise;
}

bool ObjectReader::flag(std::string_view key, bool otherwise) {
    const auto place = find(key);
    if (!place) return otherwise;
    if (place->value->is_boolean()) return place->value->get<bool>();
    faults_.add("sweep.type", place->pointer,
                fmt::format("must be true or false, is {}", place->value->dump()));
    return otherwise;
}

double ObjectReader::number(std::string_view key, double minimum, double maximum,
                            double otherwise) {
    const auto place = find(key);
    if (!place) return otherwise;
    if (!place->value->is_number()) {
        faults_.add("sweep.type", place->pointer,
                    fmt::format("must be a number, is {}", place->value->dump()));
        return otherwise;
    }
    const auto value = place->value->get<double>();
    if (value >= minimum && value <= maximum) return value;
    faults_.add("sweep.value", place->pointer,
                fmt::format("must be {} to {}, is {}", minimum, maximum, value));
    return otherwise;
}

std::uint64_t ObjectReader::integer(std::string_view key, std::uint64_t minimum,
                                    std::uint64_t maximum, std::uint64_t otherwise) {
    const auto place = find(key);
    if (!place) return otherwise;
    if (place->value->is_number_unsigned()) {
        const auto value = place->value->get<std::uint64_t>();
        if (value >= minimum && value <= maximum) return value;
    }
    faults_.add("sweep.value", place->pointer,
                fmt::format("must be a whole number of {} to {}, is {}", minimum, maximum,
                            place->value->dump()));
    return otherwise;
}

std::string ObjectReader::word(std::string_view key, const std::vector<std::string_view>& known,
                               const std::string& otherwise) {
    std::string given = text(key, otherwise);
    if (std::ranges::find(known, given) != known.end()) return given;
    faults_.add("sweep.value", pointer_ + "/" + std::string{key},
                fmt::format("must be one of {}, is '{}'{}", fmt::join(known, ", "), given,
                            did_you_mean(given, known)));
    return otherwise;
}

std::vector<JsonPlace> ObjectReader::list(std::string_view key) {
    const auto place = find(key);
    if (!place) return {};
    if (!place->value->is_array()) {
        faults_.add("sweep.type", place->pointer,
                    fmt::format("must be an array, is {}", place->value->type_name()));
        return {};
    }
    std::vector<JsonPlace> elements;
    for (const Json& element : *place->value)
        elements.push_back({&element, fmt::format("{}/{}", place->pointer, elements.size())});
    return elements;
}

std::vector<std::string> ObjectReader::words(std::string_view key) {
    std::vector<std::string> words;
    for (const JsonPlace& place : list(key)) {
        if (place.value->is_string())
            words.push_back(place.value->get<std::string>());
        else
            faults_.add("sweep.type", place.pointer,
                        fmt::format("must be a text, is {}", place.value->dump()));
    }
    return words;
}

void ObjectReader::finish() {
    if (object_ == nullptr) return;
    for (const auto& [key, value] : object_->items())
        if (std::ranges::find(asked_, key) == asked_.end())
            faults_.add("sweep.unknown-key", pointer_ + "/" + pointer_part(key),
                        fmt::format("is not a known key{}", did_you_mean(key, asked_)));
}

}  // namespace spikeloom::sweep
