// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/lava/layer_reader.hpp"

#include "compiler/frontend/nir/raw_array.hpp"

#include <fmt/format.h>

namespace spikeloom::frontend {

void FieldReader::complain(std::string code, std::string where, std::string message) {
    faults.push_back({std::move(code), std::move(message), {file, std::move(where)}, {}});
}

const nir::RawArray* FieldReader::array(const Layer& at, const std::string& name) {
    const auto found = at.group.arrays.find(name);
    if (found != at.group.arrays.end()) return &found->second;
    complain("lava.missing", at.path + "/" + name, "the field is missing");
    return nullptr;
}

std::optional<std::string> FieldReader::text(const Layer& at, const std::string& name) {
    const nir::RawArray* field = array(at, name);
    if (field == nullptr) return std::nullopt;
    auto value = field->size() == 1 ? nir::text_at(*field, 0) : std::nullopt;
    if (!value) complain("lava.value", at.path + "/" + name, "one text is expected here");
    return value;
}

std::optional<std::vector<double>> FieldReader::numbers(const Layer& at, const std::string& name) {
    const nir::RawArray* field = array(at, name);
    if (field == nullptr) return std::nullopt;
    auto values = nir::numbers(*field);
    if (!values) complain("lava.value", at.path + "/" + name, "numbers are expected here");
    return values;
}

std::optional<double> FieldReader::number(const Layer& at, const std::string& name, double low,
                                          double high) {
    const auto values = numbers(at, name);
    if (!values) return std::nullopt;
    if (values->size() == 1 && values->front() >= low && values->front() <= high)
        return values->front();
    complain("lava.value", at.path + "/" + name,
             values->size() == 1
                 ? fmt::format("{} is outside of its limits {} and {}", values->front(), low, high)
                 : fmt::format("{} numbers where one is expected", values->size()));
    return std::nullopt;
}

std::optional<std::pair<std::uint32_t, std::uint32_t>> FieldReader::pair(const Layer& at,
                                                                         const std::string& name,
                                                                         double low) {
    const auto values = numbers(at, name);
    if (!values) return std::nullopt;
    const bool sizes = values->size() == 1 || values->size() == 2;
    for (const double value : *values) {
        if (sizes && value >= low && value <= 4096 && value == static_cast<std::uint32_t>(value))
            continue;
        complain("lava.value", at.path + "/" + name,
                 fmt::format("{} of {} numbers, wanted is one or two from {} to 4096", value,
                             values->size(), low));
        return std::nullopt;
    }
    if (values->empty()) return std::nullopt;
    return std::pair{static_cast<std::uint32_t>(values->front()),
                     static_cast<std::uint32_t>(values->back())};
}

std::optional<std::vector<std::uint64_t>> FieldReader::extents(const Layer& at,
                                                               const std::string& name) {
    const nir::RawArray* field = array(at, name);
    if (field == nullptr) return std::nullopt;
    return field->shape;
}

}  // namespace spikeloom::frontend
