// SPDX-License-Identifier: Apache-2.0
/// Small networks for tests, and a device run in one call.
#pragma once

#include "compiler/pipeline/pipeline.hpp"
#include "runtime/device/device.hpp"

#include <string>
#include <utility>
#include <vector>

namespace spikeloom::backends::emulator::test {

ir::Array array(std::vector<double> values);

/// Builds a network by hand.
class Builder {
public:
    explicit Builder(double dt = 1e-3) {
        network.dt    = dt;
        network.reset = "value";
        network.seed  = 5;
    }
    ir::Network network;

    PopulationId population(const std::string& name, const std::string& model, std::uint32_t size,
                            std::map<std::string, ir::Values> parameters = {});
    PopulationId sources(const std::string& name, std::uint32_t size) {
        return population(name, "spike_source", size);
    }
    ir::Projection& dense(PopulationId pre, PopulationId post, ir::Values weights,
                          ir::Values delays = 1.0);
    ir::Projection& project(PopulationId pre, PopulationId post, ir::Connector connector,
                            ir::Values weights, ir::Values delays = 1.0);
};

compiler::CompileOptions options(const std::string& chip = "emulator-sim");

/// Compiles for the emulator; a fault fails the test and gives an empty image.
hw::HardwareImage compiled(const ir::Network& network,
                           const compiler::CompileOptions& how = options());

/// Codes of the faults, in order; empty when it compiles.
std::vector<std::string> fault_codes(const ir::Network& network,
                                     const compiler::CompileOptions& how = options());

/// Words of a section; empty when there is none.
std::vector<std::uint32_t> words(const hw::HardwareImage& image, const std::string& section);

/// Spikes of a golden run.
std::vector<runtime::SpikeEvent> run(const hw::HardwareImage& image,
                                     const std::vector<runtime::InputEvent>& input,
                                     std::uint64_t ticks);

/// Events (tick, source) with probability p, keyed by `seed`.
std::vector<runtime::InputEvent> random_input(std::uint32_t sources, std::uint64_t ticks, double p,
                                              std::uint64_t seed);

}  // namespace spikeloom::backends::emulator::test
