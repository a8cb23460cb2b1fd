// SPDX-License-Identifier: Apache-2.0
/// How full the cores of a program are, for the image's report.
#pragma once

#include "backends/truenorth/program.hpp"

namespace spikeloom::backends::truenorth {

/// Cores of the chip, and for the whole chip the axons, neurons and synapses in use; the fullest
/// core of each is named too.
void add_utilisation(const ChipProgram& program, hw::HardwareImage& image);

}  // namespace spikeloom::backends::truenorth
