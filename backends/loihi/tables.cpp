// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/tables.hpp"

#include "simulator/neuron/loihi_learning.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikeloom::backends::loihi {

namespace {

class ByteWriter {
public:
    template <class T>
    void put(T value) {
        auto bits = static_cast<std::uint64_t>(value);
        for (std::size_t k = 0; k < sizeof(T); ++k, bits >>= 8)
            bytes.push_back(static_cast<std::uint8_t>(bits));
    }
    std::vector<std::uint8_t> bytes;
};

/// Reads past the end give zeros and clear `good`.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}
    template <class T>
    void get(T& value) {
        std::uint64_t bits = 0;
        if (at_ + sizeof(T) > bytes_.size()) {
            good = false;
            return;
        }
        for (std::size_t k = 0; k < sizeof(T); ++k)
            bits |= std::uint64_t{bytes_[at_++]} << (8 * k);
        value = static_cast<T>(bits);
    }
    [[nodiscard]] bool more() const { return good && at_ < bytes_.size(); }
    bool good = true;

private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

// Each record once, for writer and reader: Io is ByteWriter::put or ByteReader::get.
template <class Io, class R>
void each_field(const Io& io,
                R& r) requires std::is_same_v<std::remove_const_t<R>, CompartmentConfig> {
    io(r.du), io(r.dv), io(r.refractory), io(r.fires), io(r.subtracts);
}
template <class Io, class R>
void each_field(const Io& io,
                R& r) requires std::is_same_v<std::remove_const_t<R>, CompartmentEntry> {
    io(r.config), io(r.threshold), io(r.bias_mantissa), io(r.bias_exponent), io(r.refractory);
    io(r.profile), io(r.u), io(r.v);
}
template <class Io, class R>
void each_field(const Io& io, R& r) requires std::is_same_v<std::remove_const_t<R>, SynapseFormat> {
    io(r.weight.exponent), io(r.weight.bits), io(r.weight.sign), io(r.delay_bits), io(r.tag_bits);
    io(r.index_bits), io(r.kind), io(r.profile);
}
template <class Io, class R>
void each_field(const Io& io, R& r) requires std::is_same_v<std::remove_const_t<R>, Axon> {
    io(r.word), io(r.blocks);
}
template <class Io, class R>
void each_field(const Io& io, R& r) requires std::is_same_v<std::remove_const_t<R>, Route> {
    io(r.core), io(r.axon);
}
template <class Io, class R>
void each_field(const Io& io,
                R& r) requires std::is_same_v<std::remove_const_t<R>, LearningProfile> {
    io(r.x_keep), io(r.y_keep), io(r.x_impulse), io(r.y_impulse), io(r.plus_mantissa);
    io(r.plus_exponent), io(r.minus_mantissa), io(r.minus_exponent), io(r.epoch);
}
template <class Io, class R>
void each_field(const Io& io, R& r) requires std::is_integral_v<R> {
    io(r);
}

template <class T>
hw::Section section(std::string name, const std::vector<T>& records) {
    ByteWriter out;
    for (const T& record : records)
        each_field([&](const auto& field) { out.put(field); }, record);
    return {std::move(name), std::move(out.bytes)};
}

/// False where the section is missing or cut off.
template <class T>
bool parse(std::span<const hw::Section> sections, std::string_view name, std::vector<T>& out) {
    const auto found = std::find_if(sections.begin(), sections.end(),
                                    [&](const hw::Section& s) { return s.name == name; });
    if (found == sections.end()) return false;
    ByteReader in{found->bytes};
    while (in.more()) {
        T record{};
        each_field([&](auto& field) { in.get(field); }, record);
        out.push_back(record);
    }
    return in.good;
}

bool parse_routes(std::span<const hw::Section> sections, std::string_view name, RouteTable& out) {
    out.begin.clear();
    if (!parse(sections, std::string{name} + "_begin", out.begin)) return false;
    if (!parse(sections, name, out.routes)) return false;
    return !out.begin.empty() && std::is_sorted(out.begin.begin(), out.begin.end()) &&
           out.begin.back() == out.routes.size();
}

Result<void> malformed(const std::string& what) {
    return fault("device.malformed", "the image contradicts itself: " + what);
}

/// Indices within their tables; lists are checked when they are read.
bool consistent(const CoreTable& c) {
    const bool entries =
        std::all_of(c.compartments.begin(), c.compartments.end(), [&](const auto& e) {
            return e.config < c.configs.size() && e.threshold < c.thresholds.size() &&
                   e.bias_exponent <= neuron::loihi::bias_exponents;
        });
    const bool formats =
        std::all_of(c.formats.begin(), c.formats.end(), [](const SynapseFormat& f) {
            return f.index_bits <= 12 && f.delay_bits <= 6 && f.tag_bits <= 16 && f.kind <= 2 &&
                   f.weight.exponent >= -8 && f.weight.exponent <= 7 && f.weight.bits == 8;
        });
    return entries && formats && c.routes.begin.size() == c.compartments.size() + 1 &&
           c.compartments.size() <= (1U << 12);
}

}  // namespace

hw::CoreTables to_sections(const CoreTable& c) {
    return {CoreId{c.core},
            {section("configs", c.configs), section("thresholds", c.thresholds),
             section("compartments", c.compartments), section("formats", c.formats),
             section("axons", c.axons), section("synapses", c.synapses),
             section("routes_begin", c.routes.begin), section("routes", c.routes.routes)}};
}

std::vector<hw::Section> to_sections(const ChipTable& chip) {
    const std::vector<std::uint32_t> registers{chip.longest_delay, chip.noise_exponent,
                                               static_cast<std::uint32_t>(chip.noise_offset),
                                               chip.noise_at_membrane ? 1U : 0U};
    return {section("registers", registers), section("profiles", chip.profiles),
            section("inputs_begin", chip.inputs.begin), section("inputs", chip.inputs.routes),
            section("noise", chip.noise)};
}

Result<std::vector<CoreTable>> core_tables(const hw::HardwareImage& image) {
    if (image.target != "loihi")
        return fault("device.wrong-image",
                     fmt::format("the image is for target '{}', not for loihi", image.target));
    std::vector<CoreTable> cores;
    for (const hw::CoreTables& from : image.cores) {
        CoreTable c;
        c.core          = from.core.value;
        const auto& s   = from.sections;
        const bool good = parse(s, "configs", c.configs) && parse(s, "thresholds", c.thresholds) &&
                          parse(s, "compartments", c.compartments) &&
                          parse(s, "formats", c.formats) && parse(s, "axons", c.axons) &&
                          parse(s, "synapses", c.synapses) && parse_routes(s, "routes", c.routes) &&
                          consistent(c) && (cores.empty() || cores.back().core < c.core);
        if (!good) return tl::unexpected{malformed(fmt::format("core {}", c.core)).error()};
        cores.push_back(std::move(c));
    }
    return cores;
}

Result<ChipTable> chip_table(const hw::HardwareImage& image) {
    ChipTable chip;
    std::vector<std::uint32_t> registers;
    const bool good = parse(std::span{image.routing}, "registers", registers) &&
                      registers.size() == 4 &&
                      parse(std::span{image.routing}, "profiles", chip.profiles) &&
                      parse_routes(image.routing, "inputs", chip.inputs) &&
                      parse(std::span{image.routing}, "noise", chip.noise);
    if (!good) return tl::unexpected{malformed("its tables of the whole chip").error()};
    chip.longest_delay     = registers[0];
    chip.noise_exponent    = registers[1];
    chip.noise_offset      = static_cast<std::int32_t>(registers[2]);
    chip.noise_at_membrane = registers[3] != 0;
    if (chip.longest_delay > 63 || chip.noise_exponent > 23)
        return tl::unexpected{malformed("its registers").error()};
    for (const LearningProfile& p : chip.profiles)
        if (p.epoch < 1 || p.epoch > neuron::loihi::longest_epoch ||
            p.epoch != chip.profiles.front().epoch)
            return tl::unexpected{malformed("its learning epochs").error()};
    return chip;
}

}  // namespace spikeloom::backends::loihi
