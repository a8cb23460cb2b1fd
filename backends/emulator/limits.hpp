// SPDX-License-Identifier: Apache-2.0
/// What one configuration of the emulator core offers, as plain integers.
#pragma once

#include "hw/spec/chip_spec.hpp"
#include "simulator/neuron/emulator.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <string_view>

namespace spikeloom::backends::emulator {

struct Limits {
    std::uint32_t neurons        = 0;
    std::uint32_t sources        = 0;
    std::uint64_t synapse_words  = 0;
    std::uint64_t column_entries = 0;
    std::uint32_t parameter_sets = 0;
    std::uint32_t max_delay      = 0;  ///< [ticks]
    bool sparse_rows             = true;
    int bias_width               = 0;
    std::uint32_t configuration  = 0;  ///< hash that the core tells in register 1
    neuron::emulator::Widths widths{};

    /// Largest magnitude that `width` bits hold.
    static std::int64_t largest(int width) { return (std::int64_t{1} << (width - 1)) - 1; }
    [[nodiscard]] std::int64_t membrane() const { return largest(widths.membrane); }
    [[nodiscard]] std::int64_t current() const { return largest(widths.current); }
    [[nodiscard]] std::int64_t accumulator() const { return largest(widths.accumulator); }
    [[nodiscard]] std::int64_t bias() const { return largest(bias_width); }
};

/// Error: "emulator.chip" when the chip is of another target or a figure is missing or out of the
/// range that the core's words can hold.
Result<Limits> limits_of(const hw::ChipSpec& chip);

/// Largest magnitude of an 8-bit weight.
inline constexpr int weight_limit = 127;
/// Largest value of the refractory field [ticks].
inline constexpr std::uint32_t refractory_limit = 255;
/// Largest value of the fields a_plus and a_minus.
inline constexpr std::uint32_t amplitude_limit = 0xFFF;
/// Largest input_shift.
inline constexpr int shift_limit = 15;

}  // namespace spikeloom::backends::emulator
