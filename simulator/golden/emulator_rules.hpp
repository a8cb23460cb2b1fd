// SPDX-License-Identifier: Apache-2.0
/// The emulator core's arithmetic as the rules of IntegerEngine. Inside of simulator/golden only.
#pragma once

#include "simulator/neuron/emulator.hpp"

#include <algorithm>
#include <cstdint>

namespace spikeloom::golden {

/// Points to the tables of its owner.
struct EmulatorRules {
    using Sum = std::int32_t;

    neuron::emulator::Widths widths{};
    neuron::emulator::StdpRule rule{};
    neuron::emulator::State* states            = nullptr;
    const neuron::emulator::ParameterSet* sets = nullptr;
    const std::uint32_t* set_of                = nullptr;
    const std::int32_t* bias                   = nullptr;
    std::uint32_t neurons_used                 = 0;

    /// Neurons that are not used keep their input.
    std::uint32_t update(std::uint32_t first, std::uint32_t count, std::int32_t* input,
                         std::uint32_t* spikes) const {
        const std::uint32_t behind = std::min(first + count, neurons_used);
        std::uint32_t spiked       = 0;
        for (std::uint32_t j = first; j < behind; ++j) {
            spikes[spiked] = j;
            spiked += neuron::emulator::update(states[j], sets[set_of[j]], bias[j],
                                               input[j - first], widths)
                          ? 1
                          : 0;
            input[j - first] = 0;
        }
        return spiked;
    }
    [[nodiscard]] std::int32_t add(std::int32_t sum, std::int32_t amount) const {
        return neuron::emulator::accumulate(sum, amount, widths);
    }
    [[nodiscard]] std::int32_t delivered(std::int32_t weight) const {
        return neuron::emulator::delivered(weight, widths);
    }
    [[nodiscard]] std::int32_t decay_pre(std::int32_t x) const {
        return neuron::emulator::decay_trace(x, rule.plus_decay);
    }
    [[nodiscard]] std::int32_t decay_post(std::int32_t y) const {
        return neuron::emulator::decay_trace(y, rule.minus_decay);
    }
    [[nodiscard]] std::int32_t bump(std::int32_t trace) const {
        return neuron::emulator::bump_trace(trace, widths);
    }
    [[nodiscard]] std::int32_t potentiation(std::int32_t x) const {
        return neuron::emulator::weight_change(rule.a_plus, x);
    }
    [[nodiscard]] std::int32_t depression(std::int32_t y) const {
        return neuron::emulator::weight_change(rule.a_minus, y);
    }
    [[nodiscard]] std::int32_t potentiate(std::int32_t weight, std::int32_t amount) const {
        return limited(weight + amount);
    }
    [[nodiscard]] std::int32_t depress(std::int32_t weight, std::int32_t amount) const {
        return limited(weight - amount);
    }

private:
    /// As neuron::emulator::potentiate() and depress() do, with the change at hand.
    [[nodiscard]] std::int32_t limited(std::int32_t weight) const {
        const std::int32_t one = 1 << widths.weight_fraction;
        return std::clamp(weight, rule.w_min * one, rule.w_max * one);
    }
};

}  // namespace spikeloom::golden
