// SPDX-License-Identifier: Apache-2.0
/// The image file: a header of 24 bytes (magic, format version, payload length, CRC-32 of the
/// payload; little endian), then the payload, a protobuf message by schemas/image.proto.
#include "hw/image/image.hpp"
#include "schemas/image.pb.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <zlib.h>

#include <cmath>
#include <set>

namespace spikeloom::hw {

namespace {

constexpr std::string_view magic{"SPKLOOM\x1A", 8};
constexpr std::size_t header_bytes  = 24;
constexpr std::uint64_t max_neurons = std::uint64_t{1} << 32;

void put(std::string& out, std::uint64_t value, int bytes) {
    for (int b = 0; b < bytes; ++b)
        out.push_back(static_cast<char>((value >> (8 * b)) & 0xFF));
}

std::uint64_t take(std::string_view bytes, std::size_t at, int count) {
    std::uint64_t value = 0;
    for (int b = count - 1; b >= 0; --b) {
        value = (value << 8) | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(b)]);
    }
    return value;
}

std::uint32_t checksum(std::string_view payload) {
    const auto* data = reinterpret_cast<const Bytef*>(payload.data());
    return static_cast<std::uint32_t>(crc32_z(0, data, payload.size()));
}

void to_proto(const Section& from, image::Section& to) {
    to.set_name(from.name);
    to.set_bytes(from.bytes.data(), from.bytes.size());
}

void to_proto(const PopulationSymbol& from, image::PopulationSymbol& to) {
    to.set_name(from.name);
    for (const std::uint32_t extent : from.shape)
        to.add_shape(extent);
    to.set_is_source(from.is_source);
    to.set_is_output(from.is_output);
    to.set_pipeline_offset(from.pipeline_offset);
    for (const PlacedRange& range : from.placed) {
        image::PlacedRange& placed = *to.add_placed();
        placed.set_first(range.first);
        placed.set_count(range.count);
        placed.set_core(range.core.value);
        placed.set_slot(range.slot.value);
    }
    if (from.poisson_rate) to.set_poisson_rate(*from.poisson_rate);
    for (const auto& [variable, factor] : from.unit_scale) {
        image::UnitScale& scale = *to.add_unit_scale();
        scale.set_variable(variable);
        scale.set_factor(factor);
    }
}

void to_proto(const QuantisationEntry& from, image::QuantisationEntry& to) {
    to.set_owner(from.owner);
    to.set_parameter(from.parameter);
    to.set_count(from.count);
    to.set_scale(from.scale);
    to.set_max_error(from.max_error);
    to.set_rms_error(from.rms_error);
    to.set_max_relative(from.max_relative);
    to.set_saturated(from.saturated);
}

void to_proto(const Utilisation& from, image::Utilisation& to) {
    to.set_resource(from.resource);
    if (from.core) to.set_core(from.core->value);
    to.set_used(from.used);
    to.set_limit(from.limit);
}

image::HardwareImage to_proto(const HardwareImage& from) {
    image::HardwareImage to;
    to.set_target(from.target);
    to.set_chip(from.chip);
    to.set_chip_hash(from.chip_hash);
    to.set_network_hash(from.network_hash);
    to.set_tool_version(from.tool_version);
    to.set_seed(from.seed);
    to.set_dt(from.dt);
    for (const auto& [name, value] : from.options) {
        image::Option& option = *to.add_options();
        option.set_name(name);
        option.set_value(value);
    }
    for (const PopulationSymbol& p : from.populations)
        to_proto(p, *to.add_populations());
    for (const CoreTables& tables : from.cores) {
        image::CoreTables& core = *to.add_cores();
        core.set_core(tables.core.value);
        for (const Section& s : tables.sections)
            to_proto(s, *core.add_sections());
    }
    for (const Section& s : from.routing)
        to_proto(s, *to.add_routing());
    for (const QuantisationEntry& q : from.quantisation)
        to_proto(q, *to.add_quantisation());
    for (const Utilisation& u : from.utilisation)
        to_proto(u, *to.add_utilisation());
    return to;
}

Section from_proto(const image::Section& from) {
    return {from.name(), {from.bytes().begin(), from.bytes().end()}};
}

PopulationSymbol from_proto(const image::PopulationSymbol& from) {
    PopulationSymbol to;
    to.name = from.name();
    to.shape.assign(from.shape().begin(), from.shape().end());
    to.is_source       = from.is_source();
    to.is_output       = from.is_output();
    to.pipeline_offset = from.pipeline_offset();
    for (const image::PlacedRange& range : from.placed()) {
        to.placed.push_back(
            {range.first(), range.count(), CoreId{range.core()}, SlotId{range.slot()}});
    }
    if (from.has_poisson_rate()) to.poisson_rate = from.poisson_rate();
    for (const image::UnitScale& scale : from.unit_scale()) {
        to.unit_scale[scale.variable()] = scale.factor();
    }
    return to;
}

QuantisationEntry from_proto(const image::QuantisationEntry& from) {
    return {from.owner(),     from.parameter(), from.count(),        from.scale(),
            from.max_error(), from.rms_error(), from.max_relative(), from.saturated()};
}

Utilisation from_proto(const image::Utilisation& from) {
    Utilisation to{from.resource(), std::nullopt, from.used(), from.limit()};
    if (from.has_core()) to.core = CoreId{from.core()};
    return to;
}

HardwareImage from_proto(const image::HardwareImage& from) {
    HardwareImage to;
    to.target       = from.target();
    to.chip         = from.chip();
    to.chip_hash    = from.chip_hash();
    to.network_hash = from.network_hash();
    to.tool_version = from.tool_version();
    to.seed         = from.seed();
    to.dt           = from.dt();
    for (const image::Option& option : from.options())
        to.options[option.name()] = option.value();
    for (const auto& p : from.populations())
        to.populations.push_back(from_proto(p));
    for (const image::CoreTables& core : from.cores()) {
        CoreTables tables{CoreId{core.core()}, {}};
        for (const auto& s : core.sections())
            tables.sections.push_back(from_proto(s));
        to.cores.push_back(std::move(tables));
    }
    for (const auto& s : from.routing())
        to.routing.push_back(from_proto(s));
    for (const auto& q : from.quantisation())
        to.quantisation.push_back(from_proto(q));
    for (const auto& u : from.utilisation())
        to.utilisation.push_back(from_proto(u));
    return to;
}

/// Number of elements; nullopt for no extents, an empty extent or more than 2^32 - 1 elements.
std::optional<std::uint64_t> elements(const PopulationSymbol& population) {
    std::uint64_t product = 1;
    for (const std::uint32_t extent : population.shape) {
        product *= extent;
        if (product == 0 || product >= max_neurons) return std::nullopt;
    }
    if (population.shape.empty()) return std::nullopt;
    return product;
}

std::string population_fault(const PopulationSymbol& population) {
    const auto size = elements(population);
    if (!size) return fmt::format("population '{}' has a senseless shape", population.name);
    for (const PlacedRange& range : population.placed) {
        if (range.count == 0 || std::uint64_t{range.first} + range.count > *size) {
            return fmt::format("population '{}' of {} neurons places neurons {} to {}",
                               population.name, *size, range.first,
                               std::uint64_t{range.first} + range.count);
        }
    }
    if (population.poisson_rate &&
        !(std::isfinite(*population.poisson_rate) && *population.poisson_rate >= 0)) {
        return fmt::format("population '{}' has a senseless rate", population.name);
    }
    for (const auto& [variable, factor] : population.unit_scale) {
        if (!std::isfinite(factor)) {
            return fmt::format("population '{}' has a senseless scale of '{}'", population.name,
                               variable);
        }
    }
    return {};
}

std::string duplicate_fault(const HardwareImage& image) {
    std::set<std::string> names;
    for (const PopulationSymbol& p : image.populations) {
        if (!names.insert(p.name).second) return fmt::format("population '{}' twice", p.name);
    }
    std::set<std::uint32_t> cores;
    for (const CoreTables& tables : image.cores) {
        const std::uint32_t core = tables.core.value;
        if (!cores.insert(core).second) return fmt::format("core {} twice", core);
        std::set<std::string> sections;
        for (const Section& s : tables.sections) {
            if (!sections.insert(s.name).second) {
                return fmt::format("section '{}' of core {} twice", s.name, core);
            }
        }
    }
    return {};
}

/// What is senseless about the content; empty when nothing is.
std::string content_fault(const HardwareImage& image) {
    if (image.target.empty()) return "it names no target";
    if (!(std::isfinite(image.dt) && image.dt > 0)) return "its tick has no length";
    std::uint64_t neurons = 0;
    for (const PopulationSymbol& population : image.populations) {
        if (auto what = population_fault(population); !what.empty()) return what;
        neurons += *elements(population);
    }
    if (neurons >= max_neurons) return "it has more than 2^32 neurons";
    return duplicate_fault(image);
}

Result<std::string_view> checked_payload(std::string_view bytes, const std::string& file) {
    const std::string_view start = bytes.substr(0, magic.size());
    if (start.empty() || magic.substr(0, start.size()) != start) {
        return fault("image.not-an-image", "the file is no Spikeloom hardware image", {file, ""});
    }
    if (bytes.size() < header_bytes) {
        return fault(
            "image.truncated",
            fmt::format("the image's header has {} bytes, the file {}", header_bytes, bytes.size()),
            {file, ""});
    }
    const std::uint64_t version = take(bytes, 8, 4);
    if (version != image_format_version) {
        return fault("image.version",
                     fmt::format("the image has format version {}, this program reads version {}",
                                 version, image_format_version),
                     {file, ""}, {"compile the network again"});
    }
    const std::uint64_t length     = take(bytes, 12, 8);
    const std::string_view payload = bytes.substr(header_bytes);
    if (payload.size() < length) {
        return fault("image.truncated",
                     fmt::format("the image promises {} bytes of content, the file has {}", length,
                                 payload.size()),
                     {file, ""});
    }
    if (payload.size() > length || checksum(payload) != take(bytes, 20, 4)) {
        return fault("image.checksum", "the image is damaged: its checksum does not fit",
                     {file, ""});
    }
    return payload;
}

}  // namespace

std::string encode(const HardwareImage& image) {
    const image::HardwareImage message = to_proto(image);
    std::string payload;
    {
        google::protobuf::io::StringOutputStream stream{&payload};
        google::protobuf::io::CodedOutputStream coded{&stream};
        coded.SetSerializationDeterministic(true);
        message.SerializeToCodedStream(&coded);
    }
    std::string out{magic};
    put(out, image_format_version, 4);
    put(out, payload.size(), 8);
    put(out, checksum(payload), 4);
    return out + payload;
}

Result<HardwareImage> decode(std::string_view bytes, const std::string& file) {
    const auto payload = checked_payload(bytes, file);
    if (!payload) return tl::unexpected{payload.error()};
    image::HardwareImage message;
    google::protobuf::io::ArrayInputStream stream{payload->data(),
                                                  static_cast<int>(payload->size())};
    if (payload->size() > 0x7FFFFFFF || !message.ParseFromZeroCopyStream(&stream)) {
        return fault("image.malformed", "the image's content is no image message", {file, ""});
    }
    HardwareImage image = from_proto(message);
    if (auto what = content_fault(image); !what.empty()) {
        return fault("image.malformed", "the image makes no sense: " + what, {file, ""});
    }
    return image;
}

}  // namespace spikeloom::hw
