// SPDX-License-Identifier: Apache-2.0
/// Compiling for SpiNNaker and running its devices, for the tests of this folder.
#pragma once

#include "backends/spinnaker/device.hpp"
#include "backends/spinnaker/target.hpp"
#include "compiler/pipeline/pipeline.hpp"

#include <map>
#include <string>
#include <vector>

namespace spikeloom::backends::spinnaker::test {

/// Everything that a run leaves behind.
struct Trail {
    std::vector<runtime::SpikeEvent> spikes;
    std::map<std::string, std::vector<double>> states;
    runtime::Activity activity;
    [[nodiscard]] std::uint64_t counter(const std::string& name) const {
        const auto found = activity.find(name);
        return found == activity.end() ? ~0ULL : found->second.value;
    }
};

using Sets = std::map<std::string, std::string>;

/// A fault fails the test and gives an empty image.
hw::HardwareImage compiled(const ir::Network& network, const Sets& sets = {},
                           const Sets& choices = {}, const std::string& chip = "");
/// The faults, in order; empty when it compiles.
Diagnostics faults_of(const ir::Network& network, const Sets& sets = {});

std::unique_ptr<runtime::Device> loaded(const hw::HardwareImage& image, const std::string& device);
Trail run(const hw::HardwareImage& image, const std::string& device,
          const std::vector<runtime::InputEvent>& input, std::uint64_t ticks);

/// Builds a network by hand.
class Builder {
public:
    Builder() {
        network.dt    = 1e-3;
        network.reset = "value";
        network.seed  = 5;
    }
    ir::Network network;

    PopulationId population(const std::string& name, const std::string& model, std::uint32_t size,
                            std::map<std::string, ir::Values> parameters = {});
    PopulationId sources(std::uint32_t size) { return population("in", "spike_source", size); }
    ir::Projection& project(PopulationId pre, PopulationId post, ir::Connector connector,
                            ir::Values weights, ir::Values delays = 1.0);
};

}  // namespace spikeloom::backends::spinnaker::test
