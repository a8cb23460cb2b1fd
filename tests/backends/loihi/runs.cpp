// SPDX-License-Identifier: Apache-2.0
#include "runs.hpp"

#include <gtest/gtest.h>

namespace spikeloom::backends::loihi::test {

namespace {

compiler::CompileOptions options_for(const Sets& sets, const std::string& reset) {
    compiler::CompileOptions options;
    options.sets  = sets;
    options.reset = reset;
    return options;
}

template <class T>
T must(Result<T> result) {
    if (result) return std::move(*result);
    ADD_FAILURE() << to_string(result.error());
    return T{};
}

}  // namespace

hw::HardwareImage compiled(const ir::Network& network, const Sets& sets, const std::string& reset) {
    auto output = compiler::compile(network, target(), options_for(sets, reset));
    if (output) return std::move(output->image);
    ADD_FAILURE() << to_string(output.error());
    return {};
}

std::vector<std::string> fault_codes(const ir::Network& network, const Sets& sets) {
    const auto output = compiler::compile(network, target(), options_for(sets, ""));
    std::vector<std::string> codes;
    if (!output)
        for (const Diagnostic& fault : output.error())
            codes.push_back(fault.code);
    return codes;
}

std::unique_ptr<runtime::Device> loaded(const hw::HardwareImage& image, const std::string& device) {
    auto opened = must(open_device(device));
    if (opened == nullptr) return opened;
    const auto done = opened->load(image);
    if (!done) ADD_FAILURE() << to_string(done.error());
    return done ? std::move(opened) : nullptr;
}

Trail run(const hw::HardwareImage& image, const std::string& device,
          const std::vector<runtime::InputEvent>& input, std::uint64_t ticks) {
    Trail trail;
    const auto d = loaded(image, device);
    if (d == nullptr) return trail;
    const auto pushed   = d->push(input);
    const auto advanced = d->advance(ticks);
    if (!pushed || !advanced) ADD_FAILURE() << "the device refuses to run";
    trail.spikes = must(d->drain());
    for (const char* variable : {"v", "i", "y"})
        trail.states[variable] = must(d->probe(variable));
    for (const hw::CoreTables& core : image.cores)
        if (auto section = d->read_back(core.core, "synapses")) trail.synapses.push_back(*section);
    const auto activity = must(d->activity());
    for (const char* counter :
         {"ticks", "spikes", "synaptic_events", "weight_updates", "input_events"})
        trail.counters[counter] = activity.contains(counter) ? activity.at(counter).value : ~0ULL;
    trail.times = d->take_tick_times();
    return trail;
}

PopulationId Builder::population(const std::string& name, const std::string& model,
                                 std::uint32_t size, std::map<std::string, ir::Values> parameters) {
    ir::Population p;
    p.name             = name;
    p.shape            = {size};
    p.model.name       = model;
    p.model.parameters = std::move(parameters);
    network.populations.push_back(std::move(p));
    return PopulationId{static_cast<std::uint32_t>(network.populations.size() - 1)};
}

ir::Projection& Builder::project(PopulationId pre, PopulationId post, ir::Connector connector,
                                 ir::Values weights, ir::Values delays) {
    ir::Projection p;
    p.name      = "p" + std::to_string(network.projections.size());
    p.pre       = pre;
    p.post      = post;
    p.connector = std::move(connector);
    p.weights   = std::move(weights);
    p.delays    = std::move(delays);
    network.projections.push_back(std::move(p));
    return network.projections.back();
}

}  // namespace spikeloom::backends::loihi::test
