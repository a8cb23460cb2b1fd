// SPDX-License-Identifier: Apache-2.0
/// Power of a TrueNorth chip at other supply voltages than the one of the measured line.
#pragma once

#include "hw/spec/chip_spec.hpp"

namespace spikeloom::backends::truenorth {

/// Static power [W] at a supply voltage [V]: power laws through 42 mW at 0.70 V (0 Hz, no
/// synapses; Merolla et al. 2014, supplement), the intercept at 0.80 V (chip file) and 110.6 mW at
/// 1.05 V (323 mW at 200 Hz and 256 synapses there, less 2^20 x 200 x 256 events of the line's
/// slope scaled by the voltage squared).
double static_watts(double volts, double at_800mv);

/// Factor on the energy of an event: the voltage squared, 1 at 0.80 V.
double event_factor(double volts);

/// Applies both to all energy tables, where the chip's `supply` differs from 0.80 V; the figures
/// say what was done to them. Chips without the figure stay as they are.
void rescale_power(hw::ChipSpec& chip);

}  // namespace spikeloom::backends::truenorth
