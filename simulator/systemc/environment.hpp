// SPDX-License-Identifier: Apache-2.0
/// Environment: the world that a co-simulated network acts upon and feels.
#pragma once

#include "support/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace spikeloom::systemc {

/// Spikes or values of one population.
struct Port {
    std::string population;
    std::uint32_t size = 0;
    std::string variable;  ///< of outputs: a state variable to send; empty: spikes
};

struct EnvironmentSetup {
    double dt           = 1e-3;  ///< tick [s]
    std::uint64_t ticks = 0;
    std::uint64_t seed  = 0;
    std::vector<Port> to_network;    ///< source populations that the environment drives
    std::vector<Port> from_network;  ///< populations that it sees
};

/// What the network did in a tick, by population.
struct Sight {
    std::uint64_t tick = 0;
    std::map<std::string, std::vector<std::uint32_t>> spikes;  ///< neurons, ascending
    std::map<std::string, std::vector<double>> values;         ///< all neurons
};

/// One event for a source element; hardware takes whole values >= 0.
struct Stimulus {
    std::uint32_t neuron;
    double value = 1;
};
using Action = std::map<std::string, std::vector<Stimulus>>;

class Environment {
public:
    virtual ~Environment() = default;

    /// Called once; returns the input of tick 0.
    virtual Result<Action> start(const EnvironmentSetup& setup) = 0;

    /// Called after each tick with what it brought; returns the input of the tick after it. Inputs
    /// for populations or neurons that the setup does not name are faults of the caller's.
    virtual Result<Action> step(const Sight& sight) = 0;

    /// Called once at the end; what the environment has to say of the run, by name.
    virtual Result<std::map<std::string, double>> stop() = 0;
};

}  // namespace spikeloom::systemc
