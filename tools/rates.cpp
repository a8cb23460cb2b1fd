// SPDX-License-Identifier: Apache-2.0
#include "tools/rates.hpp"

#include "compiler/ir/models.hpp"
#include "simulator/golden/golden.hpp"
#include "support/spike_file.hpp"
#include "tools/command.hpp"

#include <CLI/CLI.hpp>

#include <utility>
#include <vector>

namespace spikeloom::tools {
namespace {

/// Spikes of an input file as events of the golden simulator, and counted into `counts`.
Checked<std::vector<golden::InputEvent>> read_events(const std::string& path,
                                                     const ir::Network& network, double dt,
                                                     std::uint64_t ticks,
                                                     std::vector<double>& counts) {
    std::vector<SpikePopulation> sources;
    std::vector<std::uint32_t> first;
    for (std::uint32_t p = 0; p < network.populations.size(); ++p) {
        const ir::Population& population = network.populations[p];
        if (population.model.name != "spike_source") continue;
        sources.push_back({population.name, population.shape});
        first.push_back(network.first_neuron(PopulationId{p}).value);
    }
    if (sources.empty())
        return failed("spikes.populations", "the network has no source population that takes input",
                      {path, ""});
    const auto table = read_spikes(path, sources, dt);
    if (!table) return failed(table);
    std::vector<golden::InputEvent> events;
    for (const SpikeRows::Row& row : table->rows) {
        if (row.tick >= ticks) break;
        const std::uint32_t source = first[row.population] + row.neuron;
        events.push_back({Tick{row.tick}, NeuronId{source}, row.value});
        counts[source] += 1;
    }
    return events;
}

Checked<mapping::Rates> run_golden(const RateFlags& flags, const ir::Network& network) {
    auto simulation = golden::build(network, {});
    if (!simulation) return failed(simulation);
    mapping::Rates rates(network.neuron_count(), 0.0);
    if (!flags.input.empty()) {
        const auto events = read_events(flags.input, network, simulation->dt(), flags.ticks, rates);
        if (!events) return failed(events);
        const auto pushed = simulation->push(*events);
        if (!pushed) return failed(pushed);
    }
    simulation->advance(flags.ticks);
    for (const golden::SpikeEvent& spike : simulation->drain())
        rates[spike.neuron.value] += 1;
    const double seconds = static_cast<double>(flags.ticks) * simulation->dt();
    for (double& rate : rates)
        rate /= seconds;
    for (std::uint32_t p = 0; p < network.populations.size(); ++p) {
        if (network.populations[p].model.name != "poisson") continue;
        const std::uint32_t first = network.first_neuron(PopulationId{p}).value;
        for (std::uint32_t k = 0; k < network.populations[p].size(); ++k)
            rates[first + k] = ir::parameter(network, PopulationId{p}, "rate", k);
    }
    return rates;
}

}  // namespace

void RateFlags::add_to(CLI::App& app) {
    app.add_option("--rates", source,
                   "spike rates for the mapper [Hz], or a run that measures them")
        ->type_name("FILE.csv|golden");
    app.add_option("--rates-input", input, "spikes in for --rates golden (.csv, .npy, .bin)");
    app.add_option("--rates-ticks", ticks, "how long --rates golden runs")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 32));
}

Checked<std::optional<mapping::Rates>> find_rates(const RateFlags& flags,
                                                  const ir::Network& network) {
    if (flags.source.empty()) return std::optional<mapping::Rates>{};
    if (flags.source == "golden") {
        auto measured = run_golden(flags, network);
        if (!measured) return failed(measured);
        return std::optional{std::move(*measured)};
    }
    auto read = mapping::read_rates(flags.source, network);
    if (!read) return failed(read);
    return std::optional{std::move(*read)};
}

}  // namespace spikeloom::tools
