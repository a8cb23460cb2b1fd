// SPDX-License-Identifier: Apache-2.0
#include "tools/inputs.hpp"

#include "runtime/session/session.hpp"
#include "support/spike_csv.hpp"

#include <filesystem>
#include <optional>

namespace spikeloom::tools {
namespace {

constexpr std::uint32_t nmnist_neurons = 2 * 34 * 34;

/// The image's one source population, which files without names belong to.
Result<std::size_t> only_source(const std::string& path, const runtime::SymbolTable& symbols) {
    std::optional<std::size_t> found;
    for (std::size_t p = 0; p < symbols.size(); ++p) {
        if (!symbols.symbol(p).is_source || symbols.symbol(p).poisson_rate) continue;
        if (found)
            return fault(
                "spikes.population",
                "the network has several source populations: use a CSV file, which names them",
                {path, ""});
        found = p;
    }
    if (!found)
        return fault("spikes.population", "the network has no source population", {path, ""});
    return *found;
}

/// Where a source population lies in the image's numbering, for each population of a table.
struct Source {
    std::string name;
    NeuronId first;
};

Result<std::vector<runtime::InputEvent>> events_of(const Result<SpikeTable>& table,
                                                   const std::vector<Source>& sources) {
    if (!table) return tl::unexpected(table.error());
    std::vector<runtime::InputEvent> events;
    events.reserve(table->rows.size());
    for (const SpikeRow& row : table->rows)
        events.push_back(
            {row.tick, NeuronId{sources[row.population].first.value + row.neuron}, row.value});
    return events;
}

}  // namespace

Result<std::vector<runtime::InputEvent>> read_input(const std::string& path,
                                                    const hw::HardwareImage& image) {
    const runtime::SymbolTable symbols{image};
    const auto extension = std::filesystem::path{path}.extension();
    if (extension == ".npy" || extension == ".bin") {
        const auto population = only_source(path, symbols);
        if (!population) return tl::unexpected(population.error());
        const hw::PopulationSymbol& symbol = symbols.symbol(*population);
        if (extension == ".bin" && symbol.size() != nmnist_neurons)
            return fault("spikes.range",
                         "an N-MNIST recording has 2 x 34 x 34 pixels, population '" + symbol.name +
                             "' has " + std::to_string(symbol.size()) + " neurons",
                         {path, ""});
        const auto table = extension == ".npy" ? read_spike_npy(path, {symbol.name, symbol.size()})
                                               : read_nmnist(path, symbol.name, image.dt);
        return events_of(table, {{symbol.name, symbols.first(*population)}});
    }
    std::vector<SpikePopulation> known;
    std::vector<Source> sources;
    for (std::size_t p = 0; p < symbols.size(); ++p) {
        if (!symbols.symbol(p).is_source || symbols.symbol(p).poisson_rate) continue;
        known.push_back({symbols.symbol(p).name, symbols.symbol(p).size()});
        sources.push_back({symbols.symbol(p).name, symbols.first(p)});
    }
    return events_of(read_spike_csv(path, known), sources);
}

Result<runtime::Trains> read_trains(const std::string& path) {
    const auto table = read_spike_csv(path);
    if (!table) return tl::unexpected(table.error());
    runtime::Trains trains;
    for (const SpikeRow& row : table->rows)
        trains[{table->populations[row.population], row.neuron}].push_back(row.tick.value);
    return trains;
}

}  // namespace spikeloom::tools
