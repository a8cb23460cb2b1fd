// SPDX-License-Identifier: Apache-2.0
/// The core in plain words: docs/emulator-core.md read line by line, with the pure functions of
/// simulator/neuron/emulator.hpp. Knows nothing of clocks.
#pragma once

#include "tests/cosim/random_network.hpp"

#include <array>

namespace spikeloom::cosim {

inline constexpr int ring_slots = 15;

class Reference {
public:
    explicit Reference(Network network);

    /// One tick; `sources` in the order of the tokens. Gives the neurons that fired, ascending.
    std::vector<int> tick(const std::vector<int>& sources);

    Network network;  ///< its weights learn
    std::vector<neuron::emulator::State> state;
    std::vector<std::int32_t> post_trace;                       ///< a neuron
    std::vector<std::int32_t> pre_trace;                        ///< a row
    std::vector<std::array<std::int32_t, ring_slots>> pending;  ///< a neuron
    std::uint32_t now             = 0;                          ///< next tick
    std::uint64_t spikes          = 0;
    std::uint64_t synaptic_events = 0;
    std::uint64_t weight_updates  = 0;
    std::uint64_t neuron_updates  = 0;
    std::uint64_t inputs          = 0;
    std::uint64_t row_walks       = 0;
    bool saturated                = false;

private:
    void walk(std::size_t row, std::uint32_t emission);
    std::vector<int> update_neurons();
    void potentiate_columns(const std::vector<int>& fired);
};

}  // namespace spikeloom::cosim
