// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/hdf5_type.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace spikeloom::frontend::nir::hdf5 {
namespace {

bool is_big_endian(hid_t type) {
    return H5Tget_size(type) > 1 && H5Tget_order(type) == H5T_ORDER_BE;
}

std::optional<ElementType> integer_type(hid_t type) {
    const std::size_t bytes = H5Tget_size(type);
    if (bytes == 0 || bytes > 8) return std::nullopt;
    const bool is_signed = H5Tget_sign(type) != H5T_SGN_NONE;
    ElementType element{is_signed ? ElementKind::signed_integer : ElementKind::unsigned_integer,
                        static_cast<std::uint32_t>(bytes), is_big_endian(type)};
    if (H5Tequal(type, file_type(element).get()) > 0) return element;
    element.bytes      = 8;
    element.big_endian = false;
    return element;
}

std::optional<ElementType> real_type(hid_t type) {
    const std::size_t bytes = H5Tget_size(type);
    if (bytes == 2 || bytes == 4 || bytes == 8) {
        const ElementType element{ElementKind::real, static_cast<std::uint32_t>(bytes),
                                  is_big_endian(type)};
        if (H5Tequal(type, file_type(element).get()) > 0) return element;
    }
    return ElementType{};
}

std::optional<ElementType> boolean_type(hid_t type) {
    const ElementType element{ElementKind::boolean, 1};
    if (H5Tequal(type, file_type(element).get()) > 0) return element;
    return std::nullopt;
}

std::optional<ElementType> text_type(hid_t type) {
    ElementType element{ElementKind::text, 0};
    element.utf8 = H5Tget_cset(type) == H5T_CSET_UTF8;
    switch (H5Tget_strpad(type)) {
        case H5T_STR_NULLPAD:
            element.padding = TextPadding::null_padded;
            break;
        case H5T_STR_SPACEPAD:
            element.padding = TextPadding::space_padded;
            break;
        default:
            break;
    }
    if (H5Tis_variable_str(type) > 0) return element;
    const std::size_t bytes = H5Tget_size(type);
    if (bytes == 0 || bytes > UINT32_MAX) return std::nullopt;
    element.bytes = static_cast<std::uint32_t>(bytes);
    return element;
}

hid_t standard_integer(const ElementType& t) {
    const bool s    = t.kind == ElementKind::signed_integer;
    const bool wide = t.big_endian;
    switch (t.bytes) {
        case 1:
            return s ? H5T_STD_I8LE : H5T_STD_U8LE;
        case 2:
            return s ? (wide ? H5T_STD_I16BE : H5T_STD_I16LE)
                     : (wide ? H5T_STD_U16BE : H5T_STD_U16LE);
        case 4:
            return s ? (wide ? H5T_STD_I32BE : H5T_STD_I32LE)
                     : (wide ? H5T_STD_U32BE : H5T_STD_U32LE);
        case 8:
            return s ? (wide ? H5T_STD_I64BE : H5T_STD_I64LE)
                     : (wide ? H5T_STD_U64BE : H5T_STD_U64LE);
        default:
            return -1;
    }
}

/// IEEE 754 binary16, which HDF5 1.10 has no name for.
Datatype half_type(H5T_order_t order) {
    Datatype type{H5Tcopy(order == H5T_ORDER_BE ? H5T_IEEE_F32BE : H5T_IEEE_F32LE)};
    const bool good = H5Tset_fields(type.get(), 15, 10, 5, 0, 10) >= 0 &&
                      H5Tset_precision(type.get(), 16) >= 0 && H5Tset_size(type.get(), 2) >= 0 &&
                      H5Tset_ebias(type.get(), 15) >= 0;
    return good ? std::move(type) : Datatype{};
}

Datatype real_file_type(const ElementType& t) {
    if (t.bytes == 2) return half_type(t.big_endian ? H5T_ORDER_BE : H5T_ORDER_LE);
    if (t.bytes == 4) return Datatype{H5Tcopy(t.big_endian ? H5T_IEEE_F32BE : H5T_IEEE_F32LE)};
    if (t.bytes == 8) return Datatype{H5Tcopy(t.big_endian ? H5T_IEEE_F64BE : H5T_IEEE_F64LE)};
    return Datatype{};
}

Datatype boolean_file_type() {
    Datatype type{H5Tenum_create(H5T_STD_I8LE)};
    const std::int8_t no  = 0;
    const std::int8_t yes = 1;
    H5Tenum_insert(type.get(), "FALSE", &no);
    H5Tenum_insert(type.get(), "TRUE", &yes);
    return type;
}

Datatype text_file_type(const ElementType& t) {
    Datatype type{H5Tcopy(H5T_C_S1)};
    constexpr std::array paddings{H5T_STR_NULLTERM, H5T_STR_NULLPAD, H5T_STR_SPACEPAD};
    H5Tset_size(type.get(), t.bytes == 0 ? H5T_VARIABLE : t.bytes);
    H5Tset_cset(type.get(), t.utf8 ? H5T_CSET_UTF8 : H5T_CSET_ASCII);
    H5Tset_strpad(type.get(), paddings[static_cast<std::size_t>(t.padding)]);
    return type;
}

}  // namespace

std::optional<ElementType> element_type(hid_t type) {
    switch (H5Tget_class(type)) {
        case H5T_INTEGER:
            return integer_type(type);
        case H5T_FLOAT:
            return real_type(type);
        case H5T_ENUM:
            return boolean_type(type);
        case H5T_STRING:
            return text_type(type);
        default:
            return std::nullopt;
    }
}

Datatype file_type(const ElementType& type) {
    switch (type.kind) {
        case ElementKind::real:
            return real_file_type(type);
        case ElementKind::boolean:
            return boolean_file_type();
        case ElementKind::text:
            return text_file_type(type);
        default:
            return Datatype{H5Tcopy(standard_integer(type))};
    }
}

}  // namespace spikeloom::frontend::nir::hdf5
