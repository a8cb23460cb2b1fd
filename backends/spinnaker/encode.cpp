// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/encode.hpp"

#include "backends/emulator/error_meter.hpp"
#include "backends/spinnaker/network_routing.hpp"
#include "backends/spinnaker/tables.hpp"
#include "compiler/ir/models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <tuple>

namespace spikeloom::backends::spinnaker {

namespace {

namespace chip = neuron::spinnaker;
using emulator::ErrorMeter;

constexpr double largest_weight        = 0xFFFF;
constexpr unsigned largest_shift       = 15;
constexpr std::uint64_t row_head_bytes = 12;  ///< three words of counts before a row's synapses

class Encoder {
public:
    Encoder(const LegalNetwork& legal, QuantisedNetwork& quantised, const Layout& layout,
            const ir::Network& network, const Limits& limits)
        : legal_{legal},
          quantised_{quantised},
          layout_{layout},
          network_{network},
          limits_{limits},
          keys_{allocate_keys(layout)} {}

    Checked<compiler::CompileOutput> run(const Costs& costs) {
        Program program;
        program.machine = limits_.machine;
        program.costs   = costs;
        for (const CorePlan& plan : layout_.cores)
            cores_.push_back(core_of(plan));
        fill_rows();
        check_sdram();
        auto routed = route(keys_, limits_, program);
        if (!routed) errors_.push_back(routed.error());
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        compiler::CompileOutput out;
        hw::HardwareImage& image = out.image;
        add_utilisation(image, *routed);
        for (std::uint32_t p = 0; p < legal_.populations.size(); ++p)
            image.populations.push_back(symbol(p));
        std::sort(cores_.begin(), cores_.end(),
                  [](const CoreProgram& a, const CoreProgram& b) { return a.id < b.id; });
        program.cores = std::move(cores_);
        to_sections(program, image);
        image.quantisation                        = std::move(quantised_.report);
        image.options["routing entries made"]     = fmt::format("{}", routed->made);
        image.options["routing entries loaded"]   = fmt::format("{}", routed->loaded);
        image.options["routing tables minimised"] = fmt::format("{}", routed->minimised);
        image.options["routing keys walked"]      = fmt::format("{}", routed->walked);
        return out;
    }

private:
    CoreProgram core_of(const CorePlan& plan) {
        CoreProgram core;
        core.id       = plan.id;
        core.key      = keys_.key_of(static_cast<std::uint32_t>(cores_.size()));
        core.elements = static_cast<std::uint32_t>(plan.rows.size());
        if (plan.is_source) return core;
        std::array<double, 2> room{};
        for (const std::uint32_t j : plan.rows) {
            const Scale& scale = quantised_.scales[legal_.population_of[j]];
            for (std::size_t type = 0; type < room.size(); ++type)
                room[type] = std::max(room[type], scale.room[type] * scale.unit);
            core.neurons.push_back(quantised_.neurons[j]);
        }
        for (std::size_t type = 0; type < room.size(); ++type)
            while (core.shift[type] < largest_shift &&
                   std::ldexp(largest_weight, static_cast<int>(core.shift[type])) < room[type])
                ++core.shift[type];
        return core;
    }

    struct Entry {
        std::uint32_t block, index, word;
    };

    void fill_rows() {
        std::vector<ErrorMeter> meters;
        for (const ir::Projection& projection : network_.projections)
            meters.emplace_back(quantised_.scales[projection.post.value].unit);
        std::vector<std::vector<Entry>> entries(cores_.size());
        for (std::uint32_t c = 0; c < layout_.cores.size(); ++c) {
            const std::vector<std::uint32_t>& rows = layout_.cores[c].rows;
            for (std::uint32_t index = 0; index < rows.size(); ++index)
                for (std::uint64_t k = legal_.row_begin[rows[index]];
                     k < legal_.row_begin[rows[index] + 1]; ++k)
                    add_synapse(legal_.synapses[k], c, index, meters, entries);
        }
        for (std::uint32_t c = 0; c < cores_.size(); ++c)
            pack(entries[c], cores_[c]);
        for (std::size_t p = 0; p < meters.size(); ++p)
            if (!meters[p].empty())
                quantised_.report.push_back(
                    meters[p].entry(network_.projections[p].name, "weight"));
    }

    void add_synapse(const LegalSynapse& s, std::uint32_t from, std::uint32_t index,
                     std::vector<ErrorMeter>& meters, std::vector<std::vector<Entry>>& entries) {
        const std::uint32_t to   = layout_.core_of[s.target];
        const double gain        = legal_.dynamics(s.target).gain;
        const double unit        = quantised_.scales[legal_.population_of[s.target]].unit;
        const double want        = s.weight * gain * unit;
        const std::uint32_t type = want < 0 ? chip::inhibitory : chip::excitatory;
        const double step        = 1U << cores_[to].shift[type];
        const double weight      = std::min(std::round(std::abs(want) / step), largest_weight);
        const double got         = std::copysign(weight * step, want);
        meters[s.projection].add(s.weight, gain == 0 ? s.weight : got / unit / gain,
                                 std::abs(want) / step > largest_weight + 0.5);
        if (weight == 0) return;
        const std::uint32_t stage = (s.delay - 1U) / stage_ticks;
        const std::uint32_t block = keys_.block_of(from, stage);
        keys_.reach(block, to);
        entries[to].push_back(
            {block, index,
             synapse_word(static_cast<std::uint32_t>(weight), s.delay - stage * stage_ticks, type,
                          layout_.slot_of[s.target])});
    }

    /// Rows of a core by block and element, the synapses of a row in the network's order.
    void pack(std::vector<Entry>& entries, CoreProgram& core) const {
        std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
            return std::tie(a.block, a.index) < std::tie(b.block, b.index);
        });
        core.words.reserve(entries.size());
        for (std::size_t k = 0; k < entries.size();) {
            const std::uint32_t block = entries[k].block;
            const std::uint32_t rows  = keys_.elements_of(block);
            core.blocks.push_back({block, rows});
            for (std::uint32_t row = 0; row < rows; ++row) {
                core.row_begin.push_back(static_cast<std::uint32_t>(core.words.size()));
                for (; k < entries.size() && entries[k].block == block && entries[k].index == row;
                     ++k)
                    core.words.push_back(entries[k].word);
            }
        }
        core.row_begin.push_back(static_cast<std::uint32_t>(core.words.size()));
        std::vector<Entry>{}.swap(entries);
    }

    /// Bytes of the rows of each chip's cores.
    [[nodiscard]] std::vector<std::uint64_t> sdram() const {
        std::vector<std::uint64_t> bytes(limits_.machine.chips(), 0);
        for (const CoreProgram& core : cores_)
            bytes[place_of(core.id).chip] +=
                4 * core.words.size() + row_head_bytes * (core.row_begin.size() - 1);
        return bytes;
    }

    void check_sdram() {
        const auto bytes = sdram();
        for (std::uint32_t k = 0; k < bytes.size(); ++k)
            if (bytes[k] > limits_.sdram)
                errors_.push_back(
                    {"spinnaker.sdram",
                     fmt::format("chip {} needs {} bytes of SDRAM for synaptic rows, limit {}", k,
                                 bytes[k], limits_.sdram)});
    }

    void add_utilisation(hw::HardwareImage& image, const Routed& routed) const {
        const auto bytes = sdram();
        image.utilisation.push_back({"cores", {}, layout_.cores_used, limits_.cores()});
        image.utilisation.push_back(
            {"routing entries of the fullest chip", {}, routed.most, limits_.router_entries});
        image.utilisation.push_back({"SDRAM bytes of the fullest chip",
                                     {},
                                     *std::max_element(bytes.begin(), bytes.end()),
                                     limits_.sdram});
        for (const CoreProgram& core : cores_)
            image.utilisation.push_back({core.neurons.empty() ? "sources" : "neurons",
                                         CoreId{core.id}, core.elements, limits_.neurons});
    }

    hw::PopulationSymbol symbol(std::uint32_t p) const {
        const ir::Population& population = network_.populations[p];
        const LegalPopulation& legal     = legal_.populations[p];
        hw::PopulationSymbol s;
        s.name            = population.name;
        s.shape           = population.shape;
        s.is_source       = legal.is_source;
        s.is_output       = population.is_output;
        s.pipeline_offset = population.pipeline_offset;
        if (legal.is_source) {
            for (const CorePlan& core : layout_.cores)
                if (core.is_source && core.population == p)
                    s.placed.push_back({core.rows.front() - legal_.neurons - legal.first,
                                        static_cast<std::uint32_t>(core.rows.size()),
                                        CoreId{core.id}, SlotId{0}});
            if (population.model.name == "poisson")
                s.poisson_rate = ir::parameter(network_, PopulationId{p}, "rate", 0);
            return s;
        }
        for (std::uint32_t k = 0; k < legal.count; ++k) {
            const std::uint32_t j    = legal.first + k;
            const std::uint32_t core = layout_.cores[layout_.core_of[j]].id;
            const std::uint32_t slot = layout_.slot_of[j];
            hw::PlacedRange* last    = s.placed.empty() ? nullptr : &s.placed.back();
            if (last != nullptr && last->core.value == core &&
                last->slot.value + last->count == slot)
                ++last->count;
            else
                s.placed.push_back({k, 1, CoreId{core}, SlotId{slot}});
        }
        const double unit = quantised_.scales[p].unit;
        s.unit_scale["v"] = 1 / unit;
        const double i    = legal.neurons.front().i_unit;
        if (i != 0) s.unit_scale["i"] = i / unit;
        return s;
    }

    const LegalNetwork& legal_;
    QuantisedNetwork& quantised_;
    const Layout& layout_;
    const ir::Network& network_;
    const Limits& limits_;
    KeyPlan keys_;
    std::vector<CoreProgram> cores_;
    Diagnostics errors_;
};

}  // namespace

Checked<compiler::CompileOutput> encode(const LegalNetwork& legal, QuantisedNetwork&& quantised,
                                        const Layout& layout, const ir::Network& network,
                                        const Limits& limits, const Costs& costs) {
    return Encoder{legal, quantised, layout, network, limits}.run(costs);
}

}  // namespace spikeloom::backends::spinnaker
