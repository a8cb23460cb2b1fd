// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/json_document.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <unordered_set>

namespace spikeloom::frontend {
namespace {

std::string line_and_column(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line               = std::ranges::count(before, '\n') + 1;
    const std::size_t line_begin  = before.rfind('\n') + 1;  // npos + 1 is 0
    return fmt::format("{}:{}", line, std::max<std::size_t>(before.size() - line_begin, 1));
}

/// The library's message without its own position and without raw bytes of the input.
std::string reason_of(std::string_view what) {
    const std::size_t start = what.find("syntax error ");
    std::string_view reason = start == std::string_view::npos ? what : what.substr(start);
    reason                  = reason.substr(0, reason.find("; last read:"));
    std::string clean;
    for (const char c : reason)
        if (static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F)
            clean += c;
    return clean;
}

/// Builds the tree from the library's events.
class TreeBuilder {
public:
    using Json = nlohmann::json;

    TreeBuilder(std::string_view text, const std::string& file) : text_{text}, file_{file} {}

    bool null() { return add({}); }
    bool boolean(bool value) { return add({value}); }
    bool number_integer(Json::number_integer_t value) { return add({std::int64_t{value}}); }
    bool number_unsigned(Json::number_unsigned_t value) { return add({std::uint64_t{value}}); }
    bool number_float(Json::number_float_t value, const std::string&) { return add({value}); }
    bool string(std::string& value) { return add({std::move(value)}); }
    bool binary(Json::binary_t&) { return false; }  // not part of JSON text
    bool start_object(std::size_t) { return open({JsonValue::Object{}}); }
    bool start_array(std::size_t) { return open({JsonValue::Numbers{}}); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }

    bool key(std::string& name) {
        Container& top = open_.back();
        top.key        = name;
        if (!top.keys.insert(name).second)
            faults_.push_back(
                {"json.duplicate-key",
                 fmt::format("the key '{}' occurs more than once in its object", name),
                 {file_, pointer()},
                 {}});
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const Json::exception& error) {
        constexpr int out_of_range = 406;
        const bool overflow        = error.id == out_of_range;
        faults_.push_back(
            {overflow ? "json.number" : "json.syntax",
             overflow ? "the number is beyond the range of a double" : reason_of(error.what()),
             {file_, line_and_column(text_, position)},
             {}});
        return false;
    }

    Checked<JsonValue> take() {
        if (!faults_.empty()) return tl::unexpected<Diagnostics>{std::move(faults_)};
        return std::move(root_);
    }

private:
    struct Container {
        JsonValue value;
        std::string key;                       ///< of the member that is being read
        std::unordered_set<std::string> keys;  ///< seen so far
    };

    bool open(JsonValue container) {
        if (open_.size() < json_max_depth) {
            open_.push_back({std::move(container), {}, {}});
            return true;
        }
        faults_.push_back({"json.depth",
                           fmt::format("nested deeper than the limit of {}", json_max_depth),
                           {file_, pointer()},
                           {}});
        return false;
    }

    bool close() {
        JsonValue done = std::move(open_.back().value);
        open_.pop_back();
        return add(std::move(done));
    }

    bool add(JsonValue value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return true;
        }
        Container& top = open_.back();
        if (auto* object = std::get_if<JsonValue::Object>(&top.value.value))
            object->push_back({std::move(top.key), std::move(value)});
        else
            append(top.value, std::move(value));
        return true;
    }

    static void append(JsonValue& array, JsonValue value) {
        if (auto* numbers = std::get_if<JsonValue::Numbers>(&array.value)) {
            if (value.is_number()) return numbers->push_back(value.number());
            JsonValue::List list;
            for (const double number : *numbers)
                list.push_back({number});
            array.value = std::move(list);
        }
        std::get<JsonValue::List>(array.value).push_back(std::move(value));
    }

    /// Where the next value will stand.
    [[nodiscard]] std::string pointer() const {
        std::string all;
        for (const Container& container : open_) {
            if (const auto* numbers = std::get_if<JsonValue::Numbers>(&container.value.value))
                all = json_pointer(all, numbers->size());
            else if (const auto* list = std::get_if<JsonValue::List>(&container.value.value))
                all = json_pointer(all, list->size());
            else
                all = json_pointer(all, container.key);
        }
        return all;
    }

    std::string_view text_;
    const std::string& file_;
    JsonValue root_;
    std::vector<Container> open_;
    Diagnostics faults_;
};

}  // namespace

bool JsonValue::is_number() const {
    return std::holds_alternative<std::int64_t>(value) ||
           std::holds_alternative<std::uint64_t>(value) || std::holds_alternative<double>(value);
}

double JsonValue::number() const {
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        return static_cast<double>(*integer);
    if (const auto* integer = std::get_if<std::uint64_t>(&value))
        return static_cast<double>(*integer);
    const auto* real = std::get_if<double>(&value);
    return real == nullptr ? 0.0 : *real + 0.0;  // -0.0 becomes 0.0, as "-0" does
}

std::string_view JsonValue::kind() const {
    constexpr std::string_view names[] = {"null",     "a boolean", "a number",
                                          "a number", "a number",  "a string",
                                          "an array", "an array",  "an object"};
    return names[value.index()];
}

std::string json_pointer(const std::string& parent, std::string_view token) {
    std::string pointer = parent + "/";
    for (const char c : token) {
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer += c;
    }
    return pointer;
}

std::string json_pointer(const std::string& parent, std::size_t index) {
    return fmt::format("{}/{}", parent, index);
}

Checked<JsonValue> parse_json_document(std::string_view text, const std::string& file) {
    TreeBuilder builder{text, file};
    nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
    return builder.take();
}

}  // namespace spikeloom::frontend
