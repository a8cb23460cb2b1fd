// SPDX-License-Identifier: Apache-2.0
/// The pins of one Verilated emulator core, whatever its configuration.
#pragma once

#include "simulator/neuron/emulator.hpp"

#include <cstdint>
#include <memory>

namespace spikeloom::cosim {

/// What the surroundings drive in one clock.
struct CoreInputs {
    bool reset_n               = true;
    bool token_valid           = false;
    std::uint8_t token_kind    = 0;
    std::uint32_t token_data   = 0;
    bool event_ready           = false;
    bool request_valid         = false;
    bool request_write         = false;
    std::uint32_t address      = 0;
    std::uint32_t request_data = 0;
    bool response_ready        = false;
};

/// What the core drives, settled for the inputs of this clock.
struct CoreOutputs {
    bool token_ready;
    bool event_valid;
    bool event_is_tick_end;
    std::uint32_t event_data;
    bool request_ready;
    bool response_valid;
    std::uint32_t response_data;
    bool response_fault;
    std::uint8_t status;
    std::uint32_t tick;
    bool busy;
};

/// The sizes of a configuration that the tests need; as in rtl/configs.json.
struct CoreShape {
    int neurons;
    int sources;
    std::uint32_t synapse_words;
    bool sparse;
    std::uint32_t column_entries;
    int sets;
    int bias_width;
    std::uint32_t configuration_hash;
    neuron::emulator::Widths widths;
};

class CorePort {
public:
    virtual ~CorePort() = default;
    /// Settles the outputs for these inputs; no clock edge.
    virtual CoreOutputs settle(const CoreInputs& inputs) = 0;
    /// The rising clock edge, with the inputs settled before.
    virtual void clock() = 0;
};

/// Registers and memories start with bits that depend on `seed`.
std::unique_ptr<CorePort> make_sim_core(std::uint32_t seed);
std::unique_ptr<CorePort> make_up5k_core(std::uint32_t seed);
/// The same with one wrong bit (tests/cosim/CMakeLists.txt says which).
std::unique_ptr<CorePort> make_sim_mutant(std::uint32_t seed);
std::unique_ptr<CorePort> make_up5k_mutant(std::uint32_t seed);

}  // namespace spikeloom::cosim
