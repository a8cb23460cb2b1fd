// SPDX-License-Identifier: Apache-2.0
#include "support/npy.hpp"

#include "support/atomic_file.hpp"
#include "support/npy_header.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace spikeloom {
namespace {

/// No header of a file that can be read is longer.
constexpr std::uint64_t longest_preface = std::uint64_t{1} << 17;

/// IEEE 754 binary16, held in its bits.
struct Half {
    std::uint16_t bits;
    operator double() const {
        const int exponent = bits >> 10 & 0x1F;
        const int fraction = bits & 0x3FF;
        double magnitude =
            exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
        if (exponent == 0x1F)
            magnitude = fraction == 0 ? std::numeric_limits<double>::infinity()
                                      : std::numeric_limits<double>::quiet_NaN();
        return bits >> 15 ? -magnitude : magnitude;
    }
};

/// Rounds to the nearest binary16, ties to even.
Half to_half(double value) {
    const auto sign        = static_cast<std::uint16_t>(std::signbit(value) ? 0x8000 : 0);
    const double magnitude = std::fabs(value);
    const auto with_sign   = [&](double bits) {
        return Half{static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>(bits))};
    };
    if (std::isnan(value)) return with_sign(0x7E00);
    if (magnitude >= 65520.0) return with_sign(0x7C00);
    if (magnitude < 0x1p-14) return with_sign(std::nearbyint(std::ldexp(magnitude, 24)));
    const int exponent = std::ilogb(magnitude);
    // Rounding up to the next power of two carries into the exponent bits as it should.
    return with_sign((exponent + 14) * 1024 + std::nearbyint(std::ldexp(magnitude, 10 - exponent)));
}

/// Calls `use` with a null pointer of the C++ type of the elements.
template <class Use>
auto with_type(NpyType type, Use use) {
    switch (type) {
        case NpyType::boolean:
            return use(static_cast<bool*>(nullptr));
        case NpyType::int8:
            return use(static_cast<std::int8_t*>(nullptr));
        case NpyType::int16:
            return use(static_cast<std::int16_t*>(nullptr));
        case NpyType::int32:
            return use(static_cast<std::int32_t*>(nullptr));
        case NpyType::int64:
            return use(static_cast<std::int64_t*>(nullptr));
        case NpyType::uint8:
            return use(static_cast<std::uint8_t*>(nullptr));
        case NpyType::uint16:
            return use(static_cast<std::uint16_t*>(nullptr));
        case NpyType::uint32:
            return use(static_cast<std::uint32_t*>(nullptr));
        case NpyType::uint64:
            return use(static_cast<std::uint64_t*>(nullptr));
        case NpyType::float16:
            return use(static_cast<Half*>(nullptr));
        case NpyType::float32:
            return use(static_cast<float*>(nullptr));
        case NpyType::float64:
            break;
    }
    return use(static_cast<double*>(nullptr));
}

template <class T>
T load(const char* bytes, bool swap) {
    if constexpr (std::is_same_v<T, bool>) {
        return *bytes != 0;
    } else {
        std::array<char, sizeof(T)> raw;
        std::memcpy(raw.data(), bytes, sizeof(T));
        if (swap) std::ranges::reverse(raw);
        return std::bit_cast<T>(raw);
    }
}

/// Whether a double stands for exactly this integer.
template <class T>
bool is_exact(T value) {
    if constexpr (std::is_integral_v<T> && sizeof(T) == 8) {
        constexpr auto limit = std::int64_t{1} << 53;
        if constexpr (std::is_signed_v<T>) return value >= -limit && value <= limit;
        return value <= static_cast<T>(limit);
    }
    return true;
}

/// Elements in file order. Returns the index of the first value that a double cannot hold, or the
/// number of elements.
template <class T>
std::size_t decode(const char* bytes, bool swap, std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const T value = load<T>(bytes + i * sizeof(T), swap);
        if (!is_exact(value)) return i;
        values[i] = static_cast<double>(value);
    }
    return values.size();
}

/// First index fastest -> last index fastest.
std::vector<double> to_row_major(const std::vector<double>& fortran,
                                 const std::vector<std::uint64_t>& shape) {
    std::vector<std::uint64_t> stride(shape.size(), 1), index(shape.size(), 0);
    for (std::size_t d = 1; d < shape.size(); ++d)
        stride[d] = stride[d - 1] * shape[d - 1];
    std::vector<double> values(fortran.size());
    std::uint64_t from = 0;
    for (double& value : values) {
        value = fortran[from];
        for (std::size_t d = shape.size(); d-- > 0;) {
            from += stride[d];
            if (++index[d] < shape[d]) break;
            from -= stride[d] * shape[d];
            index[d] = 0;
        }
    }
    return values;
}

Result<std::uint64_t> element_count(const std::vector<std::uint64_t>& shape, std::uint64_t limit,
                                    const std::string& file) {
    std::uint64_t count = 1;
    if (std::ranges::find(shape, std::uint64_t{0}) != shape.end()) return 0;
    for (const std::uint64_t extent : shape)
        if (__builtin_mul_overflow(count, extent, &count) || count > limit)
            return fault("npy.too-large",
                         "the array has more elements than the limit of " + std::to_string(limit),
                         {file, "header"});
    return count;
}

template <class T>
bool encode(double value, std::string& bytes) {
    T element{};
    if constexpr (std::is_same_v<T, Half>) {
        element = to_half(value);
    } else if constexpr (std::is_floating_point_v<T>) {
        element = static_cast<T>(value);
    } else {
        const auto low  = static_cast<double>(std::numeric_limits<T>::min());
        const auto high = std::ldexp(1.0, std::numeric_limits<T>::digits);
        if (!(value >= low && value < high) || value != std::floor(value)) return false;
        element = static_cast<T>(value);
    }
    std::array<char, sizeof(T)> raw;
    std::memcpy(raw.data(), &element, sizeof(T));
    bytes.append(raw.data(), raw.size());
    return true;
}

static_assert(std::endian::native == std::endian::little, "encode() and decode() count on it");

}  // namespace

Result<NpyArray> parse_npy(std::string_view bytes, const std::string& file,
                           std::uint64_t limit_elements) {
    auto header = parse_npy_header(bytes, file);
    if (!header) return tl::unexpected<Diagnostic>{header.error()};
    const auto count = element_count(header->shape, limit_elements, file);
    if (!count) return tl::unexpected<Diagnostic>{count.error()};
    const std::string_view data = bytes.substr(header->data_begin);
    const std::uint64_t wanted  = *count * npy_item_size(header->type);
    if (data.size() != wanted)
        return fault(data.size() < wanted ? "npy.truncated" : "npy.size",
                     "the shape needs " + std::to_string(wanted) + " bytes of data, the file has " +
                         std::to_string(data.size()),
                     {file, ""});

    NpyArray array{header->type, std::move(header->shape), std::vector<double>(*count)};
    const std::size_t good = with_type(array.type, [&]<class T>(T*) {
        return decode<T>(data.data(), header->big_endian, array.values);
    });
    if (good != array.values.size())
        return fault("npy.value",
                     "element " + std::to_string(good) + " is an integer beyond 2^53 in magnitude",
                     {file, ""});
    if (header->fortran_order) array.values = to_row_major(array.values, array.shape);
    return array;
}

Result<NpyArray> read_npy(const std::filesystem::path& path, std::uint64_t limit_elements) {
    const auto bytes = read_file(path, limit_elements * sizeof(double) + longest_preface);
    if (!bytes) return tl::unexpected<Diagnostic>{bytes.error()};
    return parse_npy(*bytes, path.string(), limit_elements);
}

Result<std::string> format_npy(const NpyArray& array) {
    const auto count = element_count(array.shape, ~std::uint64_t{0}, "");
    if (!count || *count != array.values.size())
        return fault("npy.size", "the shape does not fit the number of values");
    std::string bytes = format_npy_header({array.type, false, false, array.shape, 0});
    bytes.reserve(bytes.size() + array.values.size() * npy_item_size(array.type));
    std::size_t done = 0;
    with_type(array.type, [&]<class T>(T*) {
        while (done < array.values.size() && encode<T>(array.values[done], bytes))
            ++done;
    });
    if (done == array.values.size()) return bytes;
    return fault("npy.value",
                 "element " + std::to_string(done) + " does not fit the element type of the file");
}

Result<void> write_npy(const std::filesystem::path& path, const NpyArray& array) {
    auto bytes = format_npy(array);
    if (bytes) return write_file(path, *bytes);
    bytes.error().location.file = path.string();
    return tl::unexpected<Diagnostic>{bytes.error()};
}

}  // namespace spikeloom
