// SPDX-License-Identifier: Apache-2.0
#include "tools/inputs.hpp"

#include "backends/registry.hpp"
#include "runtime/session/session.hpp"
#include "support/spike_csv.hpp"
#include "support/spike_file.hpp"

namespace spikeloom::tools {

Checked<std::vector<runtime::InputEvent>> read_input(const std::string& path,
                                                     const hw::HardwareImage& image) {
    const runtime::SymbolTable symbols{image};
    std::vector<SpikePopulation> sources;
    std::vector<NeuronId> first;
    for (std::size_t p = 0; p < symbols.size(); ++p) {
        const hw::PopulationSymbol& symbol = symbols.symbol(p);
        if (!symbol.is_source || symbol.poisson_rate) continue;
        sources.push_back({symbol.name, symbol.shape});
        first.push_back(symbols.first(p));
    }
    if (sources.empty())
        return tl::unexpected{Diagnostics{{"spikes.populations",
                                           "the network has no source population that takes input",
                                           {path, ""}}}};
    const auto target = backends::find_target(image.target);
    const bool own    = target && (*target)->reads(path);
    const auto table =
        own ? (*target)->read_input(path, image) : read_spikes(path, sources, image.dt);
    if (!table) return tl::unexpected{table.error()};
    std::vector<runtime::InputEvent> events;
    events.reserve(table->rows.size());
    for (const SpikeRows::Row& row : table->rows)
        events.push_back({Tick{row.tick},
                          NeuronId{first[own ? 0 : row.population].value + row.neuron}, row.value});
    return events;
}

Checked<runtime::Trains> read_trains(const std::string& path) {
    const auto table = read_spike_csv(path);
    if (!table) return tl::unexpected{table.error()};
    runtime::Trains trains;
    for (const SpikeRows::Row& row : table->rows)
        trains[{table->populations[row.population], row.neuron}].push_back(row.tick);
    return trains;
}

}  // namespace spikeloom::tools
