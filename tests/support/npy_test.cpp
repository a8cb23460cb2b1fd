// SPDX-License-Identifier: Apache-2.0
#include "support/npy.hpp"

#include "tests/support/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

namespace spikeloom {
namespace {

using ::testing::HasSubstr;

/// An .npy file of version 1, 2 or 3 with this header text and this data.
std::string file_of(const std::string& header, const std::string& data, char version = 1) {
    std::string bytes = "\x93NUMPY";
    bytes += {version, '\0', static_cast<char>(header.size() & 0xFF),
              static_cast<char>(header.size() >> 8)};
    if (version > 1) bytes += {'\0', '\0'};
    return bytes + header + data;
}

std::string header_of(const std::string& descr, const std::string& shape, bool fortran = false) {
    return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
           ", 'shape': " + shape + ", }\n";
}

NpyArray good(const std::string& bytes) {
    const auto array = parse_npy(bytes, "a.npy");
    EXPECT_TRUE(array) << (array ? "" : to_string(array.error()));
    return array.value_or(NpyArray{});
}

void expect_fault(const std::string& bytes, const std::string& code, const std::string& part = "") {
    const auto array = parse_npy(bytes, "a.npy");
    ASSERT_FALSE(array) << code;
    EXPECT_EQ(array.error().code, code) << array.error().message;
    EXPECT_EQ(array.error().location.file, "a.npy");
    EXPECT_THAT(array.error().message, HasSubstr(part));
}

using Bytes = std::string;

TEST(Npy, ReadsEveryElementType) {
    struct Case {
        const char* descr;
        Bytes data;
        std::vector<double> values;
    };
    const std::vector<Case> cases{
        {"|b1", Bytes("\0\1\2", 3), {0, 1, 1}},
        {"|i1", "\xFF\x7F", {-1, 127}},
        {"|u1", "\xFF\x7F", {255, 127}},
        {"<i2", "\xFE\xFF", {-2}},
        {">i2", "\xFF\xFE", {-2}},
        {"<u2", "\x34\x12", {0x1234}},
        {">u2", "\x12\x34", {0x1234}},
        {"<i4", "\xFD\xFF\xFF\xFF", {-3}},
        {">u4", Bytes("\x80\0\0\0", 4), {2147483648.0}},
        {"<i8", "\xFC\xFF\xFF\xFF\xFF\xFF\xFF\xFF", {-4}},
        {">u8", Bytes("\0\0\0\0\0\0\1\0", 8), {256}},
        {"<f2",
         Bytes("\0\x3C\0\xC0\1\0\0\x7C", 8),
         {1, -2, 0x1p-24, std::numeric_limits<double>::infinity()}},
        {">f2", "\x3C\x01", {1 + 0x1p-10}},
        {"<f4", Bytes("\0\0\x20\x40", 4), {2.5}},
        {">f4", Bytes("\x40\x20\0\0", 4), {2.5}},
        {"<f8", Bytes("\0\0\0\0\0\0\x04\xC0", 8), {-2.5}},
        {">f8", Bytes("\xC0\x04\0\0\0\0\0\0", 8), {-2.5}},
        {"=f8", Bytes("\0\0\0\0\0\0\x04\xC0", 8), {-2.5}},
    };
    for (const Case& c : cases) {
        const std::string shape = std::to_string(c.values.size()) + ",)";
        EXPECT_EQ(good(file_of(header_of(c.descr, std::string{"("} + shape), c.data)).values,
                  c.values)
            << c.descr;
    }
}

TEST(Npy, ReadsVersionsTwoAndThree) {
    for (const char version : {'\2', '\3'}) {
        const NpyArray a = good(file_of(header_of("|u1", "(2,)"), "\1\2", version));
        EXPECT_EQ(a.values, (std::vector<double>{1, 2}));
    }
}

TEST(Npy, ReadsScalarsEmptyArraysAndOldIntegers) {
    EXPECT_EQ(good(file_of(header_of("|u1", "()"), "\7")).values, (std::vector<double>{7}));
    EXPECT_TRUE(good(file_of(header_of("<f8", "(3, 0)"), "")).values.empty());
    EXPECT_EQ(good(file_of(header_of("|u1", "(2L, 1L)"), "\1\2")).shape,
              (std::vector<std::uint64_t>{2, 1}));
}

TEST(Npy, FortranOrderIsTurned) {
    const NpyArray a = good(file_of(header_of("|u1", "(2, 3)", true), "\1\2\3\4\5\6"));
    EXPECT_EQ(a.values, (std::vector<double>{1, 3, 5, 2, 4, 6}));
    const NpyArray b =
        good(file_of(header_of("|u1", "(2, 3, 2)", true), "\1\2\3\4\5\6\7\x8\x9\xA\xB\xC"));
    EXPECT_EQ(b.values, (std::vector<double>{1, 7, 3, 9, 5, 11, 2, 8, 4, 10, 6, 12}));
}

TEST(Npy, WritesWhatItReads) {
    for (const NpyType type :
         {NpyType::boolean, NpyType::int8, NpyType::uint8, NpyType::int16, NpyType::uint16,
          NpyType::int32, NpyType::uint32, NpyType::int64, NpyType::uint64, NpyType::float16,
          NpyType::float32, NpyType::float64}) {
        const NpyArray array{type, {2, 3}, {0, 1, 1, 0, 1, 0}};
        const auto bytes = format_npy(array);
        ASSERT_TRUE(bytes);
        EXPECT_EQ(bytes->find('\n') % 64, 63U);
        EXPECT_EQ(good(*bytes), array);
    }
    for (const std::vector<std::uint64_t>& shape :
         {std::vector<std::uint64_t>{}, std::vector<std::uint64_t>{1},
          std::vector<std::uint64_t>{1, 1, 1}})
        EXPECT_EQ(good(format_npy({NpyType::float64, shape, {0.1}}).value()).shape, shape);
}

TEST(Npy, HalfRoundsToNearestEven) {
    const std::vector<double> in{1 + 0x1p-11, 1 + 3 * 0x1p-11,   65504, 65519.9, 65520, 0x1p-25,
                                 3 * 0x1p-25, 0x1p-14 - 0x1p-26, -0.1,  2047.5};
    const double infinity = std::numeric_limits<double>::infinity();
    const std::vector<double> out{1,       1 + 0x1p-9,       65504, 65504, infinity, 0, 0x1p-23,
                                  0x1p-14, -0.0999755859375, 2048};
    EXPECT_EQ(good(format_npy({NpyType::float16, {in.size()}, in}).value()).values, out);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(std::isnan(good(format_npy({NpyType::float16, {1}, {nan}}).value()).values[0]));
}

TEST(NpyErrors, WritingWhatDoesNotFit) {
    const auto code = [](const NpyArray& a) { return format_npy(a).error().code; };
    EXPECT_EQ(code({NpyType::int8, {1}, {128}}), "npy.value");
    EXPECT_EQ(code({NpyType::uint8, {1}, {-1}}), "npy.value");
    EXPECT_EQ(code({NpyType::int32, {1}, {0.5}}), "npy.value");
    EXPECT_EQ(code({NpyType::boolean, {1}, {2}}), "npy.value");
    EXPECT_EQ(code({NpyType::int64, {1}, {std::nan("")}}), "npy.value");
    EXPECT_EQ(code({NpyType::float64, {2}, {1}}), "npy.size");
    const auto written = write_npy("/tmp/never.npy", {NpyType::int8, {1}, {128}});
    EXPECT_EQ(written.error().location.file, "/tmp/never.npy");
    EXPECT_FALSE(std::filesystem::exists("/tmp/never.npy"));
}

TEST(NpyErrors, Header) {
    expect_fault("", "npy.not-npy");
    expect_fault("PK\3\4", "npy.not-npy");
    expect_fault("\x93NUMPY\1", "npy.truncated");
    expect_fault(file_of("{}", "", 4), "npy.version", "4");
    expect_fault(file_of(header_of("|u1", "(2,)"), "").substr(0, 40), "npy.truncated");
    expect_fault("\x93NUMPY\2" + Bytes("\0\xFF\xFF\xFF\xFF", 5), "npy.header", "longer");
    for (const char* bad :
         {" ", "x", "{", "{}", "{'descr' '<f8'}", "{'descr': '<f8', 'descr': '<f8'}",
          "{'descr': '<f8', 'fortran_order': 1, 'shape': (1,)}",
          "{'descr': '<f8', 'fortran_order': True, 'shape': 1}",
          "{'descr': '<f8', 'fortran_order': True, 'shape': (-1,)}",
          "{'descr': '<f8', 'fortran_order': True, 'shape': (1 2)}",
          "{'descr': '<f8', 'fortran_order': True, 'shape': (99999999999999999999,)}",
          "{'descr': '<f8', 'fortran_order': True, 'shape': (1,)} x",
          "{'descr': '<f8', 'fortran_order': True, 'shape': (1,), 'x': 1}",
          "{'descr': '<f8', 'fortran_order': True, 'shape': (1,) 'x'}",
          "{'descr': '<f8', 'fortran_order': True}"})
        expect_fault(file_of(bad, "\1"), "npy.header");
}

TEST(NpyErrors, Types) {
    for (const char* bad : {"|O", "<U5", "<c16", "<f16", "<M8", "|S1", "f8", "!f8", "<", ""})
        expect_fault(file_of(header_of(bad, "(1,)"), "\1"), "npy.type");
    expect_fault(file_of("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", ""),
                 "npy.type", "structured");
}

TEST(NpyErrors, Sizes) {
    expect_fault(file_of(header_of("<f8", "(2,)"), "12345678"), "npy.truncated", "16 bytes");
    expect_fault(file_of(header_of("<f8", "(1,)"), "123456789"), "npy.size");
    expect_fault(file_of(header_of("|u1", "(10000000000,)"), "1"), "npy.too-large");
    expect_fault(file_of(header_of("|u1", "(4294967296, 4294967296, 4294967296)"), "1"),
                 "npy.too-large");
    EXPECT_EQ(parse_npy(file_of(header_of("|u1", "(9,)"), "123456789"), "a.npy", 8).error().code,
              "npy.too-large");
}

TEST(NpyErrors, IntegersThatADoubleCannotHold) {
    expect_fault(file_of(header_of("<i8", "(1,)"), Bytes("\1\0\0\0\0\0\x20\0", 8)), "npy.value",
                 "element 0");
    expect_fault(file_of(header_of("<u8", "(1,)"), "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
                 "npy.value");
}

TEST(NpyErrors, HugeFileIsRefusedBeforeItIsRead) {
    const test::ScratchFolder folder;
    const auto path = folder / "huge.npy";
    std::ofstream{path} << "x";
    std::filesystem::resize_file(path, std::uint64_t{10} << 30);  // sparse: takes no room
    const auto array = read_npy(path);
    EXPECT_EQ(array.error().code, "file.too-large");
}

TEST(NpyErrors, MissingFile) {
    EXPECT_EQ(read_npy("/tmp/there/is/no/such.npy").error().code, "file.open");
}

TEST(Npy, ReadsTheRecordedBrailleInput) {
    const std::filesystem::path path =
        std::string{SPIKELOOM_SHARED_DATA} + "/braille/input_256x12.npy";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "skipped: " << path << " is missing";
    const auto array = read_npy(path);
    ASSERT_TRUE(array) << to_string(array.error());
    EXPECT_EQ(array->shape, (std::vector<std::uint64_t>{256, 12}));
}

}  // namespace
}  // namespace spikeloom
