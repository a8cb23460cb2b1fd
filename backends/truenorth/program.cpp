// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <utility>

namespace spikeloom::backends::truenorth {

namespace tn = neuron::truenorth;

namespace {

/// Figures of a chip file; the first fault stays.
class Figures {
public:
    explicit Figures(const hw::ChipSpec& chip) : chip_{chip} {}
    Result<void> error;

    double read(const hw::Figures& from, const char* name, double minimum, double maximum) {
        const auto found   = from.find(name);
        const bool present = found != from.end();
        const double value = present ? found->second.value : 0;
        if (error && (!present || !(value >= minimum && value <= maximum)))
            error = fault(
                "truenorth.chip",
                fmt::format("chip '{}': '{}' must be given, between {} and {}{}", chip_.name, name,
                            minimum, maximum, present ? fmt::format(", not {}", value) : ""));
        return std::clamp(value, minimum, maximum);
    }
    std::uint32_t count(const hw::Figures& from, const char* name, double minimum, double maximum) {
        return static_cast<std::uint32_t>(std::lround(read(from, name, minimum, maximum)));
    }

private:
    const hw::ChipSpec& chip_;
};

/// Little-endian words.
class Writer {
public:
    void word(std::uint32_t w) {
        for (int b = 0; b < 4; ++b)
            bytes.push_back(static_cast<std::uint8_t>(w >> (8 * b)));
    }
    void real(double value) {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        word(static_cast<std::uint32_t>(bits));
        word(static_cast<std::uint32_t>(bits >> 32));
    }
    std::vector<std::uint8_t> bytes;
};

class Reader {
public:
    explicit Reader(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}
    /// Words past the end are 0 and clear `sound`.
    std::uint32_t word() {
        if (at_ + 4 > bytes_.size()) {
            sound = false;
            return 0;
        }
        std::uint32_t w = 0;
        for (std::size_t b = 0; b < 4; ++b)
            w |= std::uint32_t{bytes_[at_ + b]} << (8 * b);
        at_ += 4;
        return w;
    }
    std::int32_t number() { return static_cast<std::int32_t>(word()); }
    double real() {
        const std::uint64_t low = word();
        return std::bit_cast<double>(low | (std::uint64_t{word()} << 32));
    }
    [[nodiscard]] bool done() const { return sound && at_ == bytes_.size(); }
    bool sound = true;

private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

std::uint32_t pair(std::int32_t low, std::int32_t high) {
    return (static_cast<std::uint32_t>(low) & 0xFFFFU) | (static_cast<std::uint32_t>(high) << 16);
}
std::int16_t low_of(std::uint32_t w) {
    return static_cast<std::int16_t>(w & 0xFFFFU);
}
std::int16_t high_of(std::uint32_t w) {
    return static_cast<std::int16_t>(w >> 16);
}

void write_neuron(Writer& out, const NeuronProgram& n) {
    const tn::Parameters& p = n.parameters;
    out.word(pair(p.weight[0], p.weight[1]));
    out.word(pair(p.weight[2], p.weight[3]));
    const std::uint32_t flags = p.stochastic_weights | (p.stochastic_leak ? 1U << 4 : 0U) |
                                (p.leak_reversal ? 1U << 5 : 0U) |
                                (static_cast<std::uint32_t>(p.reset) << 6) |
                                (p.saturates ? 1U << 8 : 0U) | (std::uint32_t{p.mask_bits} << 12);
    out.word(pair(static_cast<std::int32_t>(flags), p.leak));
    for (const std::int32_t value : {p.threshold, p.negative_threshold, p.reset_value, n.potential})
        out.word(static_cast<std::uint32_t>(value));
    out.word(pair(n.to.dx, n.to.dy));
    out.word(n.to.axon | (std::uint32_t{n.to.delay} << 8) |
             (static_cast<std::uint32_t>(n.to.kind) << 16));
}

bool read_neuron(Reader& in, NeuronProgram& n) {
    tn::Parameters& p           = n.parameters;
    const std::uint32_t w01     = in.word();
    const std::uint32_t w23     = in.word();
    p.weight                    = {low_of(w01), high_of(w01), low_of(w23), high_of(w23)};
    const std::uint32_t word    = in.word();
    p.stochastic_weights        = word & 0xFU;
    p.stochastic_leak           = (word >> 4 & 1U) != 0;
    p.leak_reversal             = (word >> 5 & 1U) != 0;
    p.reset                     = static_cast<tn::Reset>(std::min(word >> 6 & 3U, 2U));
    p.saturates                 = (word >> 8 & 1U) != 0;
    p.mask_bits                 = static_cast<std::uint8_t>(word >> 12 & 0xFU);
    p.leak                      = high_of(word);
    p.threshold                 = in.number();
    p.negative_threshold        = in.number();
    p.reset_value               = in.number();
    n.potential                 = in.number();
    const std::uint32_t there   = in.word();
    n.to.dx                     = low_of(there);
    n.to.dy                     = high_of(there);
    const std::uint32_t how     = in.word();
    n.to.axon                   = static_cast<std::uint8_t>(how);
    n.to.delay                  = static_cast<std::uint8_t>(how >> 8);
    const std::uint32_t kind    = how >> 16;
    n.to.kind                   = static_cast<Destination::Kind>(std::min(kind, 3U));
    constexpr std::int32_t most = 1 << 28;
    const auto sane             = [](std::int32_t v) { return v >= -most && v <= most; };
    return in.sound && p.mask_bits <= tn::mask_max && kind <= 3 && sane(p.threshold) &&
           sane(p.negative_threshold) && sane(p.reset_value) && sane(n.potential) &&
           n.to.delay >= 1 && n.to.delay <= slots - 1;
}

hw::CoreTables tables_of(const CoreProgram& core, std::uint32_t index) {
    Writer rows;
    for (const Row& row : core.rows) {
        for (const std::uint64_t bits : row) {
            rows.word(static_cast<std::uint32_t>(bits));
            rows.word(static_cast<std::uint32_t>(bits >> 32));
        }
    }
    Writer neurons;
    for (const NeuronProgram& n : core.neurons)
        write_neuron(neurons, n);
    return {CoreId{index},
            {{"axons", core.axon_types},
             {"crossbar", std::move(rows.bytes)},
             {"neurons", std::move(neurons.bytes)}}};
}

std::vector<std::uint8_t> machine_bytes(const Machine& m) {
    Writer out;
    for (const std::uint32_t w :
         {m.width, m.height, m.chip_width, m.chip_height, m.axons, m.neurons,
          static_cast<std::uint32_t>(m.potential_width), m.dense ? 1U : 0U, m.tick_clocks,
          m.neuron_clocks, m.event_clocks})
        out.word(w);
    out.real(m.clock_hz);
    out.real(m.tick_seconds);
    return std::move(out.bytes);
}

std::optional<Machine> machine_from(std::span<const std::uint8_t> bytes) {
    Reader in{bytes};
    Machine m;
    for (std::uint32_t* w :
         {&m.width, &m.height, &m.chip_width, &m.chip_height, &m.axons, &m.neurons})
        *w = in.word();
    m.potential_width = in.number();
    m.dense           = in.word() != 0;
    m.tick_clocks     = in.word();
    m.neuron_clocks   = in.word();
    m.event_clocks    = in.word();
    m.clock_hz        = in.real();
    m.tick_seconds    = in.real();
    const bool sane   = in.done() && m.width >= 1 && m.width <= 4096 && m.height >= 1 &&
                      m.height <= 4096 && m.chip_width >= 1 && m.chip_height >= 1 && m.axons >= 1 &&
                      m.axons <= core_axons && m.neurons >= 1 && m.neurons <= core_neurons &&
                      m.potential_width >= 9 && m.potential_width <= 28 && m.clock_hz > 0 &&
                      m.tick_seconds >= 0;
    return sane ? std::optional{m} : std::nullopt;
}

tl::unexpected<Diagnostic> wrong(std::string why) {
    return fault("device.wrong-image", std::move(why));
}

Result<void> read_core(const hw::HardwareImage& image, const Machine& machine, std::uint32_t index,
                       CoreProgram& core) {
    const hw::Section* axons   = image.find(CoreId{index}, "axons");
    const hw::Section* rows    = image.find(CoreId{index}, "crossbar");
    const hw::Section* neurons = image.find(CoreId{index}, "neurons");
    if (axons == nullptr || rows == nullptr || neurons == nullptr)
        return wrong(fmt::format("core {} has no tables", index));
    constexpr std::size_t row_bytes = core_neurons / 8, neuron_bytes = 9 * 4;
    const std::size_t count = neurons->bytes.size() / neuron_bytes;
    if (axons->bytes.size() > machine.axons || count > machine.neurons ||
        rows->bytes.size() != axons->bytes.size() * row_bytes ||
        neurons->bytes.size() != count * neuron_bytes)
        return wrong(fmt::format("the tables of core {} have the wrong size", index));
    core.axon_types = axons->bytes;
    for (const std::uint8_t type : core.axon_types)
        if (type >= tn::axon_types) return wrong(fmt::format("core {}: axon type {}", index, type));
    Reader row_words{rows->bytes};
    core.rows.resize(core.axon_types.size());
    for (Row& row : core.rows) {
        for (std::uint64_t& bits : row) {
            const std::uint64_t low = row_words.word();
            bits                    = low | (std::uint64_t{row_words.word()} << 32);
        }
    }
    Reader neuron_words{neurons->bytes};
    core.neurons.resize(count);
    for (NeuronProgram& n : core.neurons)
        if (!read_neuron(neuron_words, n))
            return wrong(fmt::format("core {} holds a neuron that no core can have", index));
    return {};
}

Result<void> read_inputs(std::span<const std::uint8_t> bytes, ChipProgram& program) {
    Reader in{bytes};
    const std::uint32_t elements = in.word();
    if (elements > bytes.size()) return wrong("the input table is cut off");
    program.input_begin.assign(1, 0);
    for (std::uint32_t e = 0; e < elements; ++e)
        program.input_begin.push_back(in.word());
    if (!std::is_sorted(program.input_begin.begin(), program.input_begin.end()) ||
        program.input_begin.back() > bytes.size())
        return wrong("the input table is out of order");
    program.inputs.resize(program.input_begin.back());
    for (InputPacket& packet : program.inputs) {
        packet.core             = in.word();
        const std::uint32_t how = in.word();
        packet.axon             = static_cast<std::uint8_t>(how);
        packet.wait             = static_cast<std::uint16_t>(how >> 16);
        if (packet.core >= program.cores.size())
            return wrong(
                fmt::format("an input leads to core {} of {}", packet.core, program.cores.size()));
    }
    return in.done() ? Result<void>{} : wrong("the input table is cut off");
}

const hw::Section* routing(const hw::HardwareImage& image, std::string_view name) {
    const auto found = std::find_if(image.routing.begin(), image.routing.end(),
                                    [&](const hw::Section& s) { return s.name == name; });
    return found == image.routing.end() ? nullptr : &*found;
}

Result<void> check_targets(const ChipProgram& program) {
    std::map<std::pair<std::int32_t, std::int32_t>, const CoreProgram*> at;
    for (const CoreProgram& core : program.cores) {
        if (core.x >= program.machine.width || core.y >= program.machine.height)
            return wrong("a core lies outside the mesh");
        if (!at.try_emplace({core.x, core.y}, &core).second)
            return wrong("two cores share a place");
    }
    for (const CoreProgram& core : program.cores) {
        for (const NeuronProgram& n : core.neurons) {
            if (n.to.kind != Destination::Kind::core) continue;
            const auto found = at.find({core.x + n.to.dx, core.y + n.to.dy});
            if (found == at.end() || n.to.axon >= found->second->axon_types.size())
                return wrong("a neuron's packet leads to no axon");
        }
    }
    return {};
}

}  // namespace

Result<Machine> machine_of(const hw::ChipSpec& chip) {
    if (chip.target != "truenorth")
        return fault("truenorth.chip", fmt::format("chip '{}' is for target '{}', not truenorth",
                                                   chip.name, chip.target));
    Figures figures{chip};
    const hw::Figures& mesh = chip.topology.figures;
    Machine m;
    m.chip_width  = figures.count(mesh, "columns", 1, 256);
    m.chip_height = figures.count(mesh, "rows", 1, 256);
    m.width       = m.chip_width * figures.count(mesh, "chip_columns", 1, 16);
    m.height      = m.chip_height * figures.count(mesh, "chip_rows", 1, 16);
    m.axons       = figures.count(chip.capacities, "axons", 1, core_axons);
    m.neurons     = figures.count(chip.capacities, "neurons", 1, core_neurons);
    m.potential_width =
        static_cast<std::int32_t>(figures.count(chip.arithmetic, "membrane_width", 9, 28));
    m.dense         = figures.count(chip.timing, "dense", 0, 1) != 0;
    m.tick_clocks   = figures.count(chip.timing, "tick_clocks", 0, 1e6);
    m.neuron_clocks = figures.count(chip.timing, "neuron_clocks", 0, 1e6);
    m.event_clocks  = figures.count(chip.timing, "event_clocks", 0, 1e6);
    m.clock_hz      = figures.read(chip.timing, "clock", 1, 1e12);
    m.tick_seconds  = figures.read(chip.timing, "real_time_tick", 0, 1e12) * 1e-9;
    if (!figures.error) return tl::unexpected{figures.error.error()};
    return m;
}

void encode_program(const ChipProgram& program, hw::HardwareImage& image) {
    Writer places;
    for (std::uint32_t c = 0; c < program.cores.size(); ++c) {
        image.cores.push_back(tables_of(program.cores[c], c));
        places.word(pair(program.cores[c].x, program.cores[c].y));
    }
    Writer inputs;
    inputs.word(static_cast<std::uint32_t>(program.input_begin.size() - 1));
    for (std::size_t e = 1; e < program.input_begin.size(); ++e)
        inputs.word(program.input_begin[e]);
    for (const InputPacket& packet : program.inputs) {
        inputs.word(packet.core);
        inputs.word(packet.axon | (std::uint32_t{packet.wait} << 16));
    }
    image.routing.push_back({"machine", machine_bytes(program.machine)});
    image.routing.push_back({"places", std::move(places.bytes)});
    image.routing.push_back({"inputs", std::move(inputs.bytes)});
}

Result<ChipProgram> decode_program(const hw::HardwareImage& image) {
    if (image.target != "truenorth")
        return wrong(fmt::format("the image is for target '{}', not truenorth", image.target));
    const hw::Section* machine = routing(image, "machine");
    const hw::Section* places  = routing(image, "places");
    const hw::Section* inputs  = routing(image, "inputs");
    if (machine == nullptr || places == nullptr || inputs == nullptr)
        return wrong("the image holds no machine, places or inputs");
    const auto known = machine_from(machine->bytes);
    if (!known) return wrong("the image's machine is no TrueNorth-like chip");
    ChipProgram program;
    program.machine = *known;
    program.cores.resize(image.cores.size());
    Reader at{places->bytes};
    for (std::uint32_t c = 0; c < program.cores.size(); ++c) {
        const std::uint32_t place = at.word();
        program.cores[c].x        = static_cast<std::uint16_t>(low_of(place));
        program.cores[c].y        = static_cast<std::uint16_t>(high_of(place));
        if (auto read = read_core(image, program.machine, c, program.cores[c]); !read)
            return tl::unexpected{read.error()};
    }
    if (!at.done()) return wrong("places and cores do not agree");
    if (auto read = read_inputs(inputs->bytes, program); !read) return tl::unexpected{read.error()};
    if (auto sound = check_targets(program); !sound) return tl::unexpected{sound.error()};
    return program;
}

}  // namespace spikeloom::backends::truenorth
