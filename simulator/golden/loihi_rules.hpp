// SPDX-License-Identifier: Apache-2.0
/// The arithmetic of Loihi's compartments as the rules of IntegerEngine, in the flavour of one of
/// the public emulators. Inside of simulator/golden only.
#pragma once

#include "simulator/golden/loihi_golden.hpp"

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace spikeloom::golden {

/// Points to the tables of its owner. A compartment has `sums` elements of the engine (see
/// LoihiTables), of which the first spikes. Sums count 64: nengo's dendrite wraps far below 2^38,
/// so that 32 bits which wrap are exact; the others get 64 bits, which never overflow.
template <neuron::loihi::Emulator who>
struct LoihiRules {
    using Sum =
        std::conditional_t<who == neuron::loihi::Emulator::nengo, std::uint32_t, std::int64_t>;

    neuron::loihi::State* states                   = nullptr;
    const neuron::loihi::Compartment* registers    = nullptr;  ///< shared ones, without bias
    const std::uint32_t* registers_of              = nullptr;
    const std::int32_t* bias                       = nullptr;
    const std::uint8_t* shifts                     = nullptr;  ///< of each sum
    const std::function<LoihiTables::Noise>* noise = nullptr;  ///< null: none
    std::uint32_t elements                         = 0;
    std::uint32_t sums                             = 1;
    std::uint64_t tick                             = 0;

    std::uint32_t update(std::uint32_t first, std::uint32_t count, Sum* input,
                         std::uint32_t* spikes) const {
        // A copy, so that the compiler knows that no store below changes it.
        const LoihiRules r         = *this;
        const std::uint32_t behind = std::min(first + count, r.elements);
        std::uint32_t spiked       = 0;
        for (std::uint32_t e = first; e < behind; e += r.sums) {
            spikes[spiked] = e;
            spiked += r.update_one(e, input + (e - first)) ? 1 : 0;
        }
        return spiked;
    }
    [[nodiscard]] Sum add(Sum sum, std::int32_t amount) const {
        return sum + static_cast<Sum>(amount);
    }
    [[nodiscard]] std::int32_t delivered(std::int32_t weight) const { return weight; }

    // Images that learn are not run by these rules: weights are fixed.
    [[nodiscard]] std::int32_t decay_pre(std::int32_t x) const { return x; }
    [[nodiscard]] std::int32_t decay_post(std::int32_t y) const { return y; }
    [[nodiscard]] std::int32_t bump(std::int32_t trace) const { return trace; }
    [[nodiscard]] std::int32_t potentiation(std::int32_t) const { return 0; }
    [[nodiscard]] std::int32_t depression(std::int32_t) const { return 0; }
    [[nodiscard]] std::int32_t potentiate(std::int32_t w, std::int32_t) const { return w; }
    [[nodiscard]] std::int32_t depress(std::int32_t w, std::int32_t) const { return w; }

private:
    bool update_one(std::uint32_t element, Sum* input) const {
        namespace neuro        = neuron::loihi;
        const std::uint32_t j  = sums == 1 ? element : element / sums;
        neuro::State& s        = states[j];
        const std::int32_t b   = bias[j];
        const std::int64_t sum = sums == 1 ? take(input[0]) : take_all(element, input);
        const bool at_rest     = (sum | s.u | s.v | b | s.refractory) == 0;
        if (at_rest && noise == nullptr) return false;
        neuro::Compartment own   = registers[registers_of[j]];
        own.bias                 = b;
        const neuro::Noise added = noise == nullptr ? neuro::Noise{} : (*noise)(j, tick);
        return neuro::update(s, own, sum * (std::int64_t{1} << neuro::unit_shift), who, added);
    }
    /// The sum of a cell, which is 0 then.
    static std::int64_t take(Sum& cell) {
        const Sum sum = cell;
        cell          = 0;
        if constexpr (std::is_unsigned_v<Sum>) return static_cast<std::int32_t>(sum);
        return static_cast<std::int64_t>(sum);
    }
    /// Sums under negative exponents lose their bits as sums.
    std::int64_t take_all(std::uint32_t element, Sum* input) const {
        std::int64_t sum = 0;
        for (std::uint32_t k = 0; k < sums; ++k)
            sum += take(input[k]) >> shifts[element + k];
        return sum;
    }
};

}  // namespace spikeloom::golden
