// SPDX-License-Identifier: Apache-2.0
#include "runs.hpp"

#include <gtest/gtest.h>

namespace spikeloom::backends::spinnaker::test {

namespace {

Checked<compiler::CompileOutput> compile(const ir::Network& network, const Sets& sets,
                                         const Sets& choices, const std::string& chip) {
    compiler::CompileOptions options;
    options.sets    = sets;
    options.choices = choices;
    options.chip    = chip;
    return compiler::compile(network, target(), options);
}

template <class T>
T must(Result<T> result) {
    if (result) return std::move(*result);
    ADD_FAILURE() << to_string(result.error());
    return T{};
}

}  // namespace

hw::HardwareImage compiled(const ir::Network& network, const Sets& sets, const Sets& choices,
                           const std::string& chip) {
    auto output = compile(network, sets, choices, chip);
    if (output) return std::move(output->image);
    ADD_FAILURE() << to_string(output.error());
    return {};
}

Diagnostics faults_of(const ir::Network& network, const Sets& sets) {
    auto output = compile(network, sets, {}, "");
    return output ? Diagnostics{} : std::move(output.error());
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
    for (const char* variable : {"v", "i"})
        trail.states[variable] = must(d->probe(variable));
    trail.activity = must(d->activity());
    EXPECT_EQ(d->take_tick_times().size(), ticks);
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

}  // namespace spikeloom::backends::spinnaker::test
