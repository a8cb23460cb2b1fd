// SPDX-License-Identifier: Apache-2.0
#include "tools/outputs.hpp"

#include "support/npy.hpp"
#include "support/spike_csv.hpp"

#include <utility>

namespace spikeloom::tools {

Result<RecordFlag> parse_record(const std::string& text) {
    const auto colon = text.rfind(':');
    const auto dot   = colon == std::string::npos ? colon : text.rfind('.', colon);
    if (dot == std::string::npos || dot == 0 || dot + 1 == colon || colon + 1 == text.size())
        return fault("usage.record",
                     "--record wants POPULATION.VARIABLE:OUT.npy, not '" + text + "'");
    return RecordFlag{{text.substr(0, dot), text.substr(dot + 1, colon - dot - 1)},
                      text.substr(colon + 1)};
}

Result<void> write_spikes(const std::string& path, const hw::HardwareImage& image,
                          const std::vector<runtime::SpikeEvent>& spikes) {
    const runtime::SymbolTable symbols{image};
    SpikeRows table;
    for (std::size_t p = 0; p < symbols.size(); ++p)
        table.populations.push_back(symbols.symbol(p).name);
    for (const runtime::SpikeEvent& spike : spikes) {
        const std::size_t p = symbols.population_of(spike.neuron);
        table.rows.push_back({spike.tick.value, static_cast<std::uint32_t>(p),
                              spike.neuron.value - symbols.first(p).value, 1.0});
    }
    return write_spike_csv(path, table);
}

runtime::Trains trains_of(const hw::HardwareImage& image,
                          const std::vector<runtime::SpikeEvent>& spikes) {
    const runtime::SymbolTable symbols{image};
    runtime::Trains trains;
    for (const runtime::SpikeEvent& spike : spikes) {
        const std::size_t p = symbols.population_of(spike.neuron);
        trains[{symbols.symbol(p).name, spike.neuron.value - symbols.first(p).value}].push_back(
            spike.tick.value);
    }
    return trains;
}

Result<void> write_recording(const std::string& path, const runtime::Recording& recording) {
    return write_npy(path,
                     {NpyType::float64, {recording.ticks, recording.neurons}, recording.values});
}

Result<void> save_learned_image(const std::string& path, hw::HardwareImage image,
                                runtime::Device& device) {
    constexpr std::string_view weights = "synapses";  // the section's name in every target
    for (hw::CoreTables& core : image.cores) {
        for (hw::Section& section : core.sections) {
            if (section.name != weights) continue;
            auto learned = device.read_back(core.core, weights);
            if (!learned) return tl::unexpected(learned.error());
            section.bytes = std::move(learned->bytes);
        }
    }
    return hw::write_image(image, path);
}

}  // namespace spikeloom::tools
