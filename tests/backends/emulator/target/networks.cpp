// SPDX-License-Identifier: Apache-2.0
#include "networks.hpp"

#include "backends/emulator/encode.hpp"
#include "backends/emulator/golden.hpp"
#include "backends/emulator/target.hpp"
#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

namespace spikeloom::backends::emulator::test {

ir::Array array(std::vector<double> values) {
    return std::make_shared<const std::vector<double>>(std::move(values));
}

PopulationId Builder::population(const std::string& name, const std::string& model,
                                 std::uint32_t size, std::map<std::string, ir::Values> parameters) {
    ir::Population p;
    p.name  = name;
    p.shape = {size};
    p.model = {model, std::move(parameters)};
    network.populations.push_back(std::move(p));
    return PopulationId{static_cast<std::uint32_t>(network.populations.size() - 1)};
}

ir::Projection& Builder::dense(PopulationId pre, PopulationId post, ir::Values weights,
                               ir::Values delays) {
    return project(pre, post, ir::Dense{}, std::move(weights), std::move(delays));
}

ir::Projection& Builder::project(PopulationId pre, PopulationId post, ir::Connector connector,
                                 ir::Values weights, ir::Values delays) {
    ir::Projection p;
    p.name = network.at(pre).name + "->" + network.at(post).name + "#" +
             std::to_string(network.projections.size());
    p.pre       = pre;
    p.post      = post;
    p.connector = std::move(connector);
    p.weights   = std::move(weights);
    p.delays    = std::move(delays);
    network.projections.push_back(std::move(p));
    return network.projections.back();
}

compiler::CompileOptions options(const std::string& chip) {
    compiler::CompileOptions o;
    o.chip = chip;
    return o;
}

hw::HardwareImage compiled(const ir::Network& network, const compiler::CompileOptions& how) {
    auto output = compiler::compile(network, target(), how);
    if (output) return std::move(output->image);
    ADD_FAILURE() << to_string(output.error());
    return {};
}

std::vector<std::string> fault_codes(const ir::Network& network,
                                     const compiler::CompileOptions& how) {
    const auto output = compiler::compile(network, target(), how);
    std::vector<std::string> codes;
    if (output) return codes;
    for (const Diagnostic& d : output.error())
        codes.push_back(d.code);
    return codes;
}

std::vector<std::uint32_t> words(const hw::HardwareImage& image, const std::string& section) {
    const hw::Section* found = image.find(only_core, section);
    return found == nullptr ? std::vector<std::uint32_t>{} : words_of(found->bytes);
}

std::vector<runtime::SpikeEvent> run(const hw::HardwareImage& image,
                                     const std::vector<runtime::InputEvent>& input,
                                     std::uint64_t ticks) {
    const auto device = make_golden_device();
    const auto check  = [](const auto& result) {
        if (!result) ADD_FAILURE() << to_string(result.error());
        return static_cast<bool>(result);
    };
    if (!check(device->load(image)) || !check(device->push(input))) return {};
    if (!check(device->advance(ticks))) return {};
    auto spikes = device->drain();
    return check(spikes) ? *spikes : std::vector<runtime::SpikeEvent>{};
}

std::vector<runtime::InputEvent> random_input(std::uint32_t sources, std::uint64_t ticks, double p,
                                              std::uint64_t seed) {
    std::vector<runtime::InputEvent> events;
    for (std::uint64_t t = 0; t < ticks; ++t) {
        for (std::uint32_t s = 0; s < sources; ++s) {
            if (keyed_uniform(seed, Stream::test, s, t) < p)
                events.push_back({Tick{t}, NeuronId{s}, 1});
        }
    }
    return events;
}

}  // namespace spikeloom::backends::emulator::test
