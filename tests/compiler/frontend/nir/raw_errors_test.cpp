// SPDX-License-Identifier: Apache-2.0
/// Files that are not what they should be: refused with the place and the reason, never followed.
#include "compiler/frontend/nir/hdf5_probe.hpp"
#include "support/keyed_rng.hpp"
#include "tests/compiler/frontend/nir/graph_builder.hpp"
#include "tests/compiler/frontend/nir/hdf5_maker.hpp"
#include "tests/support/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>

/// What HDF5 does not free on its error paths is not ours; asked for by the leak sanitizer alone.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libhdf5";
}

namespace spikeloom::frontend::nir {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RawErrors, ForeignFilesAreNamed) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "empty"},
        {"PK\x03\x04 archive.data", "zip"},
        {"\x80\x04\x95 pickle", "pickle"},
        {"\x1f\x8b\x08 gzip", "gzip"},
        {"\x93NUMPY", "NumPy"},
        {"{\"populations\": []}", "JSON"},
        {"some text", "signature"},
    };
    for (const auto& [bytes, word] : cases) {
        const auto result = parse_nir(bytes, "x.nir");
        EXPECT_THAT(faults(result), ElementsAre("nir.not-hdf5 at ")) << word;
        EXPECT_THAT(text(result), HasSubstr(word));
    }
}

TEST(RawErrors, EveryCutOffFileIsRefusedOrReadWhole) {
    const std::string whole =
        format_raw(chain({input({2}), linear("w", 3, 2), neurons("n", {3}), output({3})})).value();
    ASSERT_TRUE(parse_nir(whole, ""));
    for (std::size_t size = 0; size < whole.size(); size += 997)
        EXPECT_FALSE(parse_nir(std::string_view{whole}.substr(0, size), "cut.nir")) << size;
    EXPECT_THAT(faults(parse_nir(std::string_view{whole}.substr(0, whole.size() / 2), "")),
                ElementsAre("nir.corrupt at "));
}

TEST(RawErrors, MissingFileAndFolder) {
    EXPECT_THAT(faults(read_nir("/nowhere/x.nir")), ElementsAre("file.open at "));
    EXPECT_THAT(faults(read_nir("/tmp")), ElementsAre("file.read at "));
    EXPECT_THAT(faults(read_raw("/nowhere/x.nir")), ElementsAre("file.open at "));
}

TEST(RawErrors, WhatAGraphNeeds) {
    Hdf5Maker empty;
    EXPECT_THAT(faults(parse_nir(empty.bytes(), "")), ElementsAre("nir.missing at /node"));
    Hdf5Maker untyped;
    untyped.group("/node");
    EXPECT_THAT(faults(parse_nir(untyped.bytes(), "")), ElementsAre("nir.missing at /node/type"));
    Hdf5Maker bare;
    bare.text("/node/type", "NIRGraph");
    EXPECT_THAT(faults(parse_nir(bare.bytes(), "")),
                ElementsAre("nir.missing at /node/edges", "nir.missing at /node/nodes"));
}

TEST(RawErrors, WrongKindsOfMembersAllAtOnce) {
    Hdf5Maker file;
    file.text("/node/type", "NIRGraph");
    file.doubles("/node/edges", {1, 2}, {1, 2});
    file.doubles("/node/nodes/loose", {1}, {1});
    file.integers("/node/nodes/n/type", {3}, {});
    file.group("/version");
    EXPECT_THAT(faults(parse_raw(file.bytes(), "")),
                ElementsAre("nir.type at /node/edges", "nir.type at /node/nodes/loose",
                            "nir.type at /node/nodes/n/type", "nir.type at /version"));
    Hdf5Maker flat;
    flat.doubles("/node", {1}, {1});
    EXPECT_THAT(faults(parse_raw(flat.bytes(), "")), ElementsAre("nir.type at /node"));
}

TEST(RawErrors, CompoundsAreNoNumbers) {
    const hdf5::Datatype complex{H5Tcreate(H5T_COMPOUND, 16)};
    H5Tinsert(complex.get(), "r", 0, H5T_NATIVE_DOUBLE);
    H5Tinsert(complex.get(), "i", 8, H5T_NATIVE_DOUBLE);
    Hdf5Maker file;
    file.text("/node/type", "Any");
    const std::array<double, 2> value{1, 2};
    file.data("/node/x", complex.get(), {1}, value.data(), complex.get());
    EXPECT_THAT(faults(parse_raw(file.bytes(), "")), ElementsAre("nir.type at /node/x"));
}

TEST(RawErrors, LinksOutOfTheTreeAreNotFollowed) {
    Hdf5Maker file;
    file.text("/node/type", "Any");
    H5Lcreate_soft("/version", file.id(), "/node/soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("/etc/passwd", "/", file.id(), "/node/external", H5P_DEFAULT, H5P_DEFAULT);
    EXPECT_THAT(faults(parse_raw(file.bytes(), "")),
                ElementsAre("nir.link at /node/external", "nir.link at /node/soft"));
}

TEST(RawErrors, DataInOtherFilesAreNotRead) {
    Hdf5Maker file;
    file.text("/node/type", "Any");
    const hdf5::Properties elsewhere{H5Pcreate(H5P_DATASET_CREATE)};
    H5Pset_external(elsewhere.get(), "/etc/passwd", 0, 8);
    file.data("/node/x", H5T_IEEE_F64LE, {1}, nullptr, 0, elsewhere.get());
    EXPECT_THAT(faults(parse_raw(file.bytes(), "")), ElementsAre("nir.link at /node/x"));
}

TEST(RawErrors, AGroupInsideItselfEnds) {
    Hdf5Maker file;
    file.text("/node/type", "Any");
    file.group("/node/metadata");
    H5Lcreate_hard(file.id(), "/node/metadata", file.id(), "/node/metadata/again", H5P_DEFAULT,
                   H5P_DEFAULT);
    const auto result = parse_raw(file.bytes(), "");
    ASSERT_EQ(faults(result).size(), 1U);
    EXPECT_EQ(result.error()[0].code, "nir.too-deep");
}

TEST(RawErrors, GroupsThatMultiplyEnd) {
    Hdf5Maker file;
    file.text("/node/type", "Any");
    file.group("/node/metadata");
    for (const char* name : {"/node/metadata/a", "/node/metadata/b"})
        H5Lcreate_hard(file.id(), "/node/metadata", file.id(), name, H5P_DEFAULT, H5P_DEFAULT);
    ReadLimits limits;
    limits.objects   = 1000;
    const auto codes = faults(parse_raw(file.bytes(), "", limits));
    EXPECT_EQ(std::ranges::count_if(
                  codes, [](const std::string& c) { return c.starts_with("nir.too-large"); }),
              1);
}

TEST(RawErrors, AbsurdExtentsAreRefusedBeforeTheyAreAllocated) {
    Hdf5Maker file;
    file.text("/node/type", "Any");
    const hdf5::Properties chunked{H5Pcreate(H5P_DATASET_CREATE)};
    const hsize_t chunk = 1024;
    H5Pset_chunk(chunked.get(), 1, &chunk);
    file.data("/node/huge", H5T_IEEE_F64LE, {hsize_t{1} << 40}, nullptr, 0, chunked.get());
    const hsize_t big_chunk = hsize_t{1} << 28;
    H5Pset_chunk(chunked.get(), 1, &big_chunk);
    file.data("/node/chunk", H5T_IEEE_F64LE, {hsize_t{1} << 28}, nullptr, 0, chunked.get());
    EXPECT_THAT(faults(parse_raw(file.bytes(), "")),
                ElementsAre("nir.too-large at /node/chunk", "nir.too-large at /node/huge"));
}

TEST(RawErrors, TheLimitsOfTheCallerHold) {
    const std::string bytes = format_raw(chain({linear("w", 100, 100)})).value();
    ReadLimits small_file;
    small_file.file_bytes = bytes.size() - 1;
    EXPECT_THAT(faults(parse_raw(bytes, "", small_file)), ElementsAre("nir.too-large at "));
    ReadLimits small_arrays;
    small_arrays.array_bytes = 10000;
    EXPECT_THAT(faults(parse_raw(bytes, "", small_arrays)),
                ElementsAre("nir.too-large at /node/nodes/w/weight"));
}

TEST(RawErrors, WhatKillsALibraryDoesNotKillUs) {
    using hdf5::Verdict;
    EXPECT_EQ(hdf5::probe([] {}, 5), Verdict::fine);
    EXPECT_EQ(hdf5::probe([] { throw 1; }, 5), Verdict::fine);
    EXPECT_EQ(hdf5::probe([] { std::abort(); }, 5), Verdict::crashed);
    EXPECT_EQ(hdf5::probe(
                  [] {
                      for (std::atomic<int> k{0};; ++k) {
                      }
                  },
                  1),
              Verdict::endless);
}

TEST(RawErrors, DamagedBytesGiveANetworkOrFaults) {
    const std::string whole =
        format_raw(chain({input({2}), linear("w", 3, 2), neurons("n", {3}), output({3})})).value();
    std::size_t refused = 0;
    for (std::uint64_t id = 0; id < 80; ++id) {
        KeyedSequence draw{21, Stream::test, id};
        std::string damaged = whole;
        for (std::uint64_t k = 1 + draw.below(20); k > 0; --k)
            damaged[draw.below(damaged.size())] = static_cast<char>(draw.below(256));
        const auto result = parse_nir(damaged, "damaged.nir");
        if (result) continue;
        ++refused;
        EXPECT_FALSE(result.error().empty());
        for (const Diagnostic& fault : result.error())
            EXPECT_EQ(fault.location.file, "damaged.nir");
    }
    EXPECT_GT(refused, 8U);
}

TEST(RawErrors, NothingIsPrintedByHdf5) {
    ::testing::internal::CaptureStderr();
    EXPECT_FALSE(parse_nir("\x89HDF\r\n\x1a\n and nothing more", ""));
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(RawErrors, WritingRefusesWhatHdf5CannotName) {
    EXPECT_EQ(format_raw(chain({neurons("a/b", {1})})).error().code, "nir.write");
    EXPECT_EQ(format_raw(chain({neurons(".", {1})})).error().code, "nir.write");
    RawArray wrong = filled(1, {3});
    wrong.shape    = {4};
    EXPECT_EQ(format_raw(chain({node("a", "X", {{"x", wrong}})})).error().location.where,
              "/node/nodes/a/x");
}

TEST(RawErrors, AFileThatCannotBeWrittenLeavesNothing) {
    const test::ScratchFolder scratch;
    const auto folder  = scratch / "none";
    const auto written = write_raw(chain({neurons("a", {1})}), folder / "x.nir");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, "file.write");
    EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace spikeloom::frontend::nir
