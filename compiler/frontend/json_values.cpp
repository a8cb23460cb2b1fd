// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/json_values.hpp"

#include "support/npy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace spikeloom::frontend {
namespace {

struct FlatArray {
    std::vector<double> values;
    Shape shape;
};

bool is_array(const JsonValue& value) {
    return std::holds_alternative<JsonValue::Numbers>(value.value) ||
           std::holds_alternative<JsonValue::List>(value.value);
}

/// Flattens nested arrays; all lists of one level must have one length.
class Flattener {
public:
    explicit Flattener(JsonContext& context) : context_{context} {}

    std::optional<FlatArray> run(const JsonPlace& place) {
        if (!visit(place, 0)) return std::nullopt;
        return std::move(flat_);
    }

private:
    bool visit(const JsonPlace& place, std::size_t level) {
        if (const auto* numbers = std::get_if<JsonValue::Numbers>(&place.value->value)) {
            if (!enter(place, level, numbers->size(), true)) return false;
            flat_.values.insert(flat_.values.end(), numbers->begin(), numbers->end());
            return true;
        }
        const auto* list = std::get_if<JsonValue::List>(&place.value->value);
        if (list == nullptr || !holds_arrays_only(place, *list)) return false;
        if (!enter(place, level, list->size(), false)) return false;
        bool good = true;
        for (std::size_t i = 0; i < list->size(); ++i)
            good = visit({&(*list)[i], json_pointer(place.pointer, i)}, level + 1) && good;
        return good;
    }

    /// Reports what is neither number nor array, else where numbers and arrays are mixed.
    bool holds_arrays_only(const JsonPlace& place, const JsonValue::List& list) {
        const std::size_t before = context_.faults.size();
        std::optional<std::size_t> mixed;
        bool numbers = false;
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (is_array(list[i])) continue;
            numbers = read_number({&list[i], json_pointer(place.pointer, i)}, context_) || numbers;
        }
        if (context_.faults.size() != before) return false;
        for (std::size_t i = 1; numbers && !mixed && i < list.size(); ++i)
            if (is_array(list[i]) != is_array(list[0])) mixed = i;
        return !mixed || ragged({place.value, json_pointer(place.pointer, *mixed)});
    }

    /// Checks the length of a list at this level, and that numbers stand at the innermost only.
    bool enter(const JsonPlace& place, std::size_t level, std::size_t length, bool innermost) {
        if (level == flat_.shape.size() && !complete_) {
            flat_.shape.push_back(length);
            complete_ = innermost;
            return true;
        }
        const bool last = level + 1 == flat_.shape.size() && complete_;
        if (level < flat_.shape.size() && flat_.shape[level] == length && last == innermost)
            return true;
        return ragged(place);
    }

    bool ragged(const JsonPlace& place) {
        context_.add("json.shape", place.pointer, "the nested arrays differ in length or depth");
        return false;
    }

    JsonContext& context_;
    FlatArray flat_;
    bool complete_ = false;  ///< the innermost level has been seen
};

bool is_inside_of_folder(const std::filesystem::path& path) {
    return !path.empty() && path.is_relative() &&
           std::ranges::none_of(path, [](const auto& part) { return part == ".."; });
}

std::optional<FlatArray> read_sidecar(const JsonPlace& place, JsonContext& context) {
    ObjectReader object{place, context};
    const auto name_place = object.require("npy");
    object.finish();
    if (!name_place) return std::nullopt;
    const auto name = read_string(*name_place, context);
    if (!name) return std::nullopt;
    if (name->find('\0') != std::string::npos || !is_inside_of_folder(*name)) {
        context.add("json.npy", name_place->pointer,
                    "an .npy file is named by a path relative to the network file, without '..'");
        return std::nullopt;
    }
    const std::filesystem::path path = context.folder / *name;
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored) &&
        !std::filesystem::is_regular_file(path, ignored)) {
        context.add("json.npy", name_place->pointer, fmt::format("'{}' is not a file", *name));
        return std::nullopt;
    }
    auto array = read_npy(path);
    if (array) return FlatArray{std::move(array->values), std::move(array->shape)};
    context.add(array.error().code, name_place->pointer,
                fmt::format("{}: {}", *name, array.error().message));
    return std::nullopt;
}

bool has_key(const JsonValue& value, std::string_view key) {
    const auto* object = std::get_if<JsonValue::Object>(&value.value);
    return object != nullptr && std::ranges::find(*object, key, &JsonMember::key) != object->end();
}

std::optional<FlatArray> read_array(const JsonPlace& place, JsonContext& context) {
    if (is_array(*place.value)) return Flattener{context}.run(place);
    if (has_key(*place.value, "npy")) return read_sidecar(place, context);
    context.add("json.type", place.pointer,
                fmt::format("an array or {{\"npy\": \"file.npy\"}} is expected here, not {}",
                            place.value->kind()));
    return std::nullopt;
}

std::optional<double> required_number(ObjectReader& object, std::string_view key,
                                      JsonContext& context) {
    const auto place = object.require(key);
    return place ? read_number(*place, context) : std::nullopt;
}

std::optional<ir::Values> read_distribution(const JsonPlace& place, JsonContext& context) {
    ObjectReader object{place, context};
    const std::size_t before = context.faults.size();
    const auto kind_place    = object.require("distribution");
    const auto kind          = kind_place ? read_string(*kind_place, context) : std::nullopt;
    if (!kind || !expect_word(*kind, {"normal", "uniform"}, "distribution", *kind_place, context))
        return std::nullopt;
    ir::Values values;
    if (*kind == "uniform") {
        ir::Uniform uniform;
        uniform.minimum = required_number(object, "minimum", context).value_or(0.0);
        uniform.maximum = required_number(object, "maximum", context).value_or(0.0);
        values          = uniform;
    } else {
        ir::Normal normal;
        normal.mean      = required_number(object, "mean", context).value_or(0.0);
        normal.deviation = required_number(object, "deviation", context).value_or(0.0);
        normal.minimum   = object.number("minimum").value_or(normal.minimum);
        normal.maximum   = object.number("maximum").value_or(normal.maximum);
        values           = normal;
    }
    object.finish();
    return context.faults.size() == before ? std::optional{values} : std::nullopt;
}

}  // namespace

std::optional<ir::Values> read_values(const JsonPlace& place, const Shape& shape,
                                      JsonContext& context) {
    const JsonValue& value = *place.value;
    if (value.is_number()) return ir::Values{value.number()};
    if (has_key(value, "distribution")) return read_distribution(place, context);
    if (!is_array(value) && !has_key(value, "npy")) {
        context.add("json.type", place.pointer,
                    fmt::format("a number, an array, an .npy file or a distribution is expected "
                                "here, not {}",
                                value.kind()));
        return std::nullopt;
    }
    auto array = read_array(place, context);
    if (!array) return std::nullopt;
    if (array->shape.size() != 1 && !shape.empty() && array->shape != shape) {
        context.add("json.shape", place.pointer,
                    fmt::format("the array has the shape [{}] where [{}] or a flat array is "
                                "expected",
                                fmt::join(array->shape, ", "), fmt::join(shape, ", ")));
        return std::nullopt;
    }
    return ir::Values{std::make_shared<const std::vector<double>>(std::move(array->values))};
}

std::optional<std::vector<std::uint32_t>> read_indices(const JsonPlace& place,
                                                       JsonContext& context) {
    const auto array = read_array(place, context);
    if (!array) return std::nullopt;
    if (array->shape.size() != 1) {
        context.add("json.shape", place.pointer, "a flat array is expected here");
        return std::nullopt;
    }
    std::vector<std::uint32_t> indices;
    indices.reserve(array->values.size());
    for (const double x : array->values) {
        if (!(x >= 0 && x < 0x1p32) || x != std::floor(x)) {
            context.add("json.value", json_pointer(place.pointer, indices.size()),
                        fmt::format("{} is not an integer from 0 to 4294967295", x));
            return std::nullopt;
        }
        indices.push_back(static_cast<std::uint32_t>(x));
    }
    return indices;
}

}  // namespace spikeloom::frontend
