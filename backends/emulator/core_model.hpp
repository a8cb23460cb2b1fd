// SPDX-License-Identifier: Apache-2.0
/// CoreModel: what the emulator core does, tick by tick, on the words of its memory map
/// (docs/emulator-core.md). Functional: it knows no clocks; stepped mode only.
#pragma once

#include "backends/emulator/limits.hpp"
#include "runtime/link/packet_layout.hpp"
#include "simulator/neuron/emulator.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace spikeloom::backends::emulator {

class CoreModel {
public:
    explicit CoreModel(const Limits& limits);

    /// One word; nullopt for an address that does not exist (which also sets the status bit).
    std::optional<std::uint32_t> read(std::uint32_t address);
    /// False for an address that does not exist or a value that the register refuses.
    bool write(std::uint32_t address, std::uint32_t word);
    /// Register `clear`: ClearBit flags.
    void clear(std::uint32_t flags);

    /// One external spike for the next tick.
    void inject(std::uint32_t source);
    /// Runs the next tick; the neurons that fired, ascending, valid until the next call.
    std::span<const std::uint32_t> run_tick();

    [[nodiscard]] std::uint32_t tick() const { return tick_; }
    [[nodiscard]] std::uint8_t status() const { return status_; }
    [[nodiscard]] std::uint32_t neurons_used() const { return neurons_used_; }
    [[nodiscard]] const Limits& limits() const { return limits_; }
    /// By link::Counter. `clocks` and `busy_clocks` count words of work, not clocks.
    [[nodiscard]] const std::array<std::uint64_t, link::counter_count>& counters() const {
        return counters_;
    }

private:
    struct Synapse {
        std::int32_t weight;  ///< with fraction
        std::uint32_t delay;
        bool plastic;
        std::uint32_t target;
    };
    struct Neuron {
        std::uint32_t set = 0;
        std::int32_t bias = 0;
        neuron::emulator::State state{};
        std::int32_t trace = 0;
        std::array<std::int32_t, neuron::emulator::delay_slots> input{};
    };

    std::uint32_t* word_at(link::Region region, std::uint32_t index);
    std::int32_t* state_at(link::Region region, std::uint32_t index);
    [[nodiscard]] std::uint32_t read_register(std::uint32_t number) const;
    bool write_register(std::uint32_t number, std::uint32_t word);
    [[nodiscard]] neuron::emulator::ParameterSet set_of(std::uint32_t set) const;
    [[nodiscard]] neuron::emulator::StdpRule rule() const;
    [[nodiscard]] Synapse unpack(std::uint32_t word, std::uint32_t span_target) const;
    void store_weight(std::uint32_t& word, std::int32_t weight) const;
    void walk_row(std::uint32_t row, std::uint64_t emission);
    void update_neurons();
    void decay_traces();
    void potentiate_column(std::uint32_t neuron);
    void potentiate_spans(std::uint32_t neuron);
    void potentiate_synapse(std::uint32_t& word, std::uint32_t row);
    void set_status(link::StatusBit bit);
    void count(link::Counter counter, std::uint64_t n = 1);

    Limits limits_;
    std::vector<std::uint32_t> rows_;
    std::vector<std::uint32_t> synapses_;
    std::vector<std::uint32_t> sets_;
    std::vector<std::uint32_t> columns_;
    std::vector<std::uint32_t> column_entries_;
    std::vector<Neuron> neurons_;
    std::vector<std::int32_t> pre_traces_;
    std::array<std::uint32_t, 16> registers_{};
    std::array<std::uint64_t, link::counter_count> counters_{};
    std::vector<std::uint32_t> fired_;
    std::uint32_t neurons_used_ = 0;
    std::uint32_t sources_used_ = 0;
    bool plasticity_            = false;
    std::uint32_t tick_         = 0;
    std::uint8_t status_        = 0;
};

}  // namespace spikeloom::backends::emulator
