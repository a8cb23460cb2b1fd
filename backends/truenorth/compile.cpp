// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/compile.hpp"

#include "backends/truenorth/coding.hpp"
#include "backends/truenorth/layout.hpp"
#include "backends/truenorth/legalise.hpp"
#include "backends/truenorth/program.hpp"
#include "backends/truenorth/retime.hpp"
#include "backends/truenorth/utilisation.hpp"
#include "compiler/ir/models.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikeloom::backends::truenorth {

namespace {

Result<CodingOptions> coding_options(const hw::ChipSpec& chip,
                                     const compiler::CompileOptions& options) {
    CodingOptions result;
    const auto choice = options.choices.find("weights");
    if (choice != options.choices.end() && choice->second == "slice")
        result.code = WeightCode::slice;
    else if (choice != options.choices.end() && choice->second != "cluster")
        return fault("truenorth.weights",
                     fmt::format("weights can be 'cluster' or 'slice', not '{}'", choice->second));
    const std::int64_t bits = chip.width("slice_bits", 4);
    if (bits < 2 || bits > 8)
        return fault("truenorth.chip",
                     fmt::format("'slice_bits' must be between 2 and 8, not {}", bits),
                     {chip.name, "/arithmetic/slice_bits"});
    result.slice_bits = static_cast<std::uint32_t>(bits);
    return result;
}

/// Consecutive neurons on consecutive slots of one core are one range.
void add_places(hw::PopulationSymbol& symbol, const LegalPopulation& from, const Layout& layout) {
    for (std::uint32_t k = 0; k < from.count; ++k) {
        const Layout::Place& at = layout.places[from.first + k];
        if (!symbol.placed.empty()) {
            hw::PlacedRange& last = symbol.placed.back();
            if (last.core.value == at.core && last.slot.value + last.count == at.slot) {
                ++last.count;
                continue;
            }
        }
        symbol.placed.push_back({k, 1, CoreId{at.core}, SlotId{at.slot}});
    }
}

void add_symbols(hw::HardwareImage& image, const ir::Network& network, const LegalNetwork& legal,
                 const CodedNetwork& coded, const Layout& layout,
                 const std::vector<std::uint32_t>& late) {
    for (std::uint32_t p = 0; p < legal.populations.size(); ++p) {
        const LegalPopulation& from = legal.populations[p];
        const ir::Population& owner = network.populations[p];
        hw::PopulationSymbol symbol;
        symbol.name            = from.name;
        symbol.shape           = owner.shape;
        symbol.is_source       = from.is_source;
        symbol.is_output       = owner.is_output;
        symbol.pipeline_offset = owner.pipeline_offset + late[p];
        if (from.is_source) {
            symbol.placed = {{0, from.count, CoreId{0}, SlotId{from.first}}};
            if (owner.model.name == "poisson")
                symbol.poisson_rate = ir::parameter(network, PopulationId{p}, "rate", 0);
        } else {
            add_places(symbol, from, layout);
            symbol.unit_scale["v"] = 1 / coded.scale[p];
        }
        image.populations.push_back(std::move(symbol));
    }
}

void add_notes(const Layout& layout, const std::vector<std::uint32_t>& late,
               const LegalNetwork& legal, std::vector<std::string>& warnings) {
    for (std::size_t p = 0; p < late.size(); ++p)
        if (late[p] > 0)
            warnings.push_back(fmt::format(
                "population '{}' is {} tick(s) late: room for splitters or partial sums "
                "before it",
                legal.populations[p].name, late[p]));
    if (layout.copies + layout.relays > 0)
        warnings.push_back(
            fmt::format("{} neurons are copies for further targets, {} on {} cores split spikes",
                        layout.copies, layout.relays, layout.relay_cores));
}

}  // namespace

Checked<compiler::CompileOutput> compile_network(const ir::Network& network,
                                                 const compiler::CompileOptions& options) {
    const auto one  = [](const Diagnostic& d) { return tl::unexpected{Diagnostics{d}}; };
    const auto chip = hw::load_chip(options.chip, options.sets);
    if (!chip) return one(chip.error());
    const auto machine = machine_of(*chip);
    if (!machine) return one(machine.error());
    auto coding = coding_options(*chip, options);
    if (!coding) return one(coding.error());
    coding->axons      = machine->axons;
    const auto quantum = std::clamp<std::int64_t>(chip->width("relay_quantum", 255), 1, 255);

    const std::uint64_t most = std::uint64_t{machine->width} * machine->height * machine->neurons;
    const auto legal         = legalise(network, options, most);
    if (!legal) return tl::unexpected{legal.error()};
    auto coded = code_network(*legal, network, *coding);
    if (!coded) return tl::unexpected{coded.error()};
    const auto late =
        retime(*legal, network, {machine->axons, static_cast<std::uint32_t>(quantum)}, *coded);
    if (!late) return tl::unexpected{late.error()};
    auto layout = lay_out(*coded, legal->sources, *machine, {network.seed, network.file});
    if (!layout) return tl::unexpected{layout.error()};

    compiler::CompileOutput output;
    hw::HardwareImage& image = output.image;
    image.target             = "truenorth";
    image.chip               = chip->name;
    image.chip_hash          = chip->hash;
    image.options["weights"] = coding->code == WeightCode::slice ? "slice" : "cluster";
    add_symbols(image, network, *legal, *coded, *layout, *late);
    encode_program(layout->program, image);
    image.quantisation = coded->report;
    add_utilisation(layout->program, image);
    output.warnings = legal->warnings;
    output.warnings.insert(output.warnings.end(), coded->warnings.begin(), coded->warnings.end());
    add_notes(*layout, *late, *legal, output.warnings);
    return output;
}

}  // namespace spikeloom::backends::truenorth
