// SPDX-License-Identifier: Apache-2.0
/// What is written is read back bit for bit; what other tools write is read too.
#include "compiler/frontend/nir/raw_graph.hpp"
#include "support/keyed_rng.hpp"
#include "tests/compiler/frontend/nir/graph_builder.hpp"
#include "tests/compiler/frontend/nir/hdf5_maker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikeloom::frontend::nir {
namespace {

using namespace testing;
using ::testing::ElementsAre;

void expect_same(const RawGraph& a, const RawGraph& b) {
    EXPECT_EQ(a.version, b.version);
    EXPECT_EQ(a.root, b.root);
    EXPECT_EQ(a.rest, b.rest);
}

RawArray random_array(KeyedSequence& draw) {
    constexpr std::array kinds{ElementKind::signed_integer, ElementKind::unsigned_integer,
                               ElementKind::real, ElementKind::boolean, ElementKind::text};
    RawArray array;
    array.type.kind = kinds[draw.below(kinds.size())];
    for (std::uint64_t rank = draw.below(4); rank > 0; --rank)
        array.shape.push_back(draw.below(20) == 0 ? 0 : 1 + draw.below(9));
    if (array.type.kind == ElementKind::text) {
        array.type.utf8    = draw.below(2) == 0;
        array.type.bytes   = static_cast<std::uint32_t>(draw.below(2) * (1 + draw.below(6)));
        array.type.padding = static_cast<TextPadding>(array.type.bytes == 0 ? 0 : draw.below(3));
    } else if (array.type.kind == ElementKind::boolean) {
        array.type.bytes = 1;
    } else {
        const std::uint64_t power = draw.below(array.type.kind == ElementKind::real ? 3 : 4);
        array.type.bytes          = (array.type.kind == ElementKind::real ? 2U : 1U) << power;
        array.type.big_endian     = array.type.bytes > 1 && draw.below(2) == 1;
    }
    if (array.type.kind == ElementKind::text && array.type.bytes == 0) {
        for (std::uint64_t k = 0; k < array.size(); ++k)
            array.texts.push_back(std::string(draw.below(5), 'a') + "\xC3\xA9");
        return array;
    }
    const bool one_bit = array.type.kind == ElementKind::boolean;
    for (std::uint64_t k = 0; k < array.size() * array.type.bytes; ++k)
        array.bytes.push_back(static_cast<char>(one_bit ? draw.below(2) : 1 + draw.below(255)));
    return array;
}

RawGroup random_group(KeyedSequence& draw, const std::string& name, int depth) {
    RawGroup group;
    group.name = name;
    for (std::uint64_t k = draw.below(4); k > 0; --k)
        group.arrays.emplace(numbered("a", k), random_array(draw));
    for (std::uint64_t k = depth > 0 ? draw.below(3) : 0; k > 0; --k)
        group.groups.insert(group.groups.begin(), random_group(draw, numbered("g", k), depth - 1));
    return group;
}

RawNode random_node(KeyedSequence& draw, const std::string& name, int depth) {
    RawNode made;
    made.name           = name;
    const bool is_graph = depth > 0 && draw.below(2) == 0;
    made.type           = is_graph ? "NIRGraph" : numbered("Type", draw.below(9));
    for (std::uint64_t k = draw.below(4); k > 0; --k)
        made.parameters.emplace(numbered("p", k), random_array(draw));
    if (draw.below(3) == 0) made.metadata = random_group(draw, "metadata", 2);
    if (draw.below(4) == 0) made.rest.groups.push_back(random_group(draw, "other", 1));
    if (!is_graph) return made;
    for (std::uint64_t k = 0; k < 1 + draw.below(5); ++k)
        made.nodes.push_back(random_node(draw, numbered("n", k) + ".x", depth - 1));
    for (std::uint64_t k = draw.below(6); k > 0; --k)
        made.edges.emplace_back(numbered("n", draw.below(5)), "any name");
    return made;
}

TEST(Raw, RandomGraphsSurviveWritingAndReading) {
    for (std::uint64_t id = 0; id < 100; ++id) {
        KeyedSequence draw{11, Stream::test, id};
        RawGraph graph;
        graph.root = random_node(draw, "", 3);
        if (id % 3 != 0) graph.version = numbered("1.0.", id);
        if (id % 4 == 0) graph.rest = random_group(draw, "", 1);
        const WriteOptions options{id % 2 == 0 ? std::optional<unsigned>{4} : std::nullopt};
        const auto bytes = format_raw(graph, options);
        ASSERT_TRUE(bytes) << to_string(bytes.error());
        const auto again = parse_raw(*bytes, "random.nir");
        ASSERT_TRUE(again) << to_string(again.error());
        expect_same(graph, *again);
        ASSERT_FALSE(HasFailure()) << id;
    }
}

TEST(Raw, GzipMakesLargeArraysSmallAndKeepsThem) {
    const RawGraph graph = chain({node("a", "Scale", {{"scale", filled(0.25, {300, 1000})}})});
    const auto packed    = format_raw(graph, {9});
    const auto plain     = format_raw(graph, {std::nullopt});
    ASSERT_TRUE(packed && plain);
    EXPECT_LT(packed->size(), 100000U);
    EXPECT_GT(plain->size(), 2400000U);
    EXPECT_EQ(parse_raw(*packed, "")->root, graph.root);
    EXPECT_EQ(parse_raw(*plain, "")->root, graph.root);
}

TEST(Raw, EmptyDatasetsAndNullsAreKept) {
    RawGraph graph = chain({node("a", "Any", {{"empty", reals({}, {0})}})});
    RawArray null;
    null.is_null = true;
    graph.root.nodes[0].parameters.emplace("null", null);
    const auto again = parse_raw(format_raw(graph).value(), "");
    ASSERT_TRUE(again);
    expect_same(graph, *again);
}

TEST(Raw, SameGraphSameBytes) {
    const RawGraph graph = chain({linear("a", 60, 70), linear("b", 5, 60)});
    EXPECT_EQ(format_raw(graph).value(), format_raw(graph).value());
}

/// Reads one dataset written by hand.
RawArray read_one(const Hdf5Maker& file) {
    const auto graph = parse_raw(file.bytes(), "hand.nir");
    EXPECT_TRUE(graph) << text(graph);
    return graph ? graph->root.parameters.at("x") : RawArray{};
}

TEST(Raw, NumbersOfEveryWidthAndByteOrder) {
    const hdf5::Datatype half    = hdf5::file_type({ElementKind::real, 2});
    const hdf5::Datatype half_be = hdf5::file_type({ElementKind::real, 2, true});
    for (const hid_t type :
         {H5T_IEEE_F64LE, H5T_IEEE_F64BE, H5T_IEEE_F32LE, H5T_IEEE_F32BE, half.get(), half_be.get(),
          H5T_STD_I8LE, H5T_STD_I16BE, H5T_STD_I32LE, H5T_STD_I64BE, H5T_NATIVE_LDOUBLE}) {
        Hdf5Maker file;
        file.text("/node/type", "Any");
        file.doubles("/node/x", {-3, 0, 100}, {3}, type);
        EXPECT_THAT(numbers(read_one(file)).value(), ElementsAre(-3.0, 0.0, 100.0));
        EXPECT_THAT(integers(read_one(file)).value(), ElementsAre(-3, 0, 100));
    }
    for (const hid_t type : {H5T_STD_U8LE, H5T_STD_U16BE, H5T_STD_U32LE, H5T_STD_U64BE}) {
        Hdf5Maker file;
        file.text("/node/type", "Any");
        file.integers("/node/x", {0, 200}, {2}, type);
        EXPECT_THAT(numbers(read_one(file)).value(), ElementsAre(0.0, 200.0));
    }
}

TEST(Raw, HalfPrecisionKeepsItsSpecialValues) {
    RawArray array;
    array.type  = {ElementKind::real, 2};
    array.shape = {5};
    array.bytes = std::string{"\x00\x3C\x01\x00\x00\x7C\x00\xC0\xFF\x7B", 10};
    EXPECT_THAT(numbers(array).value(), ElementsAre(1.0, 0x1.0p-24, INFINITY, -2.0, 65504.0));
}

TEST(Raw, OddPrecisionIsWidened) {
    const hdf5::Datatype odd{H5Tcopy(H5T_STD_I32LE)};
    H5Tset_precision(odd.get(), 20);
    Hdf5Maker file;
    file.text("/node/type", "Any");
    file.integers("/node/x", {-5, 77}, {2}, odd.get());
    EXPECT_THAT(integers(read_one(file)).value(), ElementsAre(-5, 77));
}

TEST(Raw, TextWithEveryPadding) {
    for (const bool utf8 : {false, true}) {
        Hdf5Maker file;
        file.text("/node/type", "Any");
        file.fixed_texts("/node/x", "ab  c   ",
                         {ElementKind::text, 4, false, utf8, TextPadding::space_padded}, {2});
        EXPECT_EQ(text_at(read_one(file), 0), "ab");
        EXPECT_EQ(text_at(read_one(file), 1), "c");
        Hdf5Maker nulls;
        nulls.text("/node/type", "Any");
        nulls.fixed_texts("/node/x", std::string{"ab\0\0cdef", 8},
                          {ElementKind::text, 4, false, utf8, TextPadding::null_padded}, {2});
        EXPECT_EQ(text_at(read_one(nulls), 0), "ab");
        EXPECT_EQ(text_at(read_one(nulls), 1), "cdef");
    }
}

TEST(Raw, TypeAndEdgesMayBeTextOfAFixedLength) {
    Hdf5Maker file;
    const ElementType fixed{ElementKind::text, 10, false, false, TextPadding::space_padded};
    file.fixed_texts("/node/type", "NIRGraph  ", fixed, {});
    file.group("/node/nodes");
    file.fixed_texts("/node/edges", "in        b         ", fixed, {1, 2});
    const auto graph = parse_raw(file.bytes(), "");
    ASSERT_TRUE(graph) << text(graph);
    EXPECT_EQ(graph->root.type, "NIRGraph");
    EXPECT_THAT(graph->root.edges, ElementsAre(Edge{"in", "b"}));
}

TEST(Raw, AGraphWithoutEdgesMayHaveAnEmptyArrayOfNumbers) {
    Hdf5Maker file;
    file.text("/node/type", "NIRGraph");
    file.group("/node/nodes");
    file.doubles("/node/edges", {}, {0});
    const auto graph = parse_raw(file.bytes(), "");
    ASSERT_TRUE(graph) << text(graph);
    EXPECT_TRUE(graph->root.edges.empty());
}

}  // namespace
}  // namespace spikeloom::frontend::nir
