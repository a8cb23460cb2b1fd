// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/cores.hpp"

#include "backends/truenorth/engine.hpp"
#include "backends/truenorth/utilisation.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikeloom::backends::truenorth {

namespace {

constexpr const char* axons_name   = "axons";
constexpr const char* outputs_name = "output";

hw::PopulationSymbol axons_symbol(const CoresFile& file) {
    const auto cores = static_cast<std::uint32_t>(file.program.cores.size());
    const auto axons = static_cast<std::uint32_t>(file.program.cores.front().axon_types.size());
    hw::PopulationSymbol symbol;
    symbol.name      = axons_name;
    symbol.shape     = {cores, axons};
    symbol.is_source = true;
    for (std::uint32_t c = 0; c < cores; ++c)
        symbol.placed.push_back({c * axons, axons, CoreId{c}, SlotId{0}});
    return symbol;
}

hw::PopulationSymbol outputs_symbol(std::uint32_t outputs) {
    hw::PopulationSymbol symbol;
    symbol.name      = outputs_name;
    symbol.shape     = {outputs};
    symbol.is_output = true;
    symbol.placed    = {{0, outputs, CoreId{output_core}, SlotId{0}}};
    return symbol;
}

}  // namespace

Checked<compiler::CompileOutput> compile_cores(const std::string& path,
                                               const compiler::CompileOptions& options) {
    const auto chip = hw::load_chip(options.chip, options.sets);
    if (!chip) return tl::unexpected{Diagnostics{chip.error()}};
    const auto machine = machine_of(*chip);
    if (!machine) return tl::unexpected{Diagnostics{machine.error()}};
    const auto file = read_cores(path, *machine);
    if (!file) return tl::unexpected{file.error()};
    compiler::CompileOutput output;
    hw::HardwareImage& image = output.image;
    image.target             = "truenorth";
    image.chip               = chip->name;
    image.chip_hash          = chip->hash;
    image.populations.push_back(axons_symbol(*file));
    if (file->outputs > 0) image.populations.push_back(outputs_symbol(file->outputs));
    encode_program(file->program, image);
    add_utilisation(file->program, image);
    return output;
}

Checked<SpikeRows> cores_input(const std::string& path, const hw::HardwareImage& image) {
    const auto loaded = decode_program(image);
    if (!loaded) return tl::unexpected{Diagnostics{loaded.error()}};
    const auto file = read_cores(path, loaded->machine);
    if (!file) return tl::unexpected{file.error()};
    const auto& wanted = image.populations.front();
    const auto same    = [](const CoreProgram& a, const CoreProgram& b) {
        return a.x == b.x && a.y == b.y && a.axon_types.size() == b.axon_types.size();
    };
    if (wanted.name != axons_name ||
        !std::equal(file->program.cores.begin(), file->program.cores.end(), loaded->cores.begin(),
                    loaded->cores.end(), same))
        return tl::unexpected{Diagnostics{
            {"cores.other-image",
             fmt::format("the inputs are for {} cores of this description, the image has {} others",
                         file->program.cores.size(), loaded->cores.size()),
             {path, "/cores"},
             {}}}};
    SpikeRows rows;
    for (const hw::PopulationSymbol& symbol : image.populations)
        rows.populations.push_back(symbol.name);
    const auto axons = static_cast<std::uint32_t>(loaded->cores.front().axon_types.size());
    for (const CoresInput& input : file->inputs)
        rows.rows.push_back({input.tick, 0, input.core * axons + input.axon, 1.0});
    return rows;
}

}  // namespace spikeloom::backends::truenorth
