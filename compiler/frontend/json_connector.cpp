// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/json_connector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

namespace spikeloom::frontend {
namespace {

constexpr std::uint64_t largest_number = 0xFFFFFFFF;
constexpr std::uint64_t largest_count  = std::uint64_t{1} << 53;

/// What the readers of all connectors are given.
struct ConnectorFields {
    ObjectReader& object;
    const ir::Population& post;
    JsonContext& context;
};

using Pair = std::array<std::uint32_t, 2>;

std::uint32_t small(std::uint64_t value) {
    return static_cast<std::uint32_t>(value);
}

/// One integer for all, or as many as `all` has; leaves `all` alone after a fault.
void read_extents(const JsonPlace& place, std::uint64_t minimum, std::span<std::uint32_t> all,
                  JsonContext& context) {
    const auto* numbers = std::get_if<JsonValue::Numbers>(&place.value->value);
    if (numbers == nullptr) {
        const auto one = read_integer(place, minimum, ir::max_window, context);
        for (std::uint32_t& extent : all)
            if (one) extent = small(*one);
        return;
    }
    if (numbers->size() != all.size())
        return context.add("json.value", place.pointer,
                           fmt::format("one integer or {} of them are expected here, not {}",
                                       all.size(), numbers->size()));
    for (std::size_t i = 0; i < all.size(); ++i) {
        const JsonValue one{(*numbers)[i]};
        const auto extent =
            read_integer({&one, json_pointer(place.pointer, i)}, minimum, ir::max_window, context);
        if (extent) all[i] = small(*extent);
    }
}

Pair read_pair(ConnectorFields& fields, std::string_view key, std::uint64_t minimum,
               Pair otherwise) {
    if (const auto place = fields.object.find(key))
        read_extents(*place, minimum, otherwise, fields.context);
    return otherwise;
}

Pair require_kernel(ConnectorFields& fields) {
    Pair kernel{1, 1};
    if (const auto place = fields.object.require("kernel"))
        read_extents(*place, 1, kernel, fields.context);
    return kernel;
}

std::uint32_t read_small(ConnectorFields& fields, std::string_view key, std::uint64_t minimum,
                         std::uint64_t otherwise) {
    return small(fields.object.integer(key, minimum, largest_number, otherwise));
}

ir::Connector read_dense(ConnectorFields&) {
    return ir::Dense{};
}

ir::Connector read_one_to_one(ConnectorFields&) {
    return ir::OneToOne{};
}

ir::Connector read_all_to_all(ConnectorFields& fields) {
    return ir::AllToAll{fields.object.boolean("allow_self", true)};
}

ir::Connector read_fixed_probability(ConnectorFields& fields) {
    const auto place = fields.object.require("probability");
    const auto p     = place ? read_number(*place, fields.context) : std::nullopt;
    if (p && !(*p >= 0 && *p <= 1))
        fields.context.add("json.value", place->pointer,
                           fmt::format("{} is not in the range 0 to 1", *p));
    return ir::FixedProbability{p.value_or(0.0), fields.object.boolean("allow_self", true)};
}

ir::Connector read_fixed_outdegree(ConnectorFields& fields) {
    const auto place  = fields.object.require("outdegree");
    const auto degree = place ? read_integer(*place, 0, ir::max_neurons, fields.context) : 0;
    return ir::FixedOutdegree{small(degree.value_or(0)), fields.object.boolean("allow_self", true)};
}

ir::Connector read_fixed_total_number(ConnectorFields& fields) {
    const auto place = fields.object.require("count");
    const auto count = place ? read_integer(*place, 0, largest_count, fields.context) : 0;
    return ir::FixedTotalNumber{count.value_or(0)};
}

/// Pre neurons of a compressed list: row r owns entries [offsets[r], offsets[r + 1]).
std::optional<std::vector<std::uint32_t>> expand_offsets(const JsonPlace& place,
                                                         std::size_t entries,
                                                         JsonContext& context) {
    const auto offsets = read_indices(place, context);
    if (!offsets) return std::nullopt;
    const bool ends = !offsets->empty() && offsets->front() == 0 && offsets->back() == entries;
    if (!ends || !std::ranges::is_sorted(*offsets)) {
        context.add(
            "json.value", place.pointer,
            fmt::format("row offsets must rise from 0 to the number of entries, {}", entries));
        return std::nullopt;
    }
    std::vector<std::uint32_t> pre;
    pre.reserve(entries);
    for (std::size_t row = 0; row + 1 < offsets->size(); ++row)
        pre.insert(pre.end(), (*offsets)[row + 1] - (*offsets)[row], small(row));
    return pre;
}

ir::Connector read_sparse(ConnectorFields& fields) {
    const auto shared = [](std::optional<std::vector<std::uint32_t>> list) {
        return std::make_shared<const std::vector<std::uint32_t>>(
            std::move(list).value_or(std::vector<std::uint32_t>{}));
    };
    const auto post_place = fields.object.require("post");
    auto post             = post_place ? read_indices(*post_place, fields.context) : std::nullopt;
    const auto offsets    = fields.object.find("row_offsets");
    const auto pre_place  = offsets ? fields.object.find("pre") : fields.object.require("pre");
    std::optional<std::vector<std::uint32_t>> pre;
    if (offsets && pre_place)
        fields.context.add("json.value", pre_place->pointer,
                           "'pre' and 'row_offsets' cannot both be given");
    else if (offsets && post)
        pre = expand_offsets(*offsets, post->size(), fields.context);
    else if (pre_place)
        pre = read_indices(*pre_place, fields.context);
    return ir::Sparse{shared(std::move(pre)), shared(std::move(post))};
}

/// [top, bottom, left, right] from one number, [y, x] or all four.
std::array<std::uint32_t, 4> read_padding(ConnectorFields& fields) {
    std::array<std::uint32_t, 4> sides{};
    const auto place = fields.object.find("padding");
    if (!place) return sides;
    const auto* numbers = std::get_if<JsonValue::Numbers>(&place->value->value);
    if (numbers == nullptr || numbers->size() != 2) {
        read_extents(*place, 0, sides, fields.context);
        return sides;
    }
    Pair pair{};
    read_extents(*place, 0, pair, fields.context);
    return {pair[0], pair[0], pair[1], pair[1]};
}

ir::Connector read_conv2d(ConnectorFields& fields) {
    const Pair kernel          = require_kernel(fields);
    const Pair stride          = read_pair(fields, "stride", 1, {1, 1});
    const Pair dilation        = read_pair(fields, "dilation", 1, {1, 1});
    const auto sides           = read_padding(fields);
    const std::uint32_t out    = fields.post.shape.front();
    const std::uint32_t groups = read_small(fields, "groups", 1, 1);
    return ir::Conv2d{kernel[0],   kernel[1],   read_small(fields, "out_channels", 1, out),
                      stride[0],   stride[1],   sides[0],
                      sides[1],    sides[2],    sides[3],
                      dilation[0], dilation[1], groups};
}

ir::Connector read_pool2d(ConnectorFields& fields) {
    const Pair kernel  = require_kernel(fields);
    const Pair stride  = read_pair(fields, "stride", 1, kernel);
    const Pair padding = read_pair(fields, "padding", 0, {0, 0});
    return ir::Pool2d{kernel[0], kernel[1], stride[0], stride[1], padding[0], padding[1]};
}

struct ConnectorReader {
    std::string_view name;
    ir::Connector (*read)(ConnectorFields&);
};

constexpr std::array readers{
    ConnectorReader{"dense", read_dense},
    ConnectorReader{"sparse", read_sparse},
    ConnectorReader{"one_to_one", read_one_to_one},
    ConnectorReader{"all_to_all", read_all_to_all},
    ConnectorReader{"fixed_probability", read_fixed_probability},
    ConnectorReader{"fixed_outdegree", read_fixed_outdegree},
    ConnectorReader{"fixed_total_number", read_fixed_total_number},
    ConnectorReader{"conv2d", read_conv2d},
    ConnectorReader{"pool2d", read_pool2d},
};

std::vector<std::string_view> connector_names() {
    std::vector<std::string_view> names;
    for (const ConnectorReader& reader : readers)
        names.push_back(reader.name);
    return names;
}

}  // namespace

std::optional<ir::Connector> read_connector(const JsonPlace& place, const ir::Population& post,
                                            JsonContext& context) {
    // "dense" is short for {"type": "dense"}.
    const bool is_name = std::holds_alternative<std::string>(place.value->value);
    const JsonValue wrapped{JsonValue::Object{{"type", is_name ? *place.value : JsonValue{}}}};
    const std::size_t before = context.faults.size();
    ObjectReader object{{is_name ? &wrapped : place.value, place.pointer}, context};
    const auto type_place = object.require("type");
    const auto type       = type_place ? read_string(*type_place, context) : std::nullopt;
    if (!type) return std::nullopt;
    const JsonPlace where = is_name ? place : *type_place;
    if (!expect_word(*type, connector_names(), "connector", where, context)) return std::nullopt;
    ConnectorFields fields{object, post, context};
    ir::Connector connector =
        std::ranges::find(readers, *type, &ConnectorReader::name)->read(fields);
    object.finish();
    if (is_name)  // what is missing lies at the name, for there is no object in the text
        for (std::size_t i = before; i < context.faults.size(); ++i)
            context.faults[i].location.where = place.pointer;
    return context.faults.size() == before ? std::optional{std::move(connector)} : std::nullopt;
}

Shape weight_shape(const ir::Connector& connector, const ir::Population& pre,
                   const ir::Population& post) {
    if (std::holds_alternative<ir::Dense>(connector)) return {post.size(), pre.size()};
    if (const auto* conv = std::get_if<ir::Conv2d>(&connector))
        return {conv->out_channels, pre.shape.front() / conv->groups, conv->kernel_y,
                conv->kernel_x};
    if (std::holds_alternative<ir::OneToOne>(connector))
        return {pre.shape.begin(), pre.shape.end()};
    return {1};
}

}  // namespace spikeloom::frontend
