// SPDX-License-Identifier: Apache-2.0
/// A network as text, for people and for tests that compare texts.
#pragma once

#include "compiler/ir/network.hpp"

#include <string>

namespace spikeloom::ir {

/// One line a population, projection and parameter; long arrays are cut to their first elements,
/// their length and their hash. Two networks with the same text are the same but for hash
/// collisions. Ends with a newline.
std::string print(const Network& network);

/// "conv2d kernel 3x3 stride 2x2 ...", as print() has it.
std::string print(const Connector& connector);

}  // namespace spikeloom::ir
