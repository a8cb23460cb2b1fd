// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace spikeloom::backends::spinnaker {

namespace {

using Words = std::vector<std::uint32_t>;

hw::Section section(std::string name, const Words& words) {
    hw::Section s{std::move(name), {}};
    s.bytes.reserve(words.size() * 4);
    for (const std::uint32_t w : words)
        for (int k = 0; k < 32; k += 8)
            s.bytes.push_back(static_cast<std::uint8_t>(w >> k));
    return s;
}

/// False where the section is missing or no whole number of records of `width` words.
bool parse(std::span<const hw::Section> sections, std::string_view name, std::size_t width,
           Words& out) {
    const auto found = std::find_if(sections.begin(), sections.end(),
                                    [&](const hw::Section& s) { return s.name == name; });
    if (found == sections.end() || found->bytes.size() % (4 * width) != 0) return false;
    out.assign(found->bytes.size() / 4, 0);
    for (std::size_t k = 0; k < found->bytes.size(); ++k)
        out[k / 4] |= std::uint32_t{found->bytes[k]} << (8 * (k % 4));
    return true;
}

constexpr std::size_t neuron_words = 16;

void put(Words& out, const QuantisedNeuron& n) {
    const auto u                           = [](auto x) { return static_cast<std::uint32_t>(x); };
    const neuron::spinnaker::Parameters& p = n.parameters;
    const std::uint32_t flags = (p.fires ? 1U : 0U) | (p.subtracts ? 2U : 0U) | u(p.rounding) << 2;
    out.insert(out.end(), {u(p.resistance), u(p.membrane), u(p.v_rest), u(p.v_reset),
                           u(p.v_threshold), u(p.bias), u(p.refractory), p.decay[0], p.decay[1],
                           u(p.gain[0]), u(p.gain[1]), flags, u(n.state.v), u(n.state.input[0]),
                           u(n.state.input[1]), u(n.state.refractory)});
}

QuantisedNeuron neuron_at(const Words& w, std::size_t at) {
    const auto i = [&](std::size_t k) { return static_cast<std::int32_t>(w[at + k]); };
    QuantisedNeuron n;
    neuron::spinnaker::Parameters& p = n.parameters;
    p.resistance = i(0), p.membrane = i(1), p.v_rest = i(2), p.v_reset = i(3);
    p.v_threshold = i(4), p.bias = i(5), p.refractory = i(6);
    p.decay = {w[at + 7], w[at + 8]};
    p.gain  = {i(9), i(10)};
    p.fires = (w[at + 11] & 1) != 0, p.subtracts = (w[at + 11] & 2) != 0;
    p.rounding = (w[at + 11] & 4) != 0 ? neuron::spinnaker::Rounding::nearest
                                       : neuron::spinnaker::Rounding::floor;
    n.state.v = i(12), n.state.input = {i(13), i(14)}, n.state.refractory = i(15);
    return n;
}

hw::CoreTables sections_of(const CoreProgram& c) {
    Words neurons, blocks;
    for (const QuantisedNeuron& n : c.neurons)
        put(neurons, n);
    for (const RowBlock& b : c.blocks)
        blocks.insert(blocks.end(), {b.block, b.rows});
    return {CoreId{c.id},
            {section("registers", {c.shift[0], c.shift[1], c.key, c.elements}),
             section("neurons", neurons), section("row_blocks", blocks),
             section("row_begin", c.row_begin), section("words", c.words)}};
}

bool parse_core(const hw::CoreTables& from, CoreProgram& c) {
    Words registers, neurons, blocks;
    const auto& s = from.sections;
    if (!parse(s, "registers", 4, registers) || registers.size() != 4 ||
        !parse(s, "neurons", neuron_words, neurons) || !parse(s, "row_blocks", 2, blocks) ||
        !parse(s, "row_begin", 1, c.row_begin) || !parse(s, "words", 1, c.words))
        return false;
    c.id    = from.core.value;
    c.shift = {registers[0], registers[1]}, c.key = registers[2], c.elements = registers[3];
    for (std::size_t k = 0; k < neurons.size(); k += neuron_words)
        c.neurons.push_back(neuron_at(neurons, k));
    std::uint64_t rows = 0;
    for (std::size_t k = 0; k < blocks.size(); k += 2) {
        c.blocks.push_back({blocks[k], blocks[k + 1]});
        if (blocks[k + 1] > index_mask + 1) return false;
        rows += blocks[k + 1];
    }
    const bool words = std::all_of(c.words.begin(), c.words.end(), [&](std::uint32_t w) {
        return (w & index_mask) < c.neurons.size() && delay_of(w) > 0;
    });
    return words && c.row_begin.size() == rows + 1 && c.row_begin.front() == 0 &&
           std::is_sorted(c.row_begin.begin(), c.row_begin.end()) &&
           c.row_begin.back() == c.words.size() && c.shift[0] <= 15 && c.shift[1] <= 15 &&
           c.elements <= index_mask + 1 && (c.neurons.empty() || c.neurons.size() == c.elements) &&
           (c.key & index_mask) == 0;
}

bool parse_machine(const hw::HardwareImage& image, Program& p) {
    Words m;
    if (!parse(image.routing, "machine", 1, m) || m.size() < 3) return false;
    const std::uint64_t chips = std::uint64_t{m[0]} * m[1];
    if (chips == 0 || chips > (1U << 16) || m.size() != 3 + chips) return false;
    p.machine = Machine{m[0], m[1], m[2] != 0};
    for (std::uint32_t k = 0; k < chips; ++k) {
        if (m[3 + k] == 0) p.machine.kill_chip(k);
        for (std::uint32_t link = 0; link < link_count; ++link)
            if ((m[3 + k] >> (1 + link) & 1) != 0) p.machine.kill_link(k, link);
    }
    p.tables.resize(chips);
    return true;
}

/// What lies behind a key must be a block of the image.
bool known_key(const Program& p, std::uint32_t key) {
    return (key & index_mask) == 0 && key >> index_bits < p.blocks.size();
}

bool parse_routing(const hw::HardwareImage& image, Program& p) {
    Words costs, blocks, relays, tables;
    if (!parse_machine(image, p) || !parse(image.routing, "costs", 8, costs) || costs.size() != 8 ||
        !parse(image.routing, "blocks", 3, blocks) || !parse(image.routing, "relays", 3, relays) ||
        !parse(image.routing, "tables", 4, tables))
        return false;
    p.costs = {costs[0], costs[1], costs[2], costs[3], costs[4], costs[5], costs[6], costs[7]};
    for (std::size_t k = 0; k < blocks.size(); k += 3) {
        const Place from = place_of(blocks[k + 2]);
        if (blocks[k] != (p.blocks.size() << index_bits) || from.chip >= p.machine.chips())
            return false;
        p.blocks.push_back({blocks[k], blocks[k + 1], from, {}});
    }
    for (std::size_t k = 0; k < relays.size(); k += 3) {
        p.relays.push_back({relays[k], relays[k + 1], relays[k + 2]});
        if (!known_key(p, relays[k]) || !known_key(p, relays[k + 1]) || relays[k + 2] == 0 ||
            relays[k + 2] > (1U << 20))
            return false;
    }
    for (std::size_t k = 0; k < tables.size(); k += 4) {
        if (tables[k] >= p.tables.size() || tables[k + 3] >> (link_count + cores_a_chip) != 0)
            return false;
        p.tables[tables[k]].entries.push_back({tables[k + 1], tables[k + 2], tables[k + 3]});
    }
    return true;
}

}  // namespace

void to_sections(const Program& p, hw::HardwareImage& image) {
    for (const CoreProgram& core : p.cores)
        image.cores.push_back(sections_of(core));
    const Machine& m = p.machine;
    Words machine{m.width(), m.height(), m.wraps() ? 1U : 0U}, blocks, relays, tables;
    for (std::uint32_t k = 0; k < m.chips(); ++k)
        machine.push_back(m.alive(k) ? 1U | std::uint32_t{m.dead_links(k)} << 1 : 0U);
    for (const KeyBlock& b : p.blocks)
        blocks.insert(blocks.end(), {b.key, b.mask, id_of(b.from)});
    for (const Relay& r : p.relays)
        relays.insert(relays.end(), {r.from, r.to, r.ticks});
    for (std::uint32_t k = 0; k < p.tables.size(); ++k)
        for (const TableEntry& e : p.tables[k].entries)
            tables.insert(tables.end(), {k, e.key, e.mask, e.route});
    const Costs& c = p.costs;
    image.routing  = {section("machine", machine),
                      section("costs", {c.neuron, c.spike, c.synapse, c.hop, c.input_buffer,
                                        c.flush_late, c.tick, c.core_ns}),
                      section("blocks", blocks), section("relays", relays),
                      section("tables", tables)};
}

Result<Program> read_program(const hw::HardwareImage& image) {
    if (image.target != "spinnaker")
        return fault("device.wrong-image",
                     fmt::format("the image is for target '{}', not for spinnaker", image.target));
    Program p;
    if (!parse_routing(image, p))
        return fault("device.malformed", "the image contradicts itself: its tables of the machine");
    for (const hw::CoreTables& from : image.cores) {
        CoreProgram c;
        const bool good = parse_core(from, c) && (p.cores.empty() || p.cores.back().id < c.id) &&
                          place_of(c.id).chip < p.machine.chips();
        if (!good)
            return fault("device.malformed",
                         fmt::format("the image contradicts itself: core {}", from.core.value));
        p.cores.push_back(std::move(c));
    }
    return p;
}

}  // namespace spikeloom::backends::spinnaker
