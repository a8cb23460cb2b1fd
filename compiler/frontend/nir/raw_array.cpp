// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/raw_array.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace spikeloom::frontend::nir {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are read as little endian");

/// The element's bytes as an unsigned integer, most significant bytes zero.
std::uint64_t word_at(const RawArray& array, std::uint64_t k) {
    const std::uint32_t width = array.type.bytes;
    std::uint64_t word        = 0;
    for (std::uint32_t i = 0; i < width; ++i) {
        const std::uint32_t place = array.type.big_endian ? width - 1 - i : i;
        const auto byte           = static_cast<unsigned char>(array.bytes[k * width + place]);
        word |= std::uint64_t{byte} << (8 * i);
    }
    return word;
}

std::int64_t sign_extended(std::uint64_t word, std::uint32_t bytes) {
    const unsigned unused = 64 - 8 * bytes;
    return static_cast<std::int64_t>(word << unused) >> unused;
}

double from_half(std::uint64_t word) {
    const auto exponent = static_cast<int>((word >> 10) & 31);
    const auto fraction = static_cast<double>(word & 1023);
    double size         = 0;
    if (exponent == 31)
        size = fraction == 0 ? std::numeric_limits<double>::infinity()
                             : std::numeric_limits<double>::quiet_NaN();
    else if (exponent == 0)
        size = std::ldexp(fraction, -24);
    else
        size = std::ldexp(1024 + fraction, exponent - 25);
    return (word >> 15) != 0 ? -size : size;
}

double real_at(const RawArray& array, std::uint64_t k) {
    const std::uint64_t word = word_at(array, k);
    if (array.type.bytes == 8) return std::bit_cast<double>(word);
    if (array.type.bytes == 4) return std::bit_cast<float>(static_cast<std::uint32_t>(word));
    return from_half(word);
}

double number_at(const RawArray& array, std::uint64_t k) {
    switch (array.type.kind) {
        case ElementKind::real:
            return real_at(array, k);
        case ElementKind::signed_integer:
            return static_cast<double>(sign_extended(word_at(array, k), array.type.bytes));
        default:
            return static_cast<double>(word_at(array, k));
    }
}

/// One element as an integer; nothing where it is not one.
std::optional<std::int64_t> integer_at(const RawArray& array, std::uint64_t k) {
    constexpr double range = 0x1.0p62;
    if (array.type.kind == ElementKind::signed_integer)
        return sign_extended(word_at(array, k), array.type.bytes);
    const double value = number_at(array, k);
    if (!(std::abs(value) < range) || value != std::floor(value)) return std::nullopt;
    return static_cast<std::int64_t>(value);
}

template <class T>
RawArray make_numbers(ElementKind kind, std::span<const T> values,
                      std::vector<std::uint64_t> shape) {
    RawArray array;
    array.type  = {kind, sizeof(T)};
    array.shape = std::move(shape);
    array.bytes.assign(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    return array;
}

}  // namespace

std::uint64_t RawArray::size() const {
    std::uint64_t product = is_null ? 0 : 1;
    for (const std::uint64_t extent : shape)
        product *= extent;
    return product;
}

std::optional<std::vector<double>> numbers(const RawArray& array) {
    if (array.type.kind == ElementKind::text) return std::nullopt;
    std::vector<double> values(array.size());
    for (std::uint64_t k = 0; k < values.size(); ++k)
        values[k] = number_at(array, k);
    return values;
}

std::optional<std::vector<std::int64_t>> integers(const RawArray& array) {
    if (array.type.kind == ElementKind::text) return std::nullopt;
    std::vector<std::int64_t> values(array.size());
    for (std::uint64_t k = 0; k < values.size(); ++k) {
        const auto value = integer_at(array, k);
        if (!value) return std::nullopt;
        values[k] = *value;
    }
    return values;
}

std::optional<std::string> text_at(const RawArray& array, std::uint64_t k) {
    if (array.type.kind != ElementKind::text || k >= array.size()) return std::nullopt;
    if (array.type.bytes == 0) return array.texts[k];
    std::string text = array.bytes.substr(k * array.type.bytes, array.type.bytes);
    text             = text.substr(0, text.find('\0'));
    if (array.type.padding == TextPadding::space_padded) text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

std::string shape_text(std::span<const std::uint64_t> shape) {
    return fmt::format("({})", fmt::join(shape, ", "));
}

RawArray make_real(std::span<const double> values, std::vector<std::uint64_t> shape) {
    return make_numbers(ElementKind::real, values, std::move(shape));
}

RawArray make_integers(std::span<const std::int64_t> values, std::vector<std::uint64_t> shape) {
    return make_numbers(ElementKind::signed_integer, values, std::move(shape));
}

RawArray make_text(std::string_view text) {
    RawArray array;
    array.type = {ElementKind::text, 0};
    array.texts.emplace_back(text);
    return array;
}

}  // namespace spikeloom::frontend::nir
