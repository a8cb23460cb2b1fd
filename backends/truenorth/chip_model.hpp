// SPDX-License-Identifier: Apache-2.0
/// ChipModel: a TrueNorth-like chip at speed: crossbars as bits, rows walked only where a spike
/// arrived, cores at rest passed over, neurons in arrays that vector units can walk.
///
/// One core: scheduler (16 slots x 256 axons) -> token controller: for each axon with a spike its
/// row of the crossbar, then each neuron's leak and threshold -> router (dx, dy) -> scheduler of
/// the destination, at (tick + delay) mod 16.
#pragma once

#include "backends/truenorth/engine.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace spikeloom::backends::truenorth {

class ChipModel final : public Engine {
public:
    /// A chip with empty cores at these places (x, y), all different and within the machine.
    ChipModel(const Machine& machine, std::vector<std::pair<std::uint16_t, std::uint16_t>> places,
              std::uint64_t seed);
    /// All of a program.
    ChipModel(const ChipProgram& program, std::uint64_t seed);

    /// Fills one core. Its packets must lead to axons of cores that exist.
    void set_core(std::uint32_t index, const CoreProgram& core);
    /// Whose spikes step() returns: those of all neurons, or outputs only.
    void report_neurons(bool all) { report_all_ = all; }

    void inject(std::uint32_t core, std::uint8_t axon) override;
    const std::vector<Fired>& step() override;
    [[nodiscard]] std::uint64_t tick_clocks() const override { return tick_clocks_; }
    [[nodiscard]] std::int32_t potential(std::uint32_t core, std::uint32_t slot) const override;
    [[nodiscard]] const Counters& counters() const override { return counters_; }
    /// Bytes of all tables and states.
    [[nodiscard]] std::uint64_t memory_bytes() const;

private:
    using Lane = std::array<std::int32_t, core_neurons>;

    /// Neurons of one core, lowered: a threshold outcome is (V & keep) + change.
    struct Core {
        std::array<Row, core_axons> rows{};
        std::array<std::array<std::int16_t, core_neurons>, neuron::truenorth::axon_types> weights{};
        Lane v{}, leak{}, threshold{}, floor{}, fired_change{}, floor_change{};
        std::array<std::uint8_t, core_neurons> flags{};  ///< keep_fired, keep_floor, reverses
        std::array<std::uint8_t, core_axons> types{};
        std::uint32_t neurons = 0;
        bool reversal         = false;  ///< some leak reverses
        bool stochastic       = false;  ///< some neuron draws
        bool drawn_weights    = false;  ///< for a synapse
        bool resting          = false;  ///< nothing changed in the last tick, and nothing is drawn
    };
    /// The packet of one neuron.
    struct Packet {
        std::uint32_t core     = output_core;
        std::uint16_t hops     = 0;
        std::uint8_t axon      = 0;
        std::uint8_t delay     = 0;  ///< 0: no packet
        std::uint8_t crossings = 0;
    };
    using Slots = std::array<Row, slots>;

    void lower(Core& core, std::uint32_t j, const NeuronProgram& from);
    std::uint64_t run_core(std::uint32_t index);
    std::uint64_t walk_rows(const Core& core, const Row& active, Lane& input);
    std::uint64_t walk_rows_drawn(std::uint32_t index, const Row& active, Lane& input);
    Row settle(Core& core, const Lane& input);
    Row settle_drawn(std::uint32_t index, const Lane& input);
    void send(std::uint32_t index, const Row& fired);

    Machine machine_;
    std::vector<std::pair<std::uint16_t, std::uint16_t>> places_;
    std::vector<std::uint32_t> core_at_;  ///< by y * width + x; output_core where there is none
    std::vector<Core> cores_;
    std::vector<std::array<Packet, core_neurons>> packets_;
    std::vector<Slots> schedulers_;
    /// Full parameters of cores that draw, by core; empty for the others.
    std::vector<std::vector<neuron::truenorth::Parameters>> drawn_;
    std::array<neuron::truenorth::Lfsr, core_neurons> random_{};
    std::vector<Fired> fired_;
    Counters counters_;
    std::uint64_t seed_;
    std::uint64_t tick_clocks_ = 0;
    std::uint64_t neurons_     = 0;  ///< of all cores
    bool report_all_           = true;
};

}  // namespace spikeloom::backends::truenorth
