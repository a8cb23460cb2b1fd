// SPDX-License-Identifier: Apache-2.0
#include "support/npy_header.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace spikeloom {
namespace {

constexpr std::string_view magic        = "\x93NUMPY";
constexpr std::size_t longest_header    = 65536;
constexpr std::size_t most_dimensions   = 32;
constexpr std::size_t data_alignment    = 64;
constexpr std::size_t version_1_preface = 10;  ///< magic, version, 16-bit length
constexpr std::size_t version_2_preface = 12;  ///< magic, version, 32-bit length

struct TypeName {
    std::string_view name;  ///< without the byte order
    NpyType type;
    std::size_t size;
};

constexpr std::array type_names{
    TypeName{"b1", NpyType::boolean, 1}, TypeName{"i1", NpyType::int8, 1},
    TypeName{"i2", NpyType::int16, 2},   TypeName{"i4", NpyType::int32, 4},
    TypeName{"i8", NpyType::int64, 8},   TypeName{"u1", NpyType::uint8, 1},
    TypeName{"u2", NpyType::uint16, 2},  TypeName{"u4", NpyType::uint32, 4},
    TypeName{"u8", NpyType::uint64, 8},  TypeName{"f2", NpyType::float16, 2},
    TypeName{"f4", NpyType::float32, 4}, TypeName{"f8", NpyType::float64, 8},
};

const TypeName& name_of(NpyType type) {
    return *std::ranges::find(type_names, type, &TypeName::type);
}

/// Reads the few forms of Python literal that a header may hold.
class HeaderText {
public:
    explicit HeaderText(std::string_view text) : text_{text} {}

    /// Takes `c` (after blanks); false when something else stands there.
    bool take(char c) {
        skip_blanks();
        if (text_.empty() || text_.front() != c) return false;
        text_.remove_prefix(1);
        return true;
    }

    std::optional<std::string_view> string() {
        skip_blanks();
        if (text_.empty() || (text_.front() != '\'' && text_.front() != '"')) return std::nullopt;
        const std::size_t end = text_.find(text_.front(), 1);
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view inside = text_.substr(1, end - 1);
        text_.remove_prefix(end + 1);
        return inside;
    }

    std::optional<bool> boolean() {
        skip_blanks();
        for (const std::string_view word : {"True", "False"}) {
            if (!text_.starts_with(word)) continue;
            text_.remove_prefix(word.size());
            return word == "True";
        }
        return std::nullopt;
    }

    std::optional<std::uint64_t> integer() {
        skip_blanks();
        std::uint64_t value = 0;
        std::size_t digits  = 0;
        for (; digits < text_.size() && text_[digits] >= '0' && text_[digits] <= '9'; ++digits)
            if (__builtin_mul_overflow(value, 10, &value) ||
                __builtin_add_overflow(value, text_[digits] - '0', &value))
                return std::nullopt;
        if (digits == 0) return std::nullopt;
        text_.remove_prefix(digits);
        if (!text_.empty() && text_.front() == 'L') text_.remove_prefix(1);  // Python 2
        return value;
    }

    /// "(2, 3)", "(2,)" or "()".
    std::optional<std::vector<std::uint64_t>> tuple() {
        std::vector<std::uint64_t> all;
        if (!take('(')) return std::nullopt;
        while (!take(')')) {
            const auto value = integer();
            if (!value || all.size() == most_dimensions) return std::nullopt;
            all.push_back(*value);
            if (take(',')) continue;
            return take(')') ? std::optional{all} : std::nullopt;
        }
        return all;
    }

    bool at_end() {
        skip_blanks();
        return text_.empty();
    }

private:
    void skip_blanks() {
        const std::size_t first = text_.find_first_not_of(" \t\r\n");
        text_.remove_prefix(std::min(first, text_.size()));
    }

    std::string_view text_;
};

class HeaderParser {
public:
    HeaderParser(std::string_view text, const std::string& file) : text_{text}, file_{file} {}

    Result<NpyHeader> run() {
        if (!text_.take('{')) return bad("the header is not a dictionary");
        while (!text_.take('}')) {
            const auto key = text_.string();
            if (!key || !text_.take(':')) return bad("the header's dictionary is malformed");
            if (const auto entry = take_entry(*key); !entry)
                return tl::unexpected<Diagnostic>{entry.error()};
            if (text_.take(',')) continue;
            if (!text_.take('}')) return bad("the header's dictionary is malformed");
            break;
        }
        if (!text_.at_end()) return bad("text stands behind the header's dictionary");
        if (seen_ != 7)
            return bad("the header needs 'descr', 'fortran_order' and 'shape' once each");
        return header_;
    }

private:
    [[nodiscard]] tl::unexpected<Diagnostic> bad(std::string message) const {
        return fault("npy.header", std::move(message), {file_, "header"});
    }

    /// Notes that one of the three keys was seen; each may occur once.
    bool first_time(unsigned bit) {
        const bool first = (seen_ & bit) == 0;
        seen_ |= bit;
        return first;
    }

    Result<void> take_entry(std::string_view key) {
        if (key == "descr" && first_time(1)) return take_type();
        if (key == "fortran_order" && first_time(2)) {
            const auto value = text_.boolean();
            if (!value) return bad("'fortran_order' is neither True nor False");
            header_.fortran_order = *value;
            return {};
        }
        if (key == "shape" && first_time(4)) {
            auto value = text_.tuple();
            if (!value) return bad("'shape' is not a tuple of at most 32 integers");
            header_.shape = std::move(*value);
            return {};
        }
        return bad("the key '" + std::string{key.substr(0, 40)} + "' is unknown or repeated");
    }

    Result<void> take_type() {
        const auto description = text_.string();
        if (!description || description->size() < 2)
            return fault("npy.type", "structured element types are not supported",
                         {file_, "header"});
        const char order = description->front();
        const auto found = std::ranges::find(type_names, description->substr(1), &TypeName::name);
        if (found == type_names.end() ||
            std::string_view{"<>=|"}.find(order) == std::string_view::npos)
            return fault("npy.type",
                         "the element type '" + std::string{description->substr(0, 40)} +
                             "' is not a boolean, an integer or a float of up to 64 bits",
                         {file_, "header"});
        header_.type       = found->type;
        header_.big_endian = order == '>';
        return {};
    }

    HeaderText text_;
    const std::string& file_;
    NpyHeader header_;
    unsigned seen_ = 0;
};

std::size_t little_endian(std::string_view bytes) {
    std::size_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

}  // namespace

std::size_t npy_item_size(NpyType type) {
    return name_of(type).size;
}

Result<NpyHeader> parse_npy_header(std::string_view bytes, const std::string& file) {
    if (!bytes.starts_with(magic))
        return fault("npy.not-npy", "not an .npy file (the magic bytes are missing)", {file, ""});
    if (bytes.size() < version_2_preface)
        return fault("npy.truncated", "the file ends within its header", {file, "header"});
    const int version = static_cast<unsigned char>(bytes[magic.size()]);
    if (version < 1 || version > 3)
        return fault("npy.version",
                     "format version " + std::to_string(version) + " is not 1, 2 or 3",
                     {file, "header"});
    const std::size_t begin  = version == 1 ? version_1_preface : version_2_preface;
    const std::size_t length = little_endian(bytes.substr(8, begin - 8));
    if (length > longest_header)
        return fault("npy.header", "the header is longer than 65536 bytes", {file, "header"});
    if (bytes.size() - begin < length)
        return fault("npy.truncated", "the file ends within its header", {file, "header"});
    auto header = HeaderParser{bytes.substr(begin, length), file}.run();
    if (header) header->data_begin = begin + length;
    return header;
}

std::string format_npy_header(const NpyHeader& header) {
    const TypeName& type = name_of(header.type);
    std::string text     = "{'descr': '";
    text += type.size == 1 ? '|' : header.big_endian ? '>' : '<';
    text += type.name;
    text += header.fortran_order ? "', 'fortran_order': True, 'shape': ("
                                 : "', 'fortran_order': False, 'shape': (";
    for (const std::uint64_t extent : header.shape) {
        text += std::to_string(extent);
        text += ',';
    }
    text += "), }";
    const std::size_t unpadded = version_1_preface + text.size() + 1;
    text.append((data_alignment - unpadded % data_alignment) % data_alignment, ' ');
    text += '\n';
    std::string bytes{magic};
    bytes +=
        {'\x01', '\0', static_cast<char>(text.size() & 0xFF), static_cast<char>(text.size() >> 8)};
    return bytes + text;
}

}  // namespace spikeloom
